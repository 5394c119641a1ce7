import { availableParallelism } from 'node:os';
import type { Worker } from './worker.ts';

/** A function's processes: as many as are asked for at once, started when waiting is worse. */

/** Up to one a core, a process is started at once; beyond, only for an invocation that has waited so long. */
const patienceMs = 25;
/** A machine is not a region: more at once than this wait for one another. */
const maxProcesses = 200;
/** Lambda's own limit on an account's concurrency. */
export const maxConcurrency = 1_000;
const idleMs = 5 * 60_000;

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

export function createPool(start: () => Promise<Worker>): Pool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: { give: (lease: Lease) => void; fail: (error: unknown) => void; sinceMs: number }[] = [];
  const timers = new Map<Worker, NodeJS.Timeout>();
  let starting = 0;
  let busy = 0;
  let retired = false;
  let growTimer: NodeJS.Timeout | undefined;

  function hand(worker: Worker, cold: boolean): void {
    const next = waiting.shift();
    if (next) {
      busy += 1;
      next.give({ worker, cold });
      return;
    }
    if (retired) {
      end(worker);
      return;
    }
    idle.push(worker);
    const timer = setTimeout(() => end(worker), idleMs);
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

  function grow(): void {
    const total = all.size + starting;
    // More than one start a core makes each slower, and leaves no time for those that could already serve.
    if (waiting.length <= starting || starting >= availableParallelism() || total >= maxProcesses) return;
    const waitedMs = performance.now() - (waiting[0]?.sinceMs ?? 0);
    if (total >= availableParallelism() && waitedMs < patienceMs) {
      if (growTimer) return;
      growTimer = setTimeout(() => {
        growTimer = undefined;
        grow();
      }, patienceMs - waitedMs);
      return;
    }
    starting += 1;
    start().then(
      (worker) => {
        starting -= 1;
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
    grow();
  }

  return {
    load: () => busy + waiting.length,
    take() {
      for (let worker = idle.pop(); worker; worker = idle.pop()) {
        clearTimeout(timers.get(worker));
        timers.delete(worker);
        if (!worker.alive()) {
          drop(worker);
          continue;
        }
        busy += 1;
        return Promise.resolve({ worker, cold: false });
      }
      return new Promise((give, fail) => {
        waiting.push({ give, fail, sinceMs: performance.now() });
        grow();
      });
    },
    giveBack(worker) {
      busy -= 1;
      if (!worker.alive()) drop(worker);
      else if (retired && waiting.length === 0) end(worker);
      else hand(worker, false);
      grow();
    },
    retire() {
      retired = true;
      for (const worker of [...idle]) end(worker);
    },
  };
}
