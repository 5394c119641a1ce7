import { createRecorder } from '../../src/measure/load/figures.ts';
import type { LoadResult } from '../../src/measure/load/result.ts';
import type { MapNode } from '../../src/measure/trace/service-map.ts';
import type { Span, Waterfall } from '../../src/measure/trace/waterfall.ts';
import type { Look } from '../../src/ui/table.ts';
import type { ColdOutcome, Trial, TuneOutcome } from '../../src/ui/tune-text.ts';

/** As where another program reads. */
export const wide: Look = { width: Infinity, style: (_style, text) => text };

/** A finished run with something in every part of its report; texts that would break a page that does not escape them. */
export function sampleRun(over: Partial<LoadResult> = {}): LoadResult {
  const recorder = createRecorder(['read', '<b>create</b>']);
  for (let second = 1; second <= 30; second++) {
    for (let request = 0; request < 50; request++) {
      const latencyMs = 5 + ((request * 7 + second * 3) % 40) + (request % 10 === 0 ? 80 : 0);
      const failure = request % 25 === 0 ? 'HTTP 500' : undefined;
      const sample = '{"message":"<script>alert(1)</script> & \u001b[31mred"}';
      recorder.record(request % 2, { latencyMs, bytes: 100, failure, sample });
    }
    recorder.tick(second * 1000, Math.min(20, second));
  }
  const figures = recorder.figures();
  return {
    ok: false,
    kind: 'dynops-load',
    version: 1,
    label: 'Load </title><script>alert(2)</script>',
    startedAt: '2026-11-23T10:00:00.000Z',
    target: 'local',
    region: 'us-east-1',
    stack: 'default',
    url: 'http://127.0.0.1:4580/_aws/execute-api/abc/prod/DynamoDBManager?"x',
    model: { kind: 'closed', users: 20 },
    profile: 'ramp-up',
    profileShape: {},
    durationMs: 30_000,
    function: {
      name: 'LambdaFunctionOverHttps',
      memoryMb: 128,
      architecture: 'arm64',
      runtime: 'nodejs24.x',
      timeoutSeconds: 3,
      tracing: true,
    },
    thresholds: [
      { name: 'maxP95', limit: 200, actual: 90, passed: true },
      { name: 'maxErrorRate', limit: 0.01, actual: 0.04, passed: false },
    ],
    ...figures,
    elapsedMs: 30_000,
    requestsPerSecond: 50,
    interrupted: true,
    abandoned: 3,
    unsent: 0,
    waitedMs: { mean: 0, max: 0 },
    stoodStillMs: 0,
    connections: { opened: 20, meanMs: 1 },
    ...over,
  };
}

const span = (over: Partial<Span>): Span => ({
  id: 'a',
  component: 'API Gateway',
  detail: 'api/prod',
  depth: 0,
  startMs: 0,
  durationMs: 100,
  selfMs: 10,
  outcome: 'ok',
  status: 200,
  message: undefined,
  inProgress: false,
  ...over,
});
export const sampleTrace: Waterfall = {
  traceId: '1-5759e988-bd862e3fe1be46a994272793',
  startedAtMs: 1_790_000_000_000,
  durationMs: 100,
  spans: [
    span({}),
    span({
      depth: 1,
      component: 'handler',
      detail: '',
      startMs: 50,
      durationMs: 50,
      outcome: 'fault',
      message: '<b>it</b>\u001b[2J broke',
    }),
    span({ depth: 2, component: 'DynamoDB GetItem', startMs: 99.99, durationMs: 0.01, inProgress: true }),
  ],
};

const statistics = { requests: 4, errors: 1, throttles: 0, faults: 1, meanMs: 12.5 };
export const sampleNodes: MapNode[] = [
  { id: 0, name: 'api/prod', type: 'client', isClient: true, statistics, calls: [{ to: 1, ...statistics }] },
  {
    id: 1,
    name: 'api/prod',
    type: 'AWS::ApiGateway::Stage',
    isClient: false,
    statistics,
    calls: [{ to: 2, ...statistics }],
  },
  { id: 2, name: '<script>alert(1)</script>', type: 'AWS::Lambda', isClient: false, statistics, calls: [] },
];

const trial = (memoryMb: number, meanMs: number): Trial => ({
  memoryMb,
  architecture: 'arm64',
  invocations: 100,
  warm: { count: 95, meanMs, p50Ms: meanMs, p95Ms: meanMs * 2 },
  cold: { count: 5, meanInitMs: 120, meanMs: 30 },
  meanBilledMs: meanMs + 1,
  maxUsedMb: 71,
  costPerMillion: 0.25,
  latencyMs: { min: 1, mean: 2, p50: 2, p90: 3, p95: 4, p99: 5, max: 6 },
  requestsPerSecond: 100,
  errorRate: 0,
});
const trials = [trial(128, 20), trial(512, 8)];
export const sampleTuning: TuneOutcome = {
  target: 'aws',
  current: {
    name: 'f',
    memoryMb: 128,
    architecture: 'arm64',
    runtime: 'nodejs24.x',
    timeoutSeconds: 3,
    tracing: false,
  },
  trials,
  strategy: 'speed',
  best: trials[1],
  sizeHasNoEffect: false,
  applied: false,
};

const initMs = { min: 100, mean: 120, max: 180 };
const coldTrial = {
  architecture: 'arm64' as const,
  starts: 5,
  failed: 0,
  initMs,
  meanMs: 9,
  meanBilledMs: 130,
  maxUsedMb: 60,
};
export const sampleCold: ColdOutcome = {
  target: 'aws',
  current: sampleTuning.current,
  sizeHasNoEffect: false,
  trials: [
    { ...coldTrial, memoryMb: 512 },
    { ...coldTrial, memoryMb: 1769, initMs: { min: 95, mean: 110, max: 160 }, meanMs: 4 },
  ],
};
