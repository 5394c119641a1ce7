import { availableParallelism } from 'node:os';
import { createBusyCheck } from './idle-time.ts';
import type { Worker } from './worker.ts';

/** A function's processes: as many as are asked for at once, started when waiting is worse. */

/** Another process starts when none has come free for this long. Up to one a core, it starts at once if invocations take this long. */
const patienceMs = 25;
/** Beyond one a core, the wait is at least this many times an invocation's duration: on a busy machine more processes make each slower. */
const patienceTimes = 4;
const maxPatienceMs = 100;
/** Where the processors have no time left, one more process helps only those that wait for something else. */
const busyPatienceMs = 1_000;
/** How much a new measurement counts in a running average. */
const weight = 0.2;
const average = (before: number | undefined, now: number) => (before ?? now) * (1 - weight) + now * weight;
/** A machine is not a region: more at once than this wait for one another. */
const maxProcesses = 200;
/** Lambda's own limit on an account's concurrency. */
export const maxConcurrency = 1_000;
const idleMs = 5 * 60_000;
/** More processes than cores are of use to crowds only, and go soon after them. */
const surplusIdleMs = 10_000;

/** Where invocations take less than this, several are given to one process at a time: each would wait longer for the engine. */
const quickMs = 0.5;
const mostGiven = 16;
/**
 * Where they take less than this, and there is a process for each core, some lie with each process that runs one, so that neither side waits
 * for the other's waking up in between.
 */
const briefMs = 5;
const fewGiven = 4;
/** Waiting behind others for less than this is better than another process's waking up. */
const worthWakingMs = 1;
/** Longer ones do not wait in a process's pipe, which holds some ten times as much as all that may lie there. */
export const maxQueuedBytes = 8 * 1024;

export interface Lease {
  worker: Worker;
  /** True for the worker's first invocation. */
  cold: boolean;
}

export interface Pool {
  /** Invocations that run or wait. */
  load(): number;
  /** `mayQueue`: whether it may be given to a process that runs another one, which is asked only of processes whose are quick. */
  take(mayQueue: boolean): Promise<Lease>;
  /** `durationMs`: how long the invocation ran, where it did. */
  giveBack(worker: Worker, durationMs?: number): void;
  /** Ends idle processes now, and each busy one after its invocation. */
  retire(): void;
  /** It was retired, and nothing runs or waits any more. */
  isOver(): boolean;
}

/** A process and how many invocations it has. */
interface Seat {
  worker: Worker;
  given: number;
  /** Its first invocation has ended. */
  warm: boolean;
  endTimer?: NodeJS.Timeout;
}

