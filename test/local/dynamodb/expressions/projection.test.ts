import { describe, expect, it } from 'vitest';
import { project } from '../../../../src/local/dynamodb/expressions/project.ts';
import { checkItem } from '../../../../src/local/dynamodb/values/validate.ts';
import { refusal } from '../refusal.ts';
import { expressions, list, type Names } from './parse.ts';

const n = (number: number) => ({ N: String(number) });

// What AWS gives: ScyllaDB's alternator suite (run against AWS); developer guide, "projection expressions".
describe('a projection', () => {
  const item = checkItem({
    p: { S: 'key' },
    a: { M: { b: { L: [n(2), n(4), { M: { x: { S: 'hi' }, y: { S: 'yo' } } }] }, c: n(5) } },
    b: { S: 'hello' },
    'a.b': { S: 'dotted' },
  });

  it.each<[string, Record<string, unknown>, Names?]>([
    ['b, p', { b: { S: 'hello' }, p: { S: 'key' } }],
    [' a.c  ,   b ', { a: { M: { c: n(5) } }, b: { S: 'hello' } }],
    ['a.b[0]', { a: { M: { b: list(2) } } }],
    ['a.b[1], a.b[0]', { a: { M: { b: list(2, 4) } } }],
    ['a.b[2].y', { a: { M: { b: { L: [{ M: { y: { S: 'yo' } } }] } } } }],
    ['a.b[2].y, a.b[0], a.c', { a: { M: { b: { L: [n(2), { M: { y: { S: 'yo' } } }] }, c: n(5) } } }],
    ['a.x, a.b[0], x, a.b[3].x', { a: { M: { b: list(2) } } }],
    ['x', {}],
    ['a.b[3]', {}],
    ['a.x.y', {}],
    ['a.b.x', {}],
    ['a[0]', {}],
    ['a.b[0][0]', {}],
    ['#ab', { 'a.b': { S: 'dotted' } }, { '#ab': 'a.b' }],
    ['#a.#b[0]', { a: { M: { b: list(2) } } }, { '#a': 'a', '#b': 'b' }],
    ['#p', {}, { '#p': '__proto__' }],
  ])('%s', (text, expected, names) => {
    expect({ ...project(expressions(undefined, names).projection(text), item) }).toEqual(expected);
  });

  const apart = (what: string, one: string, two: string) =>
    `Two document paths ${what} with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`;

  it.each<[string, string]>([
    ['', 'The expression can not be empty;'],
    ['a,', 'Syntax error; token: "<EOF>", near: ","'],
    [',a', 'Syntax error; token: ",", near: ",a"'],
    ['a,,b', 'Syntax error; token: ",", near: ",,b"'],
    ['!!!', 'Syntax error; token: "!", near: "!!"'],
    ['a b', 'Syntax error; token: "b", near: "a b"'],
    ['a[999999999999999999999]', 'List index is not within the allowable range; index: [999999999999999999999]'],
    ['a, a', apart('overlap', '[a]', '[a]')],
    ['a.b[0], a.b[0]', apart('overlap', '[a, b, [0]]', '[a, b, [0]]')],
    ['a.b.d.e, a.b', apart('overlap', '[a, b, d, e]', '[a, b]')],
    ['a, a.b[2].c', apart('overlap', '[a]', '[a, b, [2], c]')],
    ['a.b, a[1]', apart('conflict', '[a, b]', '[a, [1]]')],
    ['a[1].x, a[1][2]', apart('conflict', '[a, [1], x]', '[a, [1], [2]]')],
  ])('%s is refused: %s', (text, message) => {
    expect(refusal(() => expressions().projection(text))).toBe(`Invalid ProjectionExpression: ${message}`);
  });

  it.each(['a, b', 'a.b, a.c', 'a.b.d, a.b.e', 'a[1], a[2]', 'a.b, a.c[2]'])('%s stand apart', (text) => {
    expect(() => expressions().projection(text)).not.toThrow();
  });
});
