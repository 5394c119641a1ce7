import { describe, expect, it } from 'vitest';
import { decisionNames } from './decisions.ts';
import { runDifferential } from './differential.ts';
import { peerBinary } from './peer.ts';

const binary = peerBinary();
const operationsASeed = 8000;
const firstSeed = 12;
/** DIFFERENTIAL_SEEDS=125: a million operations, which take an hour. */
const seeds = Array.from({ length: Number(process.env.DIFFERENTIAL_SEEDS ?? 3) }, (_, index) => firstSeed + index);

describe.skipIf(!binary)('DynamoDB beside dynoxide (skipped where dynoxide is not made for the platform)', () => {
  it(`answers 8,000 operations of each of ${seeds.length} seeds as dynoxide does, or as it is decided`, {
    timeout: seeds.length * 300_000,
  }, async () => {
    const called = new Map<string, number>();
    const undecided: unknown[] = [];
    const counts = { operations: 0, refused: 0 };
    for (const seed of seeds) {
      const result = await runDifferential(String(binary), { seed, operations: operationsASeed });
      counts.operations += result.operations;
      counts.refused += result.refused;
      for (const difference of result.undecided) undecided.push({ seed, ...difference });
      for (const [name, count] of result.decided) called.set(name, (called.get(name) ?? 0) + count);
    }
    const decided = [...called.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `differential: ${JSON.stringify({ ...counts, decided, undecided: undecided.length })}\n${JSON.stringify([...called], null, 1)}\n`,
    );
    expect(undecided).toEqual([]);
    expect(counts.operations).toBe(seeds.length * operationsASeed);
    // Most of the operations do something.
    expect(counts.refused).toBeLessThan(counts.operations / 2);
    // A decision that nothing calls upon speaks of nothing.
    expect([...called.keys()].sort()).toEqual([...decisionNames].sort());
  });
});
