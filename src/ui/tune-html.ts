import type { TrialSettings } from '../measure/tune.ts';
import { count, dollars, milliseconds } from './figures.ts';
import { column, html, htmlPage, numbers, table } from './html.ts';
import { functionText } from './load-text.ts';
import { type ChartLine, lineChart } from './svg-chart.ts';
import { type ColdOutcome, coldRemarks, coldText, remarks, type TuneOutcome } from './tune-text.ts';

/** Time and cost by memory, as a page of its own. */
export function tunePage(outcome: TuneOutcome): string {
  const { trials, best, current } = outcome;
  const rows = trials.map((trial) => [
    `${count(trial.memoryMb)} MB ${trial.architecture}${trial === best ? ' (best)' : ''}`,
    milliseconds(trial.warm.meanMs),
    milliseconds(trial.warm.p95Ms),
    milliseconds(trial.meanBilledMs),
    coldText(trial),
    `${trial.maxUsedMb} MB`,
    dollars(trial.costPerMillion),
    milliseconds(trial.latencyMs.p95),
    count(trial.invocations),
  ]);
  const names = ['Warm', 'p95', 'Billed', 'Cold starts', 'Used', 'Per million', 'API p95', 'Invocations'];
  return htmlPage(
    'Memory, speed and cost',
    html`<p class="soft">Before: ${functionText(current)}.</p>
${remarks(outcome).map((remark) => html`<p>${remark}</p>`)}
<h2>Time of a warm invocation</h2>
${lineChart(
  { title: 'Mean time of a warm invocation by memory', xUnit: 'MB', yUnit: 'ms' },
  lines(trials, ({ warm }) => warm.meanMs),
)}
<h2>Cost of a million invocations</h2>
${lineChart(
  { title: 'Cost of a million invocations by memory', xUnit: 'MB', yUnit: 'US$' },
  lines(trials, ({ costPerMillion }) => costPerMillion),
)}
<h2>Every size</h2>
${table([column('Size'), ...names.map(numbers)], rows)}
<p class="soft">Times are the function's own, from its REPORT lines; the mean leaves out the fastest and slowest fifth. Costs are Lambda's in us-east-1, without API Gateway and DynamoDB.</p>`,
  );
}

/** Cold starts by memory, as a page of its own. */
export function coldPage(outcome: ColdOutcome): string {
  const { trials, current } = outcome;
  const rows = trials.map((trial) => [
    `${count(trial.memoryMb)} MB ${trial.architecture}`,
    count(trial.starts),
    milliseconds(trial.initMs.mean),
    milliseconds(trial.initMs.min),
    milliseconds(trial.initMs.max),
    milliseconds(trial.meanMs),
    milliseconds(trial.meanBilledMs),
    `${trial.maxUsedMb} MB`,
  ]);
  const names = ['Starts', 'Init', 'Fastest', 'Slowest', 'First call', 'Billed', 'Used'];
  return htmlPage(
    'Memory and cold starts',
    html`<p class="soft">Before: ${functionText(current)}.</p>
${coldRemarks(outcome).map((remark) => html`<p>${remark}</p>`)}
<h2>Init of a cold start</h2>
${lineChart(
  { title: 'Mean init duration by memory', xUnit: 'MB', yUnit: 'ms' },
  lines(trials, ({ initMs }) => initMs.mean),
)}
<h2>Every size</h2>
${table([column('Size'), ...names.map(numbers)], rows)}
<p class="soft">Times are the function's own, from its REPORT lines.</p>`,
  );
}

/** A line for each architecture, by memory. */
function lines<Trial extends TrialSettings>(trials: readonly Trial[], of: (trial: Trial) => number): ChartLine[] {
  return [...new Set(trials.map(({ architecture }) => architecture))].map((name) => ({
    name,
    points: trials
      .filter(({ architecture }) => architecture === name)
      .map((trial) => ({ x: trial.memoryMb, y: of(trial) }))
      .sort((a, b) => a.x - b.x),
  }));
}
