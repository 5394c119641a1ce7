import { isObject } from '../../../is-object.ts';
import { AwsError } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { Condition, Operand } from '../expressions/types.ts';
import { compareValues } from '../values/compare.ts';
import { type AttributeValue, type TypeName, typeOf } from '../values/types.ts';
import { checkValue } from '../values/validate.ts';

const ordered: readonly TypeName[] = ['S', 'N', 'B'];

/** How many values each operator takes, and of which types; any where none are named (API reference, "Condition"). */
const operators = {
  EQ: { counts: [1, 1] },
  NE: { counts: [1, 1] },
  LE: { counts: [1, 1], types: ordered },
  LT: { counts: [1, 1], types: ordered },
  GE: { counts: [1, 1], types: ordered },
  GT: { counts: [1, 1], types: ordered },
  CONTAINS: { counts: [1, 1], types: ordered },
  NOT_CONTAINS: { counts: [1, 1], types: ordered },
  BEGINS_WITH: { counts: [1, 1], types: ['S', 'B'] },
  NULL: { counts: [0, 0] },
  NOT_NULL: { counts: [0, 0] },
  IN: { counts: [1, Number.POSITIVE_INFINITY], types: ordered },
  BETWEEN: { counts: [2, 2], types: ordered },
} satisfies Record<string, { counts: [number, number]; types?: readonly TypeName[] }>;

export type LegacyOperator = keyof typeof operators;

/** An operator and the values it compares with, by AWS's rules for the parameters before expressions. */
export interface Comparison {
  operator: LegacyOperator;
  values: AttributeValue[];
}

/** Throws AwsError ValidationException. `where` is the parameter's path in messages, as `scanFilter.a.member`. */
export function readComparison(operator: unknown, given: unknown, where: string): Comparison {
  if (!isOperator(operator)) {
    throw invalid(
      `1 validation error detected: Value '${operator}' at '${where}.comparisonOperator' failed to satisfy constraint: ` +
        'Member must satisfy enum value set: ' +
        '[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]',
    );
  }
  const values = (Array.isArray(given) ? given : []).map((value) => checkValue(value));
  const { counts, types }: { counts: number[]; types?: readonly TypeName[] } = operators[operator];
  const [fewest = 0, most = 0] = counts;
  if (values.length < fewest || values.length > most) {
    throw wrong(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const [type, ...otherTypes] = values.map(typeOf);
  if (otherTypes.some((other) => other !== type)) {
    throw wrong('AttributeValues inside AttributeValueList must be of same type');
  }
  if (type && types && !types.includes(type)) {
    throw wrong(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`);
  }
  const [low, high] = values;
  if (operator === 'BETWEEN' && low && high && (compareValues(low, high) ?? 0) > 0) {
    throw invalid('The BETWEEN condition was provided a range where the lower bound is greater than the upper bound');
  }
  return { operator, values };
}

const comparators = { EQ: '=', NE: '<>', LE: '<=', LT: '<', GE: '>=', GT: '>' } as const;

/** The condition that the comparison with an attribute of the item is. */
export function comparisonCondition(name: string, { operator, values }: Comparison): Condition {
  const operand: Operand = { kind: 'path', path: [name] };
  const [first, second] = values.map((value): Operand => ({ kind: 'value', value }));
  if (operator === 'NULL') return { kind: 'not exists', path: [name] };
  if (operator === 'NOT_NULL') return { kind: 'exists', path: [name] };
  if (!first) throw new Error(`${operator} without a value`);
  switch (operator) {
    case 'CONTAINS':
      return { kind: 'contains', operand, member: first };
    // It does not hold for what is not there (ScyllaDB's alternator suite, run against AWS).
    case 'NOT_CONTAINS':
      return {
        kind: 'and',
        conditions: [
          { kind: 'exists', path: [name] },
          { kind: 'not', condition: { kind: 'contains', operand, member: first } },
        ],
      };
    case 'BEGINS_WITH':
      return { kind: 'begins with', operand, prefix: first };
    case 'IN':
      return { kind: 'in', operand, candidates: values.map((value): Operand => ({ kind: 'value', value })) };
    case 'BETWEEN':
      if (!second) throw new Error('BETWEEN with one value');
      return { kind: 'between', operand, low: first, high: second };
    default:
      return { kind: 'compare', comparator: comparators[operator], left: operand, right: first };
  }
}

/** The conditions as `ConditionalOperator` joins them; nothing where there are none. Throws AwsError ValidationException. */
export function joinConditions(conditions: Condition[], operator: unknown): Condition | undefined {
  if (operator !== undefined && operator !== null) {
    if (conditions.length === 0) throw invalid('ConditionalOperator cannot be used without Filter or Expected');
    if (conditions.length === 1) {
      throw invalid('ConditionalOperator can only be used when Filter or Expected has two or more elements');
    }
  }
  const [only, ...more] = conditions;
  return more.length > 0 ? { kind: operator === 'OR' ? 'or' : 'and', conditions } : only;
}

/** The members of a map of structures; what is null counts as absent. Throws AwsError SerializationException. */
export function structures(given: unknown): [string, Record<string, unknown>][] {
  if (given === undefined || given === null) return [];
  if (!isObject(given)) throw malformed();
  return Object.entries(given).map(([name, structure]) => {
    if (!isObject(structure)) throw malformed();
    return [name, Object.fromEntries(Object.entries(structure).filter(([, member]) => member !== null))];
  });
}

export const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

const malformed = () => new AwsError('SerializationException', 'Unexpected field type', { statusCode: 400 });

function isOperator(name: unknown): name is LegacyOperator {
  return typeof name === 'string' && Object.hasOwn(operators, name);
}
