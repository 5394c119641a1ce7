import { compileForeign } from '../pattern/bounded-match.ts';
import { compileReplacement } from '../pattern/replace.ts';
import {
  isEqual,
  isList,
  isMap,
  isSame,
  isTool,
  type ListValue,
  listOf,
  type MapValue,
  numberOf,
  putIn,
  toText,
  type Value,
} from './values.ts';

/** The methods that Java's String, List, Map and numbers have, as far as templates use them. */

type Method<Receiver> = (receiver: Receiver, ...given: Value[]) => Value;
type Methods<Receiver> = ReadonlyMap<string, Method<Receiver>>;

const index = (value: Value, otherwise = 0): number => {
  const number = numberOf(value);
  return number === undefined ? otherwise : Number(number);
};

/** Java throws where a place is outside; that ends the template. */
function within(at: number, least: number, most: number): number {
  if (!Number.isInteger(at) || at < least || at > most) throw new RangeError(`index ${at} is out of bounds`);
  return at;
}

const table = <Receiver>(methods: Record<string, Method<Receiver>>): Methods<Receiver> =>
  new Map(Object.entries(methods));

const anything = table<Value>({
  equals: isSame,
  toString: toText,
});

const order = (one: string, other: string) => (one === other ? 0n : one < other ? -1n : 1n);

const ofStrings = table<string>({
  length: (text) => BigInt(text.length),
  isEmpty: (text) => text === '',
  contains: (text, part) => text.includes(toText(part)),
  equalsIgnoreCase: (text, other) => typeof other === 'string' && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, other) => order(text, toText(other)),
  compareToIgnoreCase: (text, other) => order(text.toLowerCase(), toText(other).toLowerCase()),
  isBlank: (text) => text.trim() === '',
  startsWith: (text, part) => text.startsWith(toText(part)),
  endsWith: (text, part) => text.endsWith(toText(part)),
  indexOf: (text, part, from) => BigInt(text.indexOf(toText(part), index(from))),
  lastIndexOf: (text, part) => BigInt(text.lastIndexOf(toText(part))),
  charAt: (text, at) => text.charAt(within(index(at), 0, text.length - 1)),
  concat: (text, other) => text + toText(other),
  substring: (text, from, to) => {
    const end = within(index(to, text.length), 0, text.length);
    return text.slice(within(index(from), 0, end), end);
  },
  trim: (text) => text.replace(/^[\0-\x20]+|[\0-\x20]+$/g, ''),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  replace: (text, from, to) => text.replaceAll(toText(from), () => toText(to)),
  matches: (text, pattern) => compileForeign(toText(pattern)).matches(text),
  replaceAll: (text, pattern, to) => compileReplacement(toText(pattern)).replace(text, { by: toText(to) }),
  replaceFirst: (text, pattern, to) => compileReplacement(toText(pattern)).replace(text, { by: toText(to), most: 1 }),
  split: (text, pattern, limit) => listOf(compileReplacement(toText(pattern)).split(text, index(limit))),
});

const itemsOf = (value: Value): Value[] => (isList(value) ? value.items : []);

const ofLists = table<ListValue>({
  size: ({ items }) => BigInt(items.length),
  // Java's lists have no such method; AWS's mapping template reference says that what `$input.path` finds has it.
  count: ({ items }) => BigInt(items.length),
  isEmpty: ({ items }) => items.length === 0,
  get: ({ items }, at) => items[within(index(at, -1), 0, items.length - 1)],
  contains: ({ items }, wanted) => items.some((item) => isSame(item, wanted)),
  containsAll: ({ items }, wanted) => itemsOf(wanted).every((each) => items.some((item) => isSame(item, each))),
  indexOf: ({ items }, wanted) => BigInt(items.findIndex((item) => isSame(item, wanted))),
  lastIndexOf: ({ items }, wanted) => BigInt(items.findLastIndex((item) => isSame(item, wanted))),
  toArray: ({ items, json }) => listOf([...items], json),
  clear: ({ items }) => {
    items.length = 0;
    return undefined;
  },
  add: ({ items }, ...given) => {
    if (given.length < 2) return items.push(given[0]) > 0;
    items.splice(within(index(given[0], -1), 0, items.length), 0, given[1]);
    return undefined;
  },
  addAll: ({ items }, more) => {
    if (!isList(more)) return undefined;
    for (const item of [...more.items]) items.push(item);
    return more.items.length > 0;
  },
  set: ({ items }, at, value) => items.splice(within(index(at, -1), 0, items.length - 1), 1, value)[0],
  // Java has two of this name: a number is a place, anything else is what to remove.
  remove: ({ items }, what) => {
    if (numberOf(what) !== undefined) return items.splice(within(index(what), 0, items.length - 1), 1)[0];
    const at = items.findIndex((item) => isSame(item, what));
    return at >= 0 && items.splice(at, 1).length > 0;
  },
  removeAll: ({ items }, unwanted) => {
    const kept = items.filter((item) => !itemsOf(unwanted).some((each) => isSame(item, each)));
    const before = items.length;
    items.splice(0, before, ...kept);
    return kept.length < before;
  },
  subList: ({ items, json }, from, to) => {
    const end = within(index(to), 0, items.length);
    return listOf(items.slice(within(index(from), 0, end), end), json);
  },
});

