import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynopsError } from '../errors.ts';
import { hasCode, removeIfExists } from '../home/folders.ts';
import { isOurLivingProcess } from '../home/living-process.ts';
import { readOwnJson } from '../home/own-files.ts';
import { engineProcesses } from './engine-processes.ts';
import { type HttpRequest, type HttpResponse, send } from './http.ts';

/** The embedded engine's files in `<home>/engine/`; the engine itself writes all but the lock. */
export interface EngineFiles {
  folder: string;
  /** Process id, port, version and scale, while it runs. */
  record: string;
  credentials: string;
  log: string;
  /** The port of the last run. */
  lastPort: string;
  /** Held by the command that is starting the engine. */
  startLock: string;
}

export function engineFiles(home: string): EngineFiles {
  const folder = join(home, 'engine');
  return {
    folder,
    record: join(folder, 'engine.json'),
    credentials: join(folder, 'credentials.json'),
    log: join(folder, 'engine.log'),
    lastPort: join(folder, 'port'),
    startLock: join(folder, 'start.lock'),
  };
}

/** What a running engine says about itself. */
export interface EngineRecord {
  pid: number;
  port: number;
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  version: string;
  /** 0: plain; otherwise the scale of `--aws-like`. */
  scale: number;
  startedAtMs: number;
}

export interface EngineCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * The engine as its record tells, when that process lives and is this user's; nothing is sent to it.
 * Enough to send a request there: somebody else could only hold the port of a dead engine, and its process id with it.
 */
export async function recordedEngine(home: string): Promise<EngineRecord | undefined> {
  const record = await readOwnJson(engineFiles(home).record, isRecord);
  return record && isOurLivingProcess(record.pid) ? record : undefined;
}

function isRecord(value: { [Name in keyof EngineRecord]?: unknown }): value is EngineRecord {
  const { pid, port, endpoint, version, scale, startedAtMs } = value;
  return (
    Number.isInteger(pid) &&
    Number(pid) > 0 &&
    endpoint === `http://127.0.0.1:${port}` &&
    URL.canParse(endpoint) &&
    typeof version === 'string' &&
    typeof scale === 'number' &&
    typeof startedAtMs === 'number'
  );
}

/** The engine that runs and answers within the time; undefined when none does. */
export async function runningEngine(home: string, timeoutMs = 5_000): Promise<EngineRecord | undefined> {
  const record = await recordedEngine(home);
  if (record === undefined) return undefined;
  try {
    const answer = await send({ method: 'GET', url: `${record.endpoint}/_dynops/health`, timeoutMs });
    const health = JSON.parse(answer.body.toString('utf8')) as { pid?: number };
    return health.pid === record.pid ? record : undefined;
  } catch {
    // Refused, silent, or no engine's answer: whatever is there, it is not the engine.
    return undefined;
  }
}

/** What a recorded engine answers at one of its own paths. Throws `EngineSilent` where that has not come in time. */
export async function askEngine(
  { endpoint, pid }: EngineRecord,
  { path, ...request }: Omit<HttpRequest, 'url'> & { path: string },
): Promise<HttpResponse> {
  return send({ url: `${endpoint}${path}`, ...request }).catch((error: unknown) => {
    throw error instanceof Error && error.name === 'TimeoutError' ? silentEngine(pid) : error;
  });
}

export type EngineState =
  | { kind: 'running'; engine: EngineRecord }
  /** It lives, and does not answer: it hangs, or is being started or stopped. */
  | { kind: 'silent'; pid: number }
  | { kind: 'stopped' };

export async function engineState(home: string, timeoutMs?: number): Promise<EngineState> {
  const engine = await runningEngine(home, timeoutMs);
  if (engine !== undefined) return { kind: 'running', engine };
  const [pid] = await engineProcesses(engineFiles(home).folder);
  return pid === undefined ? { kind: 'stopped' } : { kind: 'silent', pid };
}

export function silentEngine(pid: number): DynopsError {
  return new DynopsError({
    code: 'EngineSilent',
    message: `The embedded engine's process ${pid} is running but does not answer.`,
    hint: 'Run `dynops local stop`, which ends it; the next command starts it again.',
  });
}

/** The installation's own credentials; the engine makes them at its first start. */
export async function engineCredentials(home: string): Promise<EngineCredentials> {
  const credentials = await readOwnJson(engineFiles(home).credentials, areCredentials);
  if (credentials !== undefined) return credentials;
  throw new DynopsError({
    code: 'EngineCredentialsMissing',
    message: `The engine runs, but its credentials in ${engineFiles(home).folder} are missing or broken.`,
    hint: 'Run `dynops local stop`, and the next command starts it with new ones.',
  });
}

const areCredentials = (value: { [Name in keyof EngineCredentials]?: unknown }): value is EngineCredentials =>
  typeof value.accessKeyId === 'string' && typeof value.secretAccessKey === 'string';

/** Stops the engine, answering or not, and waits until its process is gone. False when none ran. */
export async function stopEngine(home: string): Promise<boolean> {
  const state = await engineState(home);
  if (state.kind === 'stopped') return false;
  const pid = state.kind === 'running' ? state.engine.pid : state.pid;
  signal(pid, 'SIGTERM');
  // One that does not even say how it is has had its time.
  if (await isGoneWithin(pid, state.kind === 'running' ? 8_000 : 3_000)) return true;
  // What it acknowledged survives this too.
  signal(pid, 'SIGKILL');
  await removeIfExists(engineFiles(home).record);
  if (await isGoneWithin(pid, 2_000)) return true;
  throw new DynopsError({ code: 'EngineWillNotStop', message: `The engine's process ${pid} does not stop.` });
}

/** It may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function isGoneWithin(pid: number, deadlineMs: number): Promise<boolean> {
  const endMs = Date.now() + deadlineMs;
  while (isOurLivingProcess(pid)) {
    if (Date.now() > endMs) return false;
    await sleep(20);
  }
  return true;
}
