import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepSources, numberText, withExactNumbers } from '../../src/handler/exact-numbers.ts';
import { installRawJson } from '../../src/local/lambda/runtime/raw-json.ts';

installRawJson();
const parseUnseen = JSON.parse;
keepSources();
const { parse, stringify } = JSON;

/** Vitest reads JSON as well and must not be watched. */
JSON.parse = parseUnseen;

const exact = (text: string) => withExactNumbers(parse(text));

test.each([
  '1',
  '0',
  '-0',
  '0.0',
  '1.50',
  '0.1',
  '1e3',
  '1E+21',
  '9007199254740991',
  '9007199254740992',
  '1e308',
  '5e-324',
])('%s is left a double, which holds it', (literal) => {
  expect(exact(`{"n":${literal}}`)).toEqual({ n: Number(literal) });
});

test.each([
  '9007199254740993',
  '1234567890.12345678901',
  '0.1000000000000000055511151231257827',
  '1.00000000000000000001',
  '1e309',
  '1e-400',
  '1.23456789e-320',
])('%s keeps its digits', (literal) => {
  const { n } = exact(`{"n":${literal}}`);
  expect(numberText(n)).toBe(literal);
  expect(stringify({ 'a\u0100': [n] })).toBe(`{"a\u0100":[${literal}]}`);
});

test('any JSON with any numbers comes back with the same ones', () => {
  const json = fc
    .json({ maxDepth: 5, noUnicodeString: false })
    .map((text) => text.replace(/\d+/g, (digits) => digits + digits));
  fc.assert(
    fc.property(json.filter(isJson), (any) => {
      // The double's own way to write a number that it holds.
      const expected = stringify(parse(`{"v":${any}}`)).replaceAll('null', 'N');
      const back = stringify(exact(`{"v":${any}}`)).replaceAll('null', 'N');
      expect(stringify(parse(back.replaceAll('N', 'null')))).toBe(expected.replaceAll('N', 'null'));
    }),
  );
});

test('what looks like a number inside a string is none', () => {
  const event = { a: '1.00000000000000000001', 'b\\"9007199254740993': '\\"9007199254740993', c: '\\' };
  expect(exact(stringify(event))).toEqual(event);
});

test('megabytes of digits, quotes and backslashes take no more than their length', () => {
  const long = '9'.repeat(2_000_000);
  expect(numberText(exact(`{"n":${long}}`).n)).toBe(long);
  const quotes = { n: '\\"'.repeat(1_000_000) };
  expect(exact(stringify(quotes).replace('}', ',"m":1e400}'))).toMatchObject(quotes);
});

test.each([9007199254740992, 0.12345678901234568, Number.POSITIVE_INFINITY, 1.0000000000000002])(
  '%s, of which only the double is known, is refused',
  (number) => {
    expect(() => withExactNumbers({ payload: [{ number }] })).toThrow('may have been rounded');
  },
);

test.each([0, 5, -1.5, 1e21, 123456789012345, 0.1])('%s, of which only the double is known, is taken', (number) => {
  const event = { payload: [{ number }] };
  expect(withExactNumbers(event)).toBe(event);
});

function isJson(text: string): boolean {
  try {
    parseUnseen(text);
    return true;
  } catch {
    return false;
  }
}
