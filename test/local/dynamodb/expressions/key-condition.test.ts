import { describe, expect, it } from 'vitest';
import { keyConditionFor } from '../../../../src/local/dynamodb/expressions/key-condition.ts';
import { refusal } from '../refusal.ts';
import { expressions, type Values } from './parse.ts';

const p = { S: 'x' };
const five = { N: '5' };
const simple = { hash: ['p'], range: ['c'] };
const values = { ':p': p, ':c': five };

function condition(text: string, schema = simple, given: Values = values) {
  const used = Object.fromEntries(Object.entries(given).filter(([name]) => text.includes(name)));
  const some = Object.keys(used).length > 0 ? used : undefined;
  return keyConditionFor(expressions(some).keyCondition(text), schema);
}

// What AWS takes and refuses: ScyllaDB's alternator suite and dynalite's tests, both run against AWS.
describe('a key condition', () => {
  it.each([
    ['p = :p', []],
    ['p = :p AND c = :c', [{ name: 'c', operator: '=', values: [five] }]],
    ['c >= :c AND p = :p', [{ name: 'c', operator: '>=', values: [five] }]],
    [':p = p AND :c < c', [{ name: 'c', operator: '>', values: [five] }]],
    ['((p = :p) AND (:c >= c))', [{ name: 'c', operator: '<=', values: [five] }]],
    ['p=:p AnD c BeTwEeN :c aNd :c', [{ name: 'c', operator: 'BETWEEN', values: [five, five] }]],
    ['p = :p AND begins_with(c, :p)', [{ name: 'c', operator: 'begins_with', values: [p] }]],
  ])('%s', (text, range) => {
    expect(condition(text)).toEqual({ hash: [{ name: 'p', value: p }], range });
  });

  it.each([
    ['p = :p OR c = :c', 'Invalid operator used in KeyConditionExpression: OR'],
    ['NOT c = :c AND p = :p', 'Invalid operator used in KeyConditionExpression: NOT'],
    ['p = :p AND c <> :c', 'Invalid operator used in KeyConditionExpression: <>'],
    ['p = :p AND c IN (:c)', 'Invalid operator used in KeyConditionExpression: IN'],
    ['p = :p AND attribute_exists(c)', 'Invalid operator used in KeyConditionExpression: attribute_exists'],
    ['p = :p AND contains(c, :c)', 'Invalid operator used in KeyConditionExpression: contains'],
    ['p = :p AND p = :p', 'KeyConditionExpressions must only contain one condition per key'],
    ['p = :p AND c > :c AND c < :c', 'KeyConditionExpressions must only contain one condition per key'],
    ['p = :p AND c.x = :c', 'KeyConditionExpressions cannot have conditions on nested attributes'],
    ['p = :p AND size(c) = :c', 'KeyConditionExpressions cannot contain nested operations'],
    ['p = c', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
    [':p = :p', 'Invalid condition in KeyConditionExpression: No key attribute specified'],
    [
      'p = :p AND begins_with(:p, c)',
      'Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand',
    ],
    [
      'p = :p AND :c BETWEEN c AND :c',
      'Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand',
    ],
    ['c = :c', 'Query condition missed key schema element: p'],
    ['p = :p AND a < :c', 'Query condition missed key schema element: c'],
    ['a = :c', 'Query condition missed key schema element: p'],
    ['p < :p', 'Query key condition not supported'],
    ['p = :p AND c < :c AND a < :c', 'Conditions can be of length 1 or 2 only'],
    ['((p = :p))', 'Invalid KeyConditionExpression: The expression has redundant parentheses;'],
    ['', 'Invalid KeyConditionExpression: The expression can not be empty;'],
    [
      'p = :p AND begins_with(c, :c)',
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    ['p = :p AND dog(c, :c)', 'Invalid KeyConditionExpression: Invalid function name; function: dog'],
  ])('%s is refused: %s', (text, message) => {
    expect(refusal(() => condition(text))).toBe(message);
  });

  it('of a key without a range attribute has one term', () => {
    expect(refusal(() => condition('p = :p AND c = :c', { hash: ['p'], range: [] }))).toBe(
      'Query key condition not supported',
    );
  });
});

// paritysuite/dynamodb-conformance, run against AWS in October 2026.
describe('a key condition on several attributes', () => {
  const schema = { hash: ['h', 'i'], range: ['a', 'b', 'c'] };
  const names = (text: string) => condition(text, schema, { ':v': five }).range.map(({ name }) => name);

  it('names them in whatever order, the first ones by equality', () => {
    expect(names('h = :v AND i = :v')).toEqual([]);
    expect(names('b > :v AND i = :v AND a = :v AND h = :v')).toEqual(['a', 'b']);
    expect(names('h = :v AND i = :v AND a = :v AND b = :v AND c BETWEEN :v AND :v')).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['h = :v AND a = :v', 'Query condition missed key schema element: i'],
    [
      'h = :v AND i = :v AND b = :v',
      'RANGE key attributes a must have equality conditions specified in the query because a condition is present on key attribute b',
    ],
    [
      'h = :v AND i = :v AND a = :v AND c = :v',
      'RANGE key attributes b must have equality conditions specified in the query because a condition is present on key attribute c',
    ],
    [
      'h = :v AND i = :v AND a > :v AND b = :v',
      'RANGE key attributes a must have equality conditions specified in the query because a condition is present on key attribute b',
    ],
    ['h = :v AND i = :v AND x = :v', 'Query condition missed key schema element: a'],
  ])('%s is refused: %s', (text, message) => {
    expect(refusal(() => names(text))).toBe(message);
  });
});
