import { type CpuInfo, cpus } from 'node:os';

const windowMs = 100;
/** What was measured over longer than this says nothing of now. */
const maxWindowMs = 1_000;
const idleShare = 0.1;

/**
 * Tells whether the machine's processors had next to no idle time since it was asked before, at most a second ago; else it says
 * that they are busy, and knows at the next question. What is busy already does not get faster by company. Asking costs the
 * better part of a millisecond.
 */
export function createBusyCheck(times = () => cpus().map((cpu) => cpu.times)): () => boolean {
  let last = sample(times);
  let busy = false;
  return () => {
    if (performance.now() - last.atMs < windowMs) return busy;
    const now = sample(times);
    const totalMs = now.totalMs - last.totalMs;
    const isOld = now.atMs - last.atMs > maxWindowMs;
    busy = isOld || (totalMs > 0 && now.idleMs - last.idleMs < idleShare * totalMs);
    last = now;
    return busy;
  };
}

function sample(readTimes: () => CpuInfo['times'][]): { atMs: number; idleMs: number; totalMs: number } {
  let idleMs = 0;
  let totalMs = 0;
  for (const times of readTimes()) {
    idleMs += times.idle;
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { atMs: performance.now(), idleMs, totalMs };
}
