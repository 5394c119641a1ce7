import { type Automaton, build, isEdge } from './automaton.ts';
import { asksPerStep, codePointsOf, readCost } from './bounded-match.ts';
import { PatternError, parsePattern } from './parse.ts';

/** Where a pattern matches and where its groups do: start and end of each, undefined where a group took no part. */
type Spans = (number | undefined)[];

/** Java's `replaceAll`, `replaceFirst` and `split`. */
export interface Replacement {
  /** `by` as Java reads it: `$1` is a group, a backslash takes a meaning away. At most `most` places. */
  replace(text: string, options: { by: string; most?: number }): string;
  split(text: string, limit: number): string[];
}

/**
 * Reads an expression in Java's syntax whose matches are looked for: of those that begin first, the one that a backtracking
 * matcher would find, without backtracking. Throws PatternError, for look-around too; in use, what `spend` throws, which pays for the
 * steps.
 */
export function compileReplacement(pattern: string, spend: (steps: number) => void): Replacement {
  spend(readCost * pattern.length);
  const automaton = build(parsePattern(pattern), { captures: true });
  if (automaton.looks.length > 0) throw new PatternError('look-around is not supported where matches are looked for');
  return {
    replace(text, { by, most = Number.POSITIVE_INFINITY }) {
      const codePoints = codePointsOf(text);
      let [written, at] = ['', 0];
      for (const spans of matchesIn(automaton, codePoints, { most, spend })) {
        const [start = 0, end = 0] = spans;
        const put = expanded(by, codePoints, spans);
        spend(1 + put.length / 10);
        written += textOf(codePoints, at, start) + put;
        at = end;
      }
      return written + textOf(codePoints, at, codePoints.length);
    },
    split(text, limit) {
      const codePoints = codePointsOf(text);
      const parts: string[] = [];
      let at = 0;
      const most = limit > 0 ? limit - 1 : Number.POSITIVE_INFINITY;
      for (const [start = 0, end = 0] of matchesIn(automaton, codePoints, { most, spend })) {
        // An empty match at the beginning parts nothing.
        if (end === 0) continue;
        parts.push(textOf(codePoints, at, start));
        at = end;
      }
      parts.push(textOf(codePoints, at, codePoints.length));
      // A text that is nothing but separators has no parts at all, one without any is its only part.
      const isParted = parts.length > 1;
      while (limit === 0 && isParted && parts.at(-1) === '') parts.pop();
      return parts;
    },
  };
}

function textOf(codePoints: Uint32Array, from: number, to: number): string {
  let text = '';
  for (const codePoint of codePoints.subarray(from, to)) text += String.fromCodePoint(codePoint);
  return text;
}

function expanded(by: string, codePoints: Uint32Array, spans: Spans): string {
  return by.replace(/\\([\s\S])|\$(\d)|[\\$]/g, (_whole, escaped: string | undefined, group: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (group === undefined) throw new PatternError('a replacement that cannot be read');
    const slot = 2 * Number(group);
    if (slot >= spans.length) throw new PatternError(`no group ${group}`);
    const [from, to] = [spans[slot], spans[slot + 1]];
    return from === undefined || to === undefined ? '' : textOf(codePoints, from, to);
  });
}

function matchesIn(
  automaton: Automaton,
  codePoints: Uint32Array,
  { most, spend }: { most: number; spend: (steps: number) => void },
): Spans[] {
  const found: Spans[] = [];
  for (let from = 0; from <= codePoints.length && found.length < most; ) {
    const spans = firstMatch(automaton, codePoints, { from, spend });
    if (!spans) break;
    found.push(spans);
    const [start = 0, end = 0] = spans;
    from = end === start ? end + 1 : end;
  }
  return found;
}

interface Thread {
  at: number;
  spans: Spans;
}

/** All threads go through the text at once, those that a backtracking matcher would try first before the others. */
function firstMatch(
  automaton: Automaton,
  codePoints: Uint32Array,
  { from, spend }: { from: number; spend: (steps: number) => void },
): Spans | undefined {
  const { instructions, start, slots } = automaton;
  let threads: Thread[] = [];
  let best: Spans | undefined;
  for (let place = from; ; place += 1) {
    if (!best) threads.push({ at: start, spans: new Array<number | undefined>(slots).fill(undefined).with(0, place) });
    const ready = reachable(automaton, threads, { place, codePoints });
    spend(ready.length + threads.length + 1);
    threads = [];
    for (const { at, spans } of ready) {
      const instruction = instructions[at];
      if (instruction?.kind === 'match') {
        best = spans.with(1, place);
        break;
      }
      const codePoint = codePoints[place];
      if (instruction?.kind === 'step' && codePoint !== undefined) {
        spend((instruction.has.asks ?? 0) / asksPerStep);
        if (instruction.has(codePoint)) threads.push({ at: instruction.next, spans });
      }
    }
    if (place >= codePoints.length || (best && threads.length === 0)) return best;
  }
}

/** The threads that read a character next, or match. */
function reachable(
  { instructions }: Automaton,
  threads: Thread[],
  { place, codePoints }: { place: number; codePoints: Uint32Array },
): Thread[] {
  const seen = new Set<number>();
  const ready: Thread[] = [];
  const waiting = threads.toReversed();
  for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
    const { at, spans } = thread;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = instructions[at];
    switch (instruction?.kind) {
      case 'fork':
        for (const next of instruction.next.toReversed()) waiting.push({ at: next, spans });
        break;
      case 'edge':
        if (isEdge(instruction.edge, codePoints[place - 1], codePoints[place]))
          waiting.push({ at: instruction.next, spans });
        break;
      case 'save':
        waiting.push({ at: instruction.next, spans: spans.with(instruction.slot, place) });
        break;
      default:
        ready.push(thread);
    }
  }
  return ready;
}
