import { DynopsError } from '../errors.ts';
import type { Caller } from './call.ts';
import type { OnWait } from './resource.ts';

const firstPauseMs = 150;
const longestPauseMs = 600;

/**
 * Asks until there is an answer: densely at first, then more than once a second. Throws DynopsError `WaitedTooLong`
 * after `limitMs`. `reason`: what is waited for, as the user reads it.
 */
export async function waitFor<Answer>(
  caller: Caller,
  wait: { reason: string; limitMs: number; onWait: OnWait; ask: () => Promise<Answer | undefined> },
): Promise<Answer> {
  const startedAtMs = caller.clock();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.3)) {
    const answer = await wait.ask();
    if (answer !== undefined) return answer;
    if (caller.clock() - startedAtMs > wait.limitMs) {
      throw new DynopsError({
        code: 'WaitedTooLong',
        message: `Waited ${Math.round(wait.limitMs / 1000)} s: ${wait.reason}.`,
      });
    }
    wait.onWait(wait.reason);
    await caller.pause(pauseMs);
  }
}
