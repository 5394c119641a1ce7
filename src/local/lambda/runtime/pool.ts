import { availableParallelism } from 'node:os';
import { createBusyCheck } from './idle-time.ts';
import type { Worker } from './worker.ts';

/** A function's processes: as many as are asked for at once, started when waiting is worse. */

/** Up to one a core, a process is started at once; beyond, when none has come free for so long… */
const patienceMs = 25;
/** …and for so many times what an invocation takes: on a busy machine more processes make each slower. */
const patienceTimes = 4;
const maxPatienceMs = 100;
/** Where the processors have no time left, one more process helps only those that wait for something else. */
const busyPatienceMs = 1_000;
/** What a start takes, until one has been measured. */
const usualStartMs = 150;
/** How much a new measurement counts in the running average. */
const weight = 0.2;
/** A machine is not a region: more at once than this wait for one another. */
const maxProcesses = 200;
/** Lambda's own limit on an account's concurrency. */
export const maxConcurrency = 1_000;
const idleMs = 5 * 60_000;
/** More processes than cores are of use to crowds only, and go soon after them. */
const surplusIdleMs = 10_000;

export interface Lease {
  worker: Worker;
  /** True for the worker's first invocation. */
  cold: boolean;
}

export interface Pool {
  /** Invocations that run or wait. */
  load(): number;
  take(): Promise<Lease>;
  giveBack(worker: Worker): void;
  /** Ends idle processes now, and each busy one after its invocation. */
  retire(): void;
}

/** `isBusy`: whether the machine's processors have no time left. */
export function createPool(start: () => Promise<Worker>, isBusy = createBusyCheck()): Pool {
  const cores = availableParallelism();
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: { give: (lease: Lease) => void; fail: (error: unknown) => void }[] = [];
  const timers = new Map<Worker, NodeJS.Timeout>();
  const takenAtMs = new Map<Worker, number>();
  let starting = 0;
  let retired = false;
  let growTimer: NodeJS.Timeout | undefined;
  let lastFreeMs = 0;
  let serviceMs = 0;
  let startMs = usualStartMs;

  function lend(worker: Worker): void {
    takenAtMs.set(worker, performance.now());
  }

  function hand(worker: Worker, cold: boolean): void {
    if (!cold) lastFreeMs = performance.now();
    const next = waiting.shift();
    if (next) {
      lend(worker);
      next.give({ worker, cold });
      return;
    }
    if (retired) {
      end(worker);
      return;
    }
    idle.push(worker);
    worker.rest();
    const timer = setTimeout(() => end(worker), all.size > cores ? surplusIdleMs : idleMs);
    timer.unref();
    timers.set(worker, timer);
  }

  function end(worker: Worker): void {
    drop(worker);
    worker.end();
  }

  function drop(worker: Worker): void {
    all.delete(worker);
    clearTimeout(timers.get(worker));
    timers.delete(worker);
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
  }

  /** Whether whoever waits last would be served sooner by a process that is yet to be started. */
  function isWorthStarting(): boolean {
    const total = all.size + starting;
    // More than one start a core makes each slower, and leaves no time for those that could already serve.
    if (waiting.length <= starting || starting >= cores || total >= maxProcesses) return false;
    if (total < cores) return true;
    const withoutMs = performance.now() - lastFreeMs;
    const isStuck = withoutMs >= patience() && (withoutMs >= busyPatienceMs || !isBusy());
    return isStuck || (waiting.length * serviceMs) / total > startMs;
  }

  const patience = () => Math.min(maxPatienceMs, Math.max(patienceMs, patienceTimes * serviceMs));

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
        startMs += (performance.now() - beganMs - startMs) * weight;
        all.add(worker);
        hand(worker, true);
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
    load: () => takenAtMs.size + waiting.length,
    take() {
      for (let worker = idle.pop(); worker; worker = idle.pop()) {
        clearTimeout(timers.get(worker));
        timers.delete(worker);
        if (!worker.alive()) {
          drop(worker);
          continue;
        }
        lend(worker);
        return Promise.resolve({ worker, cold: false });
      }
      return new Promise((give, fail) => {
        waiting.push({ give, fail });
        // Patience begins with the first who waits.
        if (waiting.length === 1) lastFreeMs = performance.now();
        grow();
      });
    },
    giveBack(worker) {
      const sinceMs = takenAtMs.get(worker);
      if (sinceMs !== undefined) serviceMs += (performance.now() - sinceMs - serviceMs) * weight;
      takenAtMs.delete(worker);
      if (!worker.alive()) drop(worker);
      else if (retired && waiting.length === 0) end(worker);
      else hand(worker, false);
      if (waiting.length > 0) grow();
    },
    retire() {
      retired = true;
      for (const worker of [...idle]) end(worker);
    },
  };
}
