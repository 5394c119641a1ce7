import { describe, expect, it } from 'vitest';
import { matches } from '../../../../src/local/dynamodb/expressions/matches.ts';
import { applyUpdate } from '../../../../src/local/dynamodb/expressions/update.ts';
import { attributeUpdates } from '../../../../src/local/dynamodb/legacy/attribute-updates.ts';
import { expectedCondition } from '../../../../src/local/dynamodb/legacy/expected.ts';
import { filterCondition } from '../../../../src/local/dynamodb/legacy/filter.ts';
import { keyConditions } from '../../../../src/local/dynamodb/legacy/key-conditions.ts';
import { checkItem } from '../../../../src/local/dynamodb/values/validate.ts';
import { refusal } from '../refusal.ts';

const n = (number: number) => ({ N: String(number) });
const invalid = (message: string) => `One or more parameter values were invalid: ${message}`;
const item = checkItem({
  a: n(1),
  s: { S: 'hello' },
  b: { B: 'gIE=' },
  ss: { SS: ['x', 'y'] },
  l: { L: [n(1), { M: { a: n(1) } }] },
  m: { M: { a: n(1) } },
  'a.b': { S: 'dotted' },
});

function passes(filter: unknown, operator?: string): boolean {
  const condition = filterCondition(filter, operator, 'ScanFilter');
  return condition === undefined || matches(condition, item);
}

// What AWS does: ScyllaDB's alternator suite and dynalite's tests, both run against AWS; API reference, "Condition".
describe('a legacy filter', () => {
  it.each<[string, string, unknown[], boolean]>([
    ['a', 'EQ', [n(1)], true],
    ['m', 'EQ', [{ M: { a: n(1) } }], true],
    ['l', 'EQ', [{ L: [n(1), { M: { a: n(1) } }] }], true],
    ['l', 'NE', [{ L: [n(1), { M: { a: n(1) } }] }], false],
    ['m', 'NE', [{ M: {} }], true],
    ['ss', 'EQ', [{ SS: ['y', 'x'] }], true],
    ['gone', 'NE', [n(1)], true],
    ['gone', 'EQ', [n(1)], false],
    ['a', 'LT', [n(2)], true],
    ['a', 'GE', [{ S: '0' }], false],
    ['a', 'BETWEEN', [n(1), n(1)], true],
    ['a', 'IN', [n(5), n(1)], true],
    ['ss', 'IN', [{ S: 'x' }], false],
    ['s', 'CONTAINS', [{ S: 'ell' }], true],
    ['ss', 'CONTAINS', [{ S: 'x' }], true],
    ['l', 'CONTAINS', [n(1)], true],
    ['b', 'CONTAINS', [{ B: 'gg==' }], false],
    ['gone', 'CONTAINS', [n(1)], false],
    ['s', 'NOT_CONTAINS', [{ S: 'z' }], true],
    ['s', 'NOT_CONTAINS', [n(1)], true],
    ['ss', 'NOT_CONTAINS', [{ S: 'x' }], false],
    ['gone', 'NOT_CONTAINS', [n(1)], false],
    ['s', 'BEGINS_WITH', [{ S: 'he' }], true],
    ['b', 'BEGINS_WITH', [{ B: '/w==' }], false],
    ['a', 'BEGINS_WITH', [{ S: '1' }], false],
    ['a', 'NOT_NULL', [], true],
    ['gone', 'NULL', [], true],
    ['a.b', 'EQ', [{ S: 'dotted' }], true],
  ])('%s %s %j is %s', (name, ComparisonOperator, AttributeValueList, expected) => {
    expect(passes({ [name]: { ComparisonOperator, AttributeValueList } })).toBe(expected);
  });

  it.each<[string, unknown[], string]>([
    ['EQ', [], invalid('Invalid number of argument(s) for the EQ ComparisonOperator')],
    ['NULL', [n(1)], invalid('Invalid number of argument(s) for the NULL ComparisonOperator')],
    ['IN', [], invalid('Invalid number of argument(s) for the IN ComparisonOperator')],
    ['BETWEEN', [n(1)], invalid('Invalid number of argument(s) for the BETWEEN ComparisonOperator')],
    ['IN', [n(1), { S: 'a' }], invalid('AttributeValues inside AttributeValueList must be of same type')],
    ['LT', [{ L: [] }], invalid('ComparisonOperator LT is not valid for L AttributeValue type')],
    ['CONTAINS', [{ L: [n(1)] }], invalid('ComparisonOperator CONTAINS is not valid for L AttributeValue type')],
    ['BEGINS_WITH', [n(1)], invalid('ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type')],
    [
      'BETWEEN',
      [n(10), n(9)],
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    ],
    ['EQ', [{ N: 'x' }], 'The parameter cannot be converted to a numeric value: x'],
    [
      'eq',
      [n(1)],
      "1 validation error detected: Value 'eq' at 'scanFilter.a.member.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]",
    ],
  ])('%s with %j is refused: %s', (ComparisonOperator, AttributeValueList, message) => {
    expect(refusal(() => passes({ a: { ComparisonOperator, AttributeValueList } }))).toBe(message);
  });

  const one = { a: { ComparisonOperator: 'EQ', AttributeValueList: [n(1)] } };
  const two = { ...one, s: { ComparisonOperator: 'NULL' } };

  it('joins its conditions by AND, or as ConditionalOperator says', () => {
    expect([passes(two), passes(two, 'AND'), passes(two, 'OR'), passes({}), passes(undefined)]).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(refusal(() => passes({}, 'OR'))).toBe('ConditionalOperator cannot be used without Filter or Expected');
    expect(refusal(() => passes(one, 'AND'))).toBe(
      'ConditionalOperator can only be used when Filter or Expected has two or more elements',
    );
  });
});

