import fc from 'fast-check';
import { expect, it } from 'vitest';
import { includesBytes, includesText } from '../../../../src/local/dynamodb/values/search.ts';

/** Of few letters and in pieces that repeat, so that parts are found, and nearly found, at many places. */
const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🙂'), maxLength: 6 });
const long = fc.tuple(piece, fc.nat({ max: 700 }), piece).map(([one, times, last]) => one.repeat(times) + last);

it('finds what V8 finds, in short texts and in long ones', () => {
  fc.assert(
    fc.property(long, long, long, (before, part, after) => {
      for (const text of [before + part + after, before + after]) {
        expect(includesText(text, part)).toBe(text.includes(part));
        const [bytes, sought] = [Buffer.from(text), Buffer.from(part)];
        expect(includesBytes(bytes, sought)).toBe(bytes.includes(sought));
      }
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['', true],
  ['a', true],
  [`${'a'.repeat(4000)}b`, true],
  [`b${'a'.repeat(4000)}`, false],
  ['a'.repeat(5001), false],
])('finds the part of a text of 5,000 letters and one more: %#', (part, found) => {
  expect(includesText(`${'a'.repeat(5000)}b`, part)).toBe(found);
});
