import { perEngine } from '../per-engine.ts';
import type { Call } from '../service.ts';
import { createExpressions, createParseCache } from './expressions/expressions.ts';
import type { Expressions } from './expressions/types.ts';
import type { Layer } from './values/validate.ts';

const cacheOf = perEngine(() => createParseCache());

/** The expressions of one request. Throws AwsError ValidationException where its names or values are wrong. */
export function expressionsOf(
  call: Call,
  input: { ExpressionAttributeNames?: unknown; ExpressionAttributeValues?: unknown },
  layer?: Layer,
): Expressions {
  return createExpressions(
    input.ExpressionAttributeNames,
    input.ExpressionAttributeValues,
    cacheOf(call.engine),
    layer,
  );
}
