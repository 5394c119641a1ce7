import type { GatewayResponse, GatewayResponseType } from '@aws-sdk/client-api-gateway';
import type { PlainResponse } from '../http/messages.ts';
import { randomText } from '../random-text.ts';
import {
  type GatewayResponseSources,
  gatewayResponseBody,
  gatewayResponseHeaders,
  ownGatewayResponse,
} from './gateway-response.ts';

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

/** 15 characters of base64 and `=`, as AWS's. */
export function newExtendedId(): string {
  return `${randomText.base64url(12).slice(0, 15)}=`;
}

/** An error answer, in the API's own form where it has one. */
export function gatewayError(
  error: GatewayError,
  ids: RequestIds,
  options: {
    message?: string;
    validation?: string;
    own?: Record<string, GatewayResponse>;
    input?: () => GatewayResponseSources;
  } = {},
): PlainResponse {
  const { status, message: usual, errorType, responseType } = answers[error];
  const message = options.message ?? usual;
  const input = options.input?.();
  const own = ownGatewayResponse(options.own ?? {}, responseType);
  const fault = {
    message,
    messageString: JSON.stringify(message),
    responseType,
    ...(error === 'bad-body' && { validationErrorString: options.validation ?? message }),
  };
  const sources: GatewayResponseSources = {
    parameters: { path: {}, querystring: {}, header: {} },
    stageVariables: {},
    ...input,
    context: {
      requestId: ids.requestId,
      extendedRequestId: ids.extendedId,
      ...input?.context,
      error: fault,
    },
  };
  const { contentType, body } = gatewayResponseBody(own, sources);
  const answer: PlainResponse = {
    status: Number(own?.statusCode ?? status),
    headers: [
      ...authoredHeaders(gatewayResponseHeaders(own, sources), contentType),
      ['x-amzn-RequestId', ids.requestId],
      ['x-amz-apigw-id', ids.extendedId],
      ['x-amzn-ErrorType', errorType],
    ],
    body,
  };
  faults.set(answer, fault);
  return answer;
}

/** `$context.error` of an answer that is an error of API Gateway's own. */
export const faultOf = (answer: PlainResponse): object | undefined => faults.get(answer);

const faults = new WeakMap<PlainResponse, object>();

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

/** More than 10 MB is refused before API Gateway itself sees it: plain text, none of its headers. */
export const contentTooLong: PlainResponse = {
  status: 413,
  headers: [['Content-Type', 'text/plain']],
  body: 'HTTP content length exceeded 10485760 bytes.',
};
