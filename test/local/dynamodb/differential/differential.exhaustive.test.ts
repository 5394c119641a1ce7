import { describe, expect, it } from 'vitest';
import { decisionNames } from './decisions.ts';
import { runDifferential } from './differential.ts';
import { peerBinary } from './peer.ts';

const binary = peerBinary();

describe.skipIf(!binary)('DynamoDB beside dynoxide (skipped where dynoxide is not made for the platform)', () => {
  it('answers 24,000 operations of three seeds as dynoxide does, or as it is decided', {
    timeout: 900_000,
  }, async () => {
    const called = new Set<string>();
    for (const seed of [12, 13, 14]) {
      const { operations, refused, decided, undecided } = await runDifferential(String(binary), {
        seed,
        operations: 8000,
      });
      expect(undecided, `seed ${seed}`).toEqual([]);
      expect(operations).toBe(8000);
      // Most of the operations do something.
      expect(refused).toBeLessThan(4000);
      for (const name of decided.keys()) called.add(name);
    }
    // A decision that nothing calls upon speaks of nothing.
    expect([...called].sort()).toEqual([...decisionNames].sort());
  });
});
