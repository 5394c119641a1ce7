import type { GatewayResponse, GatewayResponseType } from '@aws-sdk/client-api-gateway';
import type { PlainResponse } from '../http/messages.ts';
import { randomText } from '../random-text.ts';

/** API Gateway's own answers. Source: its default gateway responses. */
export type GatewayError =
  | 'missing-token'
  | 'unauthorized'
  | 'expired-token'
  | 'forbidden'
  | 'throttled'
  | 'too-long'
  | 'media-type'
  | 'bad-body'
  | 'bad-parameters'
  | 'timeout'
  | 'configuration'
  | 'bad-gateway';

const usualTemplate = '{"message":$context.error.messageString}';

interface DefaultAnswer {
  status: number;
  message: string;
  errorType: string;
  /** Key of the API's own gateway response for it. */
  responseType: GatewayResponseType;
}

const answers: Record<GatewayError, DefaultAnswer> = {
  'missing-token': answer(
    403,
    'Missing Authentication Token',
    'MissingAuthenticationTokenException',
    'MISSING_AUTHENTICATION_TOKEN',
  ),
  unauthorized: answer(401, 'Unauthorized', 'UnauthorizedException', 'UNAUTHORIZED'),
  'expired-token': answer(401, 'The incoming token has expired', 'UnauthorizedException', 'EXPIRED_TOKEN'),
  forbidden: answer(403, 'Forbidden', 'ForbiddenException', 'INVALID_API_KEY'),
  throttled: answer(429, 'Too Many Requests', 'TooManyRequestsException', 'THROTTLED'),
  'too-long': answer(413, 'Request Too Long', 'BadRequestException', 'REQUEST_TOO_LARGE'),
  'media-type': answer(415, 'Unsupported Media Type', 'BadRequestException', 'UNSUPPORTED_MEDIA_TYPE'),
  'bad-body': answer(400, 'Invalid request body', 'BadRequestException', 'BAD_REQUEST_BODY'),
  'bad-parameters': answer(400, 'Missing required request parameters', 'BadRequestException', 'BAD_REQUEST_PARAMETERS'),
  timeout: answer(504, 'Endpoint request timed out', 'InternalServerErrorException', 'INTEGRATION_TIMEOUT'),
  configuration: answer(500, 'Internal server error', 'InternalServerErrorException', 'API_CONFIGURATION_ERROR'),
  'bad-gateway': answer(502, 'Internal server error', 'InternalServerErrorException', 'DEFAULT_5XX'),
};

function answer(status: number, message: string, errorType: string, responseType: GatewayResponseType): DefaultAnswer {
  return { status, message, errorType, responseType };
}

/** What one request is known by. */
export interface RequestIds {
  requestId: string;
  /** `x-amz-apigw-id` */
  extendedId: string;
}

/** Status codes of all types. Recorded: localstack `apigateway/test_apigateway_api` test_gateway_response_crud. */
const usualStatus: Record<GatewayResponseType, string | undefined> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
};

export const gatewayResponseTypes = Object.keys(usualStatus) as GatewayResponseType[];

/** What API Gateway tells of a type that the API does not shape. */
export function defaultGatewayResponse(responseType: GatewayResponseType): GatewayResponse {
  const statusCode = usualStatus[responseType];
  return {
    responseType,
    ...(statusCode !== undefined && { statusCode }),
    responseParameters: {},
    responseTemplates: { 'application/json': usualTemplate },
    defaultResponse: true,
  };
}

/** 15 characters of base64 and `=`, as AWS's. */
export function newExtendedId(): string {
  return `${randomText.base64url(12).slice(0, 15)}=`;
}

/** An error answer, in the API's own form where it has one. */
export function gatewayError(
  error: GatewayError,
  ids: RequestIds,
  options: { message?: string; own?: Record<string, GatewayResponse>; context?: Record<string, unknown> } = {},
): PlainResponse {
  const { status, message: usual, errorType, responseType } = answers[error];
  const message = options.message ?? usual;
  const own = options.own?.[responseType] ?? options.own?.[status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX'];
  const context = {
    requestId: ids.requestId,
    extendedRequestId: ids.extendedId,
    ...options.context,
    error: {
      message,
      messageString: JSON.stringify(message),
      responseType,
      ...(error === 'bad-body' && { validationErrorString: message }),
    },
  };
  const template = own?.responseTemplates?.['application/json'] ?? usualTemplate;
  return {
    status: Number(own?.statusCode ?? status),
    headers: [
      ...authoredHeaders(gatewayResponseHeaders(own, context), 'application/json'),
      ['x-amzn-RequestId', ids.requestId],
      ['x-amz-apigw-id', ids.extendedId],
      ['x-amzn-ErrorType', errorType],
    ],
    // No Velocity: variables alone are filled in.
    body: template.replaceAll(
      /\$(?:context((?:\.\w+)+)|\{context((?:\.\w+)+)\})/g,
      (_whole, bare: string | undefined, braced: string | undefined) =>
        memberText(context, (bare ?? braced ?? '').split('.').slice(1)) ?? '',
    ),
  };
}

/** What an API's author or function sets: nothing that frames the message or that HTTP cannot carry. */
export function authoredHeaders(given: [name: string, value: string][], contentType: string): [string, string][] {
  const typed = given.some(([name]) => name.toLowerCase() === 'content-type');
  return [
    ...(typed ? [] : [['Content-Type', contentType] as [string, string]]),
    ...given
      .filter(([name]) => !/^(content-length|transfer-encoding|connection)$/i.test(name))
      .map(([name, value]): [string, string] => [name, value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ' ')]),
  ];
}

function gatewayResponseHeaders(own: GatewayResponse | undefined, context: object): [string, string][] {
  return Object.entries(own?.responseParameters ?? {}).flatMap(([target, source]): [string, string][] => {
    const name = gatewayResponseHeader(target);
    const value =
      literalIn(source) ?? (source.startsWith('context.') ? memberText({ context }, source.split('.')) : undefined);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** The header that a parameter of a gateway response sets. */
export function gatewayResponseHeader(target: string): string | undefined {
  return /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\w-]+)$/.exec(target)?.[1];
}

/** The text of a mapping's `'literal'`. */
export const literalIn = (source: string): string | undefined => /^'(.*)'$/.exec(source)?.[1];

/** More than 10 MB is refused before API Gateway itself sees it: plain text, none of its headers. */
export const contentTooLong: PlainResponse = {
  status: 413,
  headers: [['Content-Type', 'text/plain']],
  body: 'HTTP content length exceeded 10485760 bytes.',
};

/** `context.identity.sourceIp` and its like. */
export function memberText(root: object, names: string[]): string | undefined {
  const found = names.reduce<unknown>(
    (owner, name) =>
      typeof owner === 'object' && owner !== null && Object.hasOwn(owner, name)
        ? (owner as Record<string, unknown>)[name]
        : undefined,
    root,
  );
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined;
}
