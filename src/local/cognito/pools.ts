import { createPublicKey, type KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Engine } from '../engine.ts';
import { compileForeign } from '../pattern/bounded-match.ts';
import { PatternError } from '../pattern/parse.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError } from '../service.ts';
import { checkText } from './constraints.ts';
import type { ClientRecord, PoolRecord } from './records.ts';

const collection = (engine: Engine) => engine.store.collection<PoolRecord>('cognito/pools');

export function findPool(engine: Engine, region: string, poolId: string): PoolRecord | undefined {
  const pool = collection(engine).get(poolId);
  return pool?.region === region ? pool : undefined;
}

function findPoolByArn(engine: Engine, arn: string): PoolRecord | undefined {
  const pool = collection(engine).get(arn.slice(arn.lastIndexOf('/') + 1));
  return pool?.arn === arn ? pool : undefined;
}

export function listPools(engine: Engine, region?: string): PoolRecord[] {
  const pools = collection(engine).values();
  return region === undefined ? pools : pools.filter((pool) => pool.region === region);
}

/** Throws InvalidParameterException for what is no pool id, ResourceNotFoundException for an unknown one. */
export function requirePool(engine: Engine, region: string, poolId: string | undefined): PoolRecord {
  checkText(poolId, { member: 'userPoolId', min: 1, max: 55, pattern: /[\w-]+_[0-9a-zA-Z]+/ });
  const pool = findPool(engine, region, poolId ?? '');
  if (!pool) throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
  return pool;
}

/** Stores a changed copy. Nothing may be awaited between reading the record that `pool` was made from and this call. */
export async function putPool(engine: Engine, pool: PoolRecord): Promise<void> {
  await collection(engine).put(pool.id, pool);
}

export async function removePool(engine: Engine, poolId: string): Promise<void> {
  await collection(engine).delete(poolId);
}

/** Throws ResourceNotFoundException. */
export function requireClient(pool: PoolRecord, clientId: string | undefined): ClientRecord {
  checkText(clientId, { member: 'clientId', min: 1, max: 128, pattern: /[\w+]+/, secret: true });
  const client = pool.clients.find((known) => known.ClientId === clientId);
  if (!client) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
  return client;
}

/**
 * The pool and client of a public call. Such calls are unsigned, so nothing names their region; client ids are unique in the engine.
 * Throws ResourceNotFoundException.
 */
export function requirePublicClient(
  engine: Engine,
  clientId: string | undefined,
): { pool: PoolRecord; client: ClientRecord } {
  checkText(clientId, { member: 'clientId', min: 1, max: 128, pattern: /[\w+]+/, secret: true });
  for (const pool of listPools(engine)) {
    const client = pool.clients.find((known) => known.ClientId === clientId);
    if (client) return { pool, client };
  }
  throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
}

export interface PoolClaims extends JWTPayload {
  sub: string;
  exp: number;
  iat: number;
  token_use: 'id' | 'access';
}

/** Why a token was refused; `expired` only where everything else about it is right. */
export class PoolTokenError extends Error {
  override readonly name = 'PoolTokenError';
  readonly reason: 'expired' | 'invalid';

