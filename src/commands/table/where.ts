import { type Item, itemOf } from '../../aws/item-json.ts';
import type { ItemFilter } from '../../aws/items.ts';
import { filterMembers } from '../call/expressions.ts';

/** `--where` in the language of `call list --filter`, for a Scan past the API. Throws a usage error. */
export function whereFilter(expression: string | undefined): ItemFilter | undefined {
  if (expression === undefined) return undefined;
  const members = new Map(filterMembers(expression, '--where'));
  const names = members.get('ExpressionAttributeNames');
  const values = members.get('ExpressionAttributeValues');
  return {
    FilterExpression: JSON.parse(members.get('FilterExpression') ?? '""'),
    ...(names !== undefined && { ExpressionAttributeNames: JSON.parse(names) }),
    ...(values !== undefined && { ExpressionAttributeValues: literals(values) }),
  };
}

/** Texts, numbers, true, false and null, by alias; a number keeps every digit. */
function literals(objectText: string): Item {
  const texts: Record<string, unknown> = JSON.parse(objectText.replace(/(":v\d+":\s*)(-?\d[\w.+-]*)/g, '$1{"N":"$2"}'));
  const typed = Object.entries(texts).map(([alias, value]) => {
    if (typeof value === 'string') return [alias, { S: value }];
    if (typeof value === 'boolean') return [alias, { BOOL: value }];
    return [alias, value ?? { NULL: true }];
  });
  return itemOf(Object.fromEntries(typed));
}
