import { expect, it } from 'vitest';
import type { PoolRecord } from '../../../src/local/cognito/records.ts';
import { revoke } from '../../../src/local/cognito/revocations.ts';
import type { Engine } from '../../../src/local/engine.ts';

it('revokes without looking at all that was revoked, and forgets what is over', async () => {
  const kept = new Map<string, { untilMs: number }>();
  let [nowMs, looks] = [0, 0];
  const look = <T>(all: Iterable<T>) => {
    looks += 1;
    return [...all];
  };
  const collection = {
    get: (key: string) => kept.get(key),
    put: async (key: string, value: { untilMs: number }) => kept.set(key, value),
    delete: async (key: string) => kept.delete(key),
    keys: () => look(kept.keys()),
    values: () => look(kept.values()),
  };
  const engine = { clock: () => nowMs, store: { collection: () => collection } } as unknown as Engine;
  const pool = { id: 'pool' } as PoolRecord;
  for (let id = 0; id < 100; id += 1) await revoke(engine, pool, { id: `${id}`, untilMs: 1_000 });
  expect([looks, kept.size]).toEqual([1, 100]);
  // A day after the refresh tokens the last access token has ended.
  nowMs = 86_400_000;
  await revoke(engine, pool, { id: 'before', untilMs: nowMs });
  expect(kept.size).toBe(101);
  nowMs += 3_600_000;
  await revoke(engine, pool, { id: 'after', untilMs: nowMs });
  expect([...kept.keys()]).toEqual(['pool/before', 'pool/after']);
});