  constructor(reason: 'expired' | 'invalid', message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Verified {
  claims: PoolClaims;
  kid: string;
  pool: string;
  /** What the last identityValidationExpression said of its client. */
  client?: { pattern: string; matches: boolean };
}

const verifiedTokens = perEngine(() => new Map<string, Verified>());
const publicKeys = perEngine(() => new Map<string, KeyObject>());
/** Far above any Cognito token and below what would be costly to parse. */
const maxTokenLength = 16_384;
const maxRememberedTokens = 2_000;
/** A host that was suspended may have its clock set back a little. */
const clockSetBackS = 30;

/**
 * Verifies an id or access token as API Gateway's COGNITO_USER_POOLS authorizer does: RS256 only, a key of one of the pools, issuer,
 * exp, nbf, iat. Disabled or signed-out users' tokens stay valid until they expire, as on AWS; a deleted pool's do not.
 * `clientIdPattern` is the authorizer's identityValidationExpression: the whole of `aud` (`client_id` in access tokens) must match.
 * The caller decides by `token_use`. Throws PoolTokenError.
 */
export async function verifyPoolToken(engine: Engine, request: TokenRequest): Promise<PoolClaims> {
  const { token, poolArns } = request;
  const checked = checkKnownToken(engine, request);
  if (checked) return checked;
  if (token.length > maxTokenLength) throw new PoolTokenError('invalid', 'The token is too long.');
  // One token, one spelling: base64url has several for the same bytes, and decoders differ in what they let pass.
  if (!token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part))
    throw new PoolTokenError('invalid', 'The token is malformed.');
  const pools = poolArns.flatMap((arn) => findPoolByArn(engine, arn) ?? []);
  const verified = await verifySignature(engine, token, pools);
  const claims = checkNow(engine, verified, request);
  const remembered = verifiedTokens(engine);
  if (remembered.size >= maxRememberedTokens) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(token, verified);
  return claims;
}

/** As `verifyPoolToken`, of a token whose signature was verified before; undefined: it was not. */
export function checkKnownToken(engine: Engine, request: TokenRequest): PoolClaims | undefined {
  const known = verifiedTokens(engine).get(request.token);
  return known && checkNow(engine, known, request);
}

interface TokenRequest {
  token: string;
  poolArns: readonly string[];
  clientIdPattern?: string | undefined;
}

/** What may change while a token stays the same: its pool may be deleted, and the clock moves. */
function checkNow(engine: Engine, known: Verified, { poolArns, clientIdPattern }: TokenRequest): PoolClaims {
  const { claims, kid } = known;
  const arn = poolArns.find((candidate) => findPoolByArn(engine, candidate)?.id === known.pool);
  const pool = arn === undefined ? undefined : findPoolByArn(engine, arn);
  const nowS = engine.clock() / 1000;
  if (pool?.keys[claims.token_use].kid !== kid) throw new PoolTokenError('invalid', 'No pool signed it.');
  if (claims.exp <= nowS) throw new PoolTokenError('expired', 'The token has expired.');
  if (claims.iat > nowS + clockSetBackS) throw new PoolTokenError('invalid', 'The token is not valid yet.');
  if (clientIdPattern && !isForClient(known, clientIdPattern))
    throw new PoolTokenError('invalid', 'The token is for another client.');
  return claims;
}

/** One token comes again and again, mostly to the same authorizer. */
function isForClient(token: Verified, pattern: string): boolean {
  if (token.client?.pattern !== pattern) {
    token.client = { pattern, matches: matchesWhole(pattern, token.claims.aud ?? token.claims.client_id) };
  }
  return token.client.matches;
}

function matchesWhole(pattern: string, value: unknown): boolean {
  try {
    return typeof value === 'string' && compileForeign(pattern).matches(value);
  } catch (error) {
    // An expression that cannot be read matches no client.
    if (error instanceof PatternError) return false;
    throw error;
  }
}

async function verifySignature(engine: Engine, token: string, pools: PoolRecord[]): Promise<Verified> {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = pools
          .flatMap((pool) => [pool.keys.id, pool.keys.access])
          .find((candidate) => candidate.kid === kid);
        if (!key) throw new PoolTokenError('invalid', 'The token names no key of the pool.');
        return publicKey(engine, key);
      },
      { algorithms: ['RS256'], currentDate: new Date(engine.clock()), requiredClaims: ['sub', 'exp', 'iat', 'iss'] },
    );
    const use = payload.token_use;
    const pool = pools.find((candidate) => isIssuer(candidate, payload.iss));
    const isOurs = pool && (use === 'id' || use === 'access') && protectedHeader.kid === pool.keys[use].kid;
    if (!isOurs || typeof payload.sub !== 'string')
      throw new PoolTokenError('invalid', 'The token was issued by another pool.');
    // jose checked that these are there and of the right kind.
    return { claims: payload as PoolClaims, kid: pool.keys[use].kid, pool: pool.id };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new PoolTokenError('expired', 'The token has expired.');
    if (error instanceof PoolTokenError) throw error;
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw new PoolTokenError('invalid', 'The token is malformed or its signature does not verify.');
    throw error;
  }
}

function publicKey(engine: Engine, key: { kid: string; n: string; e: string }): KeyObject {
  const known = publicKeys(engine).get(key.kid);
  if (known) return known;
  const made = createPublicKey({ key: { kty: 'RSA', n: key.n, e: key.e }, format: 'jwk' });
  publicKeys(engine).set(key.kid, made);
  return made;
}

/** The engine's port may differ from run to run, so any loopback base with the pool's path is its issuer. */
function isIssuer(pool: PoolRecord, issuer: unknown): boolean {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return false;
  const { protocol, hostname, origin } = new URL(issuer);
  const isLoopback = protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return isLoopback && issuer === `${origin}/${pool.id}`;
}
