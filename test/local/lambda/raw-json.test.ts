import fc from 'fast-check';
import { expect, test } from 'vitest';
import { installRawJson } from '../../../src/local/lambda/runtime/raw-json.ts';

installRawJson();

test('raw numbers are written as they are, beside any text', () => {
  const raw = fc.constantFrom('0', '-1.50', '12345678901234567890123456789012345678', '1E+100', '"a\\"b"', 'null');
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, raw, text, raw, (before, first, after, second) => {
      const written = JSON.stringify({ [before]: [before, JSON.rawJSON(first)], after, last: JSON.rawJSON(second) });
      // An integer-like name moves to the front, and "after" or "last" may be the drawn one.
      if (/^\d+$/.test(before) || before === 'after' || before === 'last') return;
      const [name, end] = [JSON.stringify(before), JSON.stringify(after)];
      expect(written).toBe(`{${name}:[${name},${first}],"after":${end},"last":${second}}`);
    }),
  );
});

test('what is no JSON is refused, and everything else is written as before', () => {
  expect(() => JSON.rawJSON('1 2')).toThrow(SyntaxError);
  expect(() => JSON.rawJSON('')).toThrow(SyntaxError);
  expect(JSON.stringify(undefined)).toBeUndefined();
  expect(JSON.stringify({ a: [1] }, null, 1)).toBe('{\n "a": [\n  1\n ]\n}');
});
