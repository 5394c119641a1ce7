import type { Comparison } from '../measure/load/compare.ts';
import type { Interval } from '../measure/load/figures.ts';
import type { LoadResult } from '../measure/load/result.ts';
import { count, milliseconds, percentage, signedPercentage, significant } from './figures.ts';
import { type Html, html, htmlPage } from './html.ts';
import { functionText, metricNames, metricText, modelText, profileText, remarks, thresholdText } from './load-text.ts';
import { type ChartLine, histogramChart, lineChart } from './svg-chart.ts';
import { duration } from './words.ts';

/** A run as a page of its own: figures, charts, errors, and every interval as a table. */
export function loadPage(run: LoadResult): string {
  const { latencyMs: latency } = run;
  return htmlPage(
    run.label,
    html`${head(run)}
${figures([
  ['Requests', count(run.requests)],
  ['Requests/s', significant(run.requestsPerSecond)],
  ['Errors', percentage(run.errorRate)],
  ['Mean', milliseconds(latency.mean)],
  ['p50', milliseconds(latency.p50)],
  ['p90', milliseconds(latency.p90)],
  ['p95', milliseconds(latency.p95)],
  ['p99', milliseconds(latency.p99)],
])}
${run.thresholds.map((each) => html`<p class="${each.passed ? 'good' : 'bad'}">Threshold ${thresholdText(each)}</p>`)}
${charts(run)}
${failures(run)}
${byRequest(run)}
${intervals(run)}`,
  );
}

/** Two runs in one page. */
export function comparisonPage(comparison: Comparison, a: LoadResult, b: LoadResult): string {
  const rows = comparison.metrics.map(
    (metric) => html`<tr><th scope="row">${metricNames[metric.metric]}</th>
<td class="number">${metricText(metric, metric.a)}</td><td class="number">${metricText(metric, metric.b)}</td>
<td class="number">${metric.change === null ? '' : signedPercentage(metric.change)}</td>
<td class="number">${metric.noise === null ? '' : `±${Math.round(metric.noise * 100)} %`}</td>
<td class="${metric.verdict === 'better' ? 'good' : metric.verdict === 'worse' ? 'bad' : 'soft'}">${metric.verdict === 'unknown' ? '' : metric.verdict}</td></tr>`,
  );
  const settings = comparison.differences.map(
    ({ setting, a: from, b: to }) =>
      html`<tr><th scope="row">${setting}</th><td>${String(from)}</td><td>${String(to)}</td></tr>`,
  );
  return htmlPage(
    'Two loads compared',
    html`<p>${comparison.verdict}</p>
<p class="soft">A: ${a.label}, ${a.startedAt}. B: ${b.label}, ${b.startedAt}. Chance is estimated within each run; two runs at different times may differ by more.</p>
<div class="wide"><table><thead><tr><th></th><th class="number">A</th><th class="number">B</th><th class="number">Change</th><th class="number">By chance</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>
${settings.length > 0 ? html`<h2>Settings that differ</h2><div class="wide"><table><thead><tr><th></th><th>A</th><th>B</th></tr></thead><tbody>${settings}</tbody></table></div>` : ''}
<h2>Requests a second</h2>
${lineChart({ title: 'Requests a second over time, both runs', xUnit: 's', yUnit: 'requests/s' }, [
  { name: 'A', points: series(a, (interval) => interval.requestsPerSecond) },
  { name: 'B', points: series(b, (interval) => interval.requestsPerSecond) },
])}
<h2>Latency, p95</h2>
${lineChart({ title: 'p95 latency over time, both runs', xUnit: 's', yUnit: 'ms' }, [
  { name: 'A', points: latencies(a, 'p95') },
  { name: 'B', points: latencies(b, 'p95') },
])}`,
  );
}

function head(run: LoadResult): Html {
  const where = { local: 'the embedded engine', aws: 'AWS', endpoint: 'an endpoint' }[run.target];
  return html`<p class="soft">${run.startedAt}. ${modelText(run.model)}, ${profileText(run)}, ${duration(run.elapsedMs)};
stack ${run.stack} on ${where}, ${run.region}; ${run.url}.</p>
${run.function ? html`<p class="soft">Function: ${functionText(run.function)}, timeout ${run.function.timeoutSeconds} s.</p>` : ''}
${remarks(run).map((remark) => html`<p>${remark}</p>`)}`;
}

