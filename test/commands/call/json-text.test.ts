import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedJson, elementsOf, membersOf, objectText } from '../../../src/commands/call/json-text.ts';

describe('checkedJson', () => {
  it('keeps the text as it is', () => {
    expect(checkedJson(' {"b": 1.50, "a":  [1e-400, 12345678901234567890]}\n', '--item')).toBe(
      '{"b": 1.50, "a":  [1e-400, 12345678901234567890]}',
    );
  });

  it('refuses what is no JSON, naming the option', () => {
    expect(() => checkedJson("{'id': 1}", '--item')).toThrow(/^--item is not valid JSON/);
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
