import { readFileSync } from 'node:fs';
import { type Watch, watchEvery } from './watch.ts';

const intervalMs = 50;

/**
 * Tells when a process holds more memory than it may: all that is its own, not V8's heap alone. Linux tells it of any
 * process; elsewhere nothing is told, and V8's limit is the only one.
 */
export function watchMemory(
  pid: () => number | undefined,
  watch: { limitBytes: number; onExceeded: () => void },
): Watch {
  return watchEvery(intervalMs, () => {
    if (ownBytes(pid()) > watch.limitBytes) watch.onExceeded();
  });
}

/** Without the program's own pages, which all processes share. 0 where it is not known. */
function ownBytes(pid: number | undefined): number {
  try {
    if (pid === undefined) return 0;
    const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0; // It has just ended, or this is not Linux.
  }
}
