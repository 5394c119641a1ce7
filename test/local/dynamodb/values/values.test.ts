import { describe, expect, it } from 'vitest';
import { compareStrings, compareValues, equalValues } from '../../../../src/local/dynamodb/values/compare.ts';
import { itemSize, sizeOf, valueSize } from '../../../../src/local/dynamodb/values/size.ts';
import type { AttributeValue } from '../../../../src/local/dynamodb/values/types.ts';
import { checkItem, checkValue } from '../../../../src/local/dynamodb/values/validate.ts';
import { refusal } from '../refusal.ts';

const binary = (...bytes: number[]): AttributeValue => ({ B: Buffer.from(bytes).toString('base64') });
const nested = (levels: number): unknown => (levels === 0 ? { S: 'leaf' } : { M: { n: nested(levels - 1) } });

describe('equality', () => {
  const values: AttributeValue[] = [
    { S: '1' },
    { N: '1' },
    binary(1),
    { BOOL: true },
    { BOOL: false },
    { NULL: true },
    { SS: ['1', '2'] },
    { NS: ['1', '2'] },
    { BS: ['AQ==', 'Ag=='] },
    { L: [{ N: '1' }, { M: { a: { S: 'b' } } }] },
    { L: [{ M: { a: { S: 'b' } } }, { N: '1' }] },
    { M: { a: { L: [] }, b: { N: '1' } } },
    { M: { a: { L: [] } } },
    { M: {} },
    { L: [] },
    { S: '' },
  ];

  it('holds between a value and its like, of all types, and no others', () => {
    for (const one of values) {
      for (const other of values) expect(equalValues(one, structuredClone(other))).toBe(one === other);
    }
  });

  it.each<[string, AttributeValue, AttributeValue]>([
    ['sets in any order', { SS: ['a', 'b', 'c'] }, { SS: ['c', 'a', 'b'] }],
    ['maps in any order', { M: { a: { N: '1' }, b: { N: '2' } } }, { M: { b: { N: '2' }, a: { N: '1' } } }],
    ['sets inside lists', { L: [{ NS: ['1', '2'] }] }, { L: [{ NS: ['2', '1'] }] }],
    ['numbers however written', checkValue({ NS: ['1.0', '2e1'] }), checkValue({ NS: ['20', '1'] })],
  ])('%s', (_name, one, other) => {
    expect(equalValues(one, other)).toBe(true);
  });
});

describe('order', () => {
  // By UTF-8 bytes: developer guide, "naming rules and data types".
  it.each([
    ['\uffff', '😀'],
    ['\ue000', '𐀀'],
    ['z', 'é'],
    ['A', 'a'],
    ['a', 'ab'],
    ['\ud7ff', '\ue000'],
  ])('%j comes before %j', (one, other) => {
    expect(Buffer.compare(Buffer.from(one), Buffer.from(other))).toBe(-1);
    expect(compareStrings(one, other)).toBeLessThan(0);
    expect(compareStrings(other, one)).toBeGreaterThan(0);
    expect(compareValues({ S: one }, { S: other })).toBeLessThan(0);
  });

  it('of binaries is that of unsigned bytes', () => {
    expect(compareValues(binary(0x7f), binary(0x80))).toBeLessThan(0);
    expect(compareValues(binary(0xff, 0), binary(0xff))).toBeGreaterThan(0);
  });

  it.each<[AttributeValue, AttributeValue]>([
    [{ S: '1' }, { N: '1' }],
    [{ BOOL: true }, { BOOL: false }],
    [{ NS: ['1'] }, { NS: ['2'] }],
    [{ L: [] }, { L: [] }],
  ])('is none between %j and %j', (one, other) => {
    expect(compareValues(one, other)).toBeUndefined();
  });
});

