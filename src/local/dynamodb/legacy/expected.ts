import type { Condition } from '../expressions/types.ts';
import { checkValue } from '../values/validate.ts';
import { comparisonCondition, joinConditions, readComparison, structures, wrong } from './comparison.ts';

/** The condition that `Expected` is; nothing where it is empty. Throws AwsError ValidationException. */
export function expectedCondition(expected: unknown, conditionalOperator: unknown): Condition | undefined {
  const conditions = structures(expected).map(([name, given]) => readExpectation(name, given));
  return joinConditions(conditions, conditionalOperator);
}

function readExpectation(name: string, given: Record<string, unknown>): Condition {
  const { ComparisonOperator: operator, AttributeValueList: list, Value: value, Exists: exists } = given;
  if (list !== undefined && value !== undefined) {
    throw wrong(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
  }
  if (operator !== undefined) {
    if (exists !== undefined) {
      throw wrong(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
    }
    if (operator !== 'NULL' && operator !== 'NOT_NULL' && list === undefined && value === undefined) {
      throw wrong(
        `Value or AttributeValueList must be used with ComparisonOperator: ${operator} for Attribute: ${name}`,
      );
    }
    const values = value === undefined ? list : [value];
    return comparisonCondition(name, readComparison(operator, values, `expected.${name}.member`));
  }
  if (list !== undefined) {
    throw wrong(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`);
  }
  if (exists === false) {
    if (value !== undefined) throw wrong(`Value cannot be used when Exists is false for Attribute: ${name}`);
    return { kind: 'not exists', path: [name] };
  }
  if (value === undefined) {
    throw wrong(`Value must be provided when Exists is ${exists ?? 'null'} for Attribute: ${name}`);
  }
  return comparisonCondition(name, { operator: 'EQ', values: [checkValue(value)] });
}
