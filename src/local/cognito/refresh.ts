import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import type { ClientRecord, PoolRecord } from './records.ts';
import { isRevoked, isSignedOut } from './revocations.ts';
import { type Authentication, openRefreshToken, type RefreshGrant } from './tokens.ts';
import { findUser } from './users.ts';

const refuse = (message: string) => new AwsError('NotAuthorizedException', message);

/** The authentication behind a refresh token of this client. Throws NotAuthorizedException with Cognito's words. */
export function authenticationOf(
  engine: Engine,
  request: { pool: PoolRecord; client: ClientRecord; refreshToken: string },
): { auth: Authentication; grant: RefreshGrant } {
  const { pool, client, refreshToken } = request;
  const grant = openRefreshToken(pool, refreshToken);
  if (grant?.clientId !== client.ClientId) throw refuse('Invalid Refresh Token');
  if (grant.expiresAtMs <= engine.clock()) throw refuse('Refresh Token has expired');
  const user = findUser(engine, pool, grant.username);
  const isVoid =
    user?.sub !== grant.sub ||
    isSignedOut(user, grant.originJti) ||
    isRevoked(engine, pool, grant.originJti) ||
    isRevoked(engine, pool, grant.id);
  if (!user || isVoid) throw refuse('Refresh Token has been revoked');
  if (!user.enabled) throw refuse('User is disabled.');
  const { authTimeS, originJti, eventId, scopes, hosted, nonce } = grant;
  return { auth: { pool, client, user, authTimeS, originJti, eventId, scopes, hosted, nonce }, grant };
}
