import { invalid } from '../errors.ts';
import type { AttributeValue } from '../values/types.ts';
import type { Condition, KeyCondition, KeyTerm, Operand, Path, RangeOperator } from './types.ts';

/** The terms of a key condition. Throws AwsError ValidationException for what a condition may be and a key condition may not. */
export function keyTerms(condition: Condition): KeyTerm[] {
  const conditions = condition.kind === 'and' ? condition.conditions.flatMap(parts) : [condition];
  const terms = new Map<string, KeyTerm>();
  for (const each of conditions) {
    const term = keyTerm(each);
    if (terms.has(term.name)) throw invalid('KeyConditionExpressions must only contain one condition per key');
    terms.set(term.name, term);
  }
  return [...terms.values()];
}

/**
 * The terms by the key schema they must fit: equality for each hash attribute, then for the first range attributes
 * without a gap, the last of which may have another operator. Throws AwsError ValidationException.
 */
export function keyConditionFor(
  terms: readonly KeyTerm[],
  schema: { hash: readonly string[]; range: readonly string[] },
): KeyCondition {
  const byName = new Map(terms.map((term) => [term.name, term]));
  // AWS kept this message for keys of one or two attributes, the only ones before November 2025.
  if (schema.hash.length === 1 && schema.range.length <= 1 && terms.length > 2) {
    throw invalid('Conditions can be of length 1 or 2 only');
  }
  if (terms.length > schema.hash.length + schema.range.length) throw unsupported();
  const hash = schema.hash.map((name) => {
    const term = byName.get(name);
    const [value] = term?.values ?? [];
    if (!term || !value) throw missed(name);
    if (term.operator !== '=') throw unsupported();
    return { name, value };
  });
  const range: KeyTerm[] = [];
  let gap: string | undefined;
  for (const name of schema.range) {
    const term = byName.get(name);
    if (term && gap !== undefined) {
      throw invalid(
        `RANGE key attributes ${gap} must have equality conditions specified in the query because a condition is present on key attribute ${name}`,
      );
    }
    if (term) range.push(term);
    if (term?.operator !== '=') gap ??= name;
  }
  if (hash.length + range.length < terms.length) throw missed(schema.range[range.length] ?? '');
  return { hash, range };
}

const missed = (name: string) => invalid(`Query condition missed key schema element: ${name}`);
const unsupported = () => invalid('Query key condition not supported');

function parts(condition: Condition): Condition[] {
  return condition.kind === 'and' ? condition.conditions.flatMap(parts) : [condition];
}

function keyTerm(condition: Condition): KeyTerm {
  switch (condition.kind) {
    case 'compare': {
      if (condition.comparator === '<>') throw wrongOperator('<>');
      const { left, right } = condition;
      const key = keyOf([left, right]);
      return left.kind === 'path'
        ? { name: key, operator: condition.comparator, values: [constant(right)] }
        : { name: key, operator: mirrored[condition.comparator], values: [constant(left)] };
    }
    case 'between': {
      const { operand, low, high } = condition;
      if (operand.kind !== 'path') throw keyNotFirst('BETWEEN');
      return { name: keyOf([operand, low, high]), operator: 'BETWEEN', values: [constant(low), constant(high)] };
    }
    case 'begins with': {
      const { operand, prefix } = condition;
      if (operand.kind !== 'path') throw keyNotFirst('begins_with');
      return { name: keyOf([operand, prefix]), operator: 'begins_with', values: [constant(prefix)] };
    }
    default:
      throw wrongOperator(spelling[condition.kind]);
  }
}

const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } satisfies Record<string, RangeOperator>;

const spelling = {
  and: 'AND',
  or: 'OR',
  not: 'NOT',
  in: 'IN',
  exists: 'attribute_exists',
  'not exists': 'attribute_not_exists',
  type: 'attribute_type',
  contains: 'contains',
};

const wrongOperator = (name: string) => invalid(`Invalid operator used in KeyConditionExpression: ${name}`);

const keyNotFirst = (name: string) =>
  invalid(
    `Invalid condition in KeyConditionExpression: ${name} operator must have the key attribute as its first operand`,
  );

function keyOf(operands: Operand[]): string {
  if (operands.some(({ kind }) => kind === 'size')) {
    throw invalid('KeyConditionExpressions cannot contain nested operations');
  }
  const paths = operands.flatMap((operand): Path[] => (operand.kind === 'path' ? [operand.path] : []));
  const [path, ...more] = paths;
  if (!path) throw invalid('Invalid condition in KeyConditionExpression: No key attribute specified');
  if (more.length > 0) {
    throw invalid('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
  }
  if (path.length > 1) throw invalid('KeyConditionExpressions cannot have conditions on nested attributes');
  return path[0];
}

function constant(operand: Operand): AttributeValue {
  if (operand.kind === 'value') return operand.value;
  throw new Error(`a key compared with a ${operand.kind}`);
}