describe('Expected', () => {
  const holds = (expected: unknown, operator?: string) => {
    const condition = expectedCondition(expected, operator);
    return condition === undefined || matches(condition, item);
  };

  it.each<[unknown, boolean]>([
    [{ a: { Value: n(1) } }, true],
    [{ a: { Value: n(1), Exists: true } }, true],
    [{ a: { Value: n(2) } }, false],
    [{ gone: { Value: n(1) } }, false],
    [{ gone: { Exists: false } }, true],
    [{ a: { Exists: false } }, false],
    [{ m: { Value: { M: { a: n(1) } } } }, true],
    [{ a: { ComparisonOperator: 'GT', Value: n(0) } }, true],
    [{ a: { ComparisonOperator: 'NOT_NULL' }, gone: { ComparisonOperator: 'NOT_CONTAINS', Value: n(1) } }, false],
    [{}, true],
  ])('%j is %s', (expected, result) => {
    expect(holds(expected)).toBe(result);
  });

  it.each<[unknown, string]>([
    [
      { a: { Value: n(1), AttributeValueList: [n(1)] } },
      invalid('Value and AttributeValueList cannot be used together for Attribute: a'),
    ],
    [
      { a: { Exists: false, ComparisonOperator: 'EQ', AttributeValueList: [n(1)] } },
      invalid('Exists and ComparisonOperator cannot be used together for Attribute: a'),
    ],
    [
      { a: { ComparisonOperator: 'EQ' } },
      invalid('Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a'),
    ],
    [
      { a: { AttributeValueList: [n(1)] } },
      invalid('AttributeValueList can only be used with a ComparisonOperator for Attribute: a'),
    ],
    [{ a: {} }, invalid('Value must be provided when Exists is null for Attribute: a')],
    [{ a: { Exists: true } }, invalid('Value must be provided when Exists is true for Attribute: a')],
    [{ a: { Exists: false, Value: n(1) } }, invalid('Value cannot be used when Exists is false for Attribute: a')],
  ])('%j is refused: %s', (expected, message) => {
    expect(refusal(() => holds(expected))).toBe(message);
  });
});

