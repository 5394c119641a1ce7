import { isMissing } from '../aws/errors.ts';
import { DynopsError, usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { tableNameIn } from '../stack/names.ts';
import type { Context } from './command.ts';
import { needs } from './needs.ts';

export interface ChosenTable {
  /** DynamoDB's. */
  name: string;
  /** For `catch`: where DynamoDB does not find it, throws what can be done about that. */
  missing: (error: unknown) => never;
}

/**
 * A table of the service's by its name there, any other by its own; without a name the service's first. Throws a usage error where
 * there is none, or a name is nearly one of the service's; asked for before the target, as `chosenFunction` is.
 */
export async function chosenTable(context: Context, given: string | undefined): Promise<ChosenTable> {
  const [stack, { tables }] = await Promise.all([context.stack(), context.service({ values: false })]);
  const known = tables.map((one) => one.name);
  const chosen = given ?? known[0];
  if (chosen === undefined) throw usageError('The service has no table.');
  const names = known.map((one) => tableNameIn(stack, one));
  const own = known.includes(chosen) ? tableNameIn(stack, chosen) : names.find((name) => name === chosen);
  if (own !== undefined) return { name: own, missing: needs('table', `table ${own}`) };
  const close = nearest(chosen, known);
  if (close !== undefined) throw usageError(`The service has no table "${chosen}".`, `Did you mean --table ${close}?`);
  return { name: chosen, missing: anotherMissing(chosen, names) };
}

/** No step of the service's makes it. */
function anotherMissing(name: string, own: readonly string[]): (error: unknown) => never {
  return (error) => {
    if (!isMissing(error)) throw error;
    const close = nearest(name, own);
    const service = own.length === 0 ? 'The service has no table' : `The service's tables: ${own.join(', ')}`;
    throw new DynopsError({
      code: 'StepMissing',
      message: `There is no table ${name}.`,
      hint:
        close === undefined
          ? `${service}. --table takes the name of any other in this account and region, too.`
          : `Did you mean --table ${close}?`,
      cause: error,
    });
  };
}
