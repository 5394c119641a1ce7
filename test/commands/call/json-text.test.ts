import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedJson, elementsOf, isExact, membersOf, objectText } from '../../../src/commands/call/json-text.ts';

describe('isExact', () => {
  it.each([
    ['0', true],
    ['-0', true],
    ['0.0', true],
    ['1', true],
    ['1.50', true],
    ['0.1', true],
    ['100000', true],
    ['1e3', true],
    ['1E+21', true],
    ['9007199254740991', true],
    ['9007199254740992', true],
    ['9007199254740993', false],
    ['12345678901234567890', false],
    ['1234567890.12345678901', false],
    ['0.1000000000000000055511151231257827', false],
    ['1e308', true],
    ['1e309', false],
    ['1e-400', false],
    ['99999999999999999999999999999999999999', false],
  ])('%s: %s', (literal, exact) => {
    expect(isExact(literal)).toBe(exact);
  });

  it('accepts every number that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => isExact(JSON.stringify(number))),
    );
  });

  it('agrees with integer arithmetic', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (integer) => {
        // The shortest text of the double stands for the same integer when the first 17 digits and zeros give it back.
        const shortest = BigInt(
          Number(integer).toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 17 }),
        );
        expect(isExact(String(integer))).toBe(shortest === integer);
      }),
    );
  });
});

describe('checkedJson', () => {
  it('keeps the text as it is', () => {
    expect(checkedJson(' {"b": 1.50, "a":  [true, null]}\n', '--item')).toBe('{"b": 1.50, "a":  [true, null]}');
  });

  it('refuses what is no JSON, naming the option', () => {
    expect(() => checkedJson("{'id': 1}", '--item')).toThrow(/^--item is not valid JSON/);
  });

  it('refuses a number that would arrive changed', () => {
    expect(() => checkedJson('{"n": {"m": [12345678901234567890]}}', '--item')).toThrow(/12345678901234567890/);
  });

  it('does not look for numbers inside texts', () => {
    const text = '{"n": "12345678901234567890", "q": "\\"12345678901234567890"}';
    expect(checkedJson(text, '--item')).toBe(text);
  });
});

describe('cutting and joining', () => {
  it('cuts any object into the texts of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, 2), (object, indent) => {
        const members = membersOf(JSON.stringify(object, null, indent));
        const parsed = Object.fromEntries([...members].map(([name, text]) => [name, JSON.parse(text)]));
        expect(parsed).toEqual(JSON.parse(JSON.stringify(object)));
        expect(JSON.parse(objectText(members))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  it('cuts any array into the texts of its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (array) => {
        expect(elementsOf(JSON.stringify(array, null, 1)).map((text) => JSON.parse(text))).toEqual(
          JSON.parse(JSON.stringify(array)),
        );
      }),
    );
  });

  it('keeps 38 digits', () => {
    const number = '12345678901234567890123456789012345678';
    expect(membersOf(`{"Items": [{"n": ${number}}]}`).get('Items')).toBe(`[{"n": ${number}}]`);
  });
});
