import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { functionNameIn, logGroupNameIn } from '../stack/names.ts';
import type { ServiceFunction } from '../stack/service.ts';
import type { Context } from './command.ts';

export interface ChosenFunction {
  spec: ServiceFunction;
  functionName: string;
  logGroup: string;
}

/**
 * One of the service's functions and AWS's names of it: the named one, or the first. Throws a usage error where there is none: it is
 * asked for before the target, so that no engine starts for a slip.
 */
export async function chosenFunction(context: Context, name: string | undefined): Promise<ChosenFunction> {
  const [stack, { functions }] = await Promise.all([context.stack(), context.service({ values: false })]);
  const names = functions.map((one) => one.name);
  const chosen = name ?? names[0] ?? '';
  const spec = functions.find((one) => one.name === chosen);
  if (!spec) {
    const close = nearest(chosen, names);
    throw usageError(
      `The service has no function "${chosen}".`,
      close === undefined ? `It has ${names.join(', ')}.` : `Did you mean --function ${close}?`,
    );
  }
  return { spec, functionName: functionNameIn(stack, chosen), logGroup: logGroupNameIn(stack, chosen) };
}
