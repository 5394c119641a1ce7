import { invalidPattern, regexTest } from './regex-pattern.ts';

type Test = (document: unknown) => boolean;

/** `{ $.level = "ERROR" && ($.ms > 100 || $.tags[0] = a* || $.path = %^/v\d% ) }` → a test of messages; those that are not JSON fail it. */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const tokens = tokenize(pattern);
  let at = 0;
  const peek = () => tokens[at];

  function take(expected?: string): string {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw invalidPattern(`expected ${expected ?? 'more'}, found ${token ?? 'the end'}`);
    }
    at += 1;
    return token;
  }

  function either(): Test {
    const tests = [both()];
    while (peek() === '||') {
      take();
      tests.push(both());
    }
    return (document) => tests.some((test) => test(document));
  }

  function both(): Test {
    const tests = [single()];
    while (peek() === '&&') {
      take();
      tests.push(single());
    }
    return (document) => tests.every((test) => test(document));
  }

  function single(): Test {
    if (peek() !== '(') return comparison();
    take('(');
    const test = either();
    take(')');
    return test;
  }

  function comparison(): Test {
    const path = readPath(take());
    const operator = take();
    if (operator === 'IS') {
      const constant = take();
      if (!(constant in constants)) throw invalidPattern(`IS ${constant}`);
      return (document) => select(document, path) === constants[constant];
    }
    if (operator === 'NOT' || operator === 'EXISTS') {
      if (operator === 'NOT') take('EXISTS');
      const wanted = operator === 'EXISTS';
      return (document) => (select(document, path) !== undefined) === wanted;
    }
    const test = valueTest(operator, take());
    return (document) => test(select(document, path));
  }

  take('{');
  const test = either();
  take('}');
  if (at < tokens.length) throw invalidPattern(`unexpected ${tokens[at]}`);
  return (message) => {
    const document = parse(message);
    return document !== undefined && test(document);
  };
}

const constants: Record<string, unknown> = { NULL: null, TRUE: true, FALSE: false };

function tokenize(pattern: string): string[] {
  const tokens: string[] = [];
  const token = /\s*(&&|\|\||!=|<=|>=|[{}()=<>]|"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s{}()=<>!&|"]+)/y;
  while (token.lastIndex < pattern.trimEnd().length) {
    const match = token.exec(pattern);
    if (!match?.[1]) throw invalidPattern('it cannot be read');
    tokens.push(match[1]);
  }
  return tokens;
}

/** `$.a.b[0]` → `['a', 'b', '0']` */
function readPath(selector: string): string[] {
  if (!/^\$(?:\.[\w-]+|\[\d+\])+$/.test(selector)) throw invalidPattern(`${selector} is not a property selector`);
  return [...selector.matchAll(/[\w-]+/g)].map(([name]) => name);
}

function select(document: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    document,
  );
}

function valueTest(operator: string, literal: string): (value: unknown) => boolean {
  const regex = /^%([^%]+)%$/.exec(literal)?.[1];
  const matches = regex === undefined ? undefined : regexTest(regex);
  const text = literal.startsWith('"') ? literal.slice(1, -1).replace(/\\(.)/g, '$1') : literal;
  const number = literal.startsWith('"') ? Number.NaN : Number(literal);
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

function parse(message: string): unknown {
  try {
    const document: unknown = JSON.parse(message);
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}
