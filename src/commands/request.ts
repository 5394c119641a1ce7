import { validateHeaderName, validateHeaderValue } from 'node:http';
import { header } from '../endpoint/http.ts';
import { DynopsError, reasonOf, usageError } from '../errors.ts';
import { noRoute, routeOf } from '../service/routes.ts';
import { failureOf, headLines } from '../session/answer.ts';
import { readArgument } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import type { Exchange } from '../session/session.ts';
import { JsonText } from '../ui/outcome.ts';
import { isJson } from './call/json-text.ts';

export interface RequestOptions {
  /** In capitals. */
  method: string;
  /** From the stage on: `/orders/1`. */
  path: string;
  /** Each `NAME=VALUE`. */
  query?: string[];
  /** JSON or other text, @FILE or -. */
  body?: string;
  /** Each `NAME: VALUE`. */
  header?: string[];
  user?: string;
  auth: boolean;
  include?: boolean;
}

/** One request to a route of the API, with the token attached. stdout is the response body. */
export async function request(context: Context, options: RequestOptions): Promise<Result> {
  const { method, auth, include, user: username } = options;
  const { path, query } = target(options);
  const body = options.body === undefined ? undefined : await readArgument(options.body, '--body', context);
  const headers = headersOf(options.header ?? [], body);
  const api = await (await context.session()).api({ auth, username });
  const exchange = await api.send({ method, path, query, headers, body });
  if (include === true) context.ui.warn(headLines(exchange));
  const { status } = exchange.response;
  const text = exchange.body === '' || exchange.body.endsWith('\n') ? exchange.body : `${exchange.body}\n`;
  const verbatim = true;
  if (status < 400)
    return {
      json: isJson(exchange.body) ? new JsonText(exchange.body) : { status, body: exchange.body },
      text,
      verbatim,
    };
  const error = (await noSuchRoute(context, exchange, { method, path })) ?? (await failureOf(exchange, context));
  return { json: { status, body: exchange.body }, text, verbatim, error };
}

/** API Gateway says of a route that is not there that a token is missing. */
async function noSuchRoute(
  context: Context,
  { response, body, requestId }: Exchange,
  asked: { method: string; path: string },
): Promise<DynopsError | undefined> {
  // An answer to HEAD has no body.
  const says = `${header(response, 'x-amzn-errortype')} ${body}`;
  if (response.status !== 403 || !/MissingAuthenticationToken|"Missing Authentication Token"/.test(says))
    return undefined;
  const { routes } = await context.service({ values: false });
  const { message, right } = routeOf(routes, asked)
    ? {
        message: `the route of ${asked.method} ${asked.path} is in the service, but not in the deployed API`,
        right: `Run ${ownCommand(context.options)('up')}.`,
      }
    : noRoute(routes, asked);
  return new DynopsError({
    code: 'NoRoute',
    message: `The API answered 403 Missing Authentication Token: ${message}.`,
    hint: right,
    requestId,
  });
}

/** A query may follow the path, as in a browser's address. */
function target({ path, query = [] }: RequestOptions): { path: string; query: string } {
  if (!path.startsWith('/'))
    throw usageError(`The path ${path} must begin with "/".`, 'For example: dynops request GET /orders/1');
  const at = path.indexOf('?');
  const parameters = query.map((pair) => {
    const split = pair.indexOf('=');
    if (split < 1) throw usageError(`--query ${pair} must be NAME=VALUE.`);
    return `${encodeURIComponent(pair.slice(0, split))}=${encodeURIComponent(pair.slice(split + 1))}`;
  });
  const written = at < 0 ? [] : [path.slice(at + 1)];
  return {
    path: (at < 0 ? path : path.slice(0, at)).replace(unsafe, encodeURIComponent),
    query: [...written, ...parameters].join('&'),
  };
}

/** What is percent-encoded already is not encoded twice. */
const unsafe = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]/gu;

function headersOf(given: readonly string[], body: string | undefined): Record<string, string> {
  const headers: Record<string, string> =
    body !== undefined && isJson(body) ? { 'Content-Type': 'application/json' } : {};
  for (const line of given) {
    const at = line.indexOf(':');
    if (at < 1) throw usageError(`--header ${line} must be "NAME: VALUE".`);
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      throw usageError(`--header ${line} cannot be sent: ${reasonOf(cause)}.`);
    }
    // One of the same name takes the other's place.
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
    headers[name] = value;
  }
  return headers;
}
