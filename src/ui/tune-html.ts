import { count, dollars, milliseconds } from './figures.ts';
import { html, htmlPage } from './html.ts';
import { functionText } from './load-text.ts';
import { lineChart } from './svg-chart.ts';
import { coldText, remarks, type Trial, type TuneOutcome } from './tune-text.ts';

/** Time and cost by memory, as a page of its own. */
export function tunePage(outcome: TuneOutcome): string {
  const { trials, best, current } = outcome;
  const lines = (of: (trial: Trial) => number) =>
    [...new Set(trials.map(({ architecture }) => architecture))].map((name) => ({
      name,
      points: trials
        .filter(({ architecture }) => architecture === name)
        .map((trial) => ({ x: trial.memoryMb, y: of(trial) }))
        .sort((a, b) => a.x - b.x),
    }));
  const rows = trials.map(
    (
      trial,
    ) => html`<tr><th scope="row">${count(trial.memoryMb)} MB ${trial.architecture}${trial === best ? ' (best)' : ''}</th>
<td class="number">${milliseconds(trial.warm.meanMs)}</td><td class="number">${milliseconds(trial.warm.p95Ms)}</td>
<td class="number">${milliseconds(trial.meanBilledMs)}</td><td class="number">${coldText(trial)}</td><td class="number">${trial.maxUsedMb} MB</td>
<td class="number">${dollars(trial.costPerMillion)}</td><td class="number">${milliseconds(trial.latencyMs.p95)}</td><td class="number">${count(trial.invocations)}</td></tr>`,
  );
  return htmlPage(
    'Memory, speed and cost',
    html`<p class="soft">Before: ${functionText(current)}.</p>
${remarks(outcome).map((remark) => html`<p>${remark}</p>`)}
<h2>Time of a warm invocation</h2>
${lineChart(
  { title: 'Mean time of a warm invocation by memory', xUnit: 'MB', yUnit: 'ms' },
  lines(({ warm }) => warm.meanMs),
)}
<h2>Cost of a million invocations</h2>
${lineChart(
  { title: 'Cost of a million invocations by memory', xUnit: 'MB', yUnit: 'US$' },
  lines(({ costPerMillion }) => costPerMillion),
)}
<h2>Every size</h2>
<div class="wide"><table><thead><tr><th>Size</th><th class="number">Warm</th><th class="number">p95</th><th class="number">Billed</th><th class="number">Cold starts</th><th class="number">Used</th><th class="number">Per million</th><th class="number">API p95</th><th class="number">Invocations</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="soft">Times are the function's own, from its REPORT lines; the mean leaves out the fastest and slowest fifth. Costs are Lambda's in us-east-1, without API Gateway and DynamoDB.</p>`,
  );
}
