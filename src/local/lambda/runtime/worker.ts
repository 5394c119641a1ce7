import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { EngineParts } from '../../engine-parts.ts';
import { type FunctionRecord, versionOf } from '../functions.ts';
import { makeEnvironmentFolder } from './environment-folder.ts';
import { createFrameReader } from './frames.ts';
import { createInvocationLog, type InvocationLog } from './invocation-log.ts';
import { createInvocationQueue, type Invocation } from './invocation-queue.ts';
import { launch } from './launch.ts';
import { watchMemory } from './memory-watch.ts';
import {
  encodeToFunction,
  encodeWithdrawal,
  type FromFunction,
  type FunctionError,
  readFromFunction,
} from './messages.ts';
import { createOutputBudget, readLines } from './output-lines.ts';
import { watchScratch } from './scratch-watch.ts';
import { signalText } from './signals.ts';

/** Lambda ends a function whose start takes longer. */
const usualInitLimitMs = 10_000;
/** After an answer a process is frozen when it has had nothing to do for so long; under load it never is. */
const freezeAfterMs = 5;
/** The credentials in its environment are valid for 12 hours, and are not renewed there. */
const maxAgeMs = 11 * 3_600_000;

/** One process of a function: runs one invocation at a time. */
export interface Worker {
  log: InvocationLog;
  /** How long its start took; undefined: it has not ended yet. */
  initMs(): number | undefined;
  /** Resolves when it can take invocations; an error: the function's code failed to load; a text: why its process ended. */
  ready: Promise<FunctionError | string | undefined>;
  run(invocation: Invocation): void;
  /** Whether an invocation may be given to it behind another one. */
  queues(): boolean;
  /** Freezes it soon, until it runs again, as Lambda freezes an environment between invocations. */
  rest(): void;
  /** False when its process has ended, or is being ended. */
  alive(): boolean;
  /** It is too old for one more invocation, or its role is another by now. */
  isSpent(): boolean;
  end(): void;
}

