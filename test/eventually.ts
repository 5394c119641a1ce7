import { vi } from 'vitest';

/**
 * What an attempt answers when it no longer fails. It may need the start of a process, which takes seconds on a slow
 * machine; vitest's own waits give up after one.
 */
export function eventually<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: 30_000, interval: 20 });
}
