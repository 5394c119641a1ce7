import { readFileSync } from 'node:fs';

const intervalMs = 50;

/**
 * Tells when a process holds more memory than it may: all that is its own, not V8's heap alone. Linux tells it of any
 * process; elsewhere nothing is told, and V8's limit is the only one.
 */
export function watchMemory(pid: number, watch: { limitBytes: number; onExceeded: () => void }): { stop(): void } {
  const timer = setInterval(() => {
    if (ownBytes(pid) <= watch.limitBytes) return;
    clearInterval(timer);
    watch.onExceeded();
  }, intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Without the program's own pages, which all processes share. 0 where it is not known. */
function ownBytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0; // It has just ended, or this is not Linux.
  }
}
