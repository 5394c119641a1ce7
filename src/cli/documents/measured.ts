import type { MapService, MapStatistics, TraceSummary } from '../../aws/traces.ts';
import type { Comparison, MetricComparison } from '../../measure/load/compare.ts';
import type { Bin, FailureCount, Interval, LatencyFigures, RequestFigures } from '../../measure/load/figures.ts';
import { profileNames } from '../../measure/load/profile.ts';
import type { FunctionConfiguration, LoadResult } from '../../measure/load/result.ts';
import type { InvocationReport } from '../../measure/report-line.ts';
import type { Span, Waterfall } from '../../measure/trace/waterfall.ts';
import { strategies } from '../../measure/tune.ts';
import type { Trial, TuneOutcome } from '../../ui/tune-text.ts';
import {
  anything,
  flag,
  listOf,
  type Members,
  mapOf,
  number,
  object,
  ok,
  oneOf,
  optional,
  orNull,
  type Schema,
  text,
  time,
  whole,
} from './schema.ts';
import { target } from './stack.ts';

const latencyMs = object<LatencyFigures>({
  min: number(),
  mean: number(),
  p50: number(),
  p90: number(),
  p95: number(),
  p99: number(),
  max: number(),
});

const configuration: Members<FunctionConfiguration> = {
  name: text(),
  memoryMb: whole(),
  architecture: text(),
  runtime: text(),
  timeoutSeconds: whole(),
  tracing: flag(),
};

export const loadResult = object<LoadResult>({
  ok: flag('It ran to its end, and every limit was kept. Exit status 3 where a limit was missed.'),
  kind: oneOf(['dynops-load']),
  version: oneOf([1], 'Of this document.'),
  label: text('What to call the run in a report.'),
  startedAt: time(),
  target,
  region: text(),
  stack: text(),
  url: text('What was called.'),
  model: {
    anyOf: [
      object({ kind: oneOf(['closed']), users: whole('At the highest.') }),
      object({
        kind: oneOf(['open']),
        ratePerSecond: number('At the highest.'),
        maxConnections: whole('At once.'),
      }),
    ],
  },
  profile: oneOf([...profileNames, 'stages'], 'The shape of the load, or `stages` with `--stage`.'),
  profileShape: mapOf(number(), 'Shares of the run, or of the highest load, from 0 to 1.'),
  stages: optional(
    listOf(object({ ms: number(), amount: number('Users, or requests a second, at its end.') }), 'With `--stage`.'),
  ),
  durationMs: number('As asked for.'),
  function: orNull(object(configuration, '`null` where the requests reach several functions.')),
  thresholds: listOf(
    object({
      name: text('`maxP95`, …, as the option is called.'),
      limit: number('Milliseconds; of `maxErrorRate` a share from 0 to 1, of `minRate` requests a second.'),
      actual: number(),
      passed: flag(),
    }),
  ),
  requests: whole(),
  failed: whole(),
  errorRate: number('A share from 0 to 1.'),
  bytesReceived: whole(),
  latencyMs: { ...latencyMs, description: 'Of every request that got a response.' },
  failures: listOf(
    object<FailureCount>({
      kind: text('`HTTP 500`, `timeout`, `ECONNRESET`, …'),
      count: whole(),
      sample: text('One of them.'),
    }),
  ),
  byRequest: listOf(object<RequestFigures>({ name: text(), requests: whole(), failed: whole(), latencyMs })),
  series: listOf(
    object<Interval>({
      atMs: number('Its end, from the run’s start.'),
      users: whole('The most at once.'),
      requests: whole(),
      failed: whole(),
      requestsPerSecond: number(),
      latencyMs,
    }),
    'A second each, in long runs more.',
  ),
  distribution: listOf(
    object<Bin>({ fromMs: number(), toMs: number(), count: whole() }),
    'How many responses took from `fromMs` to below `toMs`.',
  ),
  elapsedMs: number(),
  requestsPerSecond: number(),
  interrupted: flag('Stopped before its time; the exit status is 2 or 130, or 3 with `--abort-on-threshold`.'),
  abandoned: whole('Requests in flight when it was broken off; in no other figure.'),
  stoodStillMs: number(
    'How long `load` itself did not run: stopped, asleep, or without a processor; part of latencies.',
  ),
  connections: object({ opened: whole(), meanMs: number() }),
  unsent: whole('Arrivals that found no connection before the run ended.'),
  waitedMs: object({ mean: number(), max: number() }, 'In the generator; part of the latency.'),
  abortedOnThreshold: optional(oneOf([true], 'With `--abort-on-threshold`, where that stopped it.')),
});

