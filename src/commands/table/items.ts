import { chosenTable } from '../../session/chosen-table.ts';
import type { Context, Result } from '../../session/command.ts';
import { whereFilter } from './where.ts';

export interface TableItemsOptions {
  limit?: number;
  /** Only items that match, in the language of `call list --filter`. */
  where?: string;
  table?: string;
}

const defaultLimit = 100;

/** The table's items, read past the API, in DynamoDB's own JSON: every type and digit is shown as it is stored. */
export async function tableItems(context: Context, options: TableItemsOptions): Promise<Result> {
  const { limit = defaultLimit } = options;
  const filter = whereFilter(options.where);
  const { name: table, missing } = await chosenTable(context, options.table);
  const [aws, { readItems }, { itemJson }] = await Promise.all([
    context.aws(),
    import('../../aws/items.ts'),
    import('../../aws/item-json.ts'),
  ]);
  const found = await readItems(aws, { table, limit, filter }).catch(missing);
  const items = found.items.map(itemJson);
  if (found.more) context.ui.note(`There are more than ${limit}; --limit shows more of them.`);
  return {
    json: { ok: true, items, more: found.more },
    text: items.map((item) => `${JSON.stringify(item)}\n`).join(''),
    verbatim: true,
  };
}
