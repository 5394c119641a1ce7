import { expect, test } from 'vitest';
import { apiCost, lambdaComputeCost, lambdaCostPerMillion } from '../../src/measure/cost.ts';
import type { InvocationReport } from '../../src/measure/report-line.ts';
import { bestTrial, coldFigures, trialFigures } from '../../src/measure/tune.ts';

test("costs are AWS's published ones", () => {
  // The price page: $0.0000166667 (x86) and $0.0000133334 (arm64) per GB-second.
  expect(lambdaComputeCost({ billedMs: 1000, memoryMb: 1024, architecture: 'x86_64' })).toBeCloseTo(0.0000166667, 6);
  expect(lambdaComputeCost({ billedMs: 1000, memoryMb: 1024, architecture: 'arm64' })).toBeCloseTo(0.0000133334, 6);
  // Each invocation is billed in whole milliseconds; their mean is none.
  expect(lambdaComputeCost({ billedMs: 1.2, memoryMb: 128, architecture: 'x86_64' })).toBeCloseTo(2.52e-9, 15);
  expect(lambdaCostPerMillion({ billedMs: 10, memoryMb: 512, architecture: 'x86_64' })).toBeCloseTo(0.084 + 0.2, 3);
  const api = { requests: 1e6, billedMs: 10, memoryMb: 128, architecture: 'arm64', tracing: false } as const;
  expect(apiCost(api)).toBeCloseTo(3.5 + 0.2 + 0.017 + 0.625, 3);
  expect(apiCost({ ...api, tracing: true }) - apiCost(api)).toBeCloseTo(0.25, 6);
});

const report = (durationMs: number, initMs?: number): InvocationReport => ({
  requestId: 'r',
  durationMs,
  billedMs: Math.ceil(durationMs + (initMs ?? 0)),
  memoryMb: 128,
  usedMb: 70,
  initMs,
  traceId: undefined,
});

test('warm and cold invocations are told apart; the mean leaves out the extremes', () => {
  const reports = [report(1, 100), report(3, 200), report(1), report(10), report(10), report(10), report(1000)];
  expect(trialFigures({ memoryMb: 128, architecture: 'arm64' }, reports)).toMatchObject({
    invocations: 7,
    warm: { count: 5, meanMs: 10, p50Ms: 10, p95Ms: 1000 },
    cold: { count: 2, meanInitMs: 150, meanMs: 2 },
    meanBilledMs: 206.2,
    maxUsedMb: 70,
  });
  expect(trialFigures({ memoryMb: 128, architecture: 'arm64' }, [report(1, 100)])).toBeUndefined();
});

test('cold starts alone are counted for --cold', () => {
  const settings = { memoryMb: 128, architecture: 'arm64' } as const;
  expect(coldFigures(settings, [report(2, 100), report(1), report(4, 200)], 1)).toEqual({
    ...settings,
    starts: 2,
    failed: 1,
    initMs: { min: 100, mean: 150, max: 200 },
    meanMs: 3,
    meanBilledMs: 153,
    maxUsedMb: 70,
  });
  expect(coldFigures(settings, [report(1)], 0)).toBeUndefined();
});

test('the best by each strategy', () => {
  const trial = (memoryMb: number, meanMs: number, costPerMillion: number, errorRate = 0) => ({
    memoryMb,
    architecture: 'arm64' as const,
    invocations: 1,
    warm: { count: 1, meanMs, p50Ms: meanMs, p95Ms: meanMs },
    cold: { count: 0, meanInitMs: 0, meanMs: 0 },
    meanBilledMs: meanMs,
    maxUsedMb: 1,
    costPerMillion,
    errorRate,
  });
  const trials = [trial(128, 100, 1), trial(512, 30, 1.1), trial(1024, 20, 2)];
  expect(bestTrial(trials, 'speed', 0.5)?.memoryMb).toBe(1024);
  expect(bestTrial(trials, 'cost', 0.5)?.memoryMb).toBe(128);
  expect(bestTrial(trials, 'balanced', 0.5)?.memoryMb).toBe(512);
  expect(bestTrial(trials, 'balanced', 0)?.memoryMb).toBe(1024);
  expect(bestTrial(trials, 'balanced', 1)?.memoryMb).toBe(128);
  expect(bestTrial([], 'speed', 0.5)).toBeUndefined();
  // One that fails is quick and cheap; one request in a thousand fails anywhere.
  const failing = [trial(128, 1, 0.1, 1), trial(256, 10, 0.2, 0.02), ...trials, trial(2048, 15, 3, 0.001)];
  expect(bestTrial(failing, 'cost', 0.5)).toBe(trials[0]);
  expect(bestTrial(failing, 'speed', 0.5)?.memoryMb).toBe(2048);
  expect(bestTrial(failing.slice(0, 2), 'balanced', 0.5)).toBeUndefined();
});
