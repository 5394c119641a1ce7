import { invalid } from '../errors.ts';
import type { KeyTerm, RangeOperator } from '../expressions/types.ts';
import { type LegacyOperator, readComparison, structures } from './comparison.ts';

const rangeOperators: Partial<Record<LegacyOperator, RangeOperator>> = {
  EQ: '=',
  LE: '<=',
  LT: '<',
  GE: '>=',
  GT: '>',
  BEGINS_WITH: 'begins_with',
  BETWEEN: 'BETWEEN',
};

/** The terms that `KeyConditions` are, for keyConditionFor. Throws AwsError ValidationException. */
export function keyConditions(conditions: unknown): KeyTerm[] {
  const comparisons = structures(conditions).map(
    ([name, { ComparisonOperator: operator, AttributeValueList: values }]) => ({
      name,
      ...readComparison(operator, values, `keyConditions.${name}.member`),
    }),
  );
  if (comparisons.length < 1 || comparisons.length > 2) throw invalid('Conditions can be of length 1 or 2 only');
  return comparisons.map(({ name, operator, values }) => {
    const range = rangeOperators[operator];
    if (!range) throw invalid('Attempted conditional constraint is not an indexable operation');
    return { name, operator: range, values };
  });
}
