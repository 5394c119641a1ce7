import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAttributeValue } from '../../src/handler/attribute-values.ts';

test("values become what the SDK's own document marshalling makes of them", () => {
  const value = fc.jsonValue({ maxDepth: 6, noUnicodeString: false }).filter((any) => {
    const text = JSON.stringify(any);
    // Both refuse these, each in its own way; test/handler/handler.test.ts covers ours.
    return !text.includes('__proto__') && !hasUnsafeNumber(any);
  });
  fc.assert(
    fc.property(value, (any) => {
      const sent = JSON.parse(JSON.stringify(any));
      expect({ any: toAttributeValue(sent, 'payload') }).toEqual(marshall({ any: sent }));
    }),
    { numRuns: 1000 },
  );
});

function hasUnsafeNumber(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeNumber);
}
