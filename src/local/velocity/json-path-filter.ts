import { compileForeign } from '../pattern/bounded-match.ts';
import { perStep, type Spend, stepCost } from './meter.ts';
import { isEqual, isList, isMap, numberOf, parseJson, toText, type Value } from './values.ts';

/** `?(…)` of a JSONPath: comparisons of what is below `@`, joined by `&&`, `||`, `!` and parentheses. */

type Test = (value: Value) => boolean;
type Operand = (value: Value) => Value;

interface Reader {
  /** Pays for what the tests take later. */
  spend: Spend;
  take(pattern: RegExp): string | undefined;
}

/** undefined: no filter stands here, or none that is served. `end` is past its closing bracket. */
export function readFilter(source: string, from: number, spend: Spend): { holds: Test; end: number } | undefined {
  let at = from;
  const reader: Reader = {
    spend,
    take(pattern) {
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      if (!match) return undefined;
      at = pattern.lastIndex;
      return match[1] ?? match[0];
    },
  };
  if (reader.take(/\s*\?\s*\(/y) === undefined) return undefined;
  const holds = readOr(reader, 0);
  if (!holds || reader.take(/\s*\)\s*\]/y) === undefined) return undefined;
  return { holds, end: at };
}

const deepest = 20;

function readOr(reader: Reader, depth: number): Test | undefined {
  const tests = readJoined(reader, /\s*\|\|/y, () => readAnd(reader, depth));
  return tests && ((value) => tests.some((test) => test(value)));
}

function readAnd(reader: Reader, depth: number): Test | undefined {
  const tests = readJoined(reader, /\s*&&/y, () => readTest(reader, depth));
  return tests && ((value) => tests.every((test) => test(value)));
}

/** Side by side, as tests within tests would be as deep as the filter is long. */
function readJoined(reader: Reader, by: RegExp, read: () => Test | undefined): Test[] | undefined {
  const tests: Test[] = [];
  do {
    const test = read();
    if (!test) return undefined;
    tests.push(test);
  } while (reader.take(by) !== undefined);
  return tests;
}

function readTest(reader: Reader, depth: number): Test | undefined {
  if (depth > deepest) return undefined;
  if (reader.take(/\s*!(?!=)/y)) {
    const test = readTest(reader, depth + 1);
    return test && ((value) => !test(value));
  }
  if (reader.take(/\s*\(/y)) {
    const inner = readOr(reader, depth + 1);
    return inner && reader.take(/\s*\)/y) !== undefined ? inner : undefined;
  }
  const { spend } = reader;
  const left = readOperand(reader);
  if (!left) return undefined;
  const operator = reader.take(/\s*(==|!=|<=|>=|<|>|=~|in\b|nin\b)/y);
  if (operator === undefined) return (value) => left(value) !== undefined;
  if (operator === '=~') return readMatch(reader, left);
  const right = operator.endsWith('in') ? readItems(reader) : readOperand(reader);
  return right && ((value) => compare(operator, [left(value), right(value)], spend));
}

function readOperand(reader: Reader): Operand | undefined {
  const { spend } = reader;
  const path = reader.take(/\s*@((?:\.[\w-]+|\['[^']*'\]|\[\d+\])*)/y);
  if (path !== undefined) {
    const names = [...path.matchAll(/\.([\w-]+)|\['([^']*)'\]|\[(\d+)\]/g)].map(
      ([, dot, quoted, at]) => dot ?? quoted ?? at ?? '',
    );
    return (value) => {
      spend(stepCost * (1 + names.length));
      return names.reduce<Value>(below, value);
    };
  }
  const literal = readLiteral(reader);
  return (
    literal &&
    (() => {
      spend(stepCost);
      return literal.value;
    })
  );
}

function below(value: Value, name: string): Value {
  if (isMap(value)) return value.entries.get(name);
  return isList(value) ? value.items[Number(name)] : undefined;
}

function readLiteral(reader: Reader): { value: Value } | undefined {
  const single = reader.take(/\s*'([^']*)'/y);
  if (single !== undefined) return { value: single };
  const json = reader.take(/\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true\b|false\b|null\b)/y);
  return json === undefined ? undefined : { value: parseJson(json, reader.spend) };
}

function readItems(reader: Reader): Operand | undefined {
  if (!reader.take(/\s*\[/y)) return undefined;
  const items: Value[] = [];
  for (let literal = readLiteral(reader); literal; literal = readLiteral(reader)) {
    items.push(literal.value);
    if (!reader.take(/\s*,/y)) break;
  }
  return reader.take(/\s*\]/y) === undefined ? undefined : () => ({ kind: 'list', items, json: true });
}

function readMatch(reader: Reader, left: Operand): Test | undefined {
  const pattern = reader.take(/\s*\/((?:[^/\\]|\\.)*)\//y);
  if (pattern === undefined) return undefined;
  const { matches } = compileForeign(`${reader.take(/i/y) ? '(?i)' : ''}${pattern}`, {
    spend: perStep(reader.spend),
  });
  return (value) => {
    const text = left(value);
    return typeof text === 'string' && matches(text);
  };
}

function compare(operator: string, [one, other]: [Value, Value], spend: Spend): boolean {
  if (operator === '==' || operator === '!=')
    return (one !== undefined && isEqual(one, other, spend)) === (operator === '==');
  if (operator.endsWith('in')) {
    return (isList(other) && other.items.some((item) => isEqual(item, one, spend))) === (operator === 'in');
  }
  const strings = typeof one === 'string' && typeof other === 'string';
  const [left, right] = strings ? [toText(one, spend), toText(other, spend)] : [numberOf(one), numberOf(other)];
  if (left === undefined || right === undefined) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
