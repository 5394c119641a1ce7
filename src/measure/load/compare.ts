import type { Interval } from './figures.ts';
import type { LoadResult } from './result.ts';

export const comparedMetrics = ['requestsPerSecond', 'mean', 'p50', 'p90', 'p95', 'p99', 'errorRate'] as const;
export type ComparedMetric = (typeof comparedMetrics)[number];

export interface MetricComparison {
  metric: ComparedMetric;
  a: number;
  b: number;
  /** (b - a) / a; null where a is 0. */
  change: number | null;
  /** How far apart two runs of the same thing may be by chance, as a share of a; null where the runs are too short to tell. */
  noise: number | null;
  verdict: 'better' | 'worse' | 'same' | 'unknown';
}

export interface Comparison {
  metrics: MetricComparison[];
  /** Settings that differ, beside what is to be compared: they may be the reason. */
  differences: { setting: string; a: unknown; b: unknown }[];
  /** One sentence for a person. */
  verdict: string;
}

/** Fewer intervals than this cannot tell chance from change. */
const leastIntervals = 5;
const batches = 10;
/** Two standard errors of a difference, rounded up: about one comparison in forty is wrong. */
const standardErrors = 2.25;
/** Below this no one notices, and machines differ by more from hour to hour. */
const leastChange = 0.02;

/** Puts run b beside run a and says what is more than noise, which is estimated from each run's own intervals. */
export function compareRuns(a: LoadResult, b: LoadResult): Comparison {
  const metrics = comparedMetrics.map((metric) => compareMetric(metric, a, b));
  return { metrics, differences: settingDifferences(a, b), verdict: verdictOf(metrics, a, b) };
}

function compareMetric(metric: ComparedMetric, a: LoadResult, b: LoadResult): MetricComparison {
  const [from, to] = [figureOf(metric, a), figureOf(metric, b)];
  const change = from === 0 ? null : (to - from) / from;
  const errors = [a, b].map((run) => standardErrorOf(run.series.flatMap((each) => intervalValue(metric, each) ?? [])));
  const comparable = isRate(metric) || (a.distribution.length > 0 && b.distribution.length > 0);
  const known = comparable && errors.every((error) => error !== undefined);
  const spread = known ? Math.hypot(...errors) * standardErrors : undefined;
  const noise = spread === undefined || from === 0 ? null : spread / from;
  return { metric, a: from, b: to, change, noise, verdict: judge({ metric, from, to, spread }) };
}

function judge(of: {
  metric: ComparedMetric;
  from: number;
  to: number;
  spread: number | undefined;
}): MetricComparison['verdict'] {
  const { metric, from, to, spread } = of;
  if (spread === undefined) return 'unknown';
  const difference = Math.abs(to - from);
  if (difference === 0 || difference <= spread || difference <= from * leastChange) return 'same';
  const more = to > from;
  return more === (metric === 'requestsPerSecond') ? 'better' : 'worse';
}

function isRate(metric: ComparedMetric): metric is 'requestsPerSecond' | 'errorRate' {
  return metric === 'requestsPerSecond' || metric === 'errorRate';
}

function figureOf(metric: ComparedMetric, run: LoadResult): number {
  return isRate(metric) ? run[metric] : run.latencyMs[metric];
}

/** undefined: nothing ended in the interval, or nothing was answered, so that it says nothing of this. */
function intervalValue(metric: ComparedMetric, interval: Interval): number | undefined {
  if (metric === 'requestsPerSecond') return interval.requestsPerSecond;
  if (metric === 'errorRate') return interval.requests === 0 ? undefined : interval.failed / interval.requests;
  return interval.latencyMs.max === 0 ? undefined : interval.latencyMs[metric];
}

/**
 * Of the mean over the run, by batch means: neighbouring seconds resemble one another, so that taking each as a draw
 * of its own would make chance look smaller than it is. The first tenth, where caches and environments warm up, is left out.
 */
function standardErrorOf(values: number[]): number | undefined {
  const steady = values.slice(Math.floor(values.length / 10));
  if (steady.length < leastIntervals) return undefined;
  const size = Math.max(1, Math.floor(steady.length / batches));
  const means: number[] = [];
  for (let at = 0; at + size <= steady.length; at += size) means.push(mean(steady.slice(at, at + size)));
  const centre = mean(means);
  const variance = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1);
  return Math.sqrt(variance / means.length);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function settingDifferences(a: LoadResult, b: LoadResult): Comparison['differences'] {
  const settings = (run: LoadResult): Record<string, unknown> => ({
    target: run.target,
    region: run.region,
    model: run.model.kind === 'closed' ? `${run.model.users} users` : `${run.model.ratePerSecond} requests/s`,
    profile: run.profile,
    duration: `${run.durationMs / 1000} s`,
    requests: run.byRequest.map(({ name }) => name).join(', '),
    memory: run.function && `${run.function.memoryMb} MB`,
    architecture: run.function?.architecture,
    runtime: run.function?.runtime,
    tracing: run.function?.tracing,
    'stopped early': run.interrupted,
    'dynops stood still': run.stoodStillMs > 0,
  });
  const [ofA, ofB] = [settings(a), settings(b)];
  return Object.keys(ofA).flatMap((setting) =>
    ofA[setting] === ofB[setting] ? [] : { setting, a: ofA[setting] ?? null, b: ofB[setting] ?? null },
  );
}

function verdictOf(metrics: MetricComparison[], a: LoadResult, b: LoadResult): string {
  const silent = [...(a.distribution.length === 0 ? ['A'] : []), ...(b.distribution.length === 0 ? ['B'] : [])];
  if (silent.length > 0) return `Nothing was answered in ${silent.join(' and ')}: there are no latencies to compare.`;
  if (metrics.some(({ verdict }) => verdict === 'unknown')) {
    return 'The runs are too short to tell a difference from chance: let each last at least ten seconds.';
  }
  const words = [
    ...latencyWords(metrics, 'better', 'faster'),
    ...latencyWords(metrics, 'worse', 'slower'),
    ...metrics.flatMap(({ metric, verdict, ...of }) => {
      if (verdict === 'same') return [];
      if (metric === 'requestsPerSecond') return `throughput is ${verdict} (${percent(of.change)})`;
      if (metric !== 'errorRate') return [];
      return `errors are ${verdict === 'worse' ? 'more' : 'fewer'} (${share(of.a)} → ${share(of.b)})`;
    }),
  ];
  if (words.length === 0) return 'No difference beyond chance.';
  const verdict = `${words.join('; ')}.`;
  return verdict.charAt(0).toUpperCase() + verdict.slice(1);
}

/** p95, which most promises are about, first. */
const latencies = ['p95', 'mean', 'p50', 'p90', 'p99'] as const;

function latencyWords(metrics: MetricComparison[], wanted: 'better' | 'worse', word: string): string[] {
  const changed = latencies.flatMap((name) =>
    metrics.filter((each) => each.metric === name && each.verdict === wanted),
  );
  if (changed.length === 0) return [];
  const listed = changed.map(({ metric, change }) => `${metric} ${percent(change)}`).join(', ');
  return [`B is ${word}: ${listed}, more than chance explains`];
}

const share = (value: number) => `${(value * 100).toFixed(2)} %`;
function percent(change: number | null): string {
  if (change === null) return 'from nothing';
  if (change >= 9) return `×${(change + 1).toFixed(0)}`;
  return `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %`;
}
