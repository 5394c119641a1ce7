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
  methods: ReadonlyMap<string, (...given: Value[]) => Value>;
  /** It counts as null itself, though it has members. */
  isNull?: true;
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

/** As Java's `toString` writes it; null is nothing, for that is what API Gateway prints. */
export function toText(value: Value): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'decimal':
      return value.text;
    case 'list':
      return value.json ? toJson(value) : `[${value.items.map(memberText).join(', ')}]`;
    case 'map':
      return `{${[...value.entries].map(([name, member]) => `${name}=${memberText(member)}`).join(', ')}}`;
    case 'tool':
      return '';
    case 'block':
      return value.text();
  }
}

const memberText = (value: Value) => (value === undefined || value === null ? 'null' : toText(value));

/** Without blanks; numbers as Java writes them. */
export function toJson(value: Value): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.items.map(toJson).join(',')}]`;
  if (isMap(value)) {
    return `{${[...value.entries].map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join(',')}}`;
  }
  return toText(value);
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
export function isEqual(one: Value, other: Value): boolean {
  const [left, right] = [numberOf(one), numberOf(other)];
  // biome-ignore lint/suspicious/noDoubleEquals: an integer equals a Double of the same value.
  if (left !== undefined && right !== undefined) return left == right;
  if (isNull(one) || isNull(other)) return isNull(one) && isNull(other);
  return toText(one) === toText(other);
}

/** Java's `equals`: nothing equals what is of another class. */
export function isSame(one: Value, other: Value): boolean {
  return classOf(one) === classOf(other) && isEqual(one, other);
}

const classOf = (value: Value) => (typeof value === 'object' && value !== null ? value.kind : typeof value);

/** JSON text → values, numbers exact. Throws SyntaxError. */
export function parseJson(text: string): Value {
  // The engine's own parser decides what is JSON, and words what is wrong with it.
  JSON.parse(text);
  const token = /[\s,:]*(?:([{}[\]])|("(?:[^"\\]|\\.)*")|([^\s,:{}[\]"]+))/y;
  const open: { items: Value[]; bracket: string }[] = [{ items: [], bracket: '' }];
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [, bracket, quoted, bare = ''] = match;
    if (bracket === '{' || bracket === '[') open.push({ items: [], bracket });
    else {
      const value = bracket === undefined ? scalarOf(quoted, bare) : closed(open.pop());
      open.at(-1)?.items.push(value);
    }
  }
  return open[0]?.items[0];
}

function closed(done: { items: Value[]; bracket: string } | undefined): Value {
  const { items = [], bracket } = done ?? {};
  if (bracket === '[') return listOf(items, true);
  const entries = new Map<string, Value>();
  for (let at = 0; at + 1 < items.length; at += 2) entries.set(String(items[at]), items[at + 1]);
  return { kind: 'map', entries };
}

function scalarOf(quoted: string | undefined, bare: string): Value {
  if (quoted !== undefined) return JSON.parse(quoted) as string;
  if (bare === 'null') return null;
  if (bare === 'true' || bare === 'false') return bare === 'true';
  if (/^-?\d+$/.test(bare)) return BigInt(bare);
  // API Gateway's JSON reader takes a Double for up to 18 characters, and keeps all digits of more.
  return bare.length > 18 ? { kind: 'decimal', text: bare } : Number(bare);
}
