import { chosenFunction } from '../../session/chosen-function.ts';
import type { Context } from '../../session/command.ts';

/** The filter expression for traces that a function took part in; undefined where none is named. */
export async function functionFilter(context: Context, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  return `service("${(await chosenFunction(context, name)).functionName}")`;
}
