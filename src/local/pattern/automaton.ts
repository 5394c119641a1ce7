import { type Set as CodePoints, isWord } from './character-class.ts';
import { type Edge, isLineTerminator, type Node, PatternError } from './parse.ts';

/** A tree as a non-deterministic automaton: `step` reads a character, the others none. */
export type Instruction =
  | { kind: 'step'; has: CodePoints; next: number }
  | { kind: 'fork'; next: number[] }
  | { kind: 'edge'; edge: Edge; next: number }
  | { kind: 'look'; look: number; negative: boolean; next: number }
  | { kind: 'save'; slot: number; next: number }
  | { kind: 'match' };

export interface Automaton {
  instructions: Instruction[];
  start: number;
  /** What `look` instructions refer to: where these match has to be known before. */
  looks: { automaton: Automaton; ahead: boolean }[];
  /** Places that `save` instructions keep, and the two of the whole match. */
  slots: number;
}

/** Java would take more; no pattern that a person wrote comes near. */
const mostInstructions = 5_000;

/** `reversed`: reads the text from its end. `captures`: keeps where groups match. Throws PatternError for what would be too large. */
export function build(node: Node, { reversed = false, captures = false } = {}): Automaton {
  const instructions: Instruction[] = [{ kind: 'match' }];
  const looks: Automaton['looks'] = [];
  const groups = captures ? groupsOf(node) : [];

  function add(instruction: Instruction): number {
    if (instructions.length >= mostInstructions) throw new PatternError('the expression is too large');
    return instructions.push(instruction) - 1;
  }

  let placed = 0;

  /** The instruction that begins `part` and goes on to `next`. */
  function place(part: Node, next: number): number {
    // Repeated nothing adds no instruction, and takes its time all the same.
    placed += 1;
    if (placed > 4 * mostInstructions) throw new PatternError('the expression is too large');
    switch (part.kind) {
      case 'set':
        return add({ kind: 'step', has: part.has, next });
      case 'edge':
        return add({ kind: 'edge', edge: part.edge, next });
      case 'sequence': {
        const inOrder = reversed ? part.parts : part.parts.toReversed();
        return inOrder.reduce((after, each) => place(each, after), next);
      }
      case 'choice':
        return add({ kind: 'fork', next: part.options.map((option) => place(option, next)) });
      case 'look': {
        // What lies ahead is found from the end of the text, so that every place is looked at once.
        looks.push({ automaton: build(part.of, { reversed: part.ahead }), ahead: part.ahead });
        return add({ kind: 'look', look: looks.length - 1, negative: part.negative, next });
      }
      case 'group': {
        if (!captures) return place(part.of, next);
        const slot = 2 * (groups.indexOf(part) + 1);
        const end = add({ kind: 'save', slot: slot + 1, next });
        return add({ kind: 'save', slot, next: place(part.of, end) });
      }
      case 'repeat':
        return placeRepeat(part, next);
    }
  }

  function placeRepeat({ of, min, max, lazy }: Extract<Node, { kind: 'repeat' }>, next: number): number {
    // What a backtracking matcher would try first stands first.
    const inOrder = (again: number) => (lazy ? [next, again] : [again, next]);
    let begin = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = { kind: 'fork' as const, next: [next] };
      begin = add(loop);
      loop.next = inOrder(place(of, begin));
    } else {
      for (let more = min; more < max; more += 1) begin = add({ kind: 'fork', next: inOrder(place(of, begin)) });
    }
    for (let times = 0; times < min; times += 1) begin = place(of, begin);
    return begin;
  }

  const start = place(node, 0);
  return { instructions, start, looks, slots: 2 * (groups.length + 1) };
}

/** In the order of their opening parentheses, by which they are numbered. */
function groupsOf(node: Node): Node[] {
  switch (node.kind) {
    case 'group':
      return [node, ...groupsOf(node.of)];
    case 'sequence':
      return node.parts.flatMap(groupsOf);
    case 'choice':
      return node.options.flatMap(groupsOf);
    case 'repeat':
      return groupsOf(node.of);
    default:
      return [];
  }
}

/** Two neighbours; undefined: the text ends there. */
export function isEdge(edge: Edge, before: number | undefined, after: number | undefined): boolean {
  const isAtWord = () => (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after));
  switch (edge) {
    case 'start':
      return before === undefined;
    case 'end':
      return after === undefined;
    case 'line-start':
      return before === undefined || isLineTerminator(before);
    case 'line-end':
      return after === undefined || isLineTerminator(after);
    case 'word':
      return isAtWord();
    case 'no-word':
      return !isAtWord();
  }
}
