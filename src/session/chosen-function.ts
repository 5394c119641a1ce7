import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { functionNameIn, logGroupNameIn } from '../stack/names.ts';
import type { Context } from './command.ts';

/** AWS's names of one of the service's functions: the named one, or the first. Throws a usage error where there is none. */
export async function chosenFunction(
  context: Context,
  name: string | undefined,
): Promise<{ functionName: string; logGroup: string }> {
  const [stack, { functions }] = await Promise.all([context.stack(), context.service({ values: false })]);
  const names = functions.map((one) => one.name);
  const chosen = name ?? names[0] ?? '';
  if (!names.includes(chosen)) {
    const close = nearest(chosen, names);
    throw usageError(
      `The service has no function "${chosen}".`,
      close === undefined ? `It has ${names.join(', ')}.` : `Was --function ${close} meant?`,
    );
  }
  return { functionName: functionNameIn(stack, chosen), logGroup: logGroupNameIn(stack, chosen) };
}
