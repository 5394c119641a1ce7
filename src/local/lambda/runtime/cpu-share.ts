import { setTimeout as sleep } from 'node:timers/promises';

/** From this memory on a function has a whole core. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const wholeCoreMb = 1_769;

/**
 * How long a function of so much memory waits for each millisecond of processor time that it used, so that its
 * invocations last as long as on Lambda's share of one core. 0 where nothing is simulated. Starting is not stretched: Lambda starts
 * functions at full speed whatever their memory.
 */
export function cpuWaitOf(memoryMb: number, scale: number): number {
  return Math.max(0, wholeCoreMb / memoryMb - 1) * scale;
}

/** Spreads a function's processor time over the time that its share of a core would take. */
export interface CpuShare {
  /** At an invocation's begin. Its end then waits as long as is owed for what it used, `waitPerMs` from `cpuWaitOf`. */
  begin(waitPerMs: number): { end(): Promise<void> };
}

/**
 * Works inside the function's process, with what every platform counts: stopped from outside, a process stays stopped
 * when the engine is killed. Less than a timer can wait is owed until later, as Lambda too lets short bursts run.
 */
export function createCpuShare(): CpuShare {
  let owedMs = 0;
  return {
    begin(waitPerMs) {
      const before = process.cpuUsage();
      return {
        async end() {
          const { user, system } = process.cpuUsage(before);
          owedMs += ((user + system) / 1000) * waitPerMs;
          if (owedMs < 1) return;
          const beganMs = performance.now();
          await sleep(owedMs);
          owedMs = Math.max(0, owedMs - (performance.now() - beganMs));
        },
      };
    },
  };
}
