import { readNumber } from '../wire/numbers.ts';
import { invalidPattern, regexTest } from './regex-pattern.ts';

/** A pattern's tokens, taken one after the other. Throws AwsError InvalidParameterException for what is not expected. */
export interface Tokens {
  peek(): string | undefined;
  /** Without an expectation: whichever is next. */
  take(expected?: string): string;
  /** Nothing may be left. */
  end(): void;
}

/** Values and operators that both structured kinds of pattern have. */
const common = String.raw`&&|\|\||!=|<=|>=|"(?:[^"\\]|\\.)*"|%[^%]+%`;

/** `brackets`: what are tokens of one character besides `()=<>`, and part of no word. */
export function tokensOf(pattern: string, brackets: string): Tokens {
  const single = `()=<>${brackets}`.replace(/[[\]]/g, '\\$&');
  const token = new RegExp(String.raw`\s*(${common}|[${single}]|[^\s!&|"${single}]+)`, 'y');
  const found: string[] = [];
  while (token.lastIndex < pattern.trimEnd().length) {
    const match = token.exec(pattern);
    if (!match?.[1]) throw invalidPattern('it cannot be read');
    found.push(match[1]);
  }
  let at = 0;
  return {
    peek: () => found[at],
    take(expected) {
      const next = found[at];
      if (next === undefined || (expected !== undefined && next !== expected)) {
        throw invalidPattern(`expected ${expected ?? 'more'}, found ${next ?? 'the end'}`);
      }
      at += 1;
      return next;
    },
    end() {
      if (at < found.length) throw invalidPattern(`unexpected ${found[at]}`);
    },
  };
}

type Test<Subject> = (subject: Subject) => boolean;

/** Comparisons joined by `&&`, `||` and parentheses; `readComparison` takes the tokens of one. */
export function readConditions<Subject>({ peek, take }: Tokens, readComparison: () => Test<Subject>): Test<Subject> {
  function joined(operator: string, part: () => Test<Subject>, all: boolean): Test<Subject> {
    const tests = [part()];
    while (peek() === operator) {
      take();
      tests.push(part());
    }
    return (subject) => (all ? tests.every((test) => test(subject)) : tests.some((test) => test(subject)));
  }

  const both = () => joined('&&', single, true);
  const either = () => joined('||', both, false);

  function single(): Test<Subject> {
    if (peek() !== '(') return readComparison();
    take('(');
    const test = either();
    take(')');
    return test;
  }

  return either();
}

/** `operator` and `literal` (a word, a "text", a number, a %regex%; `*` stands for anything) → a test of values. */
export function valueTest(operator: string, literal: string): (value: unknown) => boolean {
  const regex = /^%([^%]+)%$/.exec(literal)?.[1];
  const matches = regex === undefined ? undefined : regexTest(regex);
  const text = literal.startsWith('"') ? literal.slice(1, -1).replace(/\\(.)/g, '$1') : literal;
  const number = readNumber(literal, 'Double') ?? Number.NaN;
  const equals = (value: unknown) => {
    if (typeof value !== 'number' && typeof value !== 'string') return false;
    if (matches) return matches(String(value));
    return typeof value === 'number' ? value === number : wildcard(text, value);
  };
  const compare = (holds: (value: number) => boolean) => (value: unknown) => typeof value === 'number' && holds(value);
  switch (operator) {
    case '=':
      return equals;
    case '!=':
      return (value) => value !== undefined && !equals(value);
    case '<':
      return compare((value) => value < number);
    case '<=':
      return compare((value) => value <= number);
    case '>':
      return compare((value) => value > number);
    case '>=':
      return compare((value) => value >= number);
    default:
      throw invalidPattern(`${operator} is not an operator`);
  }
}

/** `*` stands for anything. Piece by piece rather than by a regular expression, which could be made to take for ever. */
function wildcard(pattern: string, value: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
