import { readFunctionSettings } from '../aws/function-settings.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import { broughtUp } from './up.ts';

/** Switches X-Ray tracing of the stage and the function on or off, as `up --tracing` would, and remembers it. */
export async function traceOn(context: Context): Promise<Result> {
  return switchTracing(context, true);
}

export async function traceOff(context: Context): Promise<Result> {
  return switchTracing(context, false);
}

async function switchTracing(context: Context, tracing: boolean): Promise<Result> {
  // `up` would create a stack that is not there.
  const { functionName } = await chosenFunction(context, undefined);
  await readFunctionSettings(await context.aws(), functionName);
  const { report } = await broughtUp(context, { tracing, doing: `Switching ${tracing ? 'on' : 'off'} the tracing of` });
  const run = ownCommand(context.options);
  // Some endpoints serve no APIs.
  const call = report.apiUrl === null ? `Call the function with ${run('function test')}` : 'Call the API';
  const sentences = tracing
    ? `Tracing is on. ${call}, then run ${run('trace list')}.`
    : 'Tracing is off. Existing traces remain readable.';
  return { json: report, sentences };
}
