import { keyConditionFor } from '../expressions/key-condition.ts';
import type { Condition, KeyTerm, Operand, RangeOperator } from '../expressions/types.ts';
import { type Bounds, queryBounds } from '../key-range.ts';
import type { Key } from '../keys.ts';
import type { Space } from '../table.ts';
import type { AttributeValue, Item } from '../values/types.ts';
import { emptyItem } from '../values/types.ts';

const mirrored: Partial<Record<string, RangeOperator>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The conditions that must all hold. */
export function conjuncts(condition: Condition | undefined): Condition[] {
  if (!condition) return [];
  return condition.kind === 'and' ? condition.conditions.flatMap(conjuncts) : [condition];
}

/** What the condition says of whole attributes, where a key condition can say it. */
function termOf(condition: Condition): KeyTerm | undefined {
  switch (condition.kind) {
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') return undefined;
      const mirror = mirrored[comparator];
      return term(left, comparator, [right]) ?? (mirror && term(right, mirror, [left]));
    }
    case 'between':
      return term(condition.operand, 'BETWEEN', [condition.low, condition.high]);
    case 'begins with':
      return term(condition.operand, 'begins_with', [condition.prefix]);
    default:
      return undefined;
  }
}

function term(key: Operand, operator: RangeOperator, operands: Operand[]): KeyTerm | undefined {
  if (key.kind !== 'path' || key.path.length > 1) return undefined;
  const values = operands.flatMap((operand): AttributeValue[] => (operand.kind === 'value' ? [operand.value] : []));
  return values.length === operands.length ? { name: key.path[0], operator, values } : undefined;
}

/**
 * The terms of a query for what the condition selects: each hash attribute by equality, and of the range attributes as
 * many as a query takes. Undefined where only a scan will do.
 */
export function queryTerms(condition: Condition | undefined, key: Key): KeyTerm[] | undefined {
  const terms = conjuncts(condition).flatMap((each) => termOf(each) ?? []);
  const find = (name: string, equal: boolean) =>
    terms.find((each) => each.name === name && (!equal || each.operator === '='));
  const hash = key.hash.map(({ name }) => find(name, true));
  if (!hash.every((each) => each !== undefined)) return undefined;
  const range: KeyTerm[] = [];
  for (const { name } of key.range) {
    const found = find(name, true) ?? find(name, false);
    if (!found) break;
    range.push(found);
    if (found.operator !== '=') break;
  }
  return [...hash, ...range];
}

/**
 * The queries that together find what the condition selects, by their terms: several where it names several partitions, by
 * IN or by OR. Undefined where only a scan will do. (Developer guide, "PartiQL select statements".)
 */
export function queriesOf(where: Condition | undefined, key: Key): KeyTerm[][] | undefined {
  const one = queryTerms(where, key);
  if (one) return [one];
  const queries = alternativesOf(where, key).map((each) => queryTerms(each, key));
  return queries.length > 0 && queries.every((each) => each !== undefined) ? queries : undefined;
}

function alternativesOf(where: Condition | undefined, { hash }: Key): Condition[] {
  if (where?.kind === 'or') return where.conditions;
  const all = conjuncts(where);
  for (const each of all) {
    if (each.kind !== 'in') continue;
    const { operand: left, candidates } = each;
    if (left.kind !== 'path' || left.path.length > 1 || !hash.some(({ name }) => name === left.path[0])) continue;
    return candidates.map((right): Condition => {
      const equal: Condition = { kind: 'compare', comparator: '=', left, right };
      return { kind: 'and', conditions: [equal, ...all.filter((other) => other !== each)] };
    });
  }
  return [];
}

/** Where the keys are that the terms of a query mean. Throws AwsError ValidationException. */
export function boundsOf(terms: readonly KeyTerm[], space: Space): Bounds {
  const { hash, range } = space.key;
  const namesIn = (parts: typeof hash) => parts.map(({ name }) => name);
  return queryBounds(space, keyConditionFor(terms, { hash: namesIn(hash), range: namesIn(range) }));
}

/** The key that the condition names by equality, and what else it says. Undefined where it does not name the whole key. */
export function keyIn(
  condition: Condition | undefined,
  names: readonly string[],
): { key: Item; rest: Condition[] } | undefined {
  const key = emptyItem();
  const rest: Condition[] = [];
  for (const each of conjuncts(condition)) {
    const found = termOf(each);
    const [value] = found?.values ?? [];
    if (value && found?.operator === '=' && names.includes(found.name) && !key[found.name]) key[found.name] = value;
    else rest.push(each);
  }
  return names.every((name) => key[name]) ? { key, rest } : undefined;
}
