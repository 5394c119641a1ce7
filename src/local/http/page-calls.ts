import type { IncomingMessage } from 'node:http';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from './messages.ts';

/**
 * What browsers' sign-in libraries ask of AWS directly: Cognito's operations that need no signature. Pages may call them from the origins of
 * the callback URLs that the pool's app clients have registered, and from no others.
 */

const cognitoTarget = 'AWSCognitoIdentityProviderService.';
/** Those of amazon-cognito-identity-js and AWS's SDK; no Authorization among them, so that no page sends a signature. */
const allowedHeaders = [
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'cache-control',
  'content-type',
  'x-amz-target',
  'x-amz-user-agent',
];

export const maxPageCallBytes = 64 * 1024;

export function isPageCall({ method, headers }: IncomingMessage, path: string): boolean {
  if (path !== '/' || headers.origin === undefined) return false;
  if (method === 'OPTIONS') return headers['access-control-request-method'] === 'POST';
  const isSigned = headers.authorization !== undefined;
  return method === 'POST' && !isSigned && String(headers['x-amz-target']).startsWith(cognitoTarget);
}

export async function servePageCall(
  engine: Engine,
  { method, headers }: IncomingMessage,
  read: () => Promise<{ body: Buffer; answer: () => Promise<PlainResponse> }>,
): Promise<PlainResponse> {
  const { origin = '' } = headers;
  const { isRegistered, mayCall } = await import('../cognito/page-origins.ts');
  if (method === 'OPTIONS') {
    if (!isRegistered(engine, origin)) return refused;
    const preflight: PlainResponse['headers'] = [
      ['access-control-allow-methods', 'POST'],
      ['access-control-allow-headers', allowedHeaders.join(', ')],
      ['access-control-max-age', '600'],
    ];
    return readableBy(origin, { status: 204, headers: preflight, body: '' });
  }
  const { body, answer } = await read();
  if (body.length > maxPageCallBytes || !mayCall(engine, origin, body)) return refused;
  return readableBy(origin, await answer());
}

const refused: PlainResponse = {
  status: 403,
  headers: [
    ['content-type', 'application/json'],
    ['vary', 'origin'],
  ],
  body: JSON.stringify({ message: "the page's origin is not that of a callback URL of this user pool's app clients" }),
};

function readableBy(origin: string, answer: PlainResponse): PlainResponse {
  return {
    ...answer,
    headers: [
      ...answer.headers,
      ['access-control-allow-origin', origin],
      ['access-control-expose-headers', 'x-amzn-requestid, x-amzn-errortype, x-amzn-errormessage, date'],
      ['vary', 'origin'],
    ],
  };
}