function figures(pairs: [name: string, value: string][]): Html {
  return html`<dl class="figures">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function charts(run: LoadResult): Html {
  const time = (title: string, yUnit: string) => ({ title, xUnit: 's', yUnit });
  return html`<h2>Requests a second</h2>
${lineChart(time('Requests a second over time', 'requests/s'), [
  { name: 'all', points: series(run, (interval) => interval.requestsPerSecond) },
  ...(run.failed > 0 ? [{ name: 'failed', points: series(run, failedPerSecond) }] : []),
])}
<h2>Latency</h2>
${lineChart(time('Latency over time', 'ms'), [
  { name: 'p50', points: latencies(run, 'p50') },
  { name: 'p95', points: latencies(run, 'p95') },
  { name: 'p99', points: latencies(run, 'p99') },
  ...limits(run),
])}
<h2>${busyName(run)}</h2>
${lineChart(time(`${busyName(run)} over time`, ''), [{ name: busyName(run).toLowerCase(), points: series(run, ({ users }) => users) }])}
<h2>How long requests took</h2>
${histogramChart(
  { title: 'Distribution of latencies', xUnit: 'ms', yUnit: 'requests' },
  run.distribution.map(({ fromMs, toMs, count: times }) => ({ from: fromMs, to: toMs, count: times })),
)}`;
}

/** Each limit on latencies, as a line over the whole time. */
function limits(run: LoadResult): ChartLine[] {
  const named = run.thresholds.filter(({ name }) => /^max(Mean|P\d+)$/.test(name));
  const lastX = Math.max(0, ...run.series.map(({ atMs }) => atMs / 1000));
  return named.map(({ name, limit }) => ({
    name: `≤ ${name.slice(3).toLowerCase()}`,
    points: [0, lastX].map((x) => ({ x, y: limit })),
  }));
}

const busyName = ({ model }: LoadResult) => (model.kind === 'closed' ? 'Virtual users' : 'Connections');

function failedPerSecond({ requests, failed, requestsPerSecond }: Interval): number {
  return requests === 0 ? 0 : (failed / requests) * requestsPerSecond;
}

function series(run: LoadResult, of: (interval: Interval) => number): { x: number; y: number }[] {
  return run.series.map((interval) => ({ x: interval.atMs / 1000, y: of(interval) }));
}

/** Where nothing was answered there is no latency, which is not one of 0. */
function latencies(run: LoadResult, name: 'p50' | 'p95' | 'p99'): { x: number; y: number }[] {
  return series(run, ({ latencyMs }) => latencyMs[name]).filter(({ y }) => y > 0);
}

function failures(run: LoadResult): Html {
  if (run.failures.length === 0) return html``;
  const rows = run.failures.map(
    ({ kind, count: times, sample }) =>
      html`<tr><td>${kind}</td><td class="number">${count(times)}</td><td><code>${sample}</code></td></tr>`,
  );
  return html`<h2>Errors</h2><div class="wide"><table><thead><tr><th>Kind</th><th class="number">Count</th><th>The first</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function byRequest(run: LoadResult): Html {
  if (run.byRequest.length < 2) return html``;
  const rows = run.byRequest.map(
    ({
      name,
      requests,
      failed,
      latencyMs,
    }) => html`<tr><td>${name}</td><td class="number">${count(requests)}</td><td class="number">${count(failed)}</td>
<td class="number">${milliseconds(latencyMs.p50)}</td><td class="number">${milliseconds(latencyMs.p95)}</td><td class="number">${milliseconds(latencyMs.p99)}</td></tr>`,
  );
  return html`<h2>By request</h2><div class="wide"><table><thead><tr><th>Name</th><th class="number">Requests</th><th class="number">Errors</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function intervals(run: LoadResult): Html {
  const rows = run.series.map(
    ({
      atMs,
      users,
      requests,
      failed,
      latencyMs,
    }) => html`<tr><td class="number">${significant(atMs / 1000)} s</td><td class="number">${users}</td><td class="number">${count(requests)}</td><td class="number">${count(failed)}</td>
<td class="number">${milliseconds(latencyMs.p50)}</td><td class="number">${milliseconds(latencyMs.p95)}</td><td class="number">${milliseconds(latencyMs.p99)}</td></tr>`,
  );
  return html`<h2>Every interval</h2><details><summary>${run.series.length} rows</summary><div class="wide"><table><thead><tr><th class="number">Until</th><th class="number">${busyName(run)}</th><th class="number">Requests</th><th class="number">Errors</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
