import { usageError } from '../errors.ts';
import { failureOf, headLines, unreadable } from '../session/answer.ts';
import { readArgument } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import type { Exchange } from '../session/session.ts';
import { stackNames } from '../stack/names.ts';
import { entryPath, routeName } from '../stack/service.ts';
import { JsonText } from '../ui/outcome.ts';
import { isJson } from './call/json-text.ts';
import { type Operation, usesTable } from './call/operations.ts';
import { type Answer, allPages } from './call/pages.ts';
import { type BodyOptions, bodyText, payloadText } from './call/request.ts';

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
  const service = await context.service({ values: false });
  if (entryPath(service) === '') {
    const [first] = service.routes;
    throw usageError(
      '`call` is for an API that takes operations, as in the tutorial; this service has routes of its own.',
      `For example: dynops request ${first ? routeName(first).replace(/^ANY /, 'GET ') : 'GET /'}`,
    );
  }
  const tableName = table ?? (usesTable(operation) ? stackNames(await context.stack(), service).table : undefined);
  const bodyFor = (text: string | undefined): string => bodyText(operation, tableName, text);

  const api = await (await context.session()).api({ auth });
  const answer =
    body.all === true ? await allPages(api, payload ?? '{}', bodyFor) : await onePage(api.post(bodyFor(payload)));
  if (include === true) context.ui.warn(headLines(answer.exchange));
  return resultOf(answer, context);
}

async function onePage(posted: Promise<Exchange>): Promise<Answer> {
  const exchange = await posted;
  return { exchange, body: exchange.body, readable: isJson(exchange.body) };
}

async function resultOf({ exchange, body, readable }: Answer, context: Context): Promise<Result> {
  const text = body.endsWith('\n') ? body : `${body}\n`;
  const { status } = exchange.response;
  const succeeded = status >= 200 && status < 300;
  if (succeeded && readable) return { json: new JsonText(body), text, verbatim: true };
  const error = succeeded ? unreadable(exchange) : await failureOf(exchange, context);
  // What is no JSON is no answer of the API's: it is for a program that asks for it, and a page tells a person nothing.
  const isShown = readable || context.ui.width === Number.POSITIVE_INFINITY;
  return { json: { status, body }, ...(isShown && { text, verbatim: true as const }), error };
}
