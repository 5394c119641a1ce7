import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import { checkAttempts, guarded } from './attempts.ts';
import { invalidParameter } from './constraints.ts';
import { inTurn, srpPoolName } from './passwords.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { openSession, readSession, spendSession } from './sessions.ts';
import { attemptName, checkBeforePassword, unchanged, wrongPassword } from './sign-in.ts';
import { expectedSignature, isPublicValue, makeServerKey } from './srp.ts';
import { findUser, nameInChallenge } from './users.ts';

interface Exchange {
  /** Base64, to keep the secret block short. */
  A: string;
  B: string;
  b: string;
}

const purpose = 'PASSWORD_VERIFIER';
const shorten = (hex: string) =>
  Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64');
const widen = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

/** Salt and verifier for a name that does not exist: the same salt each time, as RFC 5054 §2.5.1.3 has it. */
function decoy(pool: PoolRecord, username: string): { srpSalt: string; srpVerifier: string } {
  const salt = createHmac('sha256', Buffer.from(pool.sealKey, 'base64')).update(username).digest().subarray(0, 16);
  return { srpSalt: salt.toString('hex').replace(/^0+/, ''), srpVerifier: randomBytes(384).toString('hex') };
}

/** Begins USER_SRP_AUTH: the parameters of the PASSWORD_VERIFIER challenge. */
export async function beginSrp(
  engine: Engine,
  to: { pool: PoolRecord; client: ClientRecord },
  given: { username: string; srpA: string | undefined },
): Promise<Record<string, string>> {
  const { pool, client } = to;
  const { username, srpA } = given;
  if (!isPublicValue(srpA)) throw invalidParameter('Invalid SRP_A value.');
  const user = findUser(engine, pool, username);
  checkBeforePassword(client, user);
  checkAttempts(engine, attemptName(pool, username, user));
  const userId = user?.username ?? nameInChallenge(pool, username);
  const { srpSalt, srpVerifier } = user?.password ?? decoy(pool, userId);
  const { b, B } = await inTurn(engine, () => makeServerKey(srpVerifier));
  const state: Exchange = { A: shorten(srpA), B: shorten(B), b: shorten(b) };
  const block = openSession<Exchange>(engine, purpose, { pool, client, username: userId, user, state });
  return {
    SALT: srpSalt,
    SRP_B: B,
    SECRET_BLOCK: Buffer.from(block, 'base64url').toString('base64'),
    USERNAME: userId,
    USER_ID_FOR_SRP: userId,
  };
}

/** Ends it. Throws NotAuthorizedException, InvalidParameterException, TooManyRequestsException. */
export async function finishSrp(
  engine: Engine,
  to: { pool: PoolRecord; client: ClientRecord },
  responses: Record<string, string>,
): Promise<UserRecord> {
  const { pool, client } = to;
  const { USERNAME: username = '', TIMESTAMP: timestamp = '' } = responses;
  const { PASSWORD_CLAIM_SECRET_BLOCK: block = '', PASSWORD_CLAIM_SIGNATURE: signature = '' } = responses;
  if (!/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} UTC \d{4}$/.test(timestamp))
    throw invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.');
  const user = findUser(engine, pool, username);
  const userId = user?.username ?? nameInChallenge(pool, username);
  const proves = async (): Promise<boolean> => {
    const session = readSession<Exchange>(engine, purpose, {
      pool,
      client,
      username: userId,
      user,
      session: Buffer.from(block, 'base64').toString('base64url'),
    });
    spendSession(engine, session);
    const { srpVerifier } = user?.password ?? decoy(pool, userId);
    const exchange = {
      A: widen(session.state.A),
      B: widen(session.state.B),
      b: widen(session.state.b),
      verifier: srpVerifier,
    };
    const proof = { poolName: srpPoolName(pool.id), userId, secretBlock: block, timestamp };
    const expected = await inTurn(engine, () => expectedSignature(exchange, proof));
    return equalInConstantTime(signature, expected.toString('base64')) && user?.password !== undefined;
  };
  if (!(await guarded(engine, attemptName(pool, username, user), proves)) || !user) throw wrongPassword();
  return unchanged(engine, to, user);
}
