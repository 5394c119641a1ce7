import { describe, expect, it } from 'vitest';
import { project } from '../../../../src/local/dynamodb/expressions/project.ts';
import { applyUpdate, checkKeyUntouched } from '../../../../src/local/dynamodb/expressions/update.ts';
import { checkItem } from '../../../../src/local/dynamodb/values/validate.ts';
import { refusal } from '../refusal.ts';
import { expressions, list, updated, type Values } from './parse.ts';

type Attributes = Record<string, unknown>;
const n = (number: number) => ({ N: String(number) });
const invalidPath = 'The document path provided in the update expression is invalid for update';
const incorrectType = 'An operand in the update expression has an incorrect data type';
const noAttribute = 'The provided expression refers to an attribute that does not exist in the item';

// What AWS does: developer guide, "update expressions"; ScyllaDB's alternator suite (run against AWS).
describe('an update', () => {
  it.each<[string, Attributes, Attributes, Values?]>([
    // All operands and indexes mean the item as it was.
    ['REMOVE l[0], l[2]', { l: list(10, 11, 12, 13, 14) }, { l: list(11, 13, 14) }],
    ['REMOVE l[4], l[0], l[1]', { l: list(10, 11, 12, 13, 14) }, { l: list(12, 13) }],
    ['REMOVE l[1] SET l[3] = :v', { l: list(2, 3, 4, 5, 6, 7) }, { l: list(2, 4, 17, 6, 7) }, { ':v': n(17) }],
    ['SET l[3] = :v REMOVE l[1]', { l: list(2, 3, 4, 5, 6, 7) }, { l: list(2, 4, 17, 6, 7) }, { ':v': n(17) }],
    ['REMOVE l[0] SET l[9] = :v', { l: list(1, 2) }, { l: list(2, 3) }, { ':v': n(3) }],
    ['SET a = b, b = a', { a: n(1), b: n(2) }, { a: n(2), b: n(1) }],
    ['SET c = a, a = :v REMOVE b', { a: n(1), b: n(2) }, { a: n(9), c: n(1) }, { ':v': n(9) }],
    ['SET b = a REMOVE a', { a: n(1) }, { b: n(1) }],
    ['SET a = a + b, b = a - b', { a: n(7), b: n(3) }, { a: n(10), b: n(4) }],
    ['SET l[0] = l[1], l[1] = l[0]', { l: list(1, 2) }, { l: list(2, 1) }],
    ['SET b = if_not_exists(c, a) ADD a :v', { a: n(1) }, { a: n(6), b: n(1) }, { ':v': n(5) }],
    ['SET a[0] = a', { a: list(1, 2) }, { a: { L: [list(1, 2), n(2)] } }],

    ['SET l[7] = :v', { l: list(1, 2) }, { l: list(1, 2, 3) }, { ':v': n(3) }],
    [
      'SET l[84] = :a, l[37] = :b, l[17] = :c, l[50] = :d',
      { l: list(0) },
      { l: list(0, 3, 2, 4, 1) },
      { ':a': n(1), ':b': n(2), ':c': n(3), ':d': n(4) },
    ],
    ['SET l[0] = :v', { l: { L: [] } }, { l: list(1) }, { ':v': n(1) }],
    ['REMOVE l[7]', { l: list(1) }, { l: list(1) }],
    ['REMOVE l[0]', { l: list(1) }, { l: { L: [] } }],
    ['REMOVE m.a', { m: { M: { a: n(1) } } }, { m: { M: {} } }],
    ['REMOVE m.b, x', { m: { M: { a: n(1) } } }, { m: { M: { a: n(1) } } }],
    [
      'SET m.l[1].x.y[1] = :v, m.z = m.l[1].x.y[2] REMOVE m.l[1].q',
      { m: { M: { l: { L: [n(0), { M: { x: { M: { y: list(3, 5, 7) } }, q: n(2) } }] } } } },
      { m: { M: { l: { L: [n(0), { M: { x: { M: { y: list(3, 9, 7) } } } }] }, z: n(7) } } },
      { ':v': n(9) },
    ],

    ['SET a = :v + :w', {}, { a: n(7) }, { ':v': n(4), ':w': n(3) }],
    ['SET a = (b - :v)', { b: n(5) }, { b: n(5), a: n(4) }, { ':v': n(1) }],
    ['SET a = if_not_exists(a, :v)+:w', {}, { a: n(5) }, { ':v': n(2), ':w': n(3) }],
    ['SET a = list_append(:v, a)', { a: list(1) }, { a: list(0, 1) }, { ':v': list(0) }],
    ['SET a = list_append(if_not_exists(a, :v), :w)', {}, { a: list(1) }, { ':v': list(), ':w': list(1) }],
    ['SET a = if_not_exists(b, if_not_exists(c, :v))', {}, { a: n(1) }, { ':v': n(1) }],
    ['set   a=:v  rEmOvE b', { b: n(1) }, { a: n(1) }, { ':v': n(1) }],

    ['ADD a :v', { a: n(3) }, { a: n(7) }, { ':v': n(4) }],
    ['ADD a :v', {}, { a: n(4) }, { ':v': n(4) }],
    ['ADD m.a :v', { m: { M: {} } }, { m: { M: { a: n(4) } } }, { ':v': n(4) }],
    ['ADD a :v', { a: { SS: ['b', 'a'] } }, { a: { SS: ['b', 'a', 'c'] } }, { ':v': { SS: ['a', 'c'] } }],
    ['ADD a :v', { a: { NS: ['1'] } }, { a: { NS: ['1', '2'] } }, { ':v': { NS: ['1.0', '2'] } }],
    ['DELETE a :v', { a: { SS: ['a', 'b', 'c'] } }, { a: { SS: ['b'] } }, { ':v': { SS: ['c', 'a', 'x'] } }],
    ['DELETE a :v', { a: { BS: ['AQ=='] }, b: n(1) }, { b: n(1) }, { ':v': { BS: ['AQ=='] } }],
    ['DELETE a :v', { b: n(1) }, { b: n(1) }, { ':v': { NS: ['1'] } }],
  ])('%s', (text, before, after, values) => {
    const kept = structuredClone(before);
    expect({ ...updated(text, before, values) }).toEqual(after);
    expect(before).toEqual(kept);
  });

  it('copies values: what one place is set to is no part of another', () => {
    const given = checkItem({ a: { M: { x: n(1) } } });
    const { item } = applyUpdate(expressions().update('SET b = a, c = a'), given, given);
    expect(item).toEqual(checkItem({ a: { M: { x: n(1) } }, b: { M: { x: n(1) } }, c: { M: { x: n(1) } } }));
    expect(applyUpdate(expressions({ ':v': n(2) }).update('SET b.x = :v'), item, given).item).toEqual(
      checkItem({ a: { M: { x: n(1) } }, b: { M: { x: n(2) } }, c: { M: { x: n(1) } } }),
    );
  });

  it('sets what is called as a prototype is', () => {
    const names = { '#p': '__proto__' };
    const set = updated('SET #p = :v, m.#p = :v', { m: { M: {} } }, { ':v': { M: { polluted: n(1) } } }, names);
    expect(JSON.stringify(set)).toBe(
      '{"m":{"M":{"__proto__":{"M":{"polluted":{"N":"1"}}}}},"__proto__":{"M":{"polluted":{"N":"1"}}}}',
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('makes an item where there is none, but not by taking away alone', () => {
    expect({ ...updated('SET a = :v', undefined, { ':v': n(1) }) }).toEqual({ id: { S: 'new' }, a: n(1) });
    expect({ ...updated('REMOVE b ADD a :v', undefined, { ':v': n(1) }) }).toEqual({ id: { S: 'new' }, a: n(1) });
    expect(updated('REMOVE a', undefined)).toBeUndefined();
    expect(updated('REMOVE a.b, c[0]', undefined)).toBeUndefined();
    expect(updated('DELETE a :v REMOVE b', undefined, { ':v': { SS: ['x'] } })).toBeUndefined();
  });

  it('tells what it changed, for ReturnValues', () => {
    const item = checkItem({ a: n(1), m: { M: { x: n(1), y: n(2) } }, l: list(1, 2) });
    const { paths, item: after } = applyUpdate(
      expressions({ ':v': n(5) }).update('SET m.x = :v, fresh = :v REMOVE a, l[0]'),
      item,
      item,
    );
    expect(project(paths, item)).toEqual(checkItem({ m: { M: { x: n(1) } }, a: n(1), l: list(1) }));
    // Also what has moved to where something was taken away: ScyllaDB's alternator suite, run against AWS.
    expect(after && project(paths, after)).toEqual(checkItem({ m: { M: { x: n(5) } }, fresh: n(5), l: list(2) }));
  });

  it.each<[string, Attributes | undefined, string, Values?]>([
    ['SET a.b = :v', {}, invalidPath, { ':v': n(1) }],
    ['SET a.b = :v', undefined, invalidPath, { ':v': n(1) }],
    ['SET a.b = :v', { a: { S: 'x' } }, invalidPath, { ':v': n(1) }],
    ['SET a.b = :v', { a: list(1) }, invalidPath, { ':v': n(1) }],
    ['SET a[0] = :v', { a: { M: {} } }, invalidPath, { ':v': n(1) }],
    ['SET a[3].b = :v', { a: list(1) }, invalidPath, { ':v': n(1) }],
    ['REMOVE a.b', {}, invalidPath],
    ['REMOVE a[0]', { a: { S: 'x' } }, invalidPath],
    ['ADD a.b :v', {}, invalidPath, { ':v': n(1) }],
    ['SET a = b', {}, noAttribute],
    ['SET a = b.c[0]', { b: { M: {} } }, noAttribute],
    ['SET a = :v, b = a', {}, noAttribute, { ':v': n(1) }],
    ['SET a = b + :v', { c: n(1) }, noAttribute, { ':v': n(1) }],
    ['SET a = list_append(b, :v)', undefined, noAttribute, { ':v': list(1) }],
    ['SET a = a + :v', { a: { S: '1' } }, incorrectType, { ':v': n(1) }],
    ['SET a = list_append(a, :v)', { a: { SS: ['1'] } }, incorrectType, { ':v': list(1) }],
    ['ADD a :v', { a: { S: 'x' } }, incorrectType, { ':v': n(1) }],
    ['ADD a :v', { a: list(1) }, incorrectType, { ':v': { NS: ['1'] } }],
    ['ADD a :v', { a: { NS: ['1'] } }, incorrectType, { ':v': n(1) }],
    ['DELETE a :v', { a: { SS: ['x'] } }, incorrectType, { ':v': { NS: ['1'] } }],
    [
      'ADD a :v',
      { a: { N: '9'.repeat(38) } },
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
      { ':v': { N: '0.1' } },
    ],
  ])('%s on %j is refused: %s', (text, item, message, values) => {
    expect(refusal(() => updated(text, item, values))).toBe(message);
  });

  it('does not nest deeper than 32 levels', () => {
    const deep = (levels: number): unknown => (levels === 0 ? n(1) : { M: { a: deep(levels - 1) } });
    const path = Array.from({ length: 30 }, () => 'a').join('.');
    expect(updated(`SET ${path} = :v`, { a: deep(30) }, { ':v': { M: { b: n(1) } } })).toBeDefined();
    expect(refusal(() => updated(`SET ${path} = :v`, { a: deep(30) }, { ':v': deep(3) }))).toContain(
      'Nesting Levels have exceeded supported limits',
    );
  });
});

describe('an update expression that is refused', () => {
  const overlap = (one: string, two: string) =>
    `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`;
  const conflict = (one: string, two: string) => overlap(one, two).replace('overlap', 'conflict');

  it.each<[string, string, (Values | undefined)?, Record<string, string>?]>([
    ['', 'The expression can not be empty;'],
    ['INVALID SYNTAX HERE', 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['SET', 'Syntax error; token: "<EOF>", near: "SET"'],
    ['ADD hits : incr', 'Syntax error; token: ":", near: "hits : incr"'],
    ['SET _123 = :v', 'Syntax error; token: "_", near: "SET _123"', { ':v': n(1) }],
    ['SET 123a = :v', 'Syntax error; token: "123", near: "SET 123a"', { ':v': n(1) }],
    ['SET a = :v,', 'Syntax error; token: "<EOF>", near: ","', { ':v': n(1) }],
    ['SET :v = a', 'Syntax error; token: ":v", near: "SET :v ="', { ':v': n(1) }],
    ['SET a = :v + :v + :v', 'Syntax error; token: "+", near: ":v + :v"', { ':v': n(1) }],
    ['SET a = if_not_exists(a, :v+:v)', 'Syntax error; token: "+", near: ":v+:v"', { ':v': n(1) }],
    ['SET a[:v] = :v', 'Syntax error; token: ":v", near: "[:v]"', { ':v': n(1) }],
    ['SET a = :v b = :v', 'Syntax error; token: "b", near: ":v b ="', { ':v': n(1) }],
    ['ADD a b', 'Syntax error; token: "b", near: "a b"'],
    ['REMOVE a = :v', 'Syntax error; token: "=", near: "a = :v"', { ':v': n(1) }],

    ['SET size = :v', 'Attribute name is a reserved keyword; reserved keyword: size', { ':v': n(1) }],
    ['SET a = f123_hi(b,c,d)', 'Invalid function name; function: f123_hi'],
    ['SET a = LIST_APPEND(:v, :v)', 'Invalid function name; function: LIST_APPEND', { ':v': list() }],
    [
      'SET a = list_append(list_append(:v, :v), :v)',
      'The function is not allowed to be used this way in an expression; function: list_append',
      { ':v': list() },
    ],
    ['SET a = size(b)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['SET a = :v SET b = :v', 'The "SET" section can only be used once in an update expression;', { ':v': n(1) }],
    [
      'REMOVE a SET b = :v REMOVE c',
      'The "REMOVE" section can only be used once in an update expression;',
      { ':v': n(1) },
    ],
    ['SET #a = :v', 'An expression attribute name used in the document path is not defined; attribute name: #a'],
    ['SET a = :v', 'An expression attribute value used in expression is not defined; attribute value: :v'],

    ['SET a = :v REMOVE a', overlap('[a]', '[a]'), { ':v': n(1) }],
    ['SET #a = :v, #b = :v', overlap('[a]', '[a]'), { ':v': n(1) }, { '#a': 'a', '#b': 'a' }],
    ['SET a = :v, a.b = :v', overlap('[a]', '[a, b]'), { ':v': n(1) }],
    ['SET a.b[1].c = :v, a.b = :v', overlap('[a, b, [1], c]', '[a, b]'), { ':v': n(1) }],
    ['REMOVE x, a[1], y, a[1][0]', overlap('[a, [1]]', '[a, [1], [0]]')],
    ['SET a.b = :v, a[1] = :v', conflict('[a, b]', '[a, [1]]'), { ':v': n(1) }],
    ['SET a.b.c = :v, a.b[2] = :v', conflict('[a, b, c]', '[a, b, [2]]'), { ':v': n(1) }],
    ['SET a.b = :v, a[1] = :v, c = :v, c = :v', overlap('[c]', '[c]'), { ':v': n(1) }],

    [
      'ADD a :v',
      'Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
      { ':v': { S: 'x' } },
    ],
    [
      'ADD a :v',
      'Incorrect operand type for operator or function; operator: ADD, operand type: LIST',
      { ':v': list() },
    ],
    [
      'DELETE a :v',
      'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER',
      { ':v': n(1) },
    ],
    [
      'SET a = :v + :w',
      'Incorrect operand type for operator or function; operator or function: +, operand type: S',
      { ':v': { S: 'x' }, ':w': n(1) },
    ],
    [
      'SET a = list_append(b, :v)',
      'Incorrect operand type for operator or function; operator or function: list_append, operand type: S',
      { ':v': { S: 'x' } },
    ],
    [
      'SET a = list_append(:v)',
      'Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1',
      { ':v': list() },
    ],
    [
      'SET a = if_not_exists(:v, :v)',
      'Operator or function requires a document path; operator or function: if_not_exists',
      { ':v': n(1) },
    ],
    [
      'SET a = if_not_exists(if_not_exists(a, :v), :v)',
      'Operator or function requires a document path; operator or function: if_not_exists',
      { ':v': n(1) },
    ],
    [
      `SET ${Array.from({ length: 301 }, (_, at) => `a${at}=b-c`).join()}`,
      'The expression contains too many operators; operator count: 301',
    ],
  ])('%s: %s', (text, message, values, names) => {
    expect(refusal(() => expressions(values, names).update(text))).toBe(`Invalid UpdateExpression: ${message}`);
  });

  it('may not change the key', () => {
    const { actions, typeMismatch } = expressions({ ':v': n(1) }).update('SET a = :v, id.x = :v');
    expect(refusal(() => checkKeyUntouched({ actions, typeMismatch }, ['id', 'sort']))).toBe(
      'One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key',
    );
    expect(() => checkKeyUntouched({ actions, typeMismatch }, ['sort'])).not.toThrow();
  });
});
