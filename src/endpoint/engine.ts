import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynopsError } from '../errors.ts';
import { readIfExists, removeIfExists } from '../home/folders.ts';
import { send } from './http.ts';
import { isOurLivingProcess } from './living-process.ts';

/** The embedded engine's files in `<home>/engine/`; the engine itself writes all but the lock. */
export interface EngineFiles {
  folder: string;
  /** Process id, port, version and scale, while it runs. */
  record: string;
  credentials: string;
  log: string;
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
  const content = await readIfExists(engineFiles(home).record);
  if (content === undefined) return undefined;
  // Written whole or not at all, by the engine.
  const record = JSON.parse(content) as EngineRecord;
  return isOurLivingProcess(record.pid) ? record : undefined;
}

/** The engine that runs and answers; undefined when none does. */
export async function runningEngine(home: string): Promise<EngineRecord | undefined> {
  const record = await recordedEngine(home);
  if (record === undefined) return undefined;
  try {
    const answer = await send({ method: 'GET', url: `${record.endpoint}/_dynops/health`, timeoutMs: 5_000 });
    const health = JSON.parse(answer.body.toString('utf8')) as { pid?: number };
    return health.pid === record.pid ? record : undefined;
  } catch {
    // Refused, silent, or no engine's answer: whatever is there, it is not the engine.
    return undefined;
  }
}

/** The installation's own credentials; the engine makes them at its first start. */
export async function engineCredentials(home: string): Promise<EngineCredentials> {
  const content = await readIfExists(engineFiles(home).credentials);
  if (content !== undefined) return JSON.parse(content) as EngineCredentials;
  throw new DynopsError({
    code: 'EngineCredentialsMissing',
    message: `The engine runs, but its credentials are missing in ${engineFiles(home).folder}.`,
    hint: 'Run `dynops local stop`, and the next command starts it with new ones.',
  });
}

/**
 * Stops the engine, and waits until its process is gone. False when none ran.
 * Only a process that answers as the engine is ended; what it acknowledged survives even a kill.
 */
export async function stopEngine(home: string): Promise<boolean> {
  const record = await runningEngine(home);
  if (record === undefined) return false;
  process.kill(record.pid, 'SIGTERM');
  if (await isGoneWithin(record.pid, 8_000)) return true;
  process.kill(record.pid, 'SIGKILL');
  await removeIfExists(engineFiles(home).record);
  if (await isGoneWithin(record.pid, 2_000)) return true;
  throw new DynopsError({ code: 'EngineWillNotStop', message: `The engine's process ${record.pid} does not end.` });
}

async function isGoneWithin(pid: number, deadlineMs: number): Promise<boolean> {
  const endMs = Date.now() + deadlineMs;
  while (isOurLivingProcess(pid)) {
    if (Date.now() > endMs) return false;
    await sleep(20);
  }
  return true;
}
