import { readFunctionSettings } from '../aws/function-settings.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import { up } from './up.ts';

/** Switches X-Ray tracing of the stage and the function on or off, as `up --tracing` would, and remembers it. */
export async function traceOn(context: Context): Promise<Result> {
  return switchTracing(context, true);
}

export async function traceOff(context: Context): Promise<Result> {
  return switchTracing(context, false);
}

async function switchTracing(context: Context, tracing: boolean): Promise<Result> {
  // `up` would create a stack that is not there.
  await readFunctionSettings(await context.aws(), (await chosenFunction(context, undefined)).functionName);
  const { json } = await up(context, { tracing });
  const text = tracing
    ? `Tracing is on. Call the API, then run ${ownCommand(context.options)('trace list')}.\n`
    : 'Tracing is off. Traces that were made stay readable.\n';
  return { json, text };
}
