/** Calls back when its time has come. Set and cleared with every invocation, so it does not start a timer each time. */
export interface Alarm {
  /** In so many milliseconds, instead of what was set before. */
  set(ms: number): void;
  clear(): void;
}

export function createAlarm(due: () => void): Alarm {
  let dueAtMs = Number.POSITIVE_INFINITY;
  let firesAtMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function start(atMs: number): void {
    clearTimeout(timer);
    firesAtMs = atMs;
    timer = setTimeout(look, atMs - performance.now());
  }

  /** A timer that was set for an earlier time goes on until then, and only then for what is left. */
  function look(): void {
    timer = undefined;
    firesAtMs = Number.POSITIVE_INFINITY;
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    // Node rounds a timer's time down to a millisecond.
    if (dueAtMs - performance.now() >= 1) {
      start(dueAtMs);
      return;
    }
    // What came in time may be unread yet, where the thread was held: it is read first, and may clear this.
    const askedMs = dueAtMs;
    setImmediate(() => {
      if (dueAtMs !== askedMs) return;
      dueAtMs = Number.POSITIVE_INFINITY;
      due();
    });
  }

  return {
    set(ms) {
      dueAtMs = performance.now() + ms;
      if (dueAtMs < firesAtMs) start(dueAtMs);
    },
    clear() {
      dueAtMs = Number.POSITIVE_INFINITY;
    },
  };
}