describe('AttributeUpdates', () => {
  const apply = (updates: unknown, before: Record<string, unknown> | undefined) =>
    applyUpdate(attributeUpdates(updates), before && checkItem(before), checkItem({ id: n(0) })).item;

  it.each<[unknown, Record<string, unknown>, Record<string, unknown>]>([
    [{ a: { Action: 'PUT', Value: n(2) } }, { a: n(1) }, { a: n(2) }],
    [{ a: { Value: n(2) } }, {}, { a: n(2) }],
    [{ 'a.b': { Value: n(2) } }, { a: { M: {} } }, { a: { M: {} }, 'a.b': n(2) }],
    [{ a: { Action: 'DELETE' }, b: { Action: 'ADD', Value: n(9) } }, { a: n(1), b: n(1) }, { b: n(10) }],
    [{ a: { Action: 'DELETE', Value: { SS: ['x'] } } }, { a: { SS: ['x', 'y'] } }, { a: { SS: ['y'] } }],
    [{ a: { Action: 'ADD', Value: { L: [n(2)] } } }, { a: { L: [n(1)] } }, { a: { L: [n(1), n(2)] } }],
    [{ a: { Action: 'ADD', Value: { L: [n(2)] } } }, {}, { a: { L: [n(2)] } }],
  ])('%j on %j', (updates, before, after) => {
    expect({ ...apply(updates, before) }).toEqual(after);
  });

  it('make an item where there is none, unless they only take away', () => {
    expect({ ...apply({}, undefined) }).toEqual({ id: n(0) });
    expect({ ...apply({ a: { Value: n(1) } }, undefined) }).toEqual({ id: n(0), a: n(1) });
    expect(apply({ a: { Action: 'DELETE' } }, undefined)).toBeUndefined();
    expect(apply({ a: { Action: 'DELETE', Value: { NS: ['1'] } } }, undefined)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [{ a: { Action: 'PUT' } }, invalid('Only DELETE action is allowed when no attribute value is specified')],
    [{ a: { Action: 'DELETE', Value: n(1) } }, invalid('DELETE action with value is not supported for the type N')],
    [{ a: { Action: 'ADD', Value: { S: 'x' } } }, invalid('ADD action is not supported for the type S')],
    [{ s: { Action: 'ADD', Value: n(1) } }, 'Type mismatch for attribute to update'],
    [{ s: { Action: 'DELETE', Value: { SS: ['x'] } } }, 'Type mismatch for attribute to update'],
    [{ a: { Value: { SS: [] } } }, invalid('An string set  may not be empty')],
  ])('%j are refused: %s', (updates, message) => {
    expect(refusal(() => apply(updates, { s: { S: 'x' } }))).toBe(message);
  });
});

describe('KeyConditions', () => {
  it('are the terms of a key condition', () => {
    expect(
      keyConditions({
        p: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'x' }] },
        c: { ComparisonOperator: 'BETWEEN', AttributeValueList: [n(1), n(2)] },
      }),
    ).toEqual([
      { name: 'p', operator: '=', values: [{ S: 'x' }] },
      { name: 'c', operator: 'BETWEEN', values: [n(1), n(2)] },
    ]);
  });

  it.each(['NE', 'CONTAINS', 'NOT_CONTAINS', 'IN'])('do not take %s', (ComparisonOperator) => {
    expect(refusal(() => keyConditions({ p: { ComparisonOperator, AttributeValueList: [n(1)] } }))).toBe(
      'Attempted conditional constraint is not an indexable operation',
    );
  });

  it('are one or two', () => {
    const equal = { ComparisonOperator: 'EQ', AttributeValueList: [n(1)] };
    expect(refusal(() => keyConditions({}))).toBe('Conditions can be of length 1 or 2 only');
    expect(refusal(() => keyConditions({ a: equal, b: equal, c: equal }))).toBe(
      'Conditions can be of length 1 or 2 only',
    );
  });
});
