import { header } from '../endpoint/http.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import { type Exchange, openApi, requestId } from '../session/api.ts';
import { readArgument } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import { explainRefusal } from '../session/refusal.ts';
import { stackNames } from '../stack/names.ts';
import { JsonText } from '../ui/outcome.ts';
import { isJson } from './call/json-text.ts';
import { type Answer, allPages } from './call/pages.ts';
import { type BodyOptions, bodyText, type Operation, payloadText } from './call/request.ts';

export interface CallOptions extends BodyOptions {
  operation: Operation;
  table?: string;
  auth: boolean;
  include?: boolean;
}

/** Invokes the API: `create` `read` `update` `delete` `list` `echo` `ping`. stdout is the response body. */
export async function call(context: Context, options: CallOptions): Promise<Result> {
  const { operation, table, auth, include, ...body } = options;
  for (const name of ['item', 'key', 'payload'] as const) {
    if (body[name] !== undefined) body[name] = await readArgument(body[name], `--${name}`, context);
  }
  const payload = payloadText(operation, body);
  const usesTable = operation !== 'echo' && operation !== 'ping';
  const tableName = table ?? (usesTable ? stackNames(await context.stack()).table : undefined);
  const bodyFor = (text: string | undefined): string => bodyText(operation, tableName, text);

  const api = await openApi(context, { auth });
  const answer =
    body.all === true ? await allPages(api, payload ?? '{}', bodyFor) : await onePage(api.post(bodyFor(payload)));
  if (include === true) context.ui.warn(headLines(answer.exchange));
  return resultOf(answer, context);
}

async function onePage(posted: Promise<Exchange>): Promise<Answer> {
  const exchange = await posted;
  return { exchange, body: exchange.body, readable: isJson(exchange.body) };
}

function headLines({ response }: Exchange): string {
  const head = `HTTP/1.1 ${response.status} ${response.statusText}`;
  return [head, ...response.headers.map(([name, value]) => `${name}: ${value}`), ''].join('\n');
}

function resultOf({ exchange, body, readable }: Answer, context: Context): Result {
  const text = body.endsWith('\n') ? body : `${body}\n`;
  const { status } = exchange.response;
  const succeeded = status >= 200 && status < 300;
  if (succeeded && readable) return { json: new JsonText(body), text };
  const error = succeeded ? unreadable(exchange) : failureOf(exchange, context);
  return { json: { status, body }, text, error };
}

function unreadable({ response }: Exchange): DynopsError {
  return new DynopsError({
    code: 'UnreadableAnswer',
    message: `${response.status} was answered, but with a body that is none of the API's.`,
    hint: 'Is there a proxy or a sign-in page of the network in between?',
    requestId: requestId(response),
  });
}

function failureOf({ response, body, token, outputs }: Exchange, { clock, options }: Context): DynopsError {
  const { status } = response;
  const message = messageIn(body) ?? response.statusText;
  if (status === 401 || status === 403) {
    return explainRefusal(status, { token, outputs, nowMs: clock(), message, requestId: requestId(response) });
  }
  return new DynopsError({
    foreignCode: header(response, 'x-amzn-errortype') ?? `Http${status}`,
    message: `The API answered ${status}: ${message}`,
    hint: status >= 500 ? `Run ${ownCommand(options)('logs --since 10m')} to see what the function said.` : undefined,
    requestId: requestId(response),
    exitStatus: ExitStatus.failed,
  });
}

/** The gateway says `message`, or `Message` for a policy's refusal; the function says `errorMessage`. */
function messageIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return undefined;
    const members = new Map<string, unknown>(Object.entries(value));
    const message = members.get('message') ?? members.get('Message') ?? members.get('errorMessage');
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
