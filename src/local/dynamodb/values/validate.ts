import type { AttributeValue, Item } from './types.ts';

/** The attribute value, its numbers and binaries in their one canonical form. Throws AwsError ValidationException in AWS's words. */
export function checkValue(value: unknown): AttributeValue {
  throw new Error(`not there yet: ${value}`);
}

/** The item, checked as `checkValue` checks each of its values. */
export function checkItem(item: unknown): Item {
  throw new Error(`not there yet: ${item}`);
}
