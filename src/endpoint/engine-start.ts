import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../environment.ts';
import { DynopsError } from '../errors.ts';
import { takeFileLock } from '../home/file-lock.ts';
import { ensurePrivateFolder, removeUnlessFile } from '../home/folders.ts';
import { version } from '../version.ts';
import { type EngineRecord, engineFiles, engineState, runningEngine, silentEngine, stopEngine } from './engine.ts';
import { finishLoading } from './loading.ts';

export interface StartEngineOptions {
  home: string;
  env: Environment;
  /** Asked for: an engine on another port is restarted. 0: any free one. */
  port?: number | undefined;
  /** Asked for: an engine of another scale is restarted. 0: plain. */
  scale?: number | undefined;
  /** The engine ends, and `home` goes, when this process ends. */
  ephemeral?: boolean | undefined;
  /** Begun when the engine's process has been started, and not awaited. */
  meanwhile?: (() => Promise<unknown>) | undefined;
  /** Told when the engine is being started. */
  note: (line: string) => void;
}

const startDeadlineMs = 30_000;
/** An engine that is being stopped is gone by then; one on a busy machine has answered. */
const silenceMs = 10_000;
const pollMs = 5;

/**
 * The running engine; starts it, detached and in the background, where none runs as asked. Any number of commands may do
 * this at the same time: one starts it and the others wait.
 * An engine older than the code is restarted, since its operations and its files may be others.
 */
export async function ensureEngine(options: StartEngineOptions): Promise<EngineRecord> {
  const program = engineProgram();
  const silentAtMs = Date.now() + silenceMs;
  const running = await runningEngine(options.home);
  if (running !== undefined && (await isAsAsked(running, options, program))) return running;
  const { folder, startLock } = engineFiles(options.home);
  await ensurePrivateFolder(folder);
  const release = await takeFileLock(startLock, startDeadlineMs);
  try {
    // Whoever held the lock may have started it only now.
    const found = await settledEngine(options.home, Math.max(silentAtMs, Date.now() + silenceMs / 2));
    if (found !== undefined && (await isAsAsked(found, options, program))) return found;
    options.note(found === undefined ? 'Starting the embedded engine.' : 'Restarting the embedded engine.');
    if (found !== undefined) await stopEngine(options.home);
    await finishLoading(options.home);
    const asked = { ...options, scale: options.scale ?? found?.scale };
    return await startEngine(program, asked).catch(async (error: unknown) => {
      if (found !== undefined && isUnusable(error, options.port, found))
        await startEngine(program, { ...options, ...found });
      throw error;
    });
  } finally {
    await release();
  }
}

/** The engine that ran goes on as it was where the port that is asked for cannot be had. */
const isUnusable = (error: unknown, port: number | undefined, found: EngineRecord): boolean =>
  error instanceof DynopsError && error.code === 'EngineWillNotStart' && Boolean(port) && port !== found.port;

/** Does something while the engine is stopped: until it is done, no command starts it. */
export async function withEngineStopped(home: string, work: () => Promise<void>): Promise<void> {
  const { folder, startLock } = engineFiles(home);
  await ensurePrivateFolder(folder);
  const release = await takeFileLock(startLock, startDeadlineMs);
  try {
    await stopEngine(home);
    await work();
  } finally {
    await release();
  }
}

/** The engine that runs; undefined when none does. Throws `EngineSilent` for one that lives and does not answer. */
async function settledEngine(home: string, silentAtMs: number): Promise<EngineRecord | undefined> {
  for (;;) {
    const state = await engineState(home, Math.max(1_000, silentAtMs - Date.now()));
    if (state.kind !== 'silent') return state.kind === 'running' ? state.engine : undefined;
    if (Date.now() > silentAtMs) throw silentEngine(state.pid);
    await sleep(pollMs);
  }
}

async function isAsAsked(engine: EngineRecord, { port, scale }: StartEngineOptions, program: string): Promise<boolean> {
  if (engine.version !== version || engine.startedAtMs < (await stat(program)).mtimeMs) return false;
  return (!port || engine.port === port) && (scale === undefined || engine.scale === scale);
}

/** In MB, twice, for new objects: few outlive a request, and Node's own 16 would all stay resident. */
const nodeFlags = ['--max-semi-space-size=4'];

