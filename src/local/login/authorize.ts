import { findBranding } from '../cognito/branding-operations.ts';
import { currentDomain } from '../cognito/domains.ts';
import type { ClientRecord, PoolRecord, UserRecord } from '../cognito/records.ts';
import { authentication, issueTokens, newOriginJti } from '../cognito/tokens.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { browserUser } from './browser-session.ts';
import { isRepeated, redirect, single, type Visit } from './exchange.ts';
import { issueCode } from './grants.ts';

/** A checked authorization request. */
export interface AuthorizeRequest {
  client: ClientRecord;
  redirectUri: string;
  responseType: 'code' | 'token';
  scopes: string[];
  state: string | undefined;
  nonce: string | undefined;
  challenge: string | undefined;
  prompt: string | undefined;
}

/** An answer in place of a checked request. */
export class Refused extends Error {
  readonly response: PlainResponse;

  constructor(response: PlainResponse) {
    super('The authorization request was refused.');
    this.response = response;
  }
}

/** Our own error page: for requests whose client or redirect cannot be trusted. `refused`: the redirect, for the page to name it. */
export function errorPageUrl({ query, request }: Visit, error: string, refused?: string): string {
  const clientId = single(query, 'client_id');
  const parameters = { error, ...(clientId && { client_id: clientId }), ...(refused && { redirect_uri: refused }) };
  return `${request.basePath}/error?${new URLSearchParams(parameters)}`;
}

const toErrorPage = (visit: Visit, error: string, refused?: string) =>
  new Refused(redirect(errorPageUrl(visit, error, refused)));

export function withParameters(url: string, parameters: Record<string, string | undefined>, mark = '?'): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const joint = mark === '?' && url.includes('?') ? '&' : mark;
  return `${url}${joint}${new URLSearchParams(given)}`;
}

function requireClient(visit: Visit): { client: ClientRecord; redirectUri: string } {
  const { pool, query } = visit;
  const client = pool.clients.find(({ ClientId }) => ClientId === single(query, 'client_id'));
  if (!client) throw toErrorPage(visit, 'Client does not exist');
  if (!client.AllowedOAuthFlowsUserPoolClient) throw toErrorPage(visit, 'Client is not enabled for OAuth2.0 flows');
  // AWS's hosted pages let nobody in without it (docs/aws-facts.md#fact-4-3).
  if (!client.SupportedIdentityProviders?.includes('COGNITO'))
    throw toErrorPage(visit, 'Login option is not available. Please try another one');
  const asked = isRepeated(query, 'redirect_uri')
    ? undefined
    : (single(query, 'redirect_uri') ?? client.DefaultRedirectURI);
  const redirectUri = client.CallbackURLs?.find((url) => url === asked);
  if (redirectUri === undefined) throw toErrorPage(visit, 'redirect_mismatch', single(query, 'redirect_uri'));
  return { client, redirectUri };
}

const parameterNames = [
  'response_type',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
];
/** S256 of RFC 7636: 32 bytes in base64url. */
const challengePattern = /^[A-Za-z0-9_-]{43}$/;
const addOns = ['email', 'phone', 'profile'];

function checkScopes(client: ClientRecord, asked: string | undefined): string[] | undefined {
  const allowed = client.AllowedOAuthScopes ?? [];
  if (asked === undefined) return allowed;
  const scopes = [...new Set(asked.split(' ').filter(Boolean))];
  const isKnown = scopes.length > 0 && scopes.every((scope) => allowed.includes(scope));
  const lacksOpenid = scopes.some((scope) => addOns.includes(scope)) && !scopes.includes('openid');
  return isKnown && !lacksOpenid ? scopes : undefined;
}

/**
 * Checks the parameters of `/oauth2/authorize` and `/login` (docs/aws-facts.md#fact-4-7). Throws Refused: with the error page where the client
 * or its redirect_uri is wrong, else with a redirect that carries `error` and `state` to the client.
 */
