import { type FunctionSettings, readFunctionSettings } from '../../aws/function-settings.ts';
import { sendsTracesElsewhere } from '../../aws/traces.ts';
import { DynopsError } from '../../errors.ts';
import { chosenFunction } from '../../session/chosen-function.ts';
import type { Context } from '../../session/command.ts';
import { ownCommand } from '../../session/own-command.ts';
import { indexingMs } from './indexing.ts';

/** Why there may be no trace, as far as it can be known: sentences for a person, the likeliest first. */
export async function whyNoTraces(context: Context, name?: string): Promise<string[]> {
  const aws = await context.aws();
  const { functionName } = await chosenFunction(context, name);
  const [settings, elsewhere] = await Promise.all([
    readFunctionSettings(aws, functionName).catch(unlessAbsent),
    sendsTracesElsewhere(aws),
  ]);
  const [{ kind }, delayMs] = await Promise.all([context.choice(), indexingMs(context)]);
  return [
    ...(elsewhere
      ? [
          'This account sends its traces to CloudWatch (Transaction Search is on), where X-Ray calls do not find them: look in the CloudWatch console, under Application Signals, or switch it off with `aws xray update-trace-segment-destination --destination XRay`.',
        ]
      : []),
    ...tracingIsOff(settings, ownCommand(context.options)),
    ...(delayMs > 0 ? ['A trace is indexed a few seconds to a minute after its request.'] : []),
    // The engine without --aws-like, where nothing waits to be indexed, takes every request.
    ...(delayMs > 0
      ? ['X-Ray records the first request of each second and 5 % of the others; the rest have no trace.']
      : []),
    ...(kind === 'local' ? ['The engine keeps traces in memory: a restart deletes them.'] : []),
  ];
}

export async function tracingIsOn(context: Context, name?: string): Promise<boolean> {
  const { functionName } = await chosenFunction(context, name);
  return (await readFunctionSettings(await context.aws(), functionName)).tracing;
}

function unlessAbsent(error: unknown): undefined {
  if (!(error instanceof DynopsError) || error.code !== 'StackAbsent') throw error;
}

function tracingIsOff(settings: FunctionSettings | undefined, run: (words: string) => string): string[] {
  if (settings === undefined) return [`The stack does not exist yet: run ${run('up --tracing')}.`];
  return settings.tracing ? [] : [`Tracing is off: run ${run('trace on')}, then call the API.`];
}
