import type { Comparison, MetricComparison } from '../measure/load/compare.ts';
import type { FailureCount, LatencyFigures } from '../measure/load/figures.ts';
import type { LoadModel } from '../measure/load/generator.ts';
import type { FunctionConfiguration, LoadResult } from '../measure/load/result.ts';
import type { ThresholdOutcome } from '../measure/load/thresholds.ts';
import { count, milliseconds, percentage, signedPercentage, significant } from './figures.ts';
import { printable } from './printable.ts';
import { type Look, tableLines } from './table.ts';
import { columns, counted, duration, wrapped } from './words.ts';

/** A finished run, a line a figure. */
export function loadLines(run: LoadResult, { width }: Pick<Look, 'width'>): string[] {
  const rows = [
    ['load', `${modelText(run.model)}, ${profileText(run)}, ${duration(run.elapsedMs)}`],
    ['requests', `${count(run.requests)}, ${significant(run.requestsPerSecond)} a second`],
    ['latency', latencyText(run.latencyMs)],
    ...(run.byRequest.length > 1
      ? run.byRequest.map((each) => [`  ${each.name}`, `${count(each.requests)}: ${latencyText(each.latencyMs)}`])
      : []),
    ['errors', `${count(run.failed)} (${percentage(run.errorRate)})`],
    ...run.failures.map((failure) => [`  ${failure.kind}`, failureText(failure)]),
    ...(run.function ? [['function', functionText(run.function)]] : []),
    ...run.thresholds.map((threshold) => ['threshold', thresholdText(threshold)]),
  ];
  return [...columns(rows, width), ...remarks(run).flatMap((line) => wrapped(line, width))];
}

/** What a reader must know to trust the figures, or not. */
export function remarks(run: LoadResult): string[] {
  const { model, waitedMs, unsent, abandoned, stoodStillMs } = run;
  return [
    ...(run.requests > 0 && run.failed === run.requests
      ? [
          'Every request failed: the latencies are those of failures.',
          ...(run.thresholds.length === 0
            ? ['With a limit such as --max-error-rate 1% such a run ends with status 3.']
            : []),
        ]
      : []),
    ...(run.abortedOnThreshold
      ? ['The run was stopped when a threshold was missed; the figures are of what was sent until then.']
      : run.interrupted
        ? ['The run was stopped before its time; the figures are of what was sent until then.']
        : []),
    ...(abandoned > 0 ? [`In flight when it was stopped, and counted nowhere: ${counted(abandoned, 'request')}.`] : []),
    ...(stoodStillMs > 0
      ? [
          `dynops itself stood still for ${duration(stoodStillMs)} (stopped, asleep, or without a processor); that is part of the latencies, and of timeouts. Run it again for those of the API alone.`,
        ]
      : []),
    ...(unsent > 0
      ? [
          `${count(unsent)} arrivals were never sent: no connection was free. The real latencies are worse; raise --users.`,
        ]
      : []),
    ...(model.kind === 'open' && waitedMs.mean > 1
      ? [`Requests waited ${milliseconds(waitedMs.mean)} on average for a connection; that is part of their latency.`]
      : []),
    ...(run.target === 'local' ? ["These are this machine's figures, not AWS's."] : []),
  ];
}

export function profileText({ model, profile, stages = [] }: LoadResult): string {
  if (stages.length === 0) return `shape ${profile}`;
  const unit = model.kind === 'open' ? '/s' : '';
  return `stages ${stages.map(({ ms, amount }) => `${duration(ms)} to ${amount}${unit}`).join(', ')}`;
}

export function modelText(model: LoadModel): string {
  return model.kind === 'closed'
    ? counted(model.users, 'virtual user')
    : `${significant(model.ratePerSecond)} requests a second`;
}

export function functionText(settings: FunctionConfiguration): string {
  const { name, memoryMb, architecture, runtime, tracing } = settings;
  return `${name}, ${count(memoryMb)} MB, ${architecture}, ${runtime}, tracing ${tracing ? 'on' : 'off'}`;
}

function latencyText({ mean, p50, p90, p95, p99, max }: LatencyFigures): string {
  const named = { mean, p50, p90, p95, p99, max };
  const figures = Object.entries(named).map(([name, ms]) => `${name} ${significant(ms)}`);
  return `${figures.join(', ')} ms`;
}

function failureText({ count: times, sample }: FailureCount): string {
  const oneLine = printable(sample.replace(/\s+/g, ' ').trim());
  return `${count(times)}${oneLine === '' ? '' : `, such as ${oneLine.slice(0, 120)}`}`;
}

const thresholdNames: Record<ThresholdOutcome['name'], string> = {
  maxMean: 'mean at most',
  maxP50: 'p50 at most',
  maxP90: 'p90 at most',
  maxP95: 'p95 at most',
  maxP99: 'p99 at most',
  maxErrorRate: 'error rate at most',
  minRate: 'requests a second at least',
};

export function thresholdText({ name, limit, actual, passed }: ThresholdOutcome): string {
  const shown = (value: number) =>
    name === 'maxErrorRate' ? percentage(value) : name === 'minRate' ? significant(value) : milliseconds(value);
  return `${thresholdNames[name]} ${shown(limit)}: ${shown(actual)}, ${passed ? 'met' : 'missed'}`;
}

/** Two runs beside each other. */
export function comparisonLines(comparison: Comparison, names: { a: string; b: string }, look: Look): string[] {
  const rows = comparison.metrics.map((metric) => ({
    cells: [
      metricNames[metric.metric],
      metricText(metric, metric.a),
      metricText(metric, metric.b),
      metric.change === null ? '' : signedPercentage(metric.change),
      metric.noise === null ? '' : `±${Math.round(metric.noise * 100)} %`,
      metric.verdict === 'unknown' ? '' : metric.verdict,
    ],
  }));
  const differences = comparison.differences.map(({ setting, a, b }) => `${setting}: ${String(a)} → ${String(b)}`);
  return [
    `A ${names.a}`,
    `B ${names.b}`,
    ...differences,
    '',
    ...tableLines(
      [
        { title: '' },
        { title: 'A' },
        { title: 'B' },
        { title: 'change', narrow: 'below' },
        { title: 'by chance', narrow: 'below' },
        { title: 'verdict', narrow: 'below', untitled: true },
      ],
      rows,
      look,
    ),
    '',
    ...[
      comparison.verdict,
      'Chance is estimated within each run; two runs at different times may differ by more.',
    ].flatMap((line) => wrapped(line, look.width)),
  ];
}

export const metricNames: Record<MetricComparison['metric'], string> = {
  requestsPerSecond: 'requests a second',
  mean: 'mean',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  errorRate: 'error rate',
};

export function metricText({ metric }: MetricComparison, value: number): string {
  if (metric === 'requestsPerSecond') return significant(value);
  return metric === 'errorRate' ? percentage(value) : milliseconds(value);
}
