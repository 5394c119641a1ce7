import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import type { ClientRecord, PoolRecord } from './records.ts';
import { isRevoked, isSignedOut, revoke } from './revocations.ts';
import {
  type Authentication,
  issueRefreshToken,
  issueTokens,
  openRefreshToken,
  type RefreshGrant,
  type Tokens,
} from './tokens.ts';
import { findUser } from './users.ts';

const refuse = (message: string) => new AwsError('NotAuthorizedException', message);

export const isRotating = (client: ClientRecord): boolean => client.RefreshTokenRotation?.Feature === 'ENABLED';

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

/**
 * Tokens for a refresh token; where the client rotates, also a new refresh token with the end of the one given, which is
 * refused after the grace period. Throws NotAuthorizedException.
 */
export async function redeemRefreshToken(
  engine: Engine,
  request: { pool: PoolRecord; client: ClientRecord; refreshToken: string },
): Promise<{ tokens: Tokens; refreshToken?: string }> {
  const { pool, client } = request;
  const { auth, grant } = authenticationOf(engine, request);
  if (!isRotating(client)) return { tokens: await issueTokens(engine, auth) };
  const graceMs = (client.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0) * 1000;
  // Before anything else is awaited: of two uses at once, one is refused.
  const fromMs = graceMs === 0 ? 0 : engine.clock() + graceMs;
  await revoke(engine, pool, { id: grant.id, untilMs: grant.expiresAtMs, fromMs });
  return {
    refreshToken: issueRefreshToken(engine, auth, grant.expiresAtMs),
    tokens: await issueTokens(engine, auth),
  };
}
