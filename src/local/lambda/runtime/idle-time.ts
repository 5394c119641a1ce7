import { cpus } from 'node:os';

const windowMs = 100;
const idleShare = 0.1;

/**
 * Tells whether the machine's processors had next to no idle time since it was asked before: what is busy already does not get
 * faster by company. Asking costs the better part of a millisecond.
 */
export function createBusyCheck(): () => boolean {
  let last = sample();
  let busy = false;
  return () => {
    if (performance.now() - last.atMs < windowMs) return busy;
    const now = sample();
    const totalMs = now.totalMs - last.totalMs;
    busy = totalMs > 0 && now.idleMs - last.idleMs < idleShare * totalMs;
    last = now;
    return busy;
  };
}

function sample(): { atMs: number; idleMs: number; totalMs: number } {
  let idleMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { atMs: performance.now(), idleMs, totalMs };
}
