import { createHash } from 'node:crypto';
import { allowedFlows, systemScopes, tokenValidityS } from '../cognito/client-settings.ts';
import type { ClientRecord } from '../cognito/records.ts';
import { isRotating, redeemRefreshToken } from '../cognito/refresh.ts';
import { isSignedOut, revoke } from '../cognito/revocations.ts';
import { revokeRefreshToken } from '../cognito/self-operations.ts';
import { authentication, clientAccessToken, issueRefreshToken, issueTokens, type Tokens } from '../cognito/tokens.ts';
import { findUser } from '../cognito/users.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import { authenticateClient } from './client-authentication.ts';
import { empty, form, isRepeated, json, single, type Visit } from './exchange.ts';
import { type Grant, takeCode } from './grants.ts';

/** An OAuth error; every one of the token endpoint is HTTP 400 (DG cognito, token endpoint). */
class GrantError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

interface Request {
  visit: Visit;
  client: ClientRecord;
  form: URLSearchParams;
}

function tokenAnswer(tokens: Tokens, refreshToken?: string): PlainResponse {
  return json(200, {
    id_token: tokens.idToken,
    access_token: tokens.accessToken,
    refresh_token: refreshToken,
    expires_in: tokens.expiresInS,
    token_type: 'Bearer',
  });
}

function checkVerifier(challenge: string | undefined, verifier: string | undefined): boolean {
  // A verifier for a code that was asked without a challenge is a downgrade attempt (RFC 9700 §4.8.2).
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return equalInConstantTime(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

function isFor(grant: Grant, { client, form: sent }: Request): boolean {
  return (
    grant.clientId === client.ClientId &&
    grant.redirectUri === single(sent, 'redirect_uri') &&
    checkVerifier(grant.challenge, single(sent, 'code_verifier'))
  );
}

async function redeemCode(engine: Engine, request: Request): Promise<PlainResponse> {
  const { visit, client, form: sent } = request;
  const { pool } = visit;
  const code = single(sent, 'code');
  if (code === undefined || single(sent, 'redirect_uri') === undefined) throw new GrantError('invalid_request');
  if (!client.AllowedOAuthFlows?.includes('code')) throw new GrantError('unauthorized_client');
  const taken = takeCode(engine, pool.id, code);
  if (!taken) throw new GrantError('invalid_grant');
  const { grant, isStolen } = taken;
  const { scopes, nonce, authTimeS, originJti } = grant;
  if (isStolen) {
    // The tokens are those of the client that the code was for, whoever shows it now.
    const owner = pool.clients.find(({ ClientId }) => ClientId === grant.clientId) ?? client;
    const untilMs = engine.clock() + tokenValidityS(owner, 'RefreshToken') * 1000;
    await revoke(engine, pool, { id: originJti, untilMs });
    throw new GrantError('invalid_grant');
  }
  const user = isFor(grant, request) ? findUser(engine, pool, grant.username) : undefined;
  if (user?.sub !== grant.sub || !user.enabled || isSignedOut(user, originJti)) throw new GrantError('invalid_grant');
  const auth = { ...authentication(engine, { pool, client, user }, { scopes, nonce, authTimeS }), originJti };
  return tokenAnswer(await issueTokens(engine, auth), issueRefreshToken(engine, auth));
}

async function refresh(engine: Engine, request: Request): Promise<PlainResponse> {
  const { visit, client, form: sent } = request;
  const { pool } = visit;
  const refreshToken = single(sent, 'refresh_token');
  if (refreshToken === undefined) throw new GrantError('invalid_request');
  // Rotation takes the place of the flow, and AWS has it off then (docs/aws-facts.md#fact-11-3).
  if (!isRotating(client) && !allowedFlows(client).includes('ALLOW_REFRESH_TOKEN_AUTH'))
    throw new GrantError('unauthorized_client');
  const redeemed = await redeemRefreshToken(engine, { pool, client, refreshToken });
  return tokenAnswer(redeemed.tokens, redeemed.refreshToken);
}

async function clientCredentials(engine: Engine, request: Request): Promise<PlainResponse> {
  const { visit, client, form: sent } = request;
  // A client without a secret proves nothing about itself.
  if (client.ClientSecret === undefined || !client.AllowedOAuthFlows?.includes('client_credentials'))
    throw new GrantError('unauthorized_client');
  const allowed = (client.AllowedOAuthScopes ?? []).filter((scope) => !systemScopes.includes(scope));
  const scopes = single(sent, 'scope')?.split(' ').filter(Boolean) ?? allowed;
  if (scopes.length === 0 || scopes.some((scope) => !allowed.includes(scope))) throw new GrantError('invalid_scope');
  const accessToken = await clientAccessToken(engine, { pool: visit.pool, client, scopes });
  return tokenAnswer({ accessToken, idToken: undefined, expiresInS: tokenValidityS(client, 'AccessToken') });
}

const grantTypes = new Map([
  ['authorization_code', redeemCode],
  ['refresh_token', refresh],
  ['client_credentials', clientCredentials],
]);

const names = ['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope'];

/** POST `/oauth2/token`. */
export async function serveToken(engine: Engine, visit: Visit): Promise<PlainResponse> {
  try {
    const sent = form(visit.request);
    if (!sent || names.some((name) => isRepeated(sent, name))) throw new GrantError('invalid_request');
    const grantType = single(sent, 'grant_type');
    if (grantType === undefined) throw new GrantError('invalid_request');
    const redeem = grantTypes.get(grantType);
    if (!redeem) throw new GrantError('unsupported_grant_type');
    const client = authenticateClient(visit, sent);
    if (!client) throw new GrantError('invalid_client');
    if (!client.AllowedOAuthFlowsUserPoolClient) throw new GrantError('unauthorized_client');
    return await redeem(engine, { visit, client, form: sent });
  } catch (error) {
    if (error instanceof GrantError) return json(400, { error: error.code });
    if (error instanceof AwsError && error.code === 'NotAuthorizedException')
      return json(400, { error: 'invalid_grant' });
    throw error;
  }
}

/** POST `/oauth2/revoke`; a token that is not valid is answered like one that was (DG cognito, revocation endpoint). */
export async function serveRevoke(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const sent = form(visit.request);
  const token = sent && single(sent, 'token');
  if (!sent || token === undefined) return json(400, { error: 'invalid_request' });
  const client = authenticateClient(visit, sent);
  if (!client) return json(401, { error: 'invalid_client' });
  try {
    await revokeRefreshToken(engine, { pool: visit.pool, client, token });
    return empty(200);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const code = error.code === 'UnsupportedTokenTypeException' ? 'unsupported_token_type' : 'invalid_request';
    return json(400, { error: code });
  }
}
