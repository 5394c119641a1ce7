import { invalid } from '../errors.ts';
import { isReserved } from './reserved-words.ts';
import { type Token, tokenize } from './tokens.ts';

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** `abc`, `#abc` or a list index. */
export type Step = string | number;

/** An operand as it is written, its placeholders unresolved. */
export type WrittenOperand =
  | { kind: 'path'; steps: Step[] }
  | { kind: 'value'; placeholder: string }
  | { kind: 'function'; name: string; operands: WrittenOperand[] }
  | { kind: '+' | '-'; left: WrittenOperand; right: WrittenOperand };

/** What is wrong with an expression whose syntax is right, in the order in which AWS reports it. */
const faultOrder = ['parentheses', 'unknown function', 'misused function', 'reserved', 'section', 'path'] as const;

/** AWS's limits (developer guide, "service quotas": expression parameters). */
const limits = { bytes: 4096, operators: 300, pathSteps: 32, listIndex: 2_147_483_647 };

/** A reader of one expression: what is next, and the faults that leave its syntax right. */
export interface Reader {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is this symbol, or this keyword in whatever case. */
  take(text: string): boolean;
  expect(text: string): void;
  /** The next token is not what the syntax wants. */
  unexpected(): never;
  /** The first fault of each kind counts. */
  fault(kind: (typeof faultOrder)[number], message: string): void;
  countOperator(): void;
  /** Nothing may be left; throws what is wrong. */
  finish(): void;
}

/** Throws AwsError ValidationException where the text is empty or too long. */
export function createReader(text: string, kind: ExpressionKind): Reader {
  const fail = (message: string) => invalid(`Invalid ${kind}: ${message}`);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) {
    throw fail(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
  }
  const tokens = tokenize(text);
  if (tokens.length === 1) throw fail('The expression can not be empty;');
  const faults = new Map<string, string>();
  let at = 0;
  let operators = 0;

  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(at + ahead, tokens.length - 1)];
    if (!token) throw new Error('an expression without an end');
    return token;
  };
  const unexpected = (): never => {
    const token = peek();
    const near = text.slice(tokens[at - 1]?.start ?? token.start, peek(1).end);
    throw fail(`Syntax error; token: "${token.text}", near: "${near}"`);
  };
  const take = (wanted: string): boolean => {
    const { kind: found, text: word } = peek();
    if (found !== 'symbol' && found !== 'name') return false;
    if (word !== wanted && word.toUpperCase() !== wanted) return false;
    at += 1;
    return true;
  };
  return {
    peek,
    next() {
      const token = peek();
      at += 1;
      return token;
    },
    take,
    expect(wanted) {
      if (!take(wanted)) unexpected();
    },
    unexpected,
    fault(fault, message) {
      if (!faults.has(fault)) faults.set(fault, message);
    },
    countOperator() {
      operators += 1;
    },
    finish() {
      if (peek().kind !== 'end') unexpected();
      if (operators > limits.operators) {
        throw fail(`The expression contains too many operators; operator count: ${limits.operators + 1}`);
      }
      for (const fault of faultOrder) {
        const message = faults.get(fault);
        if (message !== undefined) throw fail(message);
      }
    },
  };
}

/** `a`, `#a.b`, `a[0].b` */
export function readPath(reader: Reader): Step[] {
  const steps: Step[] = [readName(reader)];
  for (;;) {
    if (reader.take('.')) steps.push(readName(reader));
    else if (reader.take('[')) steps.push(readIndex(reader));
    else break;
  }
  if (steps.length > limits.pathSteps) {
    reader.fault('path', `The document path has too many nesting elements; nesting levels: ${steps.length}`);
  }
  return steps;
}

function readName(reader: Reader): string {
  const { kind, text } = reader.peek();
  if (kind === 'name') {
    if (isReserved(text)) reader.fault('reserved', `Attribute name is a reserved keyword; reserved keyword: ${text}`);
  } else if (kind !== 'name placeholder') reader.unexpected();
  reader.next();
  return text;
}

function readIndex(reader: Reader): number {
  const { kind, text } = reader.peek();
  if (kind !== 'number') reader.unexpected();
  reader.next();
  reader.expect(']');
  const index = Number(text);
  if (index > limits.listIndex) {
    reader.fault('path', `List index is not within the allowable range; index: [${text}]`);
  }
  return index;
}

export const testFunctions = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'];
export const valueFunctions = ['size'];
export const updateFunctions = ['if_not_exists', 'list_append'];
const functions = new Set([...testFunctions, ...valueFunctions, ...updateFunctions]);

/** A path, a value, or a call of one of the functions in `allowed`, whose operands are operands again. */
export function readOperand(reader: Reader, allowed: readonly string[]): WrittenOperand {
  const operand = readAnyOperand(reader);
  if (operand.kind === 'function') checkUse(reader, operand.name, allowed);
  return operand;
}

/** An operand, which may call any function. */
export function readAnyOperand(reader: Reader): WrittenOperand {
  const { kind, text } = reader.peek();
  if (kind === 'value placeholder') {
    reader.next();
    return { kind: 'value', placeholder: text };
  }
  if (kind !== 'name' || reader.peek(1).text !== '(') return { kind: 'path', steps: readPath(reader) };
  reader.next();
  reader.expect('(');
  // Among the operators of an update AWS counts functions, among those of a condition it does not.
  if (updateFunctions.includes(text)) reader.countOperator();
  if (!functions.has(text)) reader.fault('unknown function', `Invalid function name; function: ${text}`);
  const operands = [readOperand(reader, operandsOf(text))];
  while (reader.take(',')) operands.push(readOperand(reader, operandsOf(text)));
  reader.expect(')');
  return { kind: 'function', name: text, operands };
}

/** The functions whose results are operands of others; AWS does not take list_append in itself. */
function operandsOf(name: string): readonly string[] {
  if (name === 'list_append') return ['if_not_exists'];
  return name === 'if_not_exists' ? updateFunctions : valueFunctions;
}

/** Notes the fault of a function in a place where it means nothing. */
export function checkUse(reader: Reader, name: string, allowed: readonly string[]): void {
  if (functions.has(name) && !allowed.includes(name)) {
    reader.fault(
      'misused function',
      `The function is not allowed to be used this way in an expression; function: ${name}`,
    );
  }
}
