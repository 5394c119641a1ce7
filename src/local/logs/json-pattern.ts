import { ownMember } from '../../own-member.ts';
import { readConditions, tokensOf, valueTest } from './pattern-parts.ts';
import { invalidPattern } from './regex-pattern.ts';

type Test = (document: unknown) => boolean;

/** `{ $.level = "ERROR" && ($.ms > 100 || $.tags[0] = a* || $.path = %^/v\d% ) }` → a test of messages; those that are not JSON fail it. */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const tokens = tokensOf(pattern, '{}');
  const { take } = tokens;

  function comparison(): Test {
    const path = readPath(take());
    const operator = take();
    if (operator === 'IS') {
      const constant = take();
      if (!Object.hasOwn(constants, constant)) throw invalidPattern(`IS ${constant}`);
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
  const test = readConditions(tokens, comparison);
  take('}');
  tokens.end();
  return (message) => {
    const document = parse(message);
    return document !== undefined && test(document);
  };
}

const constants: Record<string, unknown> = { NULL: null, TRUE: true, FALSE: false };

/** `$.a.b[0]` → `['a', 'b', '0']` */
function readPath(selector: string): string[] {
  if (!/^\$(?:\.[\w-]+|\[\d+\])+$/.test(selector)) throw invalidPattern(`${selector} is not a property selector`);
  return [...selector.matchAll(/[\w-]+/g)].map(([name]) => name);
}

function select(document: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? ownMember(value as Record<string, unknown>, name) : undefined,
    document,
  );
}

function parse(message: string): unknown {
  try {
    const document: unknown = JSON.parse(message);
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}
