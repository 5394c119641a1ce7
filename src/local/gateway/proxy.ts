import type { PlainResponse } from '../http.ts';
import type { Passage } from './integration.ts';

/** Lambda proxy integrations: the request as an event of format 1.0, the answer as `{statusCode, headers, body}`. */
export function proxyEvent(passage: Passage): object {
  const { body, headers, query, httpMethod, resourcePath, path, input } = passage;
  return {
    resource: resourcePath,
    path,
    httpMethod,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(headers),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? grouped(query) : null,
    pathParameters: Object.keys(input.parameters.path).length > 0 ? input.parameters.path : null,
    stageVariables: Object.keys(input.stageVariables).length > 0 ? input.stageVariables : null,
    requestContext: { ...input.context, resourcePath, httpMethod, path: `/${passage.stage}${path}` },
    body: body.length > 0 ? body.toString() : null,
    isBase64Encoded: false,
  };
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/** undefined: not what a proxy integration must answer. */
export function proxyResponse(passage: Passage, payload: Buffer): PlainResponse | undefined {
  const answer: unknown = JSON.parse(payload.toString());
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = answer as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const single = Object.entries((headers ?? {}) as Record<string, unknown>).map(([name, value]) => [
    name,
    String(value),
  ]);
  const several = Object.entries((multiValueHeaders ?? {}) as Record<string, unknown[]>).flatMap(([name, values]) =>
    values.map((value) => [name, String(value)]),
  );
  const given = [...single, ...several] as [string, string][];
  const valid = given.every(([name, value]) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !/[\r\n\0]/.test(value));
  if (!valid) return undefined;
  const typed = given.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status,
    headers: [
      ...(typed ? [] : [['Content-Type', 'application/json'] as [string, string]]),
      ...given.filter(([name]) => !/^(content-length|transfer-encoding|connection)$/i.test(name)),
      ['x-amzn-RequestId', passage.ids.requestId],
      ['x-amz-apigw-id', passage.ids.extendedId],
      ['X-Amzn-Trace-Id', passage.trace.responseHeader],
    ],
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