const entryOf = ([key, value]: readonly [string, Value]): Value => ({
  kind: 'tool',
  members: new Map([
    ['key', key],
    ['value', value],
  ]),
  methods: new Map([
    ['getKey', () => key],
    ['getValue', () => value],
  ]),
});

const ofMaps = table<MapValue>({
  size: ({ entries }) => BigInt(entries.size),
  isEmpty: ({ entries }) => entries.size === 0,
  get: ({ entries }, name) => entries.get(toText(name)),
  getOrDefault: ({ entries }, name, otherwise) => entries.get(toText(name)) ?? otherwise,
  containsKey: ({ entries }, name) => entries.has(toText(name)),
  containsValue: ({ entries }, wanted) => [...entries.values()].some((value) => isEqual(value, wanted)),
  keySet: ({ entries }) => listOf([...entries.keys()]),
  values: ({ entries }) => listOf([...entries.values()]),
  entrySet: ({ entries }) => listOf([...entries].map(entryOf)),
  put: (map, name, value) => putIn(map, toText(name), value),
  putIfAbsent: (map, name, value) => {
    const known = map.entries.get(toText(name)) ?? undefined;
    return known === undefined ? putIn(map, toText(name), value) : known;
  },
  clear: ({ entries }) => {
    entries.clear();
    return undefined;
  },
  putAll: (map, more) => {
    if (isMap(more)) for (const [name, value] of [...more.entries]) putIn(map, name, value);
    return undefined;
  },
  remove: ({ entries }, name) => {
    const before = entries.get(toText(name));
    entries.delete(toText(name));
    return before;
  },
});

/** Throws where Java throws: no integer, or one that is too large. */
function parseInteger(text: string, bits: number): bigint {
  const value = /^[+-]?\d{1,20}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (value === undefined || BigInt.asIntN(bits, value) !== value) throw new TypeError('no integer');
  return value;
}

const ofNumbers = table<bigint | number>({
  intValue: (value) => BigInt(Math.trunc(Number(value))),
  longValue: (value) => BigInt(Math.trunc(Number(value))),
  doubleValue: Number,
  compareTo: (value, other) => {
    const against = numberOf(other) ?? 0n;
    return value < against ? -1n : value > against ? 1n : 0n;
  },
  // `#set($Integer = 0)` and then this is how templates read numbers.
  parseInt: (_value, text) => parseInteger(toText(text), 32),
  parseLong: (_value, text) => parseInteger(toText(text), 64),
  parseDouble: (_value, text) => {
    const number = Number(toText(text));
    if (!/\d/.test(toText(text)) || Number.isNaN(number)) throw new TypeError('no number');
    return number;
  },
});

const ofEntries: readonly string[] = ['getKey', 'getValue'];

/** Every name that some value answers to; a template that calls another is refused when it is put. */
export const methodNames: ReadonlySet<string> = new Set([
  ...[anything, ofStrings, ofLists, ofMaps, ofNumbers].flatMap((methods) => [...methods.keys()]),
  ...ofEntries,
]);

/** The methods whose first argument is a regular expression. */
export const patternMethods: readonly string[] = ['matches', 'replaceAll', 'replaceFirst', 'split'];

/** Calls a method; null where the receiver has none of that name, as in Velocity. */
export function callMethod(receiver: Value, name: string, given: Value[]): Value {
  if (receiver === undefined || receiver === null) return undefined;
  if (isTool(receiver)) return receiver.methods.get(name)?.(...given);
  const own =
    typeof receiver === 'string'
      ? bound(ofStrings, receiver, name)
      : isList(receiver)
        ? bound(ofLists, receiver, name)
        : isMap(receiver)
          ? bound(ofMaps, receiver, name)
          : bound(ofNumbers, numberOf(receiver), name);
  return (own ?? bound(anything, receiver, name))?.(...given);
}

function bound<Receiver>(methods: Methods<Receiver>, receiver: Receiver | undefined, name: string) {
  const method = methods.get(name);
  return method && receiver !== undefined ? (...given: Value[]) => method(receiver, ...given) : undefined;
}
