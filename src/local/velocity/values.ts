import { type Spend, stepCost } from './meter.ts';

/**
 * The values of a template, with Java's meanings: `bigint` is an integer, `number` a Double (1.0 stays 1.0), and maps keep
 * their order. `undefined` is what Java calls null.
 */
export type Value =
  | undefined
  | null
  | boolean
  | bigint
  | number
  | string
  | Decimal
  | ListValue
  | MapValue
  | Tool
  | Block;

/** A fraction with more digits than a Double holds, as written. */
export interface Decimal {
  kind: 'decimal';
  text: string;
}

export interface ListValue {
  kind: 'list';
  items: Value[];
  /** What was read from JSON prints as JSON, what a template made as Java prints a list. */
  json: boolean;
}

export interface MapValue {
  kind: 'map';
  entries: Map<string, Value>;
  /** What was put once cannot be put again. */
  final?: true;
}

/** `$input` and `$util`: members and methods that are given by name. */
export interface Tool {
  kind: 'tool';
  members: ReadonlyMap<string, Value>;
  methods: ReadonlyMap<string, (given: Value[], spend: Spend) => Value>;
  /** It counts as null itself, though it has members. */
  isNull?: true;
  /** As it prints; nothing of one that has none. */
  text?: (spend: Spend) => string;
}

/** What `#define` names: written anew wherever its text is asked for. */
export interface Block {
  kind: 'block';
  text(): string;
}

export const listOf = (items: Value[], json = false): ListValue => ({ kind: 'list', items, json });
export const mapOf = (entries: Iterable<readonly [string, Value]>): MapValue => ({
  kind: 'map',
  entries: new Map(entries),
});

export const isList = (value: Value): value is ListValue => isKind(value, 'list');
export const isMap = (value: Value): value is MapValue => isKind(value, 'map');
export const isTool = (value: Value): value is Tool => isKind(value, 'tool');
const isDecimal = (value: Value): value is Decimal => isKind(value, 'decimal');

function isKind(value: Value, kind: 'list' | 'map' | 'tool' | 'decimal'): boolean {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

const isNull = (value: Value): boolean =>
  value === undefined || value === null || (isTool(value) && value.isNull === true);

/** Java's `Map.put`: answers what was there before. */
export function putIn({ entries, final }: MapValue, name: string, value: Value): Value {
  const before = entries.get(name);
  if (final && entries.has(name)) throw new Error(`${name} is set already, and cannot be set again`);
  entries.set(name, value);
  return before;
}

/**
 * As Java's `toString` writes it; null is nothing, for that is what API Gateway prints. Lists that hold others twice, and those
 * again, stand for a text that is longer than any memory.
 */
export function toText(value: Value, spend: Spend): string {
  spend(stepCost);
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object') return written(String(value), spend);
  switch (value.kind) {
    case 'decimal':
      return value.text;
    case 'list':
      spend(membersCost);
      return value.json ? toJson(value, spend) : `[${value.items.map((item) => memberText(item, spend)).join(', ')}]`;
    case 'map':
      spend(membersCost);
      return `{${[...value.entries].map(([name, member]) => `${name}=${memberText(member, spend)}`).join(', ')}}`;
    case 'tool':
      return value.text?.(spend) ?? '';
    case 'block':
      return value.text();
  }
}

/** Of a list or a map beside its members, in the time that one of these takes. */
const membersCost = 3 * stepCost;

export const memberText = (value: Value, spend: Spend) =>
  value === undefined || value === null ? 'null' : toText(value, spend);

/** Without blanks; numbers as Java writes them. */
export function toJson(value: Value, spend: Spend): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return written(JSON.stringify(value), spend);
  if (isList(value)) {
    spend(membersCost);
    return `[${value.items.map((item) => toJson(item, spend)).join(',')}]`;
  }
  if (isMap(value)) {
    spend(membersCost);
    return `{${[...value.entries].map(([name, member]) => `${JSON.stringify(name)}:${toJson(member, spend)}`).join(',')}}`;
  }
  // JSON has no such number.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'null';
  return toText(value, spend);
}

function written(text: string, spend: Spend): string {
  spend(text.length);
  return text;
}

/** Java's Double.toString: a fraction always, and E from 10^7 and below 10^-3. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** Velocity's truth: null, false, zero and what is empty are not. Source: Velocity user guide, "Conditionals". */
export function isTrue(value: Value): boolean {
  if (isNull(value) || value === false || value === '' || value === 0 || value === 0n) return false;
  if (isList(value)) return value.items.length > 0;
  if (isMap(value)) return value.entries.size > 0;
  return true;
}

/** A number to reckon with; undefined where it is none. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return isDecimal(value) ? Number(value.text) : undefined;
}

/** Velocity's `==`: numbers by value, things of one class by content, all else by its text. */
export function isEqual(one: Value, other: Value, spend: Spend): boolean {
  spend(stepCost);
  const [left, right] = [numberOf(one), numberOf(other)];
  // biome-ignore lint/suspicious/noDoubleEquals: an integer equals a Double of the same value.
  if (left !== undefined && right !== undefined) return left == right;
  if (isNull(one) || isNull(other)) return isNull(one) && isNull(other);
  return toText(one, spend) === toText(other, spend);
}

/** Java's `equals`: nothing equals what is of another class. */
export function isSame(one: Value, other: Value, spend: Spend): boolean {
  return classOf(one) === classOf(other) && isEqual(one, other, spend);
}

const classOf = (value: Value) => (typeof value === 'object' && value !== null ? value.kind : typeof value);

/** JSON text → values, numbers exact. Throws SyntaxError. */
export function parseJson(text: string, spend: Spend): Value {
  spend(text.length);
  // The engine's own parser decides what is JSON, and words what is wrong with it.
  JSON.parse(text);
  const open: { items: Value[]; isList: boolean }[] = [];
  let [items, isList, at]: [Value[], boolean, number] = [[], true, 0];
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (sign === '{' || sign === '[') {
      spend(2 * membersCost);
      open.push({ items, isList });
      [items, isList] = [[], sign === '['];
      at += 1;
    } else if (sign === '}' || sign === ']') {
      const done = isList ? listOf(items, true) : mapOfPairs(items);
      ({ items, isList } = open.pop() ?? { items: [], isList: true });
      items.push(done);
      at += 1;
    } else if (betweenValues.includes(sign)) at += 1;
    else {
      const end = sign === '"' ? endOfString(text, at) : endOfWord(text, at);
      spend(stepCost / 2);
      items.push(scalarOf(text.slice(at, end)));
      at = end;
    }
  }
  return items[0];
}

const betweenValues = ' \t\n\r,:';
const afterWords = `${betweenValues}]}`;

function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
  return at + 1;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !afterWords.includes(text[at] ?? '')) at += 1;
  return at;
}

function mapOfPairs(items: Value[]): MapValue {
  const entries = new Map<string, Value>();
  for (let at = 0; at + 1 < items.length; at += 2) entries.set(String(items[at]), items[at + 1]);
  return { kind: 'map', entries };
}

function scalarOf(written: string): Value {
  if (written.startsWith('"')) return JSON.parse(written) as string;
  if (written === 'null') return null;
  if (written === 'true' || written === 'false') return written === 'true';
  if (/^-?\d+$/.test(written)) return BigInt(written);
  // API Gateway's JSON reader takes a Double for up to 18 characters, and keeps all digits of more.
  return written.length > 18 ? { kind: 'decimal', text: written } : Number(written);
}
