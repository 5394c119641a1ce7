import { createRecorder } from '../../src/measure/load/figures.ts';
import type { LoadResult } from '../../src/measure/load/result.ts';

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
    connections: { opened: 20, meanMs: 1 },
    ...over,
  };
}
