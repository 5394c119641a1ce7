import { type Automaton, build, isEdge } from './automaton.ts';
import { everything, type Node, parsePattern } from './parse.ts';

/** A regular expression from outside: its author may mean harm, and so may the author of the text. */
export interface BoundedPattern {
  /** Whether all of the text is matched. */
  matches(text: string): boolean;
  /** Whether any part of it is. */
  isFoundIn(text: string): boolean;
}

/**
 * Reads an expression in Java's syntax, to be matched in time linear in the text: all alternatives are followed at once, so that
 * none is tried again. It runs where it is called; a match that takes more than `budget` steps counts as none. `spend` pays for the
 * steps of all matches instead, and throws where they are too many.
 * Throws PatternError (parse.ts) for what is malformed, too large, or needs backtracking (back-references, possessive quantifiers).
 */
export function compileForeign(
  pattern: string,
  options: { budget?: number; spend?: (steps: number) => void } = {},
): BoundedPattern {
  const { budget = usualBudget, spend } = options;
  spend?.(readCost * pattern.length);
  const node = parsePattern(pattern);
  const payer = () => spend ?? spender(budget);
  const anything: Node = { kind: 'repeat', of: everything, min: 0, max: Number.POSITIVE_INFINITY };
  return {
    matches: matcherOf(node, payer),
    isFoundIn: matcherOf({ kind: 'sequence', parts: [anything, node, anything] }, payer),
  };
}

/** Of reading one character of an expression, in steps. */
export const readCost = 20;

/** Members of a class that can be asked in the time of a step. */
export const asksPerStep = 10;

/** Visits of an instruction; a tenth of a second or so. */
const usualBudget = 10_000_000;
/** Transitions remembered for one pattern. */
const mostRemembered = 10_000;

function matcherOf(node: Node, payer: () => Spend): (text: string) => boolean {
  const run = runnerOf(build(node));
  return (text) => {
    try {
      return run(codePointsOf(text), payer());
    } catch (error) {
      if (error instanceof OutOfBudget) return false;
      throw error;
    }
  };
}

class OutOfBudget extends Error {}

export function codePointsOf(text: string): Uint32Array {
  const codePoints = new Uint32Array(text.length);
  let length = 0;
  for (const character of text) {
    codePoints[length] = character.codePointAt(0) ?? 0;
    length += 1;
  }
  return codePoints.subarray(0, length);
}

/** Instructions that may come next, and what has been found out about them. */
interface State {
  starts: number[];
  after: Map<number, State>;
}

type Spend = (steps: number) => void;

function runnerOf(automaton: Automaton): (codePoints: Uint32Array, spend: Spend) => boolean {
  const { start, looks } = automaton;
  // Where a pattern looks around, what follows depends on the place in the text, not on the characters alone.
  if (looks.length > 0) {
    return (codePoints, spend) => {
      const holds = tablesOf(automaton, codePoints, spend);
      let starts = [start];
      for (let at = 0; at < codePoints.length && starts.length > 0; at += 1) {
        const now = closure(automaton, { starts, at, codePoints, holds, spend });
        starts = stepped(automaton, now, codePoints[at] ?? 0);
      }
      return closure(automaton, { starts, at: codePoints.length, codePoints, holds, spend }).has(0);
    };
  }
  let known = new Map<string, State>();
  let remembered = 0;
  const stateOf = (starts: number[], before: number | undefined): State => {
    const key = `${kindOf(before)}:${starts.join()}`;
    const found = known.get(key) ?? { starts, after: new Map() };
    known.set(key, found);
    return found;
  };
  return (codePoints, spend) => {
    // What is known of a pattern makes a step cheap, and not free.
    spend(20 + codePoints.length / 10);
    const at = (index: number) => ({ at: index, codePoints, holds: [], spend });
    let state = stateOf([start], undefined);
    for (let index = 0; index < codePoints.length; index += 1) {
      const codePoint = codePoints[index] ?? 0;
      let next = state.after.get(codePoint);
      if (!next) {
        const starts = stepped(automaton, closure(automaton, { starts: state.starts, ...at(index) }), codePoint);
        if (remembered >= mostRemembered) {
          known = new Map();
          remembered = 0;
        }
        remembered += 1;
        next = stateOf(starts, codePoint);
        state.after.set(codePoint, next);
      }
      if (next.starts.length === 0) return false;
      state = next;
    }
    return closure(automaton, { starts: state.starts, ...at(codePoints.length) }).has(0);
  };
}

/** All that an edge can ask of the character before it. */
function kindOf(before: number | undefined): string {
  if (before === undefined) return 'start';
  return `${isEdge('word', before, undefined)}${isEdge('line-start', before, undefined)}`;
}

export function spender(budget: number): Spend {
  let left = budget;
  return (steps) => {
    left -= steps;
    if (left < 0) throw new OutOfBudget();
  };
}

interface Place {
  starts: Iterable<number>;
  at: number;
  codePoints: Uint32Array;
  /** For each look, whether it holds at each place. */
  holds: Uint8Array[];
  spend: Spend;
}

/** The instructions that can be reached without reading a character. */
function closure({ instructions }: Automaton, { starts, at, codePoints, holds, spend }: Place): Set<number> {
  const reached = new Set(starts);
  const before = at === 0 ? undefined : codePoints[at - 1];
  const after = codePoints[at];
  let asked = 0;
  // A set goes on to what is added to it while it is walked.
  for (const index of reached) {
    const instruction = instructions[index];
    switch (instruction?.kind) {
      case 'step':
        asked += instruction.has.asks ?? 0;
        break;
      case 'fork':
        for (const next of instruction.next) reached.add(next);
        break;
      case 'edge':
        if (isEdge(instruction.edge, before, after)) reached.add(instruction.next);
        break;
      case 'look':
        if ((holds[instruction.look]?.[at] === 1) !== instruction.negative) reached.add(instruction.next);
        break;
    }
  }
  spend(reached.size + asked / asksPerStep);
  return reached;
}

function stepped({ instructions }: Automaton, reached: Set<number>, codePoint: number): number[] {
  const next = new Set<number>();
  for (const index of reached) {
    const instruction = instructions[index];
    if (instruction?.kind === 'step' && instruction.has(codePoint)) next.add(instruction.next);
  }
  return [...next].sort((one, other) => one - other);
}

/** For each of an automaton's looks: at which places of the text it holds. */
function tablesOf({ looks }: Automaton, codePoints: Uint32Array, spend: Spend): Uint8Array[] {
  return looks.map(({ automaton, ahead }) => {
    const holds = tablesOf(automaton, codePoints, spend);
    const table = new Uint8Array(codePoints.length + 1);
    let starts: number[] = [];
    const last = codePoints.length;
    for (let done = 0; done <= last; done += 1) {
      const at = ahead ? last - done : done;
      const reached = closure(automaton, { starts: [automaton.start, ...starts], at, codePoints, holds, spend });
      table[at] = reached.has(0) ? 1 : 0;
      const read = ahead ? codePoints[at - 1] : codePoints[at];
      if (read !== undefined) starts = stepped(automaton, reached, read);
    }
    return table;
  });
}
