import { isObject } from '../../is-object.ts';
import type { LoadModel, LoadRun } from './generator.ts';
import type { ProfileName, ProfileShape, Stage } from './profile.ts';
import type { ThresholdOutcome } from './thresholds.ts';

/** The function as it was configured during a run. */
export interface FunctionConfiguration {
  name: string;
  memoryMb: number;
  architecture: string;
  runtime: string;
  timeoutSeconds: number;
  tracing: boolean;
}

/** A finished run as it is kept in a file and compared. Figures in milliseconds and requests. */
export interface LoadResult extends LoadRun {
  ok: boolean;
  kind: 'dynops-load';
  /** Of this document's shape. */
  version: 1;
  startedAt: string;
  target: 'local' | 'aws' | 'endpoint';
  region: string;
  stack: string;
  url: string;
  /** What to call this run in a report. */
  label: string;
  model: LoadModel;
  profile: ProfileName | 'stages';
  /** Of one's own; else empty. */
  stages?: readonly Stage[];
  profileShape: Partial<ProfileShape>;
  durationMs: number;
  function: FunctionConfiguration | null;
  thresholds: ThresholdOutcome[];
  /** It was stopped when a threshold was missed, as `--abort-on-threshold` asks. */
  abortedOnThreshold?: boolean;
}

/** Reads a kept run. Throws a RangeError that says what is wrong. */
export function parseLoadResult(text: string): LoadResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RangeError('it is not JSON', { cause });
  }
  const { kind, version } = Object.assign({ kind: undefined, version: undefined }, value);
  if (kind !== 'dynops-load') throw new RangeError('it is not the result of `dynops load --out`');
  if (version !== 1) throw new RangeError(`it is of version ${String(version)}, and this dynops reads version 1`);
  const damaged = Object.entries(members).filter(([name, holds]) => !(isObject(value) && holds(value[name])));
  if (damaged.length > 0) {
    throw new RangeError(`it is damaged: ${damaged.map(([name]) => name).join(', ')} cannot be read`);
  }
  return value as LoadResult;
}

type Holds = (value: unknown) => boolean;

const isText: Holds = (value) => typeof value === 'string';
const isNumber: Holds = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Holds = (value) => typeof value === 'boolean';
const listOf =
  (holds: Holds): Holds =>
  (value) =>
    Array.isArray(value) && value.every(holds);
const recordOf =
  (parts: Record<string, Holds>): Holds =>
  (value) =>
    isObject(value) && Object.entries(parts).every(([name, holds]) => holds(value[name]));

const isLatency = recordOf({
  min: isNumber,
  mean: isNumber,
  p50: isNumber,
  p90: isNumber,
  p95: isNumber,
  p99: isNumber,
  max: isNumber,
});
const isClosed = recordOf({ kind: (kind) => kind === 'closed', users: isNumber });
const isOpen = recordOf({ kind: (kind) => kind === 'open', ratePerSecond: isNumber });
const isFunction = recordOf({
  name: isText,
  memoryMb: isNumber,
  architecture: isText,
  runtime: isText,
  tracing: isFlag,
});

/** What a comparison and its page read. */
const members = {
  label: isText,
  startedAt: isText,
  target: isText,
  region: isText,
  profile: isText,
  durationMs: isNumber,
  elapsedMs: isNumber,
  interrupted: isFlag,
  requests: isNumber,
  failed: isNumber,
  requestsPerSecond: isNumber,
  errorRate: isNumber,
  latencyMs: isLatency,
  model: (value) => isClosed(value) || isOpen(value),
  function: (value) => value === null || isFunction(value),
  byRequest: listOf(recordOf({ name: isText })),
  distribution: listOf(recordOf({ fromMs: isNumber, toMs: isNumber, count: isNumber })),
  series: listOf(
    recordOf({
      atMs: isNumber,
      requests: isNumber,
      failed: isNumber,
      requestsPerSecond: isNumber,
      latencyMs: isLatency,
    }),
  ),
} satisfies Partial<Record<keyof LoadResult, Holds>>;