async function startEngine(program: string, options: StartEngineOptions): Promise<EngineRecord> {
  const { home, env, port, scale } = options;
  const { folder, log, record, credentials, lastPort } = engineFiles(home);
  for (const file of [log, record, credentials, lastPort]) await removeUnlessFile(file);
  const logFile = await open(log, 'a', 0o600);
  const { size: logStart } = await logFile.stat();
  const flags = [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(scale === undefined || scale === 0 ? [] : ['--aws-like', String(scale)]),
    ...(options.ephemeral ? ['--ephemeral', home] : []),
  ];
  const child = spawn(process.execPath, [...nodeFlags, program, '--folder', folder, ...flags], {
    cwd: folder,
    detached: true,
    stdio: [options.ephemeral ? 'pipe' : 'ignore', logFile.fd, logFile.fd],
    env: withoutSecrets(env),
  });
  child.unref();
  void options.meanwhile?.();
  // It lasts as long as this process, and does not keep it.
  if (child.stdin instanceof Socket) child.stdin.unref();
  const ended = new Promise<'ended' | 'stopped'>((resolve) => {
    child.once('exit', (status, signal) => resolve(status === 0 || signal === 'SIGTERM' ? 'stopped' : 'ended'));
    child.once('error', () => resolve('ended'));
  });
  await logFile.close();
  const endMs = Date.now() + startDeadlineMs;
  for (;;) {
    const next = await Promise.race([ended, sleep(pollMs)]);
    const engine = await runningEngine(home);
    if (engine !== undefined) return engine;
    if (next === 'stopped') throw engineStopped();
    if (next === 'ended') throw await startFailure(options, { reason: 'it ended at once', logStart });
    if (Date.now() > endMs) {
      child.kill('SIGKILL');
      throw await startFailure(options, { reason: `no answer within ${startDeadlineMs / 1000} s`, logStart });
    }
  }
}

export const engineStopped = () =>
  new DynopsError({
    code: 'EngineStopped',
    message: 'Another command has stopped the embedded engine in the meantime.',
    hint: 'Run the same command again: it starts it with all its data.',
  });

/** `logStart`: where in the log this start begins, in bytes. */
async function startFailure(
  { home, port }: StartEngineOptions,
  { reason, logStart }: { reason: string; logStart: number },
): Promise<DynopsError> {
  const { log } = engineFiles(home);
  const said = (await readFile(log)).subarray(logStart).toString('utf8');
  const tail = said.trimEnd().split('\n').slice(-5);
  return new DynopsError({
    code: 'EngineWillNotStart',
    message: `The embedded engine did not start: ${reason}.\n${tail.map((line) => `  ${line}`).join('\n')}`,
    hint: startHint(tail.join('\n'), { port, log }),
  });
}

/** What mends it, by what the engine said last. */
function startHint(said: string, { port, log }: { port: number | undefined; log: string }): string {
  const anyPort = 'Any free one is had by `dynops local start --port 0`, or by DYNOPS_PORT=0 where that is set.';
  if (said.includes('EADDRINUSE')) return `Port ${port} is taken. ${anyPort}`;
  if (said.includes('is not for HTTP')) return anyPort;
  if (/ENOSPC|No space left/.test(said)) return 'Free some space on that disk; no stored data is lost.';
  if (said.includes('already held')) return 'Another engine uses that folder; `dynops local stop` ends it.';
  if (said.includes('cannot be opened')) {
    return 'If nothing else uses that folder, `dynops local reset` fixes it by deleting everything that the engine stores.';
  }
  return `Its whole log is ${log}. If its files are damaged, \`dynops local reset\` fixes it by deleting everything that the engine stores.`;
}

/** The engine needs no credentials but its own. */
function withoutSecrets(env: Environment): NodeJS.ProcessEnv {
  const secret = /^(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|.*TOKEN.*)|DYNOPS_PASSWORD)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)));
}

/** `dist/engine.js`, from a chunk beside it and from the source folder. */
function engineProgram(): string {
  const places = ['./engine.js', '../../dist/engine.js'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const program = places.find((place) => existsSync(place));
  if (program !== undefined) return program;
  throw new DynopsError({
    code: 'BrokenInstallation',
    message: 'The engine has not been built.',
    hint: 'Run `npm run build`.',
  });
}
