import { createHash, createPrivateKey, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { tokenValidityS } from './client-settings.ts';
import type { ClientRecord, GroupRecord, PoolRecord, SigningKey, UserRecord } from './records.ts';
import { seal, unseal } from './seal.ts';
import { shownAttributes } from './users.ts';

const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(sign);
const privateKeys = perEngine(() => new Map<string, KeyObject>());

export const userScope = 'aws.cognito.signin.user.admin';

export function issuerOf(engine: Engine, pool: PoolRecord): string {
  return `${engine.baseUrl}/${pool.id}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Clients without token revocation get tokens without the claims that it goes by (DG cognito, token revocation). */
function revocationClaims(client: ClientRecord, originJti?: string): object {
  if (client.EnableTokenRevocation === false) return {};
  return { jti: randomUUID(), ...(originJti !== undefined && { origin_jti: originJti }) };
}

/** A compact RS256 token. */
async function signToken(engine: Engine, key: SigningKey, claims: object): Promise<string> {
  const keys = privateKeys(engine);
  const privateKey = keys.get(key.kid) ?? createPrivateKey(key.privatePem);
  keys.set(key.kid, privateKey);
  const text = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`;
  const signature = await signInThreadPool('RSA-SHA256', Buffer.from(text), privateKey);
  return `${text}.${signature.toString('base64url')}`;
}

/** One authentication; every token that comes of it, by refreshing too, carries the same origin_jti, auth_time and event_id. */
export interface Authentication {
  pool: PoolRecord;
  client: ClientRecord;
  user: UserRecord;
  authTimeS: number;
  originJti: string;
  eventId: string;
  scopes: string[];
  /** Hosted pages only: their tokens say `version` 2, and their scopes choose the id token's attributes. */
  hosted: boolean;
  nonce?: string | undefined;
}

/**
 * Names an authentication: a UUID that tells when it was made (version 7), so that a global sign-out can void exactly the authentications before it:
 * the times in tokens are whole seconds.
 */
export function newOriginJti(engine: Engine): string {
  const random = randomBytes(10).toString('hex');
  const hex = `${engine.clock().toString(16).padStart(12, '0')}7${random.slice(0, 3)}8${random.slice(3, 18)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** When the authentication behind an origin_jti happened. */
export function authenticatedAtMs(originJti: string): number {
  return Number.parseInt(originJti.replaceAll('-', '').slice(0, 12), 16);
}

export function authentication(
  engine: Engine,
  who: { pool: PoolRecord; client: ClientRecord; user: UserRecord },
  hosted?: { scopes: string[]; nonce?: string | undefined; authTimeS?: number },
): Authentication {
  return {
    ...who,
    authTimeS: hosted?.authTimeS ?? Math.floor(engine.clock() / 1000),
    originJti: newOriginJti(engine),
    eventId: randomUUID(),
    scopes: hosted?.scopes ?? [userScope],
    hosted: hosted !== undefined,
    nonce: hosted?.nonce,
  };
}

const scopeAttributes: Record<string, string[]> = {
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
};

/**
 * The user's attributes as claims: those the client may read, narrowed by the scopes `email` and `phone` unless `profile`
 * (or nothing but `openid`) asks for all. Source: DG cognito, scopes of the authorization server.
 */
export function attributeClaims(auth: Pick<Authentication, 'client' | 'user' | 'scopes'>): Record<string, unknown> {
  const { client, user, scopes } = auth;
  const narrowed = scopes.includes('profile') ? [] : scopes.flatMap((scope) => ownMember(scopeAttributes, scope) ?? []);
  const claims: Record<string, unknown> = {};
  for (const { Name: name = '', Value: value = '' } of shownAttributes(user)) {
    const isReadable = name === 'sub' || (client.ReadAttributes?.includes(name) ?? !name.startsWith('dev:'));
    const isAsked = name === 'sub' || narrowed.length === 0 || narrowed.includes(name);
    if (!isReadable || !isAsked) continue;
    if (name.endsWith('_verified')) claims[name] = value === 'true';
    else claims[name] = name === 'address' ? { formatted: value } : value;
  }
  return claims;
}

function groupClaim(user: UserRecord): object {
  return user.groups.length > 0 ? { 'cognito:groups': user.groups } : {};
}

/**
 * The roles of the user's groups, and that of the group with the lowest precedence; where two roles share that precedence,
 * none is preferred. Source: API reference, CreateGroup.
 */
function roleClaims({ pool, user }: Authentication): object {
  const groups = pool.groups.filter(({ name, roleArn }) => roleArn !== undefined && user.groups.includes(name));
  if (groups.length === 0) return {};
  const rank = ({ precedence = Number.POSITIVE_INFINITY }: GroupRecord) => precedence;
  const first = Math.min(...groups.map(rank));
  const preferred = new Set(groups.filter((group) => rank(group) === first).map(({ roleArn }) => roleArn));
  const [role] = preferred;
  return {
    'cognito:roles': [...new Set(groups.map(({ roleArn }) => roleArn))],
    ...(preferred.size === 1 && { 'cognito:preferred_role': role }),
  };
}

/** OpenID Connect Core §3.1.3.6: the left half of the access token's hash. */
function accessTokenHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
}

async function idToken(engine: Engine, auth: Authentication, atHash?: string): Promise<string> {
  const nowS = Math.floor(engine.clock() / 1000);
  return signToken(engine, auth.pool.keys.id, {
    ...attributeClaims(auth),
    ...groupClaim(auth.user),
    ...roleClaims(auth),
    ...(atHash !== undefined && { at_hash: atHash }),
    iss: issuerOf(engine, auth.pool),
    'cognito:username': auth.user.username,
    ...(auth.nonce !== undefined && { nonce: auth.nonce }),
    ...revocationClaims(auth.client, auth.originJti),
    aud: auth.client.ClientId,
    event_id: auth.eventId,
    token_use: 'id',
    auth_time: auth.authTimeS,
    exp: nowS + tokenValidityS(auth.client, 'IdToken'),
    iat: nowS,
  });
}

async function accessToken(engine: Engine, auth: Authentication): Promise<string> {
  const nowS = Math.floor(engine.clock() / 1000);
  return signToken(engine, auth.pool.keys.access, {
    sub: auth.user.sub,
    ...groupClaim(auth.user),
    iss: issuerOf(engine, auth.pool),
    ...(auth.hosted && { version: 2 }),
    client_id: auth.client.ClientId,
    ...revocationClaims(auth.client, auth.originJti),
    event_id: auth.eventId,
    token_use: 'access',
    scope: auth.scopes.join(' '),
    auth_time: auth.authTimeS,
    exp: nowS + tokenValidityS(auth.client, 'AccessToken'),
    iat: nowS,
    username: auth.user.username,
  });
}

/** An access token for a client itself (client_credentials). */
export async function clientAccessToken(
  engine: Engine,
  request: { pool: PoolRecord; client: ClientRecord; scopes: string[] },
): Promise<string> {
  const { pool, client, scopes } = request;
  const nowS = Math.floor(engine.clock() / 1000);
  return signToken(engine, pool.keys.access, {
    sub: client.ClientId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: nowS,
    iss: issuerOf(engine, pool),
    exp: nowS + tokenValidityS(client, 'AccessToken'),
    iat: nowS,
    version: 2,
    ...revocationClaims(client),
    client_id: client.ClientId,
  });
}

export interface Tokens {
  accessToken: string;
  /** Absent when the hosted pages were not asked for `openid`. */
  idToken: string | undefined;
  expiresInS: number;
}

export async function issueTokens(engine: Engine, auth: Authentication): Promise<Tokens> {
  const expiresInS = tokenValidityS(auth.client, 'AccessToken');
  if (!auth.hosted) {
    const [access, id] = await Promise.all([accessToken(engine, auth), idToken(engine, auth)]);
    return { accessToken: access, idToken: id, expiresInS };
  }
  const access = await accessToken(engine, auth);
  const id = auth.scopes.includes('openid') ? await idToken(engine, auth, accessTokenHash(access)) : undefined;
  return { accessToken: access, idToken: id, expiresInS };
}

/** What a refresh token says; sealed with the pool's key, so that none has to be stored and all outlive a restart. */
export interface RefreshGrant {
  id: string;
  clientId: string;
  username: string;
  sub: string;
  authTimeS: number;
  originJti: string;
  eventId: string;
  scopes: string[];
  hosted: boolean;
  nonce?: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

const refreshPurpose = 'refresh-token';
const sealKeyOf = (pool: PoolRecord) => Buffer.from(pool.sealKey, 'base64');

/** `expiresAtMs`: when it replaces another, whose end it keeps. */
export function issueRefreshToken(engine: Engine, auth: Authentication, expiresAtMs?: number): string {
  const nowMs = engine.clock();
  const grant: RefreshGrant = {
    id: randomUUID(),
    clientId: auth.client.ClientId,
    username: auth.user.username,
    sub: auth.user.sub,
    authTimeS: auth.authTimeS,
    originJti: auth.originJti,
    eventId: auth.eventId,
    scopes: auth.scopes,
    hosted: auth.hosted,
    ...(auth.nonce !== undefined && { nonce: auth.nonce }),
    issuedAtMs: nowMs,
    expiresAtMs: expiresAtMs ?? nowMs + tokenValidityS(auth.client, 'RefreshToken') * 1000,
  };
  return seal(sealKeyOf(auth.pool), refreshPurpose, grant);
}

export function openRefreshToken(pool: PoolRecord, token: string): RefreshGrant | undefined {
  return unseal<RefreshGrant>(sealKeyOf(pool), refreshPurpose, token);
}
