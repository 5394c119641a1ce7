import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../constant-time.ts';
import type { PlainResponse } from './messages.ts';

/** What the engine's owner must show: made from the engine's own secret, so that neither pages nor functions have it. */
export function ownerToken(secretAccessKey: string): string {
  return createHmac('sha256', secretAccessKey).update('dynops request log').digest('hex');
}

/** An answer for the owner alone, who sends `Authorization: Bearer TOKEN`. */
export function forOwner(
  request: { authorization: string | undefined; secretAccessKey: string },
  answer: () => object,
): PlainResponse {
  const { authorization = '', secretAccessKey } = request;
  const headers: PlainResponse['headers'] = [
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
  ];
  if (!equalInConstantTime(authorization, `Bearer ${ownerToken(secretAccessKey)}`))
    return { status: 403, headers, body: JSON.stringify({ message: 'this is for the engine’s owner' }) };
  return { status: 200, headers, body: JSON.stringify(answer()) };
}
