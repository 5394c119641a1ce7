import type { Expressions } from './types.ts';

/** `ExpressionAttributeNames` and `ExpressionAttributeValues` as they came. Throws AwsError ValidationException. */
export function createExpressions(names: unknown, values: unknown): Expressions {
  throw new Error(`not there yet: ${names} ${values}`);
}
