import { isObject } from '../../is-object.ts';
import type { PlainResponse } from '../http/messages.ts';
import { readNumber } from '../wire/numbers.ts';
import { authoredHeaders } from './answers.ts';
import { firstAccepted, isBinaryType } from './content.ts';
import type { Exchange } from './exchange.ts';
import { remapped } from './response-headers.ts';

/** Lambda proxy integrations: the request as an event of format 1.0, the answer as `{statusCode, headers, body}`. */
export function proxyEvent(exchange: Exchange): object {
  const { body, httpMethod, resourcePath, path } = exchange;
  const { headers, query } = exchange.given();
  const input = exchange.input();
  const binary = isBinaryType(exchange.deployed.definition.binaryMediaTypes, exchange.contentType);
  // Templates see it, and a function reads it in its headers.
  const { xrayTraceId: _seen, ...requestContext } = input.context;
  return {
    resource: resourcePath,
    // Slashes that begin a path count once. Recorded: test_lambda_aws_proxy_integration.
    path: path.replace(/^\/+/, '/'),
    httpMethod,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(headers),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? grouped(query) : null,
    pathParameters: Object.keys(input.parameters.path).length > 0 ? input.parameters.path : null,
    stageVariables: Object.keys(input.stageVariables).length > 0 ? input.stageVariables : null,
    requestContext,
    body: body.length > 0 ? body.toString(binary ? 'base64' : 'utf8') : null,
    isBase64Encoded: binary && body.length > 0,
  };
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/** Any other member makes an answer malformed. Recorded: test_aws_proxy_response_payload_format_validation. */
const answerMembers = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

/** undefined: not what a proxy integration must answer. */
export function proxyResponse(exchange: Exchange, payload: Buffer): PlainResponse | undefined {
  const answer: unknown = JSON.parse(payload.toString());
  if (!isObject(answer) || Object.keys(answer).length === 0) return undefined;
  if (!Object.keys(answer).every((name) => answerMembers.includes(name))) return undefined;
  const { statusCode = 200, headers, multiValueHeaders, body, isBase64Encoded } = answer;
  const status = typeof statusCode === 'string' ? readNumber(statusCode, 'Integer') : statusCode;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (!isObject(headers ?? {}) || !isObject(multiValueHeaders ?? {})) return undefined;
  const several = Object.entries(multiValueHeaders ?? {});
  if (!several.every(([, values]) => Array.isArray(values))) return undefined;
  const listed = several.flatMap(([name, values]) => (values as unknown[]).map((value) => [name, value] as const));
  const values = [...listed.map(([, value]) => value), ...Object.values(headers ?? {})];
  if (values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  // A function may answer more of them than can be compared each with each.
  const lineOf = (name: string, value: unknown) => `${name.toLowerCase()}\n${value}`;
  const lines = new Set(listed.map(([name, value]) => lineOf(name, value)));
  const more = Object.entries(headers ?? {}).filter(([name, value]) => !lines.has(lineOf(name, value)));
  const given = [...listed, ...more].map(([name, value]): [string, string] => [name, String(value)]);
  const valid = given.every(([name, value]) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !/[\r\n\0]/.test(value));
  if (!valid) return undefined;
  const { binaryMediaTypes } = exchange.deployed.definition;
  const wanted = firstAccepted(exchange.given().headers);
  return {
    status,
    headers: [
      ...authoredHeaders(remapped(given), 'application/json'),
      ['x-amzn-RequestId', exchange.ids.requestId],
      ['x-amz-apigw-id', exchange.ids.extendedId],
      ['X-Amzn-Trace-Id', exchange.trace.responseHeader],
    ],
    body: Buffer.from(
      body ?? '',
      isBase64Encoded === true && isBinaryType(binaryMediaTypes, wanted) ? 'base64' : 'utf8',
    ),
  };
}
