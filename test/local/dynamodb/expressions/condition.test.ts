import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../../../src/local/dynamodb/values/types.ts';
import { refusal } from '../refusal.ts';
import { expressions, holds, type Values } from './parse.ts';

const binary = (...bytes: number[]): AttributeValue => ({ B: Buffer.from(bytes).toString('base64') });
const map: AttributeValue = { M: { a: { L: [{ N: '1' }, { SS: ['x', 'y'] }] }, b: { NULL: true } } };

// What AWS answers: ScyllaDB's alternator suite and dynalite's tests, both run against AWS; developer guide,
// "condition and filter expressions, operators, and functions".
describe('a condition', () => {
  const item = {
    n: { N: '5' },
    s: { S: 'hello' },
    blank: { S: '' },
    b: binary(0x80, 0x81, 0x82),
    yes: { BOOL: true },
    off: { BOOL: false },
    nothing: { NULL: true },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '2'] },
    bs: { BS: ['gIE='] },
    l: { L: [{ N: '1' }, map, { L: [] }] },
    m: map,
    deep: { M: { l: { L: [{ M: { x: { N: '7' } } }] } } },
    'a.b': { S: 'dotted' },
  };

  it.each<[string, boolean, Values?]>([
    ['n = :v', true, { ':v': { N: '5.0' } }],
    ['n = :v', false, { ':v': { S: '5' } }],
    ['m = :v', true, { ':v': { M: { b: { NULL: true }, a: { L: [{ N: '1' }, { SS: ['y', 'x'] }] } } } }],
    ['m <> :v', false, { ':v': map }],
    ['m <> :v', true, { ':v': { M: {} } }],
    ['m IN (:w, :v)', true, { ':w': { N: '1' }, ':v': map }],
    ['l[1] = m', true],
    ['contains(l, :v)', true, { ':v': map }],
    ['contains(l, :v)', true, { ':v': { L: [] } }],
    ['contains(l, :v)', false, { ':v': { M: {} } }],
    ['ss = :v', true, { ':v': { SS: ['b', 'a'] } }],
    ['ss = :v', false, { ':v': { SS: ['b'] } }],
    ['nothing = :v', true, { ':v': { NULL: true } }],
    ['off = :v', true, { ':v': { BOOL: false } }],

    ['lost = gone', false],
    ['lost <> gone', true],
    ['lost <> :v', true, { ':v': { N: '1' } }],
    ['lost < gone', false],
    ['lost IN (gone, :v)', false, { ':v': { N: '1' } }],
    ['lost BETWEEN gone AND also', false],
    ['n BETWEEN gone AND :v', false, { ':v': { N: '9' } }],
    ['begins_with(lost, gone)', false],
    ['contains(lost, :v)', false, { ':v': { S: '' } }],
    ['NOT lost = gone', true],
    ['attribute_type(lost, :v)', false, { ':v': { S: 'S' } }],

    ['s < :v', true, { ':v': { S: 'hellp' } }],
    ['s < :v', false, { ':v': { N: '9' } }],
    ['n < :v', true, { ':v': { N: '10' } }],
    ['b < :v', true, { ':v': binary(0x80, 0x82) }],
    ['b >= :v', true, { ':v': binary(0x7f, 0xff) }],
    ['ss < ns', false],
    [':v > n', true, { ':v': { N: '6' } }],
    ['n BETWEEN :v AND :w', true, { ':v': { N: '5' }, ':w': { N: '5' } }],
    ['s BETWEEN :v AND :w', false, { ':v': { N: '1' }, ':w': { N: '9' } }],

    ['begins_with(s, :v)', true, { ':v': { S: 'hell' } }],
    ['begins_with(s, :v)', true, { ':v': { S: '' } }],
    ['begins_with(b, :v)', true, { ':v': binary(0x80, 0x81) }],
    ['begins_with(b, :v)', false, { ':v': binary(0xff) }],
    ['begins_with(b, :v)', false, { ':v': binary(0x81) }],
    ['begins_with(:v, s)', true, { ':v': { S: 'hello you' } }],
    ['begins_with(n, :v)', false, { ':v': { S: '5' } }],
    ['contains(b, :v)', true, { ':v': binary(0x82) }],
    ['contains(b, :v)', false, { ':v': binary(0x80, 0x82) }],
    ['contains(s, :v)', true, { ':v': { S: 'ell' } }],
    ['contains(ss, :v)', true, { ':v': { S: 'a' } }],
    ['contains(ns, :v)', true, { ':v': { N: '2.0' } }],
    ['contains(bs, :v)', true, { ':v': binary(0x80, 0x81) }],
    ['contains(ss, :v)', false, { ':v': { N: '1' } }],
    ['contains(m, :v)', false, { ':v': { S: 'a' } }],

    ['attribute_type(off, :v)', true, { ':v': { S: 'BOOL' } }],
    ['attribute_type(blank, :v)', true, { ':v': { S: 'S' } }],
    ['attribute_type(nothing, :v)', true, { ':v': { S: 'NULL' } }],
    ['attribute_type(:w, :v)', true, { ':v': { S: 'N' }, ':w': { N: '0' } }],
    ['attribute_exists(blank)', true],
    ['attribute_exists(deep.l[0].x)', true],
    ['attribute_exists(deep.l[1].x)', false],
    ['attribute_exists(s.x)', false],
    ['attribute_not_exists(hasOwnProperty)', true],
    ['attribute_not_exists(m.toString)', true],

    ['size(blank) = :v', true, { ':v': { N: '0' } }],
    ['size(b) = :v', true, { ':v': { N: '3' } }],
    ['size(m) < size(l)', true],
    ['size(n) = :v', false, { ':v': { N: '1' } }],
    ['size(n) <> :v', true, { ':v': { N: '1' } }],
    ['size(lost) >= :v', false, { ':v': { N: '0' } }],
    ['size(s) = :v', false, { ':v': { S: '5' } }],
    ['size(s) IN (n)', true],
    ['size(:v) BETWEEN :w AND n', true, { ':v': { S: 'abc' }, ':w': { N: '3' } }],

    ['NOT NOT n = :v', true, { ':v': { N: '5' } }],
    ['NOT NOT NOT n = :v', false, { ':v': { N: '5' } }],
    ['NOT n = :v AND s = :v', false, { ':v': { N: '5' } }],
    ['NOT (n = :v AND s = :v)', true, { ':v': { N: '5' } }],
    ['n = :v OR s = :v AND m = :v', true, { ':v': { N: '5' } }],
    ['(n = :v OR s = :v) AND m = :v', false, { ':v': { N: '5' } }],
    ['n BETWEEN :v AND :w AND s = :s', true, { ':v': { N: '1' }, ':w': { N: '9' }, ':s': { S: 'hello' } }],
    ['(n) = (:v) and ((s) = :s or (size(s) > :v))', true, { ':v': { N: '5' }, ':s': { S: 'hello' } }],
    ['(n between :v and :v) aNd nOt (attribute_exists(x))', true, { ':v': { N: '5' } }],
    ['((n = :v) AND (s = :s))', true, { ':v': { N: '5' }, ':s': { S: 'hello' } }],
    ['(NOT (n) = :v) OR s = :s', true, { ':v': { N: '5' }, ':s': { S: 'hello' } }],
  ])('%s is %s', (text, expected, values) => {
    expect(holds(text, item, values)).toBe(expected);
  });

  it('means by a placeholder one name, dots and all, also of a prototype', () => {
    expect(holds('#d = :v', item, { ':v': { S: 'dotted' } }, { '#d': 'a.b' })).toBe(true);
    expect(holds('#p = :v', JSON.parse('{"__proto__":{"S":"x"}}'), { ':v': { S: 'x' } }, { '#p': '__proto__' })).toBe(
      true,
    );
    expect(holds('attribute_not_exists(#p)', {}, undefined, { '#p': '__proto__' })).toBe(true);
  });

  it('is tested against nothing where there is no item', () => {
    expect(holds('attribute_not_exists(id)', undefined)).toBe(true);
    expect(holds('id = :v', undefined, { ':v': { S: 'x' } })).toBe(false);
  });
});

