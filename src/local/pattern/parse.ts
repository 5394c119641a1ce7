import { ownMember } from '../../own-member.ts';
import { type Set as CodePoints, readClass, readEscapedSet, type Source, setOf } from './character-class.ts';

/**
 * A regular expression in Java's syntax (what AWS's services take) → its tree. What only a backtracking matcher could do
 * (back-references, possessive quantifiers, atomic groups) is refused.
 */

export type Node =
  | { kind: 'set'; has: CodePoints }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'repeat'; of: Node; min: number; max: number; lazy?: boolean }
  | { kind: 'group'; of: Node }
  | { kind: 'edge'; edge: Edge }
  | { kind: 'look'; of: Node; ahead: boolean; negative: boolean };

/** Places between two characters. */
export type Edge = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'no-word';

/** The expression is malformed, too large, or asks for what cannot be matched in linear time. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
}

const deepest = 100;
const lineTerminators = new Set([0x0a, 0x0d, 0x85, 0x2028, 0x2029]);
export const isLineTerminator = (codePoint: number) => lineTerminators.has(codePoint);
export const everything: Node = { kind: 'set', has: () => true };

/** Throws PatternError. */
export function parsePattern(pattern: string): Node {
  const source = sourceOf(pattern);
  const node = readChoice(source, { ignoreCase: false, dotAll: false, multiline: false }, 0);
  if (source.peek() !== undefined) throw new PatternError('unmatched closing parenthesis');
  return node;
}

function sourceOf(pattern: string): Source {
  const characters = [...pattern];
  let at = 0;
  const source: Source = {
    peek: (ahead = 0) => characters[at + ahead],
    take(expected) {
      const next = characters[at];
      if (next === undefined || (expected !== undefined && next !== expected)) {
        throw new PatternError(`expected ${expected ?? 'more'} at ${at}`);
      }
      at += 1;
      return next;
    },
    skip(text) {
      const here = characters.slice(at, at + text.length).join('') === text;
      if (here) at += text.length;
      return here;
    },
    until(end) {
      let text = '';
      while (!source.skip(end)) text += source.take();
      return text;
    },
    refuse: (reason) => new PatternError(reason),
  };
  return source;
}

function readChoice(source: Source, flags: Flags, depth: number): Node {
  if (depth > deepest) throw new PatternError('groups are nested too deeply');
  const options: Node[] = [];
  // `(?i)` in the middle holds to the end of its group.
  const within = { ...flags };
  do options.push(readSequence(source, within, depth));
  while (source.skip('|'));
  return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options };
}

function readSequence(source: Source, flags: Flags, depth: number): Node {
  const parts: Node[] = [];
  for (let next = source.peek(); next !== undefined && next !== '|' && next !== ')'; next = source.peek()) {
    parts.push(...(source.skip('\\Q') ? readQuoted(source, flags) : [readRepeated(source, flags, depth)]));
  }
  return { kind: 'sequence', parts };
}

function readQuoted(source: Source, { ignoreCase }: Flags): Node[] {
  const quoted: Node[] = [];
  while (!source.skip('\\E') && source.peek() !== undefined) {
    quoted.push({ kind: 'set', has: setOf(source.take(), ignoreCase) });
  }
  return quoted;
}

function readRepeated(source: Source, flags: Flags, depth: number): Node {
  const atom = readAtom(source, flags, depth);
  const bounds = readBounds(source);
  if (!bounds) return atom;
  if (source.peek() === '+') throw new PatternError('possessive quantifiers are not supported');
  const lazy = source.skip('?');
  // Java refuses a second one, all but `{…}`, which repeats nothing there; thousands would fill the stack.
  if (/[*+?{]/.test(source.peek() ?? '')) throw new PatternError('nothing to repeat');
  return { kind: 'repeat', of: atom, ...bounds, lazy };
}

function readBounds(source: Source): { min: number; max: number } | undefined {
  if (source.skip('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (source.skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (source.skip('?')) return { min: 0, max: 1 };
  if (!source.skip('{')) return undefined;
  const [, least, comma, most] = /^(\d{1,4})(?:(,)(\d{1,4})?)?$/.exec(source.until('}')) ?? [];
  if (least === undefined) throw new PatternError('a repetition that cannot be read');
  const min = Number(least);
  const max = comma === undefined ? min : most === undefined ? Number.POSITIVE_INFINITY : Number(most);
  if (max < min) throw new PatternError('a repetition whose bounds are the wrong way round');
  return { min, max };
}

function readAtom(source: Source, flags: Flags, depth: number): Node {
  const next = source.take();
  switch (next) {
    case '(':
      return readGroup(source, flags, depth);
    case '[':
      return { kind: 'set', has: readClass(source, flags.ignoreCase) };
    case '.':
      return flags.dotAll ? everything : { kind: 'set', has: (codePoint) => !isLineTerminator(codePoint) };
    case '^':
      return { kind: 'edge', edge: flags.multiline ? 'line-start' : 'start' };
    case '$':
      return { kind: 'edge', edge: flags.multiline ? 'line-end' : 'end' };
    case '\\':
      return readEscape(source, flags);
    case '*':
    case '+':
    case '?':
      throw new PatternError('nothing to repeat');
    default:
      return { kind: 'set', has: setOf(next, flags.ignoreCase) };
  }
}

const edges: Readonly<Record<string, Edge>> = { b: 'word', B: 'no-word', A: 'start', z: 'end', Z: 'end' };

function readEscape(source: Source, flags: Flags): Node {
  const letter = source.peek() ?? '';
  const edge = ownMember(edges, letter);
  if (edge !== undefined) {
    source.take();
    return { kind: 'edge', edge };
  }
  if (/[1-9k]/.test(letter)) throw new PatternError('back-references are not supported');
  return { kind: 'set', has: readEscapedSet(source, flags.ignoreCase) };
}

const looks: [string, { ahead: boolean; negative: boolean }][] = [
  ['?=', { ahead: true, negative: false }],
  ['?!', { ahead: true, negative: true }],
  ['?<=', { ahead: false, negative: false }],
  ['?<!', { ahead: false, negative: true }],
];

function readGroup(source: Source, flags: Flags, depth: number): Node {
  const closed = (node: Node): Node => {
    source.take(')');
    return node;
  };
  for (const [opening, look] of looks) {
    if (source.skip(opening)) return closed({ kind: 'look', of: readChoice(source, flags, depth + 1), ...look });
  }
  if (source.skip('?>')) throw new PatternError('atomic groups are not supported');
  if (source.skip('?<')) source.until('>');
  else if (source.skip('?')) return readFlagged(source, flags, depth);
  return { kind: 'group', of: closed(readChoice(source, flags, depth + 1)) };
}

const flagNames: Readonly<Record<string, keyof Flags | undefined>> = {
  i: 'ignoreCase',
  s: 'dotAll',
  m: 'multiline',
};

/** `(?:…)`, `(?i:…)`, `(?i)`; Unicode is heeded anyhow. */
function readFlagged(source: Source, flags: Flags, depth: number): Node {
  const changed = { ...flags };
  let on = true;
  for (let letter = source.take(); letter !== ':' && letter !== ')'; letter = source.take()) {
    const name = flagNames[letter];
    if (letter === '-') on = false;
    else if (name !== undefined) changed[name] = on;
    else if (letter !== 'u' && letter !== 'U') throw new PatternError(`the flag ${letter} is not supported`);
    if (source.peek() === ')') {
      source.take();
      Object.assign(flags, changed);
      return { kind: 'sequence', parts: [] };
    }
  }
  const node = readChoice(source, changed, depth + 1);
  source.take(')');
  return node;
}
