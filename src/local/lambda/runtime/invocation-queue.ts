import { type Alarm, createAlarm } from './alarm.ts';
import type { FromFunction, FunctionError, ToFunction } from './messages.ts';

/** A process that does not even read an invocation is busy with what an earlier one left behind. */
const takeLimitMs = 1_000;
/** What waits behind an invocation that takes longer is given to other processes. */
const slowMs = 25;

/** How one invocation ended. */
export type Outcome =
  | { kind: 'answer'; payload: Uint8Array; maxMemoryBytes: number; durationMs: number }
  /** `atLoad`: the function's code did not load. */
  | { kind: 'error'; error: FunctionError; maxMemoryBytes: number; durationMs: number; atLoad?: true }
  | { kind: 'timeout' }
  | { kind: 'exit'; description: string; durationMs: number }
  /** It did not begin, and will not; another process may run it. */
  | { kind: 'untaken' };

/** What is to be run, and who hears of it. */
export interface Invocation {
  message: Omit<ToFunction, 'number' | 'behind'>;
  /** The process has it, and nothing is before it. */
  begun(): void;
  /** It has run for some time. */
  isSlow(): void;
  /** Called once, in the order in which the process ended them. */
  ended(outcome: Outcome): void;
}

type Answer = Extract<FromFunction, { kind: 'answer' | 'error' }>;

/**
 * What one process has been given, in order. It runs one invocation at a time; the next ones may lie with it already, so that it
 * need not wait for the engine in between. None of them runs twice: what was given is taken back by `withdraw` and is free
 * for another process when this one says that it dropped it, or when it cannot have begun before it reads that.
 */
export interface InvocationQueue {
  /** Whether what the process runs takes longer than others should wait behind it. */
  isSlow(): boolean;
  add(invocation: Invocation): void;
  /** False: nothing that a process of ours would say now. */
  receive(message: Extract<FromFunction, { kind: 'taken' | 'answer' | 'error' | 'dropped' }>): boolean;
  /** The process is gone: what has not begun can begin elsewhere. */
  gone(): void;
  /** Nothing more of what it said will arrive. */
  closed(description: string): void;
}

interface Entry {
  number: number;
  invocation: Invocation;
  state: 'given' | 'taken' | 'answered';
  givenAtMs: number;
  takenAtMs: number;
  outcome?: Outcome;
}

export function createInvocationQueue(process: {
  give(message: ToFunction): void;
  /** `then`: it has been written, and nothing that the process said before is still unread. */
  withdraw(numbers: number[], then: () => void): void;
  end(): void;
}): InvocationQueue {
  const entries: Entry[] = [];
  /** Still to be heard of: taken or dropped when they are. */
  const withdrawn = new Set<number>();
  let lastNumber = 0;
  let headIsSlow = false;

  const limit: Alarm = createAlarm(() => {
    const [head] = entries;
    // What it has not begun is free when it is gone.
    if (head?.state === 'taken') settle(head, { kind: 'timeout' });
    process.end();
  });
  const slow: Alarm = createAlarm(() => {
    const [head, ...behind] = entries;
    headIsSlow = true;
    if (head?.state === 'taken') head.invocation.isSlow();
    withdraw(behind.filter(({ state }) => state === 'given'));
  });

  function withdraw(wanted: Entry[]): void {
    if (wanted.length === 0) return;
    const numbers = wanted.map(({ number }) => number);
    for (const number of numbers) withdrawn.add(number);
    process.withdraw(numbers, () => {
      for (const entry of wanted) if (entry.state === 'given') settle(entry, { kind: 'untaken' });
    });
  }

  function settle(entry: Entry, outcome: Outcome): void {
    const at = entries.indexOf(entry);
    if (at < 0) return;
    entries.splice(at, 1);
    if (at === 0) awaitHead();
    entry.invocation.ended(outcome);
  }

  /** The time of what is next, now that nothing is before it. */
  function awaitHead(): void {
    const [head] = entries;
    headIsSlow = false;
    if (head?.state !== 'given') {
      limit.clear();
      slow.clear();
      return;
    }
    limit.set(takeLimitMs);
    slow.set(slowMs);
  }

  function taken(number: number): boolean {
    let [head] = entries;
    if (head?.state === 'answered' && head.outcome) {
      settle(head, head.outcome);
      [head] = entries;
    }
    if (head?.number !== number) return withdrawn.has(number);
    if (head.state !== 'given') return false;
    head.state = 'taken';
    head.takenAtMs = performance.now();
    // It takes in order: nothing more is heard of what was given before this.
    for (const earlier of withdrawn) if (earlier < number) withdrawn.delete(earlier);
    limit.set(head.invocation.message.limitMs);
    slow.set(slowMs);
    head.invocation.begun();
    return true;
  }

  function dropped(number: number): boolean {
    if (!withdrawn.delete(number)) return false;
    const entry = entries.find((given) => given.number === number);
    if (entry?.state === 'answered') return false;
    if (entry) settle(entry, { kind: 'untaken' });
    return true;
  }

  function answered(message: Answer): boolean {
    const [head] = entries;
    if (head?.invocation.message.requestId !== message.requestId || head.state !== 'taken') return false;
    head.state = 'answered';
    limit.clear();
    // As it says itself, since this may be read later than it was said; but never more than there was.
    const now = performance.now();
    const durationMs =
      message.durationMs === undefined ? now - head.takenAtMs : Math.min(message.durationMs, now - head.givenAtMs);
    const { requestId: _, ...said } = message;
    const outcome: Outcome = { ...said, durationMs };
    head.outcome = outcome;
    // What it wrote to its output before came by another way, and is read in this turn at the latest.
    setImmediate(() => settle(head, outcome));
    return true;
  }

  return {
    isSlow: () => headIsSlow,
    add(invocation) {
      const behind = entries.length > 0;
      lastNumber += 1;
      const number = lastNumber;
      entries.push({ number, invocation, state: 'given', givenAtMs: performance.now(), takenAtMs: 0 });
      if (!behind) awaitHead();
      process.give({ ...invocation.message, number, behind });
    },
    receive(message) {
      switch (message.kind) {
        case 'taken':
          return taken(message.number);
        case 'dropped':
          return dropped(message.number);
        default:
          return answered(message);
      }
    },
    gone() {
      for (const entry of [...entries]) if (entry.state === 'given') settle(entry, { kind: 'untaken' });
    },
    closed(description) {
      limit.clear();
      slow.clear();
      for (const entry of [...entries]) {
        const durationMs = performance.now() - entry.takenAtMs;
        settle(
          entry,
          entry.outcome ?? (entry.state === 'given' ? { kind: 'untaken' } : { kind: 'exit', description, durationMs }),
        );
      }
    },
  };
}