const n = { N: '1' };
const s = { S: 'x' };

describe('a condition that is refused', () => {
  it.each<[string, string, (Values | undefined)?, Record<string, string>?]>([
    ['', 'The expression can not be empty;'],
    ['  ', 'The expression can not be empty;'],
    // The word at fault, between the one before it and the one after it (aws/aws-cdk#7591, dazn-lambda-powertools#242).
    ['a', 'Syntax error; token: "<EOF>", near: "a"'],
    ['a =', 'Syntax error; token: "<EOF>", near: "="'],
    ['a = :v AND', 'Syntax error; token: "<EOF>", near: "AND"', { ':v': n }],
    ['attribute_not_exists(', 'Syntax error; token: "<EOF>", near: "("'],
    ['attribute_type()', 'Syntax error; token: ")", near: "()"'],
    ['c != :c', 'Syntax error; token: "!", near: "c !="', { ':c': n }],
    ['a = 5', 'Syntax error; token: "5", near: "= 5"'],
    ['_a = :v', 'Syntax error; token: "_", near: "_a"', { ':v': n }],
    ['# = :v', 'Syntax error; token: "#", near: "# ="', { ':v': n }],
    ['a = b = c', 'Syntax error; token: "=", near: "b = c"'],
    ['a = :v)', 'Syntax error; token: ")", near: ":v)"', { ':v': n }],
    ['(a = :v', 'Syntax error; token: "<EOF>", near: ":v"', { ':v': n }],
    ['a IN ()', 'Syntax error; token: ")", near: "()"'],
    ['a = :v AND AND b = :v', 'Syntax error; token: "AND", near: "AND AND b"', { ':v': n }],
    ['a[b] = :v', 'Syntax error; token: "b", near: "[b]"', { ':v': n }],
    ['a[-1] = :v', 'Syntax error; token: "-", near: "[-1"', { ':v': n }],
    ['a BETWEEN b OR c', 'Syntax error; token: "OR", near: "b OR c"'],

    ['((a = :v))', 'The expression has redundant parentheses;', { ':v': n }],
    ['((a)) = :v', 'The expression has redundant parentheses;', { ':v': n }],
    ['a = ((:v))', 'The expression has redundant parentheses;', { ':v': n }],
    ['(b = :v) AND ((a = :v))', 'The expression has redundant parentheses;', { ':v': n }],
    ['dog(a)', 'Invalid function name; function: dog'],
    ['ATTRIBUTE_EXISTS(a)', 'Invalid function name; function: ATTRIBUTE_EXISTS'],
    ['size(dog(a)) = :v', 'Invalid function name; function: dog', { ':v': n }],
    ['size(a)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['NOT size(a)', 'The function is not allowed to be used this way in an expression; function: size'],
    [
      'attribute_exists(a) = :v',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
      { ':v': n },
    ],
    [
      'if_not_exists(a, b) = :v',
      'The function is not allowed to be used this way in an expression; function: if_not_exists',
      { ':v': n },
    ],
    [
      'contains(contains(a, b), c)',
      'The function is not allowed to be used this way in an expression; function: contains',
    ],
    ['name = :v', 'Attribute name is a reserved keyword; reserved keyword: name', { ':v': n }],
    ['a.Status = :v', 'Attribute name is a reserved keyword; reserved keyword: Status', { ':v': n }],
    [`a${'.b'.repeat(32)} = :v`, 'The document path has too many nesting elements; nesting levels: 33', { ':v': n }],
    ['a[2147483648] = :v', 'List index is not within the allowable range; index: [2147483648]', { ':v': n }],

    [
      '#a = :v',
      'An expression attribute name used in the document path is not defined; attribute name: #a',
      { ':v': n },
    ],
    ['a = :w', 'An expression attribute value used in expression is not defined; attribute value: :w', { ':v': n }],
    [
      'contains(a)',
      'Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1',
    ],
    [
      'size(a, b) = :v',
      'Incorrect number of operands for operator or function; operator or function: size, number of operands: 2',
      { ':v': n },
    ],
    [
      'attribute_exists(a, b)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    [
      'contains(a.b[0], #a.b[0])',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [a, b, [0]]',
      undefined,
      { '#a': 'a' },
    ],
    [
      'a = a',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]',
    ],
    [
      'attribute_exists(:v)',
      'Operator or function requires a document path; operator or function: attribute_exists',
      { ':v': n },
    ],
    [
      'begins_with(a, :v)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
      { ':v': n },
    ],
    [
      'size(:v) = :v',
      'Incorrect operand type for operator or function; operator or function: size, operand type: N',
      { ':v': n },
    ],
    [
      'size(size(a)) = :v',
      'Incorrect operand type for operator or function; operator or function: size, operand type: N',
      { ':v': n },
    ],
    [
      'attribute_type(a, b)',
      'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}',
    ],
    [
      'attribute_type(a, :v)',
      'Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
      { ':v': { S: 'DOG' } },
    ],
    [
      'a < :v',
      'Incorrect operand type for operator or function; operator or function: <, operand type: L',
      { ':v': { L: [] } },
    ],
    [
      'a BETWEEN :v AND :v',
      'Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: BOOL',
      { ':v': { BOOL: true } },
    ],
    [
      'a BETWEEN :v AND :w',
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}',
      { ':v': n, ':w': s },
    ],
    [
      'a BETWEEN :v AND :w',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:9}',
      { ':v': { N: '10' }, ':w': { N: '9' } },
    ],
    [
      `a IN (${Array.from({ length: 101 }, () => ':v').join()})`,
      'The IN operator is provided with too many operands; number of operands: 101',
      { ':v': n },
    ],
    [
      `a = :v${' OR a = :v'.repeat(150)}`,
      'The expression contains too many operators; operator count: 301',
      { ':v': n },
    ],
    [`${'NOT '.repeat(300)} a = :v`, 'The expression contains too many operators; operator count: 301', { ':v': n }],
    ['x'.repeat(4097), 'Expression size has exceeded the maximum allowed size; expression size: 4097'],
    ['é'.repeat(2049), 'Expression size has exceeded the maximum allowed size; expression size: 4098'],
  ])('%s: %s', (text, message, values, names) => {
    const parse = () => expressions(values, names).condition(text, 'ConditionExpression');
    expect(refusal(parse)).toBe(`Invalid ConditionExpression: ${message}`);
  });

  // dynalite's order of these, which its tests checked against AWS.
  it('is refused for its syntax first, then for its parentheses, functions, reserved words, and what it refers to', () => {
    const message = (text: string) => refusal(() => expressions().condition(text, 'FilterExpression'));
    expect(message('((dog(name) AND size(#a)) =')).toContain('Syntax error');
    expect(message('((dog(name) = #a)) AND size(#a)')).toContain('redundant parentheses');
    expect(message('dog(name) = #a AND size(#a)')).toContain('Invalid function name');
    expect(message('name = #a AND size(#a)')).toContain('not allowed to be used this way');
    expect(message('#a = name AND contains(b)')).toContain('reserved keyword');
    expect(message('contains(b) AND #a = c')).toContain('Incorrect number of operands');
    expect(message('contains(b, b, #a)')).toContain('not defined; attribute name: #a');
  });
});

