import type { Condition } from '../expressions/types.ts';
import { comparisonCondition, joinConditions, readComparison, structures } from './comparison.ts';

/** The condition that a `QueryFilter` or `ScanFilter` is; nothing where it is empty. Throws AwsError ValidationException. */
export function filterCondition(
  filter: unknown,
  conditionalOperator: unknown,
  member: 'QueryFilter' | 'ScanFilter',
): Condition | undefined {
  const conditions = structures(filter).map(([name, { ComparisonOperator: operator, AttributeValueList: values }]) => {
    const where = `${member === 'QueryFilter' ? 'queryFilter' : 'scanFilter'}.${name}.member`;
    return comparisonCondition(name, readComparison(operator, values, where));
  });
  return joinConditions(conditions, conditionalOperator);
}