export function checkAuthorize(visit: Visit): AuthorizeRequest {
  const { query } = visit;
  const { client, redirectUri } = requireClient(visit);
  const state = single(query, 'state');
  const refuse = (error: string, description?: string) =>
    new Refused(redirect(withParameters(redirectUri, { error_description: description, error, state })));
  const repeated = parameterNames.find((name) => isRepeated(query, name));
  if (repeated) throw refuse('invalid_request', `${repeated} is repeated`);
  const responseType = single(query, 'response_type');
  if (responseType !== 'code' && responseType !== 'token')
    throw refuse('invalid_request', 'response_type must be code or token');
  const flow = responseType === 'code' ? 'code' : 'implicit';
  if (!client.AllowedOAuthFlows?.includes(flow)) throw refuse('unauthorized_client');
  const scopes = checkScopes(client, single(query, 'scope'));
  // AWS's words (docs/aws-facts.md#fact-11-5).
  if (!scopes) throw refuse('invalid_request', 'invalid_scope');
  const provider = single(query, 'identity_provider');
  if (provider !== undefined && provider !== 'COGNITO') throw refuse('invalid_request', 'unknown identity_provider');
  const challenge = single(query, 'code_challenge');
  const method = single(query, 'code_challenge_method');
  const hasChallenge = challenge !== undefined || method !== undefined;
  if (hasChallenge && (method !== 'S256' || !challengePattern.test(challenge ?? '')))
    throw refuse('invalid_request', 'code_challenge needs code_challenge_method S256');
  const [nonce, prompt] = [single(query, 'nonce'), single(query, 'prompt')];
  return { client, redirectUri, responseType, scopes, state, nonce, challenge, prompt };
}

/** Sends the browser back to the client, with a code or with tokens. */
export async function finishAuthorize(
  engine: Engine,
  pool: PoolRecord,
  given: { asked: AuthorizeRequest; user: UserRecord; authTimeS: number; cookies?: string[] },
): Promise<PlainResponse> {
  const { asked, user, authTimeS, cookies } = given;
  const { client, redirectUri, scopes, nonce, state, challenge } = asked;
  if (asked.responseType === 'code') {
    const code = issueCode(engine, {
      poolId: pool.id,
      clientId: client.ClientId,
      redirectUri,
      username: user.username,
      sub: user.sub,
      scopes,
      nonce,
      challenge,
      authTimeS,
      originJti: newOriginJti(engine),
    });
    return redirect(withParameters(redirectUri, { code, state }), cookies);
  }
  const auth = authentication(engine, { pool, client, user }, { scopes, nonce, authTimeS });
  const tokens = await issueTokens(engine, auth);
  const parameters = {
    id_token: tokens.idToken,
    access_token: tokens.accessToken,
    expires_in: String(tokens.expiresInS),
    token_type: 'Bearer',
    state,
  };
  return redirect(withParameters(redirectUri, parameters, '#'), cookies);
}

/** Version 2 of the hosted pages needs a branding style; without one AWS shows nothing else (docs/aws-facts.md#fact-4-6). */
export function hasPages(engine: Engine, pool: PoolRecord, client: ClientRecord): boolean {
  return currentDomain(engine, pool)?.managedLoginVersion !== 2 || findBranding(pool, client) !== undefined;
}

/** GET `/oauth2/authorize`: straight back where the browser is signed in already, else to the login page. */
export async function authorize(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const asked = checkAuthorize(visit);
  const known = asked.prompt === 'login' ? undefined : browserUser(engine, visit.pool, visit.request);
  if (known) return finishAuthorize(engine, visit.pool, { asked, ...known });
  if (asked.prompt === 'none')
    return redirect(withParameters(asked.redirectUri, { error: 'login_required', state: asked.state }));
  return redirect(`${visit.request.basePath}/login?${visit.request.query}`);
}
