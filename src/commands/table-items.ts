import { usageError } from '../errors.ts';
import type { Context, Result } from '../session/command.ts';
import { needs } from '../session/needs.ts';
import { nearest } from '../settings/nearest.ts';
import { tableNameIn } from '../stack/names.ts';
import type { ServiceTable } from '../stack/service.ts';

export interface TableItemsOptions {
  limit?: number;
  /** Of a service of one's own; default: its first. */
  table?: string;
}

const defaultLimit = 100;

/** The table's items, read past the API, in DynamoDB's own JSON: every type and digit is shown as it is stored. */
export async function tableItems(
  context: Context,
  { limit = defaultLimit, table: name }: TableItemsOptions,
): Promise<Result> {
  const [aws, stack, { tables }, { readItems }] = await Promise.all([
    context.aws(),
    context.stack(),
    context.service({ values: false }),
    import('../aws/items.ts'),
  ]);
  const table = tableNameIn(stack, chosenTable(tables, name));
  const { items, more } = await readItems(aws, { table, limit }).catch(needs('table', `table ${table}`));
  if (more) context.ui.note(`There are more than ${limit}; --limit shows more of them.`);
  return { json: { ok: true, items, more }, text: items.map((item) => `${JSON.stringify(item)}\n`).join('') };
}

function chosenTable(tables: readonly ServiceTable[], name: string | undefined): string {
  const names = tables.map((one) => one.name);
  const chosen = name ?? names[0];
  if (chosen === undefined) throw usageError('The service has no table.');
  if (names.includes(chosen)) return chosen;
  const close = nearest(chosen, names);
  throw usageError(
    `The service has no table "${chosen}".`,
    close === undefined ? `It has ${names.join(', ')}.` : `Was --table ${close} meant?`,
  );
}
