import { AwsError } from '../service.ts';
import type { Scope, Value } from './filter-scope.ts';

/** Whether a trace, or one service's part in it, is what was asked for. */
export type Filter = (scope: Scope) => boolean;

/** Quoted text, number, operator or bracket, or a name such as `http.status`. */
const tokens =
  /\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|(!=|<=|>=|[=<>!(){}[\],:])|([A-Za-z_][\w.-]*(?::\w[\w.-]*)*))/y;
const maxDepth = 20;

interface Token {
  kind: 'text' | 'number' | 'sign' | 'name';
  value: string;
}

/**
 * Reads an X-Ray filter expression: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 * Throws InvalidRequestException for what is not one.
 */
export function parseFilter(expression: string): Filter {
  const input = tokenize(expression);
  let at = 0;
  let depth = 0;

  const peek = (value: string): boolean => {
    const token = input[at];
    return token !== undefined && token.kind !== 'text' && token.value.toUpperCase() === value;
  };
  const accept = (value: string): boolean => {
    const found = peek(value);
    if (found) at++;
    return found;
  };
  const expect = (value: string): void => {
    if (!accept(value)) throw invalid(`expected ${value}`, input[at]);
  };
  const next = (...kinds: Token['kind'][]): Token => {
    const token = input[at++];
    if (!token || !kinds.includes(token.kind)) throw invalid(`expected a ${kinds.join(' or ')}`, token);
    return token;
  };

  function anyOf(): Filter {
    if (++depth > maxDepth) throw invalid('it is nested too deeply', undefined);
    const filters = [allOf()];
    while (accept('OR')) filters.push(allOf());
    depth--;
    return (scope) => filters.some((filter) => filter(scope));
  }

  function allOf(): Filter {
    const filters = [one()];
    while (accept('AND')) filters.push(one());
    return (scope) => filters.every((filter) => filter(scope));
  }

  function one(): Filter {
    let isNegated = false;
    while (accept('!') || accept('NOT')) isNegated = !isNegated;
    const filter = term();
    return isNegated ? (scope) => !filter(scope) : filter;
  }

  function term(): Filter {
    if (accept('(')) {
      const filter = anyOf();
      expect(')');
      return filter;
    }
    const { value: name } = next('name');
    if (name === 'service' && accept('(')) return service();
    if (name === 'edge' && accept('(')) return edge();
    if (name === 'annotation' && accept('[')) {
      const { value: key } = next('name', 'text');
      expect(']');
      return comparison((scope) => scope.annotations(key));
    }
    if (name.startsWith('annotation.'))
      return comparison((scope) => scope.annotations(name.slice('annotation.'.length)));
    return comparison((scope) => {
      const values = scope.values(name);
      if (!values) throw invalid(`unknown keyword ${name}`, undefined);
      return values;
    });
  }

  /** Some of the values fit; without an operator: some are there and true. */
  function comparison(values: (scope: Scope) => Value[]): Filter {
    const operator = ['=', '!=', '<', '<=', '>', '>=', 'BEGINSWITH', 'ENDSWITH', 'CONTAINS'].find(accept);
    if (operator === undefined) return (scope) => values(scope).some((value) => value !== false);
    const token = next('text', 'number', 'name');
    const wanted = literal(token);
    return (scope) => values(scope).some((value) => compare(value, operator, wanted));
  }

  function service(): Filter {
    const matches = peek(')') ? () => true : serviceName();
    expect(')');
    const inner = block();
    return (scope) => scope.services().some((found) => matches(found) && inner(found));
  }

  function edge(): Filter {
    const from = serviceName();
    expect(',');
    const to = serviceName();
    expect(')');
    const inner = block();
    return (scope) => scope.edges().some(([caller, called]) => from(caller) && to(called) && inner(called));
  }

  function block(): Filter {
    if (!accept('{')) return () => true;
    const filter = anyOf();
    expect('}');
    return filter;
  }

  /** `"name"` or `id(name: "…", type: "…", account.id: "…")`. */
  function serviceName(): Filter {
    if (input[at]?.kind === 'text') {
      const { value } = next('text');
      return (scope) => scope.name === value;
    }
    expect('ID');
    expect('(');
    const filters: Filter[] = [];
    do {
      const { value: field } = next('name');
      expect(':');
      const { value } = next('text');
      if (field === 'name') filters.push((scope) => scope.name === value);
      else if (field === 'type') filters.push((scope) => scope.type === value);
      else if (field === 'account.id') filters.push((scope) => scope.accountId === value);
      else throw invalid(`unknown part of an id: ${field}`, undefined);
    } while (accept(','));
    expect(')');
    return (scope) => filters.every((filter) => filter(scope));
  }

  const filter = anyOf();
  if (at < input.length) throw invalid('unexpected text', input[at]);
  return filter;
}

function tokenize(expression: string): Token[] {
  const found: Token[] = [];
  const given = expression.trimEnd();
  tokens.lastIndex = 0;
  while (tokens.lastIndex < given.length) {
    const start = tokens.lastIndex;
    const match = tokens.exec(given);
    if (!match) throw invalid(`not understood at "${given.slice(start, start + 20).trim()}"`, undefined);
    const [, text, number, sign, name] = match;
    if (text !== undefined) found.push({ kind: 'text', value: text.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) found.push({ kind: 'number', value: number });
    else if (sign !== undefined) found.push({ kind: 'sign', value: sign });
    else found.push({ kind: 'name', value: name ?? '' });
  }
  return found;
}

function literal(token: Token): Value {
  if (token.kind === 'number') return Number(token.value);
  if (token.kind === 'text') return token.value;
  if (token.value === 'true' || token.value === 'false') return token.value === 'true';
  throw invalid('expected a value', token);
}

function compare(value: Value, operator: string, wanted: Value): boolean {
  switch (operator) {
    case '=':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case 'BEGINSWITH':
      return String(value).startsWith(String(wanted));
    case 'ENDSWITH':
      return String(value).endsWith(String(wanted));
    case 'CONTAINS':
      return String(value).includes(String(wanted));
  }
  if (typeof value !== 'number' || typeof wanted !== 'number') return false;
  if (operator === '<') return value < wanted;
  if (operator === '<=') return value <= wanted;
  return operator === '>' ? value > wanted : value >= wanted;
}

function invalid(reason: string, token: Token | undefined): AwsError {
  const where = token ? ` near "${token.value.slice(0, 40)}"` : '';
  return new AwsError('InvalidRequestException', `Invalid filter expression: ${reason}${where}`);
}
