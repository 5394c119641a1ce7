import type { Comparison } from '../measure/load/compare.ts';
import type { Interval, LatencyFigures } from '../measure/load/figures.ts';
import type { LoadResult } from '../measure/load/result.ts';
import { count, milliseconds, percentage, signedPercentage, significant } from './figures.ts';
import { column, type Html, html, htmlPage, numbers, table } from './html.ts';
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
  const rows = comparison.metrics.map((metric) => [
    metricNames[metric.metric],
    metricText(metric, metric.a),
    metricText(metric, metric.b),
    metric.change === null ? '' : signedPercentage(metric.change),
    metric.noise === null ? '' : `±${Math.round(metric.noise * 100)} %`,
    verdictText(metric.verdict),
  ]);
  const settings = comparison.differences.map(({ setting, a: from, b: to }) => [setting, String(from), String(to)]);
  return htmlPage(
    'Two loads compared',
    html`<p>${comparison.verdict}</p>
<p class="soft">A: ${a.label}, ${a.startedAt}. B: ${b.label}, ${b.startedAt}. Chance is estimated within each run; two runs at different times may differ by more.</p>
${table([column('Figure'), numbers('A'), numbers('B'), numbers('Change'), numbers('By chance'), column('Verdict')], rows)}
${settings.length > 0 ? html`<h2>Settings that differ</h2>${table([column('Setting'), column('A'), column('B')], settings)}` : ''}
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

function verdictText(verdict: Comparison['metrics'][number]['verdict']): Html | string {
  if (verdict === 'unknown') return '';
  const look = { better: 'good', worse: 'bad', same: 'soft' }[verdict];
  return html`<span class="${look}">${verdict}</span>`;
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

function failures({ failures: found }: LoadResult): Html {
  if (found.length === 0) return html``;
  const rows = found.map(({ kind, count: times, sample }) => [kind, count(times), html`<code>${sample}</code>`]);
  return html`<h2>Errors</h2>${table([column('Kind'), numbers('Count'), column('The first')], rows)}`;
}

const latencyColumns = [numbers('p50'), numbers('p95'), numbers('p99')];
const latencyCells = ({ p50, p95, p99 }: LatencyFigures) => [p50, p95, p99].map(milliseconds);

function byRequest(run: LoadResult): Html {
  if (run.byRequest.length < 2) return html``;
  const rows = run.byRequest.map(({ name, requests, failed, latencyMs }) => [
    name,
    count(requests),
    count(failed),
    ...latencyCells(latencyMs),
  ]);
  const columns = [column('Name'), numbers('Requests'), numbers('Errors'), ...latencyColumns];
  return html`<h2>By request</h2>${table(columns, rows)}`;
}

function intervals(run: LoadResult): Html {
  const rows = run.series.map(({ atMs, users, requests, failed, latencyMs }) => [
    `${significant(atMs / 1000)} s`,
    users,
    count(requests),
    count(failed),
    ...latencyCells(latencyMs),
  ]);
  const columns = [numbers('Until'), numbers(busyName(run)), numbers('Requests'), numbers('Errors'), ...latencyColumns];
  return html`<h2>Every interval</h2><details><summary>${run.series.length} rows</summary>${table(columns, rows)}</details>`;
}
