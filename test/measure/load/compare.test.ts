import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/measure/load/compare.ts';
import type { LatencyFigures } from '../../../src/measure/load/figures.ts';
import { type LoadResult, parseLoadResult } from '../../../src/measure/load/result.ts';
import { checkThresholds } from '../../../src/measure/load/thresholds.ts';

/** Answers -1 to 1, the same sequence each time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 2_147_483_648) * 2 - 1;
  };
}

const latency = (ms: number): LatencyFigures => ({ min: ms, mean: ms, p50: ms, p90: ms, p95: ms, p99: ms, max: ms });

/** A run of so many seconds around a latency and a rate, each second off by up to `spread` of it. */
function run(of: {
  ms: number;
  rate?: number;
  seconds?: number;
  spread?: number;
  seed?: number;
  failed?: number;
}): LoadResult {
  const { ms, rate = 100, seconds = 40, spread = 0.05, seed = 1, failed = 0 } = of;
  const next = noise(seed);
  const series = Array.from({ length: seconds }, (_, index) => ({
    atMs: (index + 1) * 1000,
    users: 10,
    requests: rate,
    failed: rate * failed,
    requestsPerSecond: rate * (1 + spread * next()),
    latencyMs: latency(ms * (1 + spread * next())),
  }));
  const requests = rate * seconds;
  return {
    ok: true,
    kind: 'dynops-load',
    version: 1,
    label: 'run',
    startedAt: '2026-11-23T00:00:00.000Z',
    target: 'local',
    region: 'us-east-1',
    stack: 'default',
    url: 'http://127.0.0.1/',
    model: { kind: 'closed', users: 10 },
    profile: 'fixed',
    profileShape: {},
    durationMs: seconds * 1000,
    function: {
      name: 'f',
      memoryMb: 128,
      architecture: 'arm64',
      runtime: 'nodejs24.x',
      timeoutSeconds: 3,
      tracing: false,
    },
    thresholds: [],
    requests,
    failed: requests * failed,
    errorRate: failed,
    bytesReceived: 0,
    latencyMs: latency(ms),
    failures: [],
    byRequest: [{ name: 'echo', requests, failed: 0, latencyMs: latency(ms) }],
    series,
    distribution: [{ fromMs: ms, toMs: ms + 1, count: requests }],
    elapsedMs: seconds * 1000,
    requestsPerSecond: rate,
    interrupted: false,
    abandoned: 0,
    unsent: 0,
    waitedMs: { mean: 0, max: 0 },
    stoodStillMs: 0,
    connections: { opened: 10, meanMs: 1 },
  };
}

const verdictOf = (a: LoadResult, b: LoadResult) =>
  Object.fromEntries(compareRuns(a, b).metrics.map(({ metric, verdict }) => [metric, verdict]));

test('a real difference is seen, in its direction', () => {
  expect(verdictOf(run({ ms: 50, rate: 100 }), run({ ms: 40, rate: 125, seed: 2 }))).toMatchObject({
    requestsPerSecond: 'better',
    p95: 'better',
    errorRate: 'same',
  });
  expect(verdictOf(run({ ms: 40 }), run({ ms: 50, seed: 2, failed: 0.1 }))).toMatchObject({
    p95: 'worse',
    errorRate: 'worse',
  });
  expect(compareRuns(run({ ms: 50 }), run({ ms: 40, seed: 2 })).verdict).toMatch(/^B is faster: p95 −20 %/);
});

test('what chance explains is no difference', () => {
  expect(verdictOf(run({ ms: 50, spread: 0.5 }), run({ ms: 52, spread: 0.5, seed: 7 }))).toMatchObject({ p95: 'same' });
  expect(verdictOf(run({ ms: 50, spread: 0 }), run({ ms: 50.4, spread: 0 }))).toMatchObject({ p95: 'same' });
  expect(compareRuns(run({ ms: 50 }), run({ ms: 50, seed: 3 })).verdict).toBe('No difference beyond chance.');
});

test('the sentence names every figure that differs, in either direction', () => {
  const a = run({ ms: 50 });
  const b = run({ ms: 50, seed: 3 });
  b.latencyMs = { ...b.latencyMs, mean: 60, p50: 65, p99: 30 };
  expect(compareRuns(a, b).verdict).toBe(
    'B is faster: p99 −40 %, more than chance explains; B is slower: mean +20 %, p50 +30 %, more than chance explains.',
  );
  const open = { kind: 'open', ratePerSecond: 100, maxConnections: 10 } as const;
  const slower = { ...run({ ms: 50, rate: 60, seed: 3 }), model: open };
  expect(compareRuns({ ...a, model: open }, slower).verdict).toBe('Throughput is worse (−40 %).');
});

