import { createHmac } from 'node:crypto';
import { ownMember } from '../../own-member.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from './messages.ts';
import { type RequestLog, requestLogAnswer } from './request-log.ts';

/** What the engine's owner must show: made from the engine's own secret, so that neither pages nor functions have it. */
export function ownerToken(secretAccessKey: string): string {
  return createHmac('sha256', secretAccessKey).update('dynops request log').digest('hex');
}

interface OwnerRequest {
  query: string;
  engine: Engine;
  requests: RequestLog;
}

/** What only the owner may ask, who sends `Authorization: Bearer TOKEN`. */
const answers: Record<string, (request: OwnerRequest) => object | Promise<object>> = {
  'GET /_dynops/requests': ({ requests, query }) => requestLogAnswer(requests, query),
  'GET /_dynops/inbox': async ({ engine, query }) => (await import('../cognito/inbox.ts')).inboxAnswer(engine, query),
  'POST /_dynops/snapshot': async ({ engine, query }) => ({
    folder: await (await import('../snapshot.ts')).takeSnapshot(engine, Number(new URLSearchParams(query).get('pid'))),
  }),
};

/** undefined: this is none of the owner's own paths. */
export async function ownersAnswer(
  { method, path, authorization = '' }: { method: string; path: string; authorization: string | undefined },
  given: OwnerRequest & { secretAccessKey: string },
): Promise<PlainResponse | undefined> {
  const asked = `${method} ${path}`;
  const answer = ownMember(answers, asked);
  if (!answer) return undefined;
  const respond = (status: number, body: object): PlainResponse => ({
    status,
    headers: [
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
    ],
    body: JSON.stringify(body),
  });
  if (!equalInConstantTime(authorization, `Bearer ${ownerToken(given.secretAccessKey)}`))
    return respond(403, { message: 'this is for the engine’s owner' });
  try {
    return respond(200, await answer(given));
  } catch (error) {
    return respond(500, { message: error instanceof Error ? error.message : String(error) });
  }
}
