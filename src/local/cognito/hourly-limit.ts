import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError } from '../service.ts';

const hourMs = 3_600_000;
const mostKeys = 20_000;
const ledgers = perEngine(() => new Map<string, number[]>());

/** How often `key` was counted in the last hour. */
export function hourlyCount(engine: Engine, key: string): number {
  const sinceMs = engine.clock() - hourMs;
  return (ledgers(engine).get(key) ?? []).filter((atMs) => atMs > sinceMs).length;
}

export function countInHour(engine: Engine, key: string): void {
  const ledger = ledgers(engine);
  const nowMs = engine.clock();
  const known = (ledger.get(key) ?? []).filter((atMs) => atMs > nowMs - hourMs);
  ledger.delete(key);
  ledger.set(key, [...known, nowMs]);
  // The oldest go. A flood of names that long buys a guesser some fifteen guesses more among a million codes.
  for (const oldest of ledger.keys()) {
    if (ledger.size <= mostKeys) return;
    ledger.delete(oldest);
  }
}

/** Throws LimitExceededException, with AWS's words, where `key` was counted `most` times in the last hour. */
export function requireBelow(engine: Engine, key: string, most: number): void {
  if (hourlyCount(engine, key) < most) return;
  const oldestMs = ledgers(engine).get(key)?.at(-most) ?? 0;
  throw new AwsError('LimitExceededException', 'Attempt limit exceeded, please try after some time.', {
    waitMs: oldestMs + hourMs - engine.clock(),
  });
}
