import { expect, it } from 'vitest';
import { itemJson, itemOf } from '../../src/aws/item-json.ts';

const item = {
  id: { S: '1' },
  price: { N: '12345678901234567890.123456789' },
  photo: { B: new Uint8Array([0, 255, 128]) },
  pages: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
  address: { M: { city: { S: 'Paris' }, lines: { L: [{ NULL: true }, { BOOL: false }] } } },
};

it('is written and read back without a loss', () => {
  const text = JSON.stringify(itemJson(item as never));
  expect(text).toContain('"photo":{"B":"AP+A"}');
  expect(itemOf(JSON.parse(text))).toEqual(item);
});

it.each([
  ['no object', [1], 'an item is an object'],
  ['a value without a type', { id: '1' }, '"id"'],
  ['an unknown type', { id: { X: '1' } }, '"id"'],
  ['two types', { id: { S: '1', N: '1' } }, '"id"'],
  ['a number that is none', { id: { S: '1' }, n: { N: 'many' } }, '"n"'],
  ['bytes that are not base64', { b: { B: '*' } }, '"b"'],
  ['an empty set', { s: { SS: [] } }, '"s"'],
])('refuses %s, and names the attribute', (_, json, named) => {
  expect(() => itemOf(json)).toThrow(RangeError);
  expect(() => itemOf(json)).toThrow(named);
});
