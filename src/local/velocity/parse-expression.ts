import {
  type Expression,
  type Macro,
  type Operator,
  type Part,
  type Reference,
  type Step,
  TemplateSyntaxError,
} from './syntax.ts';

/** Where in a template's source the reader is. */
export interface Cursor {
  source: string;
  at: number;
  depth: number;
  /** By name; those that are defined further on, too. */
  macros: ReadonlyMap<string, Macro>;
  /** What opens comments and the like, where the source has no end of them any more. */
  unclosed: Set<string>;
  /** Reads what a string in double quotes holds. */
  readParts(source: string): Part[];
}

const deepest = 50;

/** What the sticky pattern finds here, read past; undefined: nothing. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.source);
  if (!match) return undefined;
  cursor.at = pattern.lastIndex;
  return match;
}

export function expect(cursor: Cursor, pattern: RegExp, what: string): RegExpExecArray {
  const match = take(cursor, pattern);
  if (!match) throw new TemplateSyntaxError(`expected ${what} at character ${cursor.at}`);
  return match;
}

/** `$name`, `$!name`, `${name}` with its members, calls and indexes; undefined where a dollar sign is only that. */
export function readReference(cursor: Cursor): Reference | undefined {
  const from = cursor.at;
  const opening = take(cursor, /\$!?(\{?)([A-Za-z_][\w-]*)/y);
  if (!opening) return undefined;
  const [, brace = '', name = ''] = opening;
  const steps: Step[] = [];
  for (let step = readStep(cursor); step; step = readStep(cursor)) steps.push(step);
  if (brace && !take(cursor, /\}/y)) {
    cursor.at = from;
    return undefined;
  }
  return { kind: 'reference', name, steps, source: cursor.source.slice(from, cursor.at) };
}

function readStep(cursor: Cursor): Step | undefined {
  const member = take(cursor, /\.([A-Za-z_][\w-]*)(\(?)/y);
  if (member) {
    const [, name = '', call] = member;
    return call ? { kind: 'call', name, given: readList(cursor, /\s*\)/y) } : { kind: 'member', name };
  }
  if (!take(cursor, /\[/y)) return undefined;
  const at = readExpression(cursor);
  expect(cursor, /\s*\]/y, ']');
  return { kind: 'index', at };
}

function readList(cursor: Cursor, end: RegExp): Expression[] {
  const items: Expression[] = [];
  while (!take(cursor, end)) {
    if (items.length > 0) expect(cursor, /\s*,/y, 'a comma');
    items.push(readExpression(cursor));
  }
  return items;
}

/** From what binds least to what binds most. */
const levels: RegExp[] = [
  /\s*(\|\||or\b)/y,
  /\s*(&&|and\b)/y,
  /\s*(==|!=|eq\b|ne\b)/y,
  /\s*(<=|>=|<|>|lt\b|le\b|gt\b|ge\b)/y,
  /\s*([+-])/y,
  /\s*([*/%])/y,
];

const words: Readonly<Record<string, Operator>> = {
  or: '||',
  and: '&&',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

/** Throws TemplateSyntaxError. */
export function readExpression(cursor: Cursor, level = 0): Expression {
  const operators = levels[level];
  if (!operators) return readOperand(cursor);
  const first = readExpression(cursor, level + 1);
  const rest: Extract<Expression, { kind: 'chain' }>['rest'] = [];
  for (let found = take(cursor, operators); found; found = take(cursor, operators)) {
    const written = found[1] ?? '';
    // Written as one of the table's patterns lets it.
    const operator = words[written] ?? (written as Operator);
    rest.push({ operator, operand: readExpression(cursor, level + 1) });
  }
  return rest.length === 0 ? first : { kind: 'chain', first, rest };
}

export function readOperand(cursor: Cursor): Expression {
  cursor.depth += 1;
  if (cursor.depth > deepest) throw new TemplateSyntaxError('an expression is nested too deeply');
  take(cursor, /\s+/y);
  const operand = readNot(cursor) ?? readReference(cursor) ?? readLiteral(cursor) ?? readCollection(cursor);
  if (!operand) throw new TemplateSyntaxError(`expected a value at character ${cursor.at}`);
  cursor.depth -= 1;
  return operand;
}

function readNot(cursor: Cursor): Expression | undefined {
  return take(cursor, /!|not\b/y) && { kind: 'not', of: readOperand(cursor) };
}

function readLiteral(cursor: Cursor): Expression | undefined {
  const number = take(cursor, /-?\d+(\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number) {
    const [text, fraction] = number;
    return { kind: 'literal', value: fraction === undefined && !/e/i.test(text) ? BigInt(text) : Number(text) };
  }
  const word = take(cursor, /(true|false|null)\b/y)?.[1];
  if (word) return { kind: 'literal', value: word === 'null' ? undefined : word === 'true' };
  const single = take(cursor, /'((?:[^']|'')*)'/y)?.[1];
  if (single !== undefined) return { kind: 'literal', value: single.replaceAll("''", "'") };
  const double = take(cursor, /"((?:[^"]|"")*)"/y)?.[1];
  return double === undefined
    ? undefined
    : { kind: 'interpolated', parts: cursor.readParts(double.replaceAll('""', '"')) };
}

function readCollection(cursor: Cursor): Expression | undefined {
  if (take(cursor, /\(/y)) {
    const inner = readExpression(cursor);
    expect(cursor, /\s*\)/y, ')');
    return inner;
  }
  if (take(cursor, /\{/y)) return readMap(cursor);
  if (!take(cursor, /\[/y)) return undefined;
  if (take(cursor, /\s*\]/y)) return { kind: 'list', items: [] };
  const first = readExpression(cursor);
  if (take(cursor, /\s*\.\./y)) {
    const to = readExpression(cursor);
    expect(cursor, /\s*\]/y, ']');
    return { kind: 'range', from: first, to };
  }
  if (take(cursor, /\s*,/y)) return { kind: 'list', items: [first, ...readList(cursor, /\s*\]/y)] };
  expect(cursor, /\s*\]/y, ']');
  return { kind: 'list', items: [first] };
}

function readMap(cursor: Cursor): Expression {
  const entries: [Expression, Expression][] = [];
  while (!take(cursor, /\s*\}/y)) {
    if (entries.length > 0) expect(cursor, /\s*,/y, 'a comma');
    const name = readExpression(cursor);
    expect(cursor, /\s*:/y, 'a colon');
    entries.push([name, readExpression(cursor)]);
  }
  return { kind: 'map', entries };
}
