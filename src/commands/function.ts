import { DynopsError, usageError } from '../errors.ts';
import { readArgument } from '../session/argument.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { needs } from '../session/needs.ts';
import { ownCommand } from '../session/own-command.ts';
import type { SettingOptions } from '../session/stack-settings.ts';
import { writeFunctionMembers } from '../session/write-service.ts';
import { tutorialName } from '../stack/service.ts';
import { JsonText } from '../ui/outcome.ts';
import { columns } from '../ui/words.ts';
import { checkedJson, isJson } from './call/json-text.ts';
import { isEventName, type SavedEvents, savedEvents } from './function/saved-events.ts';
import { stepCreate } from './step.ts';

export interface FunctionTestOptions {
  /** JSON, @FILE, -, or the name of a saved one. */
  event?: string;
  /** Keeps the event under this name. */
  save?: string;
  /** A function of a service; default: its first. */
  function?: string;
}

const exampleEvent = '{"operation":"echo","payload":{"somekey1":"somevalue1","somekey2":"somevalue2"}}';

/** Invokes the function directly, not through the API: its result on stdout, the end of its log on stderr. Exit 1 when it failed. */
export async function functionTest(context: Context, options: FunctionTestOptions): Promise<Result> {
  const { functionName, spec } = await chosenFunction(context, options.function);
  const saved = savedEvents(context.home, functionName);
  const event = options.event === undefined ? exampleEvent : await eventText(options.event, { context, saved });
  const [aws, { invokeFunction }] = await Promise.all([context.aws(), import('../aws/invoke.ts')]);
  if (options.save !== undefined) {
    await saved.save(options.save, event);
    context.ui.note(`The event is saved: --event ${options.save}.`);
  }
  const { payload, functionError, logTail } = await invokeFunction(aws, {
    functionName,
    payload: event,
    timeoutSeconds: spec.timeoutSeconds,
  }).catch(needs('function', `function ${functionName}`));
  context.ui.note(logTail.trimEnd());
  if (functionError === undefined) return { json: new JsonText(payload), text: `${payload}\n`, verbatim: true };
  const error = new DynopsError({
    foreignCode: functionError,
    message: `The function failed: ${failureText(payload)}`,
    hint: `Its log above says where; ${ownCommand(context.options)('logs')} shows more of it.`,
  });
  return { json: { functionError, payload }, text: `${payload}\n`, error };
}

/** Lambda's `{"errorType", "errorMessage", …}` without the stack, which stdout has; anything else as it is. */
function failureText(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: unknown; errorMessage?: unknown };
    return typeof errorMessage === 'string' ? `${errorType ?? 'Error'}: ${errorMessage}` : payload;
  } catch {
    return payload;
  }
}

async function eventText(given: string, by: { context: Context; saved: SavedEvents }): Promise<string> {
  const { context, saved } = by;
  if (isEventName(given) && !isJson(given)) return saved.read(given);
  return checkedJson(await readArgument(given, '--event', context), '--event');
}

/** What may be changed of the function without the rest of the stack. */
export interface FunctionConfigOptions extends Pick<SettingOptions, 'memoryMb' | 'runtime' | 'architecture'> {
  /** A function of a service; default: the first is shown, and changes apply to all functions. */
  function?: string;
}

/** Shows the function's configuration, after changing it where options say so. */
export async function functionConfig(context: Context, options: FunctionConfigOptions): Promise<Result> {
  const { function: chosen, ...settings } = options;
  const { spec, functionName } = await chosenFunction(context, chosen);
  if (Object.keys(settings).length > 0) {
    const isOwn = chosen !== undefined && spec.name !== tutorialName;
    const { architecture, ...members } = settings;
    if (isOwn && architecture !== undefined) {
      throw usageError('The architecture is one for the whole stack.', 'Leave --function out to change it for all.');
    }
    if (isOwn) await writeFunctionMembers(context, chosen, members);
    await stepCreate(context, { ...(isOwn ? { function: chosen } : settings), step: 'function', mustStand: true });
  }
  const [aws, { readFunctionSettings }] = await Promise.all([context.aws(), import('../aws/function-settings.ts')]);
  const found = await readFunctionSettings(aws, functionName);
  const { name, memoryMb, architecture, runtime, timeoutSeconds, tracing } = found;
  const rows = [
    ['function', name],
    ['memory', `${memoryMb} MB`],
    ['architecture', architecture],
    ['runtime', runtime],
    ['timeout', `${timeoutSeconds} s`],
    ['tracing', tracing ? 'on' : 'off'],
  ];
  return { json: { ok: true, ...found }, text: `${columns(rows, context.ui.width).join('\n')}\n` };
}