test('intervals in which nothing was answered have no latency', () => {
  const sparse = (seed: number) => {
    const made = run({ ms: 50, seed });
    const series = made.series.map((each, index) =>
      index % 8 < 4 ? each : { ...each, requests: 0, failed: 0, requestsPerSecond: 0, latencyMs: latency(0) },
    );
    return { ...made, series };
  };
  const slower = { ...sparse(2), latencyMs: latency(60) };
  expect(verdictOf(sparse(1), slower)).toMatchObject({ p95: 'worse' });
});

test('two runs of the same thing are seldom called different', () => {
  let called = 0;
  for (let seed = 1; seed <= 200; seed++) {
    // The mean of the intervals is what the run as a whole shows.
    const [a, b] = [run({ ms: 50, spread: 0.4, seed }), run({ ms: 50, spread: 0.4, seed: seed + 1000 })].map((each) => {
      const mean = each.series.reduce((sum, { latencyMs }) => sum + latencyMs.p95, 0) / each.series.length;
      return { ...each, latencyMs: latency(mean) };
    });
    if (a && b && verdictOf(a, b).p95 !== 'same') called++;
  }
  expect(called).toBeLessThan(20);
});

test('runs too short, or without answers, are said to be so', () => {
  expect(compareRuns(run({ ms: 50, seconds: 3 }), run({ ms: 10 })).verdict).toContain('too short');
  const silent = { ...run({ ms: 0, failed: 1 }), distribution: [] };
  expect(compareRuns(run({ ms: 50 }), silent).verdict).toBe(
    'Nothing was answered in B: there are no latencies to compare.',
  );
  expect(verdictOf(run({ ms: 50 }), silent)).toMatchObject({ p95: 'unknown', errorRate: 'worse' });
});

test('settings that differ are listed', () => {
  const other = run({ ms: 50 });
  other.function = {
    name: 'f',
    memoryMb: 512,
    architecture: 'arm64',
    runtime: 'nodejs24.x',
    timeoutSeconds: 3,
    tracing: true,
  };
  other.stoodStillMs = 3_133;
  expect(compareRuns(run({ ms: 50 }), other).differences).toEqual([
    { setting: 'memory', a: '128 MB', b: '512 MB' },
    { setting: 'tracing', a: false, b: true },
    { setting: 'dynops stood still', a: false, b: true },
  ]);
});

test('thresholds: kept, missed, and never kept by silence', () => {
  const kept = run({ ms: 50, failed: 0.01 });
  expect(
    checkThresholds({ maxP95: 50, maxP99: 49, maxErrorRate: 0.01, minRate: 101 }, kept).map(({ name, passed }) => [
      name,
      passed,
    ]),
  ).toEqual([
    ['maxP95', true],
    ['maxP99', false],
    ['maxErrorRate', true],
    ['minRate', false],
  ]);
  const silent = { ...kept, distribution: [], latencyMs: latency(0) };
  expect(checkThresholds({ maxP95: 50 }, silent)).toMatchObject([{ passed: false }]);
  expect(checkThresholds({ minRate: 1 }, silent)).toMatchObject([{ actual: 0, passed: false }]);
  const half = { ...kept, distribution: [{ fromMs: 50, toMs: 51, count: 2000 }] };
  expect(checkThresholds({ minRate: 51 }, half)).toMatchObject([{ actual: 50, passed: false }]);
});

test('a result that was kept is read as it was', () => {
  const kept = run({ ms: 50 });
  expect(parseLoadResult(JSON.stringify(kept))).toEqual(kept);
  expect(parseLoadResult(JSON.stringify({ ...kept, function: null }))).toMatchObject({ function: null });
});

test.each([
  ['cut off', '{', 'JSON'],
  ['nothing', 'null', 'dynops load'],
  ['another document', '{"kind":"other"}', 'dynops load'],
  ['a later version', '{"kind":"dynops-load","version":2}', 'version 2'],
  ['no figures', '{"kind":"dynops-load","version":1}', 'damaged'],
  ['no series', JSON.stringify({ ...run({ ms: 50 }), series: null }), 'series'],
  [
    'text for a figure',
    JSON.stringify({ ...run({ ms: 50 }), latencyMs: { ...latency(50), p95: 'fast' } }),
    'latencyMs',
  ],
  ['a model without users', JSON.stringify({ ...run({ ms: 50 }), model: { kind: 'closed' } }), 'model'],
])('a file that is no result: %s', (_name, text, reason) => {
  expect(() => parseLoadResult(text)).toThrow(reason);
});