export const loadComparison = object<Comparison & { ok: true; a: string; b: string }>({
  ok,
  a: text('The first file.'),
  b: text('The second file.'),
  metrics: listOf(
    object<MetricComparison>({
      metric: text(),
      a: number(),
      b: number(),
      change: orNull(number('(b − a) / a; `null` where a is 0.')),
      noise: orNull(
        number(
          'How far two runs of the same may be apart by chance, as a share of a; `null` where that cannot be told.',
        ),
      ),
      verdict: oneOf(['better', 'worse', 'same', 'unknown']),
    }),
  ),
  differences: listOf(
    object({ setting: text(), a: anything(), b: anything() }),
    'Settings that differ, and may be the reason.',
  ),
  verdict: text('For a person.'),
});

const trial: Members<Trial> = {
  memoryMb: whole(),
  architecture: text(),
  invocations: whole(),
  warm: object({
    count: whole(),
    meanMs: number('Without the fastest and the slowest fifth.'),
    p50Ms: number(),
    p95Ms: number(),
  }),
  cold: object({ count: whole(), meanInitMs: number(), meanMs: number() }),
  meanBilledMs: number(),
  maxUsedMb: number(),
  costPerMillion: number('US dollars for a million warm calls of Lambda.'),
  latencyMs,
  requestsPerSecond: number(),
  errorRate: number('A share from 0 to 1.'),
};

export const tuneOutcome = object<TuneOutcome & { ok: boolean }>({
  ok: flag('At least one size was measured.'),
  target,
  current: object(configuration, 'As it was before, and is again unless `applied`.'),
  trials: listOf(object(trial)),
  strategy: oneOf(strategies),
  best: orNull(object(trial, '`null` where none is better than another, or requests failed at each.')),
  sizeHasNoEffect: flag('The engine without `--aws-like` runs functions at full speed whatever their memory.'),
  applied: flag('With `--apply`.'),
});

const reasons = optional(listOf(text(), 'Why there are none; left out where there are some.'));

export const traceList = object({
  ok,
  traces: listOf(
    object<TraceSummary>({
      id: text(),
      startedAtMs: number('Since the epoch.'),
      durationMs: number(),
      responseMs: number(),
      status: optional(whole('HTTP; left out where the trace does not say it, as with the next two.')),
      method: optional(text()),
      url: optional(text()),
      fault: flag(),
      error: flag(),
      throttle: flag(),
      partial: flag('Not all of its segments have arrived.'),
    }),
  ),
  reasons,
});

export const trace = object<Waterfall & { ok: true }>({
  ok,
  traceId: text(),
  startedAtMs: number('Since the epoch.'),
  durationMs: number(),
  spans: listOf(
    object<Span>({
      id: text(),
      component: text('`API Gateway`, `authorizer`, `handler`, …'),
      detail: text('Of what in particular: the stage, the function, the table.'),
      depth: whole('0: the outermost.'),
      startMs: number('From the trace’s start.'),
      durationMs: number(),
      selfMs: number('Without what it waited for inside.'),
      outcome: oneOf(['ok', 'error', 'throttle', 'fault']),
      status: optional(whole('HTTP; of requests and calls.')),
      message: optional(text('Where something failed.')),
      inProgress: flag(),
    }),
    'Parents before what is inside them.',
  ),
});

const statistics: Members<MapStatistics> = {
  requests: whole(),
  errors: whole(),
  throttles: whole(),
  faults: whole(),
  meanMs: number(),
};

export const traceMap = object({
  ok,
  services: listOf(
    object<MapService>({
      id: whole(),
      name: text(),
      type: text('AWS’s: `AWS::Lambda::Function`, …'),
      isClient: flag(),
      statistics: object(statistics),
      calls: listOf(object({ ...statistics, to: whole('The id of who is called.') })),
    }),
  ),
  reasons,
});

const report: Record<keyof InvocationReport, Schema | { optional: Schema }> = {
  requestId: text(),
  durationMs: number(),
  billedMs: number(),
  memoryMb: number(),
  usedMb: number(),
  initMs: optional(number('Of the cold start that the invocation caused.')),
  traceId: optional(text('Where the invocation was traced.')),
};

export const logs = object({
  ok,
  logGroup: text(),
  events: listOf(
    object({
      at: time(),
      stream: text(),
      text: text('The line as it was written.'),
      kind: oneOf(['start', 'end', 'report', 'init', 'line']),
      requestId: optional(text('Where the line says it, as with `level`.')),
      level: optional(text('`INFO`, `ERROR`, …')),
      report: optional(object(report, 'Of a `report`.')),
      fields: optional(mapOf(anything(), 'With `--field`.')),
    }),
    'Oldest first.',
  ),
});
