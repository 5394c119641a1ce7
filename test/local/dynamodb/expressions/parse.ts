import { createExpressions, createParseCache } from '../../../../src/local/dynamodb/expressions/expressions.ts';
import { matches } from '../../../../src/local/dynamodb/expressions/matches.ts';
import type { Expressions } from '../../../../src/local/dynamodb/expressions/types.ts';
import { applyUpdate } from '../../../../src/local/dynamodb/expressions/update.ts';
import type { AttributeValue, Item } from '../../../../src/local/dynamodb/values/types.ts';
import { checkItem } from '../../../../src/local/dynamodb/values/validate.ts';

export type Values = Record<string, unknown>;
export type Names = Record<string, string>;

/** The expressions of one request. */
export function expressions(values?: Values, names?: Names): Expressions {
  return createExpressions(names, values, createParseCache());
}

/** Whether the item, as it is on the wire, fulfils the condition. */
export function holds(
  text: string,
  item: Record<string, unknown> | undefined,
  values?: Values,
  names?: Names,
): boolean {
  return matches(expressions(values, names).condition(text, 'FilterExpression'), item && checkItem(item));
}

/** The item after the update; nothing where none is made. */
export function updated(
  text: string,
  item: Record<string, unknown> | undefined,
  values?: Values,
  names?: Names,
): Item | undefined {
  return applyUpdate(expressions(values, names).update(text), item && checkItem(item), checkItem({ id: { S: 'new' } }))
    .item;
}

/** Numbers → a list value. */
export function list(...numbers: number[]): AttributeValue {
  return { L: numbers.map((number) => ({ N: String(number) })) };
}