describe('sizes', () => {
  // Measured against AWS (eu-west-2, 2026-08-18) by the dynamodb-conformance project.
  it.each([
    ['0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['1234', 3],
    ['12345678901234567890123456789012345678', 20],
    ['0042', 2],
    ['100', 2],
    ['1010', 3],
    ['0.0000001', 2],
    ['1E125', 2],
    ['1E-100', 2],
    ['1.5', 3],
    ['1.234', 4],
    ['3.14159', 5],
    ['123456', 4],
    ['100.5', 4],
    ['0.15', 2],
    ['-42', 3],
    ['-0', 1],
  ])('the number %s has %i bytes', (text, bytes) => {
    expect(valueSize(checkValue({ N: text }))).toBe(bytes);
  });

  // Developer guide, "item sizes and formats".
  it.each<[AttributeValue, number]>([
    [{ S: 'é😀' }, 6],
    [binary(1, 2, 3, 4), 4],
    [{ BOOL: false }, 1],
    [{ NULL: true }, 1],
    [{ SS: ['ab', 'c'] }, 3],
    [{ L: [] }, 3],
    [{ L: [{ S: 'ab' }] }, 6],
    [{ M: { ab: { S: 'c' } } }, 7],
  ])('%j has %i bytes', (value, bytes) => {
    expect(valueSize(value)).toBe(bytes);
  });

  it('of items count names by their bytes', () => {
    expect(itemSize(checkItem({ é: { S: 'a' }, n: { N: '1' } }))).toBe(2 + 1 + 1 + 2);
  });

  it.each<[AttributeValue, number | undefined]>([
    [{ S: '' }, 0],
    [{ S: '😀' }, 2],
    [binary(1, 2, 3), 3],
    [{ SS: ['a', 'b'] }, 2],
    [{ L: [] }, 0],
    [{ M: { a: { N: '1' } } }, 1],
    [{ N: '123' }, undefined],
    [{ BOOL: true }, undefined],
    [{ NULL: true }, undefined],
  ])('size(%j) is %s', (value, size) => {
    expect(sizeOf(value)).toBe(size);
  });
});

describe('what comes as an attribute value', () => {
  // Messages: dynalite's tests (run against AWS); nesting: dynamodb-conformance (AWS eu-west-2, 2026-06).
  it.each<[unknown, string]>([
    [{}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ S: null }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ toString: 'a' }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [
      { S: 'a', N: '1' },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [
      { NULL: false },
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    ],
    [{ SS: [] }, 'One or more parameter values were invalid: An string set  may not be empty'],
    [{ NS: [] }, 'One or more parameter values were invalid: An number set  may not be empty'],
    [{ BS: [] }, 'One or more parameter values were invalid: Binary sets should not be empty'],
    [
      { SS: ['a', 'b', 'a'] },
      'One or more parameter values were invalid: Input collection ["a", "b", "a"] contains duplicates.',
    ],
    [{ NS: ['1', '1.0'] }, 'One or more parameter values were invalid: Input collection contains duplicates.'],
    [
      { BS: ['AQ==', 'AQ=='] },
      'One or more parameter values were invalid: Input collection ["AQ==","AQ=="]of type BS contains duplicates.',
    ],
    [{ L: [{ M: { a: { N: 'b' } } }] }, 'The parameter cannot be converted to a numeric value: b'],
    [
      nested(32),
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    ],
    [{ S: 1 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ N: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'],
    [{ S: true }, 'TRUE_VALUE cannot be converted to String'],
    [{ BOOL: 'maybe' }, 'Unexpected token received from parser'],
    [{ B: 'AA' }, 'Base64 encoded length is expected a multiple of 4 bytes but found: 2'],
    [{ B: 'AB==' }, 'Invalid last non-pad Base64 character dectected'],
    [{ L: {} }, 'Start of structure or map found where not expected'],
    ['a', 'Unexpected value type in payload'],
  ])('%j is refused: %s', (given, message) => {
    expect(refusal(() => checkValue(given))).toBe(message);
  });

  it('nests 32 levels, and may be empty but for sets', () => {
    expect(checkValue(nested(31))).toEqual(nested(31));
    for (const value of [{ S: '' }, { B: '' }, { L: [] }, { M: {} }, { SS: [''] }]) {
      expect(checkValue(value)).toEqual(value);
    }
  });

  it('keeps every name, of attributes and members', () => {
    const given = JSON.parse('{"__proto__":{"S":"a"},"constructor":{"M":{"__proto__":{"N":"1"}}}}');
    expect(Object.keys(checkItem(given))).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(checkItem(given))).toBe(JSON.stringify(given));
  });
});