/** `isBusy`: whether the machine's processors have no time left. */
export function createPool(start: () => Promise<Worker>, isBusy = createBusyCheck()): Pool {
  const cores = availableParallelism();
  const seats = new Map<Worker, Seat>();
  const idle: Seat[] = [];
  const waiting: { mayQueue: boolean; give: (lease: Lease) => void; fail: (error: unknown) => void }[] = [];
  let given = 0;
  let starting = 0;
  let retired = false;
  let growTimer: NodeJS.Timeout | undefined;
  let lastFreeMs = 0;
  /** undefined: not measured yet. */
  let serviceMs: number | undefined;
  let startMs: number | undefined;

  function lend(seat: Seat): Lease {
    seat.given += 1;
    given += 1;
    return { worker: seat.worker, cold: !seat.warm };
  }

  /** Gives a process to whoever waits; else it rests. */
  function hand(seat: Seat): void {
    // A new process too: whether one more is wanted is seen when this one has shown what it does.
    lastFreeMs = performance.now();
    // Several together, as each time may wake the process up.
    if (seat.given > 1 && !areQuick()) return;
    for (let [next] = waiting; next && hasRoom(seat, next.mayQueue); [next] = waiting) {
      waiting.shift();
      next.give(lend(seat));
    }
    if (seat.given > 0) return;
    if (retired || seat.worker.isSpent()) {
      end(seat);
      return;
    }
    idle.push(seat);
    seat.worker.rest();
    seat.endTimer = setTimeout(() => {
      if (isSurplus()) end(seat);
      else seat.endTimer = setTimeout(() => end(seat), idleMs - surplusIdleMs).unref();
    }, surplusIdleMs).unref();
  }

  /** Of a function whose invocations are quick, one process serves thousands a second. */
  const isSurplus = () => seats.size > (areQuick() ? 1 : cores);
  const areQuick = () => serviceMs !== undefined && serviceMs < quickMs;
  const areBrief = () => serviceMs !== undefined && serviceMs < briefMs && seats.size + starting >= cores;

  /** How many may lie with a process. */
  function depth(): number {
    if (areQuick()) return mostGiven;
    return areBrief() ? fewGiven : 1;
  }

  function hasRoom({ worker, given: has, warm }: Seat, mayQueue: boolean): boolean {
    if (worker.isSpent()) return false;
    if (has === 0) return true;
    return mayQueue && warm && has < depth() && worker.queues();
  }

  function end(seat: Seat): void {
    drop(seat);
    seat.worker.end();
  }

  function drop(seat: Seat): void {
    seats.delete(seat.worker);
    clearTimeout(seat.endTimer);
    const at = idle.indexOf(seat);
    if (at >= 0) idle.splice(at, 1);
  }

  function takeIdle(): Seat | undefined {
    for (let seat = idle.pop(); seat; seat = idle.pop()) {
      clearTimeout(seat.endTimer);
      if (seat.worker.alive() && !seat.worker.isSpent()) return seat;
      end(seat);
    }
    return undefined;
  }

  /** The one with the least to do of those that take one more. */
  function leastGiven(): Seat | undefined {
    let least: Seat | undefined;
    for (const seat of seats.values()) {
      if (seat.given > 0 && seat.given < (least?.given ?? mostGiven) && hasRoom(seat, true) && seat.worker.alive()) {
        least = seat;
      }
    }
    return least;
  }

  function choose(mayQueue: boolean): Seat | undefined {
    // Nobody overtakes who waits.
    const least = mayQueue && waiting.length === 0 ? leastGiven() : undefined;
    const isBetter = least && areQuick() && least.given * (serviceMs ?? 0) < worthWakingMs;
    return isBetter ? least : (takeIdle() ?? least);
  }

  /** Whether whoever waits last would be served sooner by a process that is yet to be started. */
  function isWorthStarting(): boolean {
    const total = seats.size + starting;
    // More than one start a core makes each slower, and leaves no time for those that could already serve.
    if (waiting.length <= starting || starting >= cores || total >= maxProcesses) return false;
    const isBelowCores = total < cores;
    if (total === 0 || (isBelowCores && (serviceMs ?? patienceMs) >= patienceMs)) return true;
    const withoutMs = performance.now() - lastFreeMs;
    const lastWaitsMs = (waiting.length * (serviceMs ?? 0)) / total;
    if (withoutMs < patience() && lastWaitsMs <= (startMs ?? 0)) return false;
    return isBelowCores || !isBusy() || Math.max(withoutMs, lastWaitsMs) >= busyPatienceMs;
  }

  function patience(): number {
    if (seats.size + starting < cores) return patienceMs;
    return Math.min(maxPatienceMs, Math.max(patienceMs, patienceTimes * (serviceMs ?? 0)));
  }

  function grow(): void {
    while (isWorthStarting()) startOne();
    if (waiting.length > starting && starting < cores && !growTimer) growTimer = setTimeout(look, patience());
  }

  function look(): void {
    // What came free while the engine was busy is heard of first: an answer that is read in this turn settles in its immediates, behind this one.
    setImmediate(() =>
      setImmediate(() => {
        growTimer = undefined;
        grow();
      }),
    );
  }

  function startOne(): void {
    starting += 1;
    const beganMs = performance.now();
    start().then(
      (worker) => {
        starting -= 1;
        startMs = average(startMs, performance.now() - beganMs);
        const seat = { worker, given: 0, warm: false };
        seats.set(worker, seat);
        hand(seat);
        grow();
      },
      (error: unknown) => {
        starting -= 1;
        waiting.shift()?.fail(error);
        grow();
      },
    );
  }

  return {
    load: () => given + waiting.length,
    take(mayQueue) {
      const seat = choose(mayQueue);
      if (seat) return Promise.resolve(lend(seat));
      return new Promise((give, fail) => {
        waiting.push({ mayQueue, give, fail });
        // Patience begins with the first who waits.
        if (waiting.length === 1) lastFreeMs = performance.now();
        grow();
      });
    },
    giveBack(worker, durationMs) {
      if (durationMs !== undefined) serviceMs = average(serviceMs, durationMs);
      given -= 1;
      const seat = seats.get(worker);
      if (seat) {
        seat.given -= 1;
        seat.warm = true;
        if (!worker.alive()) drop(seat);
        else if (retired && waiting.length === 0 && seat.given === 0) end(seat);
        else hand(seat);
      }
      if (waiting.length > 0) grow();
    },
    retire() {
      retired = true;
      for (const seat of [...idle]) end(seat);
    },
    isOver: () => retired && given + waiting.length === 0,
  };
}
