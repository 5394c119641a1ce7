import { compareValues, equalValues } from '../values/compare.ts';
import { includesBytes, includesText } from '../values/search.ts';
import { sizeOf } from '../values/size.ts';
import { type AttributeValue, type Item, typeOf } from '../values/types.ts';
import { valueAt } from './paths.ts';
import type { Comparator, Condition, Operand } from './types.ts';

/**
 * Whether the item, or its absence, fulfils the condition. What is not there is equal to nothing and unequal to
 * everything, and no other comparison with it holds (developer guide, "condition and filter expressions").
 */
export function matches(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((each) => matches(each, item));
    case 'or':
      return condition.conditions.some((each) => matches(each, item));
    case 'not':
      return !matches(condition.condition, item);
    case 'compare':
      return compare(condition.comparator, operandValue(condition.left, item), operandValue(condition.right, item));
    case 'between': {
      const value = operandValue(condition.operand, item);
      return (
        compare('>=', value, operandValue(condition.low, item)) &&
        compare('<=', value, operandValue(condition.high, item))
      );
    }
    case 'in': {
      const value = operandValue(condition.operand, item);
      return condition.candidates.some((candidate) => compare('=', value, operandValue(candidate, item)));
    }
    case 'exists':
      return valueAt(condition.path, item) !== undefined;
    case 'not exists':
      return valueAt(condition.path, item) === undefined;
    case 'type': {
      const value = operandValue(condition.operand, item);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'begins with':
      return beginsWith(operandValue(condition.operand, item), operandValue(condition.prefix, item));
    case 'contains':
      return contains(operandValue(condition.operand, item), operandValue(condition.member, item));
  }
}

function operandValue(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(operand.path, item);
  const value = operandValue(operand.of, item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function compare(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (!left || !right) return comparator === '<>';
  if (comparator === '=') return equalValues(left, right);
  if (comparator === '<>') return !equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (!value || !prefix) return false;
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if (!('B' in value && 'B' in prefix)) return false;
  const bytes = bytesOf(prefix.B);
  return bytesOf(value.B).subarray(0, bytes.length).equals(bytes);
}

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

/** A part of a text or binary, or a member of a set or list. */
function contains(value: AttributeValue | undefined, member: AttributeValue | undefined): boolean {
  if (!value || !member) return false;
  if ('S' in value) return 'S' in member && includesText(value.S, member.S);
  if ('B' in value) return 'B' in member && includesBytes(bytesOf(value.B), bytesOf(member.B));
  if ('SS' in value) return 'S' in member && value.SS.includes(member.S);
  if ('NS' in value) return 'N' in member && value.NS.includes(member.N);
  if ('BS' in value) return 'B' in member && value.BS.includes(member.B);
  return 'L' in value && value.L.some((each) => equalValues(each, member));
}
