import {
  checkUse,
  createReader,
  type ExpressionKind,
  type Reader,
  readAnyOperand,
  readOperand,
  testFunctions,
  valueFunctions,
  type WrittenOperand,
} from './syntax.ts';
import type { Comparator } from './types.ts';

/** A condition as it is written, its placeholders unresolved. */
export type WrittenCondition =
  | { kind: 'and' | 'or'; conditions: WrittenCondition[] }
  | { kind: 'not'; condition: WrittenCondition }
  | { kind: 'compare'; comparator: Comparator; left: WrittenOperand; right: WrittenOperand }
  | { kind: 'between'; operand: WrittenOperand; low: WrittenOperand; high: WrittenOperand }
  | { kind: 'in'; operand: WrittenOperand; candidates: WrittenOperand[] }
  | { kind: 'function'; name: string; operands: WrittenOperand[] };

const comparators = ['=', '<>', '<', '<=', '>', '>='] as const;

/** What waits for its right side, and how tight it binds. */
const precedence = { '(': 0, OR: 1, AND: 2, NOT: 3 };
type Waiting = keyof typeof precedence;

/**
 * By precedence climbing on stacks of its own: time is linear in the text, and no nesting is too deep for it.
 * Throws AwsError ValidationException.
 */
export function parseCondition(text: string, kind: ExpressionKind): WrittenCondition {
  const reader = createReader(text, kind);
  const waiting: Waiting[] = [];
  const done: { condition: WrittenCondition; grouped: boolean }[] = [];
  let openGroups = 0;

  const popDone = () => {
    const top = done.pop();
    if (!top) throw new Error('an operator without its operand');
    return top;
  };
  /** Puts what is complete together: everything that binds at least as tight. */
  const settle = (tightness: number) => {
    for (;;) {
      const operator = waiting.at(-1);
      if (operator === undefined || operator === '(' || precedence[operator] < tightness) return;
      waiting.pop();
      const { condition } = popDone();
      done.push({
        condition: operator === 'NOT' ? { kind: 'not', condition } : join(operator, popDone().condition, condition),
        grouped: false,
      });
    }
  };

  for (;;) {
    // Parentheses right before an operand may turn out to enclose it alone.
    let opened = 0;
    for (;;) {
      if (reader.take('(')) {
        waiting.push('(');
        opened += 1;
      } else if (reader.take('NOT')) {
        waiting.push('NOT');
        reader.countOperator();
        openGroups += opened;
        opened = 0;
      } else break;
    }
    const { condition, closed } = readComparison(reader, opened);
    waiting.length -= closed;
    openGroups += opened - closed;
    done.push({ condition, grouped: false });
    while (openGroups > 0 && reader.take(')')) {
      settle(precedence.OR);
      waiting.pop();
      openGroups -= 1;
      const group = popDone();
      if (group.grouped) redundant(reader);
      done.push({ condition: group.condition, grouped: true });
    }
    const operator = reader.take('AND') ? 'AND' : reader.take('OR') ? 'OR' : undefined;
    if (!operator) break;
    reader.countOperator();
    settle(precedence[operator]);
    waiting.push(operator);
  }
  settle(precedence.OR);
  if (waiting.length > 0) reader.unexpected();
  reader.finish();
  return popDone().condition;
}

function join(operator: 'AND' | 'OR', left: WrittenCondition, right: WrittenCondition): WrittenCondition {
  const kind = operator === 'AND' ? 'and' : 'or';
  if (left.kind !== kind) return { kind, conditions: [left, right] };
  left.conditions.push(right);
  return left;
}

/** A comparison or test; of the `opened` parentheses before it, those that enclose its first operand alone are `closed`. */
function readComparison(reader: Reader, opened: number): { condition: WrittenCondition; closed: number } {
  refuseKeyword(reader);
  const left = readAnyOperand(reader);
  let closed = 0;
  while (closed < opened && reader.peek(closed).text === ')') closed += 1;
  if (!startsComparison(reader, closed)) closed = 0;
  for (let count = 0; count < closed; count += 1) reader.next();
  if (closed > 1) redundant(reader);

  if (left.kind === 'function' && !startsComparison(reader, 0)) {
    checkUse(reader, left.name, testFunctions);
    return { condition: left, closed };
  }
  if (left.kind === 'function') checkUse(reader, left.name, valueFunctions);
  return { condition: readRest(reader, left), closed };
}

function startsComparison(reader: Reader, ahead: number): boolean {
  const { text } = reader.peek(ahead);
  return comparators.some((comparator) => comparator === text) || /^(?:between|in)$/i.test(text);
}

function readRest(reader: Reader, left: WrittenOperand): WrittenCondition {
  const comparator = comparators.find((each) => reader.take(each));
  if (comparator) {
    reader.countOperator();
    return { kind: 'compare', comparator, left, right: readGrouped(reader) };
  }
  if (reader.take('BETWEEN')) {
    reader.countOperator();
    const low = readGrouped(reader);
    reader.expect('AND');
    return { kind: 'between', operand: left, low, high: readGrouped(reader) };
  }
  reader.expect('IN');
  reader.countOperator();
  reader.expect('(');
  const candidates = [readGrouped(reader)];
  while (reader.take(',')) candidates.push(readGrouped(reader));
  reader.expect(')');
  return { kind: 'in', operand: left, candidates };
}

/** An operand with or without parentheses. */
function readGrouped(reader: Reader): WrittenOperand {
  let opened = 0;
  while (reader.take('(')) opened += 1;
  if (opened > 1) redundant(reader);
  refuseKeyword(reader);
  const operand = readOperand(reader, valueFunctions);
  for (let count = 0; count < opened; count += 1) reader.expect(')');
  return operand;
}

function refuseKeyword(reader: Reader): void {
  if (/^(?:and|or|not|between|in)$/i.test(reader.peek().text)) reader.unexpected();
}

function redundant(reader: Reader): void {
  reader.fault('parentheses', 'The expression has redundant parentheses;');
}