describe('names and values', () => {
  it.each<[unknown, unknown, string]>([
    [{}, undefined, 'ExpressionAttributeNames must not be empty'],
    [undefined, {}, 'ExpressionAttributeValues must not be empty'],
    [{ a: 'b' }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    [{ '#': 'b' }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"'],
    [{ '#a-b': 'b' }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'],
    [undefined, { v: n }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'],
    [
      undefined,
      { ':v': { SS: [] } },
      'ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may not be empty for key :v',
    ],
    [undefined, { ':v': { N: 'x' } }, 'The parameter cannot be converted to a numeric value: x'],
  ])('%j, %j are refused: %s', (names, values, message) => {
    expect(refusal(() => expressions(values as Values, names as Record<string, string>))).toBe(message);
  });

  it('must all be used, by one of the expressions', () => {
    const all = expressions({ ':a': n, ':b': n, ':c': n }, { '#a': 'a', '#b': 'b' });
    all.condition('#a = :a OR attribute_exists(#a)', 'ConditionExpression');
    expect(refusal(all.checkAllUsed)).toBe(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
    );
    all.projection('#b');
    expect(refusal(all.checkAllUsed)).toBe(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b, :c}',
    );
    all.update('SET x = :b + :c');
    expect(all.checkAllUsed).not.toThrow();
  });

  it('may be called as anything is', () => {
    expect(holds('#constructor = :toString', { a: s }, { ':toString': s }, { '#constructor': 'a' })).toBe(true);
    expect(refusal(() => expressions({ ':v': n }).condition('#constructor = :v', 'FilterExpression'))).toContain(
      'not defined; attribute name: #constructor',
    );
  });
});
