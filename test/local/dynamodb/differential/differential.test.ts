import { describe, expect, it } from 'vitest';
import { runDifferential } from './differential.ts';
import { peerBinary } from './peer.ts';

const binary = peerBinary();

// Judged by dynoxide, another DynamoDB; where the two differ, docs/dynamodb.md says who is right. More of it is in
// differential.exhaustive.test.ts.
describe.skipIf(!binary)('DynamoDB beside dynoxide (skipped where dynoxide is not made for the platform)', () => {
  it('answers a thousand operations as dynoxide does, or as it is decided', async () => {
    const { operations, undecided } = await runDifferential(String(binary), { seed: 1, operations: 1000 });
    expect(undecided).toEqual([]);
    expect(operations).toBe(1000);
  });
});
