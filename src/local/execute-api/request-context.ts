import type { ApiRecord } from '../apigateway/records.ts';
import type { Engine } from '../engine.ts';
import { headerOf } from '../http/headers.ts';
import type { PlainRequest } from '../http/messages.ts';
import type { RequestIds } from './answers.ts';

/** What API Gateway knows of a request beside what the caller sent: `$context` in templates, `requestContext` in proxy events. */
export function contextOf(
  engine: Engine,
  what: {
    api: Pick<ApiRecord, 'id' | 'region'>;
    stage: { stageName: string; deploymentId?: string };
    request: Pick<PlainRequest, 'method' | 'path' | 'headers' | 'sourceIp'>;
    ids: RequestIds;
    timeMs: number;
    resource?: { id: string; path: string } | undefined;
  },
): Record<string, unknown> {
  const { api, stage, request, ids, timeMs, resource } = what;
  return {
    ...(resource && { resourceId: resource.id, resourcePath: resource.path }),
    httpMethod: request.method,
    extendedRequestId: ids.extendedId,
    requestTime: requestTime(new Date(timeMs)),
    path: `/${stage.stageName}${request.path}`,
    accountId: engine.accountId,
    protocol: 'HTTP/1.1',
    stage: stage.stageName,
    domainPrefix: api.id,
    requestTimeEpoch: timeMs,
    requestId: ids.requestId,
    identity: {
      ...noIdentity,
      sourceIp: request.sourceIp,
      userAgent: headerOf(request.headers, 'user-agent') ?? null,
    },
    domainName: `${api.id}.execute-api.${api.region}.amazonaws.com`,
    deploymentId: stage.deploymentId,
    apiId: api.id,
  };
}

/** As recorded: localstack `apigateway/test_apigateway_lambda` test_lambda_aws_proxy_integration. */
const noIdentity = {
  cognitoIdentityPoolId: null,
  accountId: null,
  cognitoIdentityId: null,
  caller: null,
  accessKey: null,
  cognitoAuthenticationType: null,
  cognitoAuthenticationProvider: null,
  userArn: null,
  principalOrgId: null,
  user: null,
};

/** CLF time: `28/Nov/2026:23:58:00 +0000`. */
function requestTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/**
 * Headers as an integration sees them: what concerns the connection alone is gone, and what was forwarded is said.
 * Recorded: localstack `apigateway/test_apigateway_integrations` test_apigateway_header_remapping_aws.
 */
export function forwardedHeaders(
  { headers, sourceIp }: Pick<PlainRequest, 'headers' | 'sourceIp'>,
  traceHeader: string,
): [string, string][] {
  const before = headerOf(headers, 'x-forwarded-for');
  return [
    ...headers.filter(([name]) => !hidden.test(name)).map(([name, value]): [string, string] => [name, value]),
    ['X-Amzn-Trace-Id', traceHeader],
    ['X-Forwarded-For', before === undefined ? sourceIp : `${before}, ${sourceIp}`],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

const hidden =
  /^(connection|content-length|content-md5|expect|max-forwards|proxy-authenticate|server|te|trailer|transfer-encoding|upgrade|www-authenticate|x-amzn-trace-id|x-forwarded-(for|port|proto))$/i;
