import { DynopsError } from '../errors.ts';
import { readArgument } from '../session/argument.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { needs } from '../session/needs.ts';
import { ownCommand } from '../session/own-command.ts';
import type { SettingOptions } from '../session/stack-settings.ts';
import { JsonText } from '../ui/outcome.ts';
import { columns } from '../ui/words.ts';
import { checkedJson } from './call/json-text.ts';
import { stepCreate } from './step.ts';

export interface FunctionTestOptions {
  /** JSON, @FILE or -. */
  event?: string;
  /** Of a service of one's own; default: its first. */
  function?: string;
}

const exampleEvent = '{"operation":"echo","payload":{"somekey1":"somevalue1","somekey2":"somevalue2"}}';

/** Invokes the function past the API: its result on stdout, the end of its log on stderr. Exit 1 when it failed. */
export async function functionTest(context: Context, options: FunctionTestOptions): Promise<Result> {
  const text = options.event === undefined ? exampleEvent : await readArgument(options.event, '--event', context);
  const event = checkedJson(text, '--event');
  const [aws, { functionName }, { invokeFunction }] = await Promise.all([
    context.aws(),
    chosenFunction(context, options.function),
    import('../aws/invoke.ts'),
  ]);
  const { payload, functionError, logTail } = await invokeFunction(aws, { functionName, payload: event }).catch(
    needs('function', `function ${functionName}`),
  );
  context.ui.note(logTail.trimEnd());
  if (functionError === undefined) return { json: new JsonText(payload), text: `${payload}\n`, verbatim: true };
  const error = new DynopsError({
    foreignCode: functionError,
    message: `The function failed: ${payload}`,
    hint: `Its log above says where; ${ownCommand(context.options)('logs')} shows more of it.`,
  });
  return { json: { functionError, payload }, text: `${payload}\n`, error };
}

/** What may be changed of the function alone. */
export type FunctionConfigOptions = Pick<SettingOptions, 'memoryMb' | 'runtime' | 'architecture'>;

/** Shows the function's configuration, after changing it where options say so. */
export async function functionConfig(context: Context, options: FunctionConfigOptions): Promise<Result> {
  if (Object.keys(options).length > 0) await stepCreate(context, { ...options, step: 'function' });
  const [aws, { functionName }, { readFunctionSettings }] = await Promise.all([
    context.aws(),
    chosenFunction(context, undefined),
    import('../aws/function-settings.ts'),
  ]);
  const settings = await readFunctionSettings(aws, functionName);
  const { name, memoryMb, architecture, runtime, timeoutSeconds, tracing } = settings;
  const rows = [
    ['function', name],
    ['memory', `${memoryMb} MB`],
    ['architecture', architecture],
    ['runtime', runtime],
    ['timeout', `${timeoutSeconds} s`],
    ['tracing', tracing ? 'on' : 'off'],
  ];
  return { json: { ok: true, ...settings }, text: `${columns(rows).join('\n')}\n` };
}