export async function startWorker(
  engine: EngineParts,
  record: FunctionRecord,
  options: { jailed: boolean; onExit: () => void },
): Promise<Worker> {
  const { jailed, onExit } = options;
  const { initLimitMs = usualInitLimitMs } = engine;
  const id = randomBytes(16).toString('hex');
  const logStream = `${new Date(engine.clock()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${versionOf(record)}]${id}`;
  const log = createInvocationLog(engine, record, logStream);
  const spentAtMs = engine.clock() + maxAgeMs;
  const credentials = engine.sessionCredentials.issue({ roleArn: record.roleArn, name: record.name });
  const { accessKeyId, sessionToken = '' } = credentials;
  const folder = await makeEnvironmentFolder(engine.dataDir, id);
  const startedAt = performance.now();
  const child = await launch(engine, record, { folder, logStream, jailed, credentials }).catch(
    async (error: unknown) => {
      await folder.remove();
      throw error;
    },
  );
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
  /** By what it wanted to end itself. */
  let ownSignal: string | undefined;
  const end = () => {
    condemned = true;
    signal('SIGKILL');
  };
  /** As `end`; its function's log says no more than that it was killed, as on Lambda. */
  const endFor = (reason: string) => {
    if (!condemned) engine.log(`a process of the function ${record.name} was ended: ${reason}`);
    end();
  };
  const memory = watchMemory(folder.pid, {
    limitBytes: record.memoryMb * 1024 * 1024,
    onExceeded: () => endFor(`it used more than ${record.memoryMb} MB of memory`),
  });
  const scratch = jailed
    ? undefined
    : watchScratch(folder.scratch, {
        limitMb: record.ephemeralStorageMb,
        onExceeded: () => endFor(`its /tmp held more than ${record.ephemeralStorageMb} MB`),
      });

  let initMs: number | undefined;
  let settleReady: (error: FunctionError | string | undefined) => void = () => undefined;
  const ready = new Promise<FunctionError | string | undefined>((resolve) => {
    settleReady = resolve;
  });
  const initTimer = setTimeout(() => endFor(`it did not start within ${initLimitMs / 1000} s`), initLimitMs);
  const initDone = (error: FunctionError | string | undefined) => {
    if (initMs !== undefined) return false;
    clearTimeout(initTimer);
    initMs = performance.now() - startedAt;
    settleReady(error);
    return true;
  };

  const queue = createInvocationQueue({
    give(message) {
      gather();
      pipe.write(encodeToFunction(message));
    },
    withdraw: (numbers, then) => pipe.write(encodeWithdrawal(numbers), () => whenDrained(then)),
    end,
  });
  /** What is given in one turn is written in one go, at its end. */
  const gather = () => {
    if (pipe.writableCorked > 0) return;
    pipe.cork();
    setImmediate(() => pipe.uncork());
  };
  let chunksRead = 0;
  /** After a whole turn in which there was nothing to read. */
  const whenDrained = (then: () => void) => {
    const before = chunksRead;
    const look = () => (chunksRead === before ? then() : whenDrained(then));
    if (pipe.isPaused()) pipe.once('resume', () => whenDrained(then));
    else setImmediate(() => setImmediate(look));
  };
  /** False: nothing that a process of ours would say now. */
  const receive = (message: FromFunction): boolean => {
    switch (message.kind) {
      case 'ready':
        return initDone(undefined);
      case 'init-error':
        return initDone(message.error);
      case 'log':
        if (message.level === undefined) log.event(message.text);
        else log.line(message.text, message.level);
        return true;
      case 'signal':
        ownSignal = message.signal;
        end();
        return true;
      default:
        return queue.receive(message);
    }
  };
  const budget = createOutputBudget(() => performance.now());
  const reader = createFrameReader({
    frame(frame) {
      // What follows a violation is not believed either.
      if (condemned) return;
      const message = readFromFunction(frame);
      if (!message || !receive(message)) return endFor('its pipe carried a message that its runtime never sends');
      if (message.kind === 'log') budget.spend(pipe, frame.body.length + 64);
    },
    violation: (reason) => endFor(`its pipe carried ${reason}`),
  });
  pipe.on('data', (chunk: Buffer) => {
    chunksRead += 1;
    reader.push(chunk);
  });
  // A process without its pipe can do nothing more.
  pipe.on('error', end).on('end', end);
  /** What comes by these belongs to what runs when it is read, so only one invocation at a time may be there. */
  let writesOutput = false;
  const line = (text: string) => {
    writesOutput = true;
    if (text !== '') log.line(text, undefined);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) readLines(stream, { budget, line });
  child.on('error', () => child.kill('SIGKILL'));
  child.once('exit', () => {
    alive = false;
    // Its last words may be that it took something.
    whenDrained(queue.gone);
  });
  // Not before all that it said has arrived: its last words are why it ended.
  child.once('close', (code, name) => {
    alive = false;
    clearTimeout(freezing);
    memory.stop();
    scratch?.stop();
    const description = describeExit(code, ownSignal ?? name);
    initDone(description);
    queue.closed(description);
    folder.remove().catch((error: unknown) => engine.log(`a function's folder could not be removed: ${String(error)}`));
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
    alive: () => alive && !condemned,
    isSpent: () =>
      engine.clock() >= spentAtMs || engine.sessionCredentials.open(accessKeyId, sessionToken) === undefined,
    end,
    rest() {
      clearTimeout(freezing);
      freezing = setTimeout(freeze, freezeAfterMs);
    },
    queues: () => !writesOutput && !queue.isSlow() && record.runtime.startsWith('nodejs'),
    run(invocation) {
      if (!alive) {
        invocation.ended({ kind: 'untaken' });
        return;
      }
      thaw();
      queue.add(invocation);
    },
  };
}

function describeExit(code: number | null, signal: string | null): string {
  if (signal) return `Error: Runtime exited with error: signal: ${signalText(signal) ?? signal}`;
  return `Error: Runtime exited ${code === 0 ? 'without providing a reason' : `with error: exit status ${code}`}`;
}
