import { ownMember } from '../../own-member.ts';
/** Sets of characters, as Java's regular expressions write them. */

export interface Set {
  (codePoint: number): boolean;
  /** How many others it asks, where these are more than one. */
  readonly asks?: number;
}

/** What is left of an expression. */
export interface Source {
  peek(ahead?: number): string | undefined;
  take(expected?: string): string;
  /** Takes the text if it comes next. */
  skip(text: string): boolean;
  /** All before `end`, which is taken too. */
  until(end: string): string;
  refuse(reason: string): Error;
}

export function setOf(character: string, ignoreCase: boolean): Set {
  if (!ignoreCase) {
    const only = character.codePointAt(0);
    return (codePoint) => codePoint === only;
  }
  return within(character, character, true);
}

function within(first: string, last: string, ignoreCase: boolean): Set {
  const [from = 0, to = 0] = [first.codePointAt(0), last.codePointAt(0)];
  const inRange: Set = (codePoint) => codePoint >= from && codePoint <= to;
  if (!ignoreCase) return inRange;
  return (codePoint) => {
    const text = String.fromCodePoint(codePoint);
    return [text, text.toLowerCase(), text.toUpperCase()].some((form) => inRange(form.codePointAt(0) ?? -1));
  };
}

export const isWord: Set = (codePoint) => codePoint < 128 && /\w/.test(String.fromCodePoint(codePoint));

/** One character at a time, so the time it takes is bounded. */
const like =
  (expression: RegExp): Set =>
  (codePoint) =>
    expression.test(String.fromCodePoint(codePoint));
const not =
  (set: Set): Set =>
  (codePoint) =>
    !set(codePoint);

const shorthands: Readonly<Record<string, Set>> = {
  d: like(/[0-9]/),
  s: like(/[ \t\n\v\f\r]/),
  h: like(/[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]/),
  v: like(/[\n\v\f\r\x85\u2028\u2029]/),
  w: isWord,
};

const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\x07',
  e: '\x1b',
  '0': '\0',
};

/** Java's names for ASCII's classes. */
const posix: Readonly<Record<string, Set>> = {
  Lower: like(/[a-z]/),
  Upper: like(/[A-Z]/),
  ASCII: (codePoint) => codePoint < 128,
  Alpha: like(/[A-Za-z]/),
  Digit: like(/[0-9]/),
  Alnum: like(/[A-Za-z0-9]/),
  Punct: like(/[!-/:-@[-`{-~]/),
  Graph: like(/[!-~]/),
  Print: like(/[ -~]/),
  Blank: like(/[ \t]/),
  Cntrl: (codePoint) => codePoint < 32 || codePoint === 127,
  XDigit: like(/[0-9A-Fa-f]/),
  Space: like(/[ \t\n\v\f\r]/),
};

function property(source: Source): Set {
  const name = source.skip('{') ? source.until('}') : source.take();
  const known = ownMember(posix, name);
  if (known) return known;
  for (const candidate of [name, name.replace(/^Is/, ''), `Script=${name.replace(/^Is/, '')}`]) {
    if (!/^[A-Za-z_=]+$/.test(candidate)) continue;
    try {
      return like(new RegExp(`^\\p{${candidate}}$`, 'u'));
    } catch {
      // Not a property by this name; perhaps by the next.
    }
  }
  throw source.refuse(`the property ${name} is not known`);
}

/** After a backslash: a shorthand, a property, or one escaped character. */
export function readEscapedSet(source: Source, ignoreCase: boolean): Set {
  const letter = source.peek() ?? '';
  const lower = letter.toLowerCase();
  if (lower === 'p') {
    source.take();
    const set = property(source);
    return letter === 'P' ? not(set) : set;
  }
  const shorthand = ownMember(shorthands, lower);
  if (shorthand) {
    source.take();
    return letter === lower ? shorthand : not(shorthand);
  }
  return setOf(readEscapedCharacter(source), ignoreCase);
}

function readEscapedCharacter(source: Source): string {
  const letter = source.take();
  if (letter === 'x' || letter === 'u') return readCodePoint(source, letter);
  const control = ownMember(controls, letter);
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(letter)) throw source.refuse(`the escape \\${letter} is not known`);
  return letter;
}

function readCodePoint(source: Source, letter: 'x' | 'u'): string {
  const digits = letter === 'x' && source.skip('{') ? source.until('}') : takeMany(source, letter === 'x' ? 2 : 4);
  const value = /^[0-9A-Fa-f]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
  if (!(value <= 0x10_ff_ff)) throw source.refuse(`${digits} is not a character`);
  const isHighSurrogate = value >= 0xd8_00 && value < 0xdc_00;
  if (!isHighSurrogate || !source.skip('\\u')) return String.fromCodePoint(value);
  // Both halves of a surrogate pair are one character.
  return String.fromCharCode(value) + readCodePoint(source, 'u');
}

function takeMany(source: Source, count: number): string {
  return Array.from({ length: count }, () => source.take()).join('');
}

/** After `[`, to the `]` that closes it: ranges, negation, nested classes and intersections (`&&`). */
export function readClass(source: Source, ignoreCase: boolean, depth = 0): Set {
  if (depth > 20) throw source.refuse('classes are nested too deeply');
  const negated = source.skip('^');
  const intersected: Set[] = [];
  let members: Set[] = [];
  let asks = 0;
  const closed = () => {
    const any = members;
    intersected.push((codePoint) => any.some((has) => has(codePoint)));
  };
  for (let isFirst = true; isFirst || source.peek() !== ']'; isFirst = false) {
    if (source.skip('&&')) {
      closed();
      members = [];
    } else {
      const member = readMember(source, ignoreCase, depth);
      asks += member.asks ?? 1;
      members.push(member);
    }
  }
  source.take(']');
  closed();
  const all: Set = (codePoint) => intersected.every((has) => has(codePoint));
  return Object.assign(negated ? not(all) : all, { asks });
}

function readMember(source: Source, ignoreCase: boolean, depth: number): Set {
  if (source.skip('[')) return readClass(source, ignoreCase, depth + 1);
  const first = source.take();
  if (first === '\\') {
    const letter = source.peek() ?? '';
    if (/[pPdDsShHvVwW]/.test(letter)) return readEscapedSet(source, ignoreCase);
  }
  const from = first === '\\' ? readEscapedCharacter(source) : first;
  if (source.peek() !== '-' || source.peek(1) === ']' || source.peek(1) === '[') return within(from, from, ignoreCase);
  source.take('-');
  const next = source.take();
  const to = next === '\\' ? readEscapedCharacter(source) : next;
  if ((to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) throw source.refuse(`${from}-${to} is not a range`);
  return within(from, to, ignoreCase);
}
