import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { tableNameIn } from '../stack/names.ts';
import type { Context } from './command.ts';

/**
 * DynamoDB's name of a table: of the service's by its name there, of any other by its own; without a name the service's
 * first. Throws a usage error where there is none, or a name is nearly one of the service's; asked for
 * before the target, as `chosenFunction` is.
 */
export async function chosenTable(context: Context, name: string | undefined): Promise<string> {
  const [stack, { tables }] = await Promise.all([context.stack(), context.service({ values: false })]);
  const known = tables.map((one) => one.name);
  const chosen = name ?? known[0];
  if (chosen === undefined) throw usageError('The service has no table.');
  if (known.includes(chosen)) return tableNameIn(stack, chosen);
  const close = nearest(chosen, known);
  if (close === undefined) return chosen;
  throw usageError(`The service has no table "${chosen}".`, `Did you mean --table ${close}?`);
}
