import { type Architecture, lambdaCostPerMillion } from './cost.ts';
import type { InvocationReport } from './report-line.ts';

/** How a function is configured in one trial. */
export interface TrialSettings {
  memoryMb: number;
  architecture: Architecture;
}

/** What the REPORT lines of one trial say; times in milliseconds. */
export interface TrialFigures extends TrialSettings {
  invocations: number;
  /** Invocations that found their environment ready. Mean without the fastest and slowest fifth. */
  warm: { count: number; meanMs: number; p50Ms: number; p95Ms: number };
  /** Invocations that had to wait for a new environment, and how long its start took. */
  cold: { count: number; meanInitMs: number; meanMs: number };
  meanBilledMs: number;
  maxUsedMb: number;
  /** US dollars for a million warm calls, without API Gateway and DynamoDB. */
  costPerMillion: number;
}

export const strategies = ['speed', 'cost', 'balanced'] as const;
export type Strategy = (typeof strategies)[number];

/** As AWS Lambda Power Tuning's default. */
const trimmedShare = 0.2;

/** undefined when no warm invocation was reported: there is nothing to judge. */
export function trialFigures(settings: TrialSettings, reports: readonly InvocationReport[]): TrialFigures | undefined {
  const warm = reports.filter(({ initMs }) => initMs === undefined);
  const cold = reports.filter(({ initMs }) => initMs !== undefined);
  if (warm.length === 0) return undefined;
  const durations = warm.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const cut = Math.floor(durations.length * trimmedShare);
  const at = (share: number) => durations[Math.max(0, Math.ceil(durations.length * share) - 1)] ?? 0;
  const meanBilledMs = mean(warm.map(({ billedMs }) => billedMs));
  return {
    ...settings,
    invocations: reports.length,
    warm: {
      count: warm.length,
      meanMs: mean(durations.slice(cut, durations.length - cut)),
      p50Ms: at(0.5),
      p95Ms: at(0.95),
    },
    cold: {
      count: cold.length,
      meanInitMs: mean(cold.map(({ initMs = 0 }) => initMs)),
      meanMs: mean(cold.map(({ durationMs }) => durationMs)),
    },
    meanBilledMs,
    maxUsedMb: Math.max(...reports.map(({ usedMb }) => usedMb)),
    costPerMillion: lambdaCostPerMillion({ ...settings, billedMs: meanBilledMs }),
  };
}

/** What the cold starts at one setting took, from their REPORT lines; times in milliseconds. */
export interface ColdTrial extends TrialSettings {
  starts: number;
  /** Requests that failed. */
  failed: number;
  /** Until the handler could be called: loading the runtime and the code. */
  initMs: { min: number; mean: number; max: number };
  /** Of the invocation that waited for it, without it. */
  meanMs: number;
  meanBilledMs: number;
  maxUsedMb: number;
}

/** undefined when no cold start was reported. */
export function coldFigures(
  settings: TrialSettings,
  reports: readonly InvocationReport[],
  failed: number,
): ColdTrial | undefined {
  const cold = reports.filter(({ initMs }) => initMs !== undefined);
  if (cold.length === 0) return undefined;
  const initMs = cold.map(({ initMs: ms = 0 }) => ms);
  return {
    ...settings,
    starts: cold.length,
    failed,
    initMs: { min: Math.min(...initMs), mean: mean(initMs), max: Math.max(...initMs) },
    meanMs: mean(cold.map(({ durationMs }) => durationMs)),
    meanBilledMs: mean(cold.map(({ billedMs }) => billedMs)),
    maxUsedMb: Math.max(...cold.map(({ usedMb }) => usedMb)),
  };
}

/** The largest share of failed requests with which a size can be the best: one that fails is quick, and cheap. */
export const mostFailed = 0.01;

/**
 * The best trial of those that answered: fastest, cheapest, or the least weighted sum of time and cost, each as a share of the worst.
 * `weight`: 0 counts speed alone, 1 cost alone. Source: AWS Lambda Power Tuning's `balancedWeight`.
 */
export function bestTrial<T extends TrialFigures & { errorRate: number }>(
  all: readonly T[],
  strategy: Strategy,
  weight: number,
): T | undefined {
  const trials = all.filter(({ errorRate }) => errorRate <= mostFailed);
  const slowestMs = Math.max(...trials.map(({ warm }) => warm.meanMs));
  const dearest = Math.max(...trials.map(({ costPerMillion }) => costPerMillion));
  const share = strategy === 'speed' ? 0 : strategy === 'cost' ? 1 : weight;
  const score = ({ warm, costPerMillion }: TrialFigures) =>
    (share * costPerMillion) / dearest + ((1 - share) * warm.meanMs) / slowestMs;
  return trials.toSorted((a, b) => score(a) - score(b))[0];
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
