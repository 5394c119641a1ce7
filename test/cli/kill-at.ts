import { expect } from 'vitest';
import type { Installation } from './dynops.ts';

/**
 * Kills the command at `share` (0 to 1) of its run, each try after `prepare`. How long the run takes is known only from
 * runs before it, which the machine may have made slower: a run that ended before it was killed is what the next try goes by.
 */
export async function killAt(
  dynops: Installation,
  share: number,
  words: string[],
  prepare: () => Promise<unknown>,
): Promise<void> {
  let tookMs: number | undefined;
  for (let tries = 0; tries < 10; tries += 1) {
    await prepare();
    const startedAt = performance.now();
    const { signal, status } = await dynops.run(words, {
      onSpawn: (child) => tookMs && setTimeout(() => child.kill('SIGKILL'), tookMs * share),
    });
    if (signal === 'SIGKILL') return;
    expect(status).toBe(0);
    tookMs = performance.now() - startedAt;
  }
  throw new Error(`dynops ${words.join(' ')} ended before it was killed, ten times`);
}
