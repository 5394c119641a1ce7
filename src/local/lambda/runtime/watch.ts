/** Looks at something now and then, while it is started. */
export interface Watch {
  start(): void;
  /** Looks at once. */
  check(): void;
  stop(): void;
}

/** Started. It does not keep the process alive. */
export function watchEvery(intervalMs: number, check: () => void): Watch {
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer ??= setInterval(check, intervalMs).unref();
  };
  start();
  return {
    start,
    check,
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
