import type { LoadModel, LoadRun } from './generator.ts';
import type { ProfileName, ProfileShape } from './profile.ts';
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
  profile: ProfileName;
  profileShape: Partial<ProfileShape>;
  durationMs: number;
  function: FunctionConfiguration | null;
  thresholds: ThresholdOutcome[];
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
  // Written by this program.
  return value as LoadResult;
}
