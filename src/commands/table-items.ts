import type { Context, Result } from '../session/command.ts';
import { needs } from '../session/needs.ts';
import { stackNames } from '../stack/names.ts';

export interface TableItemsOptions {
  limit?: number;
}

const defaultLimit = 100;

/** The table's items, read past the API, in DynamoDB's own JSON: every type and digit is shown as it is stored. */
export async function tableItems(context: Context, { limit = defaultLimit }: TableItemsOptions): Promise<Result> {
  const [aws, stack, { readItems }] = await Promise.all([context.aws(), context.stack(), import('../aws/items.ts')]);
  const { table } = stackNames(stack);
  const { items, more } = await readItems(aws, { table, limit }).catch(needs('table', `table ${table}`));
  if (more) context.ui.note(`There are more than ${limit}; --limit shows more of them.`);
  return { json: { ok: true, items, more }, text: items.map((item) => `${JSON.stringify(item)}\n`).join('') };
}
