import { compileForeign } from '../pattern/bounded-match.ts';
import { compileReplacement } from '../pattern/replace.ts';
import { readNumber } from '../wire/numbers.ts';
import { perStep, type Spend, stepCost } from './meter.ts';
import {
  isEqual,
  isList,
  isMap,
  isSame,
  isTool,
  type ListValue,
  listOf,
  type MapValue,
  memberText,
  numberOf,
  putIn,
  toText,
  type Value,
} from './values.ts';

/** The methods that Java's String, List, Map and numbers have, as far as templates use them. */

type Method<Receiver> = (receiver: Receiver, given: Value[], spend: Spend) => Value;
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
  equals: (value, [other], spend) => isSame(value, other, spend),
  toString: (value: Value, _none: Value[], spend: Spend) => toText(value, spend),
});

/** The distance of the first characters that differ, or of the lengths. Source: Java's String.compareTo. */
function order(one: string, other: string): bigint {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (one[at] !== other[at]) return BigInt(one.charCodeAt(at) - other.charCodeAt(at));
  }
  return BigInt(one.length - other.length);
}

/** What is looked for, paid for as in the worst case of V8's own search, which compares at every place. */
function sought(text: string, part: Value, spend: Spend): string {
  const found = toText(part, spend);
  spend((text.length * found.length) / stepCost);
  return found;
}

const ofStrings = table<string>({
  length: (text) => BigInt(text.length),
  isEmpty: (text) => text === '',
  contains: (text, [part], spend) => text.includes(sought(text, part, spend)),
  equalsIgnoreCase: (text, [other]) => typeof other === 'string' && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, [other], spend) => order(text, toText(other, spend)),
  compareToIgnoreCase: (text, [other], spend) => order(text.toLowerCase(), toText(other, spend).toLowerCase()),
  isBlank: (text) => text.trim() === '',
  startsWith: (text, [part], spend) => text.startsWith(toText(part, spend)),
  endsWith: (text, [part], spend) => text.endsWith(toText(part, spend)),
  indexOf: (text, [part, from], spend) => BigInt(text.indexOf(sought(text, part, spend), index(from))),
  lastIndexOf: (text, [part], spend) => BigInt(text.lastIndexOf(sought(text, part, spend))),
  charAt: (text, [at]) => text.charAt(within(index(at), 0, text.length - 1)),
  concat: (text, [other], spend) => text + toText(other, spend),
  substring: (text, [from, to]) => {
    const end = within(index(to, text.length), 0, text.length);
    return text.slice(within(index(from), 0, end), end);
  },
  trim(text) {
    // An expression would try every blank inside of the text as the first of those at its end.
    let end = text.length;
    while (end > 0 && text.charCodeAt(end - 1) <= 0x20) end -= 1;
    return text.slice(0, end).replace(/^[\0-\x20]+/, '');
  },
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  replace: (text, [from, to], spend) => {
    const by = toText(to, spend);
    return text.replaceAll(sought(text, from, spend), () => {
      spend(stepCost + by.length);
      return by;
    });
  },
  matches: (text, [pattern], spend) => compileForeign(toText(pattern, spend), { spend: perStep(spend) }).matches(text),
  replaceAll: (text, [pattern, to], spend) =>
    compileReplacement(toText(pattern, spend), perStep(spend)).replace(text, { by: toText(to, spend) }),
  replaceFirst: (text, [pattern, to], spend) =>
    compileReplacement(toText(pattern, spend), perStep(spend)).replace(text, { by: toText(to, spend), most: 1 }),
  split: (text, [pattern, limit], spend) =>
    listOf(compileReplacement(toText(pattern, spend), perStep(spend)).split(text, index(limit))),
});

const itemsOf = (value: Value): Value[] => (isList(value) ? value.items : []);

