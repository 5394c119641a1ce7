import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { EngineParts } from '../../engine-parts.ts';
import type { FunctionRecord } from '../functions.ts';
import { makeEnvironmentFolder } from './environment-folder.ts';
import { createFrameReader } from './frames.ts';
import { createInvocationLog, type InvocationLog } from './invocation-log.ts';
import { launch } from './launch.ts';
import { watchMemory } from './memory-watch.ts';
import {
  encodeToFunction,
  type FromFunction,
  type FunctionError,
  readFromFunction,
  type ToFunction,
} from './messages.ts';
import { createOutputBudget, readLines } from './output-lines.ts';
import { watchScratch } from './scratch-watch.ts';

/** Lambda ends a function whose start takes longer. */
const initLimitMs = 10_000;
/** A process that does not even read an invocation is busy with what an earlier one left behind. */
const takeLimitMs = 1_000;
/** After an answer a process is frozen when it has had nothing to do for so long; under load it never is. */
const freezeAfterMs = 5;

/** How one invocation ended. */
export type Outcome =
  | { kind: 'answer'; payload: Uint8Array; maxMemoryBytes: number }
  | { kind: 'error'; error: FunctionError; maxMemoryBytes: number }
  | { kind: 'timeout' }
  | { kind: 'exit'; description: string }
  /** It did not begin; another process may run it. */
  | { kind: 'untaken' };

/** One process of a function: runs one invocation at a time. */
export interface Worker {
  log: InvocationLog;
  /** How long its start took; undefined: it has not ended yet. */
  initMs(): number | undefined;
  /** Resolves when it can take invocations; an error: the function's code failed to load. */
  ready: Promise<FunctionError | undefined>;
  run(invocation: ToFunction, limitMs: number): Promise<Outcome>;
  /** Freezes it soon, until it runs again, as Lambda freezes an environment between invocations. */
  rest(): void;
  /** False when its process has ended. */
  alive(): boolean;
  end(): void;
}

