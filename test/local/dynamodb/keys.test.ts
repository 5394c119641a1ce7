import { describe, expect, it } from 'vitest';
import { encodePart, type KeyType, keyText } from '../../../src/local/dynamodb/keys.ts';
import type { AttributeValue } from '../../../src/local/dynamodb/values/types.ts';

const value = (type: KeyType, text: string) => ({ [type]: text }) as unknown as AttributeValue;

describe('the text that a key is stored by', () => {
  // Written by the encoding that folders of earlier versions hold (dynalite 4.0.0), from canonical numbers.
  it.each<[KeyType, string, string]>([
    ['S', 'a', 'f6558e/61/'],
    ['S', 'ü🎈', '269c74/c3bcf09f8e88/'],
    ['S', 'x/y~', 'f5104f/782f797e/'],
    ['B', 'AAE=', '3f284e/0001/'],
    ['B', '/w==', '3c3403/ff/'],
    ['N', '0', 'ce212d/1000/'],
    ['N', '1', 'c3a031/1821/'],
    ['N', '-1', '0267df/07d9/'],
    ['N', '-1.5', '98f4b1/07d85/'],
    ['N', '10', '3c465f/1831/'],
    ['N', '99', 'ff3ca7/18399/'],
    ['N', '100', '6840bd/1841/'],
    ['N', '0.5', 'b4a0a7/1815/'],
    ['N', '0.05', 'bc1d94/1805/'],
    ['N', '-0.001', 'e0a1b7/0809/'],
    ['N', '123456789012345678901234567890.12345678', '76ae43/19f12345678901234567890123456789012345678/'],
    ['N', '-99999999999999999999999999999999999999', '1ee423/05800000000000000000000000000000000000001/'],
    ['N', `1${'0'.repeat(125)}`, '2f2857/1ff1/'],
    ['N', `${'9'.repeat(38)}${'0'.repeat(88)}`, '459670/1ff99999999999999999999999999999999999999/'],
    ['N', `-0.${'0'.repeat(129)}1`, '3ad3e0/0ff9/'],
    ['N', `0.${'0'.repeat(129)}1`, '727de7/1001/'],
    ['N', '12.5', '472398/183125/'],
    ['N', '-123.4567', '2dc3f3/07b8765433/'],
  ])('of %s %s is what it was', (type, text, stored) => {
    expect(keyText({ hash: [{ name: 'k', type }], range: [] }, { k: value(type, text) })).toBe(stored);
  });

  it.each<[KeyType, string[]]>([
    [
      'N',
      ['-100', '-99.5', '-10', '-1.5', '-1.49', '-1', '-0.5', '-0.001', '0', '0.001', '0.5', '1', '1.49', '9', '10'],
    ],
    ['S', ['\u0000', 'a', 'a\u0000', 'a/', 'aa', 'b', 'é', '\uffff', '🎈']],
    ['B', ['AA==', 'AAA=', 'fw==', 'gA==', '/w==']],
  ])('sorts values of type %s as DynamoDB does', (type, ordered) => {
    const texts = ordered.map((text) => `${encodePart(type, value(type, text))}/`);
    expect([...texts].sort()).toEqual(texts);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