const ofLists = table<ListValue>({
  size: ({ items }) => BigInt(items.length),
  // Java's lists have no such method; AWS's mapping template reference says that what `$input.path` finds has it.
  count: ({ items }) => BigInt(items.length),
  isEmpty: ({ items }) => items.length === 0,
  get: ({ items }, [at]) => items[within(index(at, -1), 0, items.length - 1)],
  contains: ({ items }, [wanted], spend) => items.some((item) => isSame(item, wanted, spend)),
  containsAll: ({ items }, [wanted], spend) =>
    itemsOf(wanted).every((each) => items.some((item) => isSame(item, each, spend))),
  indexOf: ({ items }, [wanted], spend) => BigInt(items.findIndex((item) => isSame(item, wanted, spend))),
  lastIndexOf: ({ items }, [wanted], spend) => BigInt(items.findLastIndex((item) => isSame(item, wanted, spend))),
  toArray: ({ items, json }) => listOf([...items], json),
  clear: ({ items }) => {
    items.length = 0;
    return undefined;
  },
  add: ({ items }, given) => {
    if (given.length < 2) return items.push(given[0]) > 0;
    items.splice(within(index(given[0], -1), 0, items.length), 0, given[1]);
    return undefined;
  },
  addAll: ({ items }, [more], spend) => {
    if (!isList(more)) return undefined;
    spend(stepCost * more.items.length);
    for (const item of [...more.items]) items.push(item);
    return more.items.length > 0;
  },
  set: ({ items }, [at, value]) => items.splice(within(index(at, -1), 0, items.length - 1), 1, value)[0],
  // Java has two of this name: a number is a place, anything else is what to remove.
  remove: ({ items }, [what], spend) => {
    if (numberOf(what) !== undefined) return items.splice(within(index(what), 0, items.length - 1), 1)[0];
    const at = items.findIndex((item) => isSame(item, what, spend));
    return at >= 0 && items.splice(at, 1).length > 0;
  },
  removeAll: ({ items }, [unwanted], spend) => {
    const kept = items.filter((item) => !itemsOf(unwanted).some((each) => isSame(item, each, spend)));
    const before = items.length;
    items.length = 0;
    for (const item of kept) items.push(item);
    return kept.length < before;
  },
  subList: ({ items, json }, [from, to]) => {
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
  text: (spend) => `${key}=${memberText(value, spend)}`,
});

const ofMaps = table<MapValue>({
  size: ({ entries }) => BigInt(entries.size),
  isEmpty: ({ entries }) => entries.size === 0,
  get: ({ entries }, [name], spend) => entries.get(toText(name, spend)),
  getOrDefault: ({ entries }, [name, otherwise], spend) => entries.get(toText(name, spend)) ?? otherwise,
  containsKey: ({ entries }, [name], spend) => entries.has(toText(name, spend)),
  containsValue: ({ entries }, [wanted], spend) => [...entries.values()].some((value) => isEqual(value, wanted, spend)),
  keySet: ({ entries }) => listOf([...entries.keys()]),
  values: ({ entries }) => listOf([...entries.values()]),
  entrySet: ({ entries }) => listOf([...entries].map(entryOf)),
  put: (map, [name, value], spend) => putIn(map, toText(name, spend), value),
  putIfAbsent: (map, [name, value], spend) => {
    const known = map.entries.get(toText(name, spend)) ?? undefined;
    return known === undefined ? putIn(map, toText(name, spend), value) : known;
  },
  clear: ({ entries }) => {
    entries.clear();
    return undefined;
  },
  putAll: (map, [more]) => {
    if (isMap(more)) for (const [name, value] of [...more.entries]) putIn(map, name, value);
    return undefined;
  },
  remove: ({ entries }, [name], spend) => {
    const before = entries.get(toText(name, spend));
    entries.delete(toText(name, spend));
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
  compareTo: (value, [other]) => {
    const against = numberOf(other) ?? 0n;
    return value < against ? -1n : value > against ? 1n : 0n;
  },
  // `#set($Integer = 0)` and then this is how templates read numbers.
  parseInt: (_value, [text], spend) => parseInteger(toText(text, spend), 32),
  parseLong: (_value, [text], spend) => parseInteger(toText(text, spend), 64),
  parseDouble: (_value, [text], spend) => {
    // Java's spelling: blanks around it, and a letter for the type.
    const number = readNumber(
      toText(text, spend)
        .trim()
        .replace(/(?<=[\d.])[dfDF]$/, ''),
      'Double',
    );
    if (number === undefined) throw new TypeError('no number');
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
export function callMethod(receiver: Value, { name, given }: { name: string; given: Value[] }, spend: Spend): Value {
  if (receiver === undefined || receiver === null) return undefined;
  if (isTool(receiver)) return receiver.methods.get(name)?.(given, spend);
  const own =
    typeof receiver === 'string'
      ? bound(ofStrings, receiver, name)
      : isList(receiver)
        ? bound(ofLists, receiver, name)
        : isMap(receiver)
          ? bound(ofMaps, receiver, name)
          : bound(ofNumbers, numberOf(receiver), name);
  return (own ?? bound(anything, receiver, name))?.(given, spend);
}

function bound<Receiver>(methods: Methods<Receiver>, receiver: Receiver | undefined, name: string) {
  const method = methods.get(name);
  return method && receiver !== undefined
    ? (given: Value[], spend: Spend) => method(receiver, given, spend)
    : undefined;
}