export async function startWorker(
  engine: EngineParts,
  record: FunctionRecord,
  options: { jailed: boolean; onExit: () => void },
): Promise<Worker> {
  const { jailed, onExit } = options;
  const id = randomBytes(16).toString('hex');
  const logStream = `${new Date(engine.clock()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
  const log = createInvocationLog(engine, record, logStream);
  const folder = await makeEnvironmentFolder(engine.dataDir, id);
  const startedAt = performance.now();
  const child = await launch(engine, record, { folder, logStream, jailed });
  const pipe = child.stdio[3];
  if (!(pipe instanceof Socket)) throw new Error('the process has no pipe');

  let alive = true;
  const signal = (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => {
    if (!alive || child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      child.kill(name); // It has just ended, and its group with it.
    }
  };
  let condemned = false;
  const end = () => {
    condemned = true;
    signal('SIGKILL');
  };
  const memory = watchMemory(folder.pid, { limitBytes: record.memoryMb * 1024 * 1024, onExceeded: end });
  const scratch = jailed
    ? undefined
    : watchScratch(folder.scratch, { limitMb: record.ephemeralStorageMb, onExceeded: end });

  let initMs: number | undefined;
  let settleReady: (error: FunctionError | undefined) => void = () => undefined;
  const ready = new Promise<FunctionError | undefined>((resolve) => {
    settleReady = resolve;
  });
  const initTimer = setTimeout(end, initLimitMs);
  const initDone = (error: FunctionError | undefined) => {
    if (initMs !== undefined) return false;
    clearTimeout(initTimer);
    initMs = performance.now() - startedAt;
    settleReady(error);
    return true;
  };

  let current: Running | undefined;
  /** False: nothing that a process of ours would say now. */
  const receive = (message: FromFunction): boolean => {
    switch (message.kind) {
      case 'ready':
        return initDone(undefined);
      case 'init-error':
        return initDone(message.error);
      case 'log':
        log.line(message.text, message.level);
        return true;
      case 'taken':
        if (current?.requestId !== message.requestId || !current.taken()) return false;
        log.begun();
        return true;
      case 'answer':
      case 'error': {
        const running = current;
        if (running?.requestId !== message.requestId || !running.isTaken() || running.isAnswered()) return false;
        running.answered(message);
        return true;
      }
    }
  };
  const budget = createOutputBudget(() => performance.now());
  const reader = createFrameReader({
    frame(frame) {
      // What follows a violation is not believed either.
      if (condemned) return;
      const message = readFromFunction(frame);
      if (!message || !receive(message)) return end();
      if (message.kind === 'log') budget.spend(pipe, frame.body.length + 64);
    },
    violation: end,
  });
  pipe.on('data', (chunk: Buffer) => reader.push(chunk));
  // A process without its pipe can do nothing more.
  pipe.on('error', end).on('end', end);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) readLines(stream, { budget, line: (text) => text !== '' && log.line(text, undefined) });
  }
  child.on('error', () => child.kill('SIGKILL'));
  child.once('exit', () => {
    alive = false;
  });
  // Not before all that it said has arrived: its last words are why it ended.
  child.once('close', (code, name) => {
    alive = false;
    clearTimeout(freezing);
    memory.stop();
    scratch?.stop();
    const description = describeExit(code, name);
    initDone({ errorType: 'Runtime.ExitError', errorMessage: description, trace: [] });
    current?.settle({ kind: 'exit', description });
    folder.remove().catch((error: unknown) => engine.log(`a function's folder was left: ${String(error)}`));
    onExit();
  });

  let freezing: NodeJS.Timeout | undefined;
  let frozen = false;
  const freeze = () => {
    frozen = true;
    signal('SIGSTOP');
    memory.check();
    memory.stop();
    scratch?.stop();
  };
  const thaw = () => {
    clearTimeout(freezing);
    if (!frozen) return;
    frozen = false;
    signal('SIGCONT');
    memory.start();
    scratch?.start();
  };

  return {
    log,
    initMs: () => initMs,
    ready,
    alive: () => alive,
    end,
    rest() {
      clearTimeout(freezing);
      freezing = setTimeout(freeze, freezeAfterMs);
    },
    run: (invocation, limitMs) =>
      new Promise((resolve) => {
        if (!alive) {
          resolve({ kind: 'untaken' });
          return;
        }
        thaw();
        const running = createRunning(invocation.requestId, {
          limitMs,
          end,
          resolve(outcome) {
            current = undefined;
            resolve(outcome);
          },
        });
        current = running;
        pipe.write(encodeToFunction(invocation));
      }),
  };
}

interface Running {
  requestId: string;
  isTaken(): boolean;
  isAnswered(): boolean;
  answered(outcome: Outcome): void;
  /** False: for the second time. */
  taken(): boolean;
  settle(outcome: Outcome): void;
}

/** Keeps the time of one invocation: it is to begin soon, and then has as long as its function. */
function createRunning(
  requestId: string,
  on: { limitMs: number; end: () => void; resolve: (outcome: Outcome) => void },
): Running {
  let isTaken = false;
  let isAnswered = false;
  const settle = (outcome: Outcome) => {
    clearTimeout(timer);
    // What ended before it began can begin elsewhere.
    on.resolve(outcome.kind === 'exit' && !isTaken ? { kind: 'untaken' } : outcome);
  };
  const after = (ms: number, outcome: Outcome) =>
    setTimeout(() => {
      settle(outcome);
      on.end();
    }, ms);
  let timer = after(takeLimitMs, { kind: 'untaken' });
  return {
    requestId,
    isTaken: () => isTaken,
    isAnswered: () => isAnswered,
    answered(outcome) {
      isAnswered = true;
      clearTimeout(timer);
      // What it wrote to its output before came by another way, and is read in this turn at the latest.
      setImmediate(() => settle(outcome));
    },
    taken() {
      if (isTaken) return false;
      isTaken = true;
      clearTimeout(timer);
      timer = after(on.limitMs, { kind: 'timeout' });
      return true;
    },
    settle(outcome) {
      if (!isAnswered) settle(outcome);
    },
  };
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Error: Runtime exited with error: signal: ${signalText(signal)}`;
  return `Error: Runtime exited ${code === 0 ? 'without providing a reason' : `with error: exit status ${code}`}`;
}

const signalText = (signal: string) => (signal === 'SIGKILL' ? 'killed' : signal === 'SIGABRT' ? 'aborted' : signal);
