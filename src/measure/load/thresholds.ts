import type { Figures } from './figures.ts';
import type { LoadRun } from './generator.ts';

/** What a run must keep; durations in milliseconds, the error rate from 0 to 1, the rate in answered requests a second. */
export interface Thresholds {
  maxMean?: number | undefined;
  maxP50?: number | undefined;
  maxP90?: number | undefined;
  maxP95?: number | undefined;
  maxP99?: number | undefined;
  maxErrorRate?: number | undefined;
  minRate?: number | undefined;
}

export interface ThresholdOutcome {
  name: keyof Thresholds;
  limit: number;
  actual: number;
  passed: boolean;
}

/** A run without any answer passes no limit on latencies: there is nothing to be fast. */
export function checkThresholds(thresholds: Thresholds, run: Figures & Pick<LoadRun, 'elapsedMs'>): ThresholdOutcome[] {
  const { mean, p50, p90, p95, p99 } = run.latencyMs;
  const answered = run.distribution.reduce((sum, { count }) => sum + count, 0);
  const actual: Record<keyof Thresholds, number> = {
    maxMean: mean,
    maxP50: p50,
    maxP90: p90,
    maxP95: p95,
    maxP99: p99,
    maxErrorRate: run.errorRate,
    minRate: (answered * 1000) / run.elapsedMs,
  };
  const names = Object.keys(actual) as (keyof Thresholds)[];
  return names.flatMap((name) => {
    const limit = thresholds[name];
    if (limit === undefined) return [];
    const holds = name === 'minRate' ? actual[name] >= limit : actual[name] <= limit;
    const needsAnswers = name !== 'minRate' && name !== 'maxErrorRate';
    return { name, limit, actual: actual[name], passed: holds && (answered > 0 || !needsAnswers) };
  });
}

/** Fewer requests tell little of a percentile or a rate. */
const leastRequests = 50;

/** Whether there is a limit that can be missed before the end. */
export function hasMost({ maxMean, maxP50, maxP90, maxP95, maxP99, maxErrorRate }: Thresholds): boolean {
  return [maxMean, maxP50, maxP90, maxP95, maxP99, maxErrorRate].some((limit) => limit !== undefined);
}

/** Whether a limit that must not be exceeded is, by what is known so far: later answers may mend it, but few are waited for. */
export function isMissed({ minRate: _atTheEnd, ...limits }: Thresholds, soFar: Figures): boolean {
  if (soFar.requests < leastRequests) return false;
  return checkThresholds(limits, { ...soFar, elapsedMs: 1 }).some(({ passed }) => !passed);
}
