import { chosenFunction } from '../../session/chosen-function.ts';
import type { Context } from '../../session/command.ts';

/**
 * The filter expression for traces that a function took part in; undefined where none is named. Asked for before the target, where none
 * is named too: that there are no traces is explained by the service's first.
 */
export async function functionFilter(context: Context, name: string | undefined): Promise<string | undefined> {
  const { functionName } = await chosenFunction(context, name);
  return name === undefined ? undefined : `service("${functionName}")`;
}
