import { randomBytes, randomUUID } from 'node:crypto';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError } from '../service.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { seal, unseal } from './seal.ts';

interface Sealed<T> {
  id: string;
  poolId: string;
  clientId: string;
  /** The name that the answer must repeat. */
  username: string;
  /** Ties the session to the password it was begun with: a reset in between ends it. */
  salt: string | undefined;
  expiresAtMs: number;
  state: T;
}

/** Sessions live minutes, so their key and the ids already used live in memory: a restart ends them all. */
const sealing = perEngine(() => ({ key: randomBytes(32), used: new Map<string, number>() }));

export interface Bound {
  pool: PoolRecord;
  client: ClientRecord;
  username: string;
  user: UserRecord | undefined;
}

/** A string that only this engine can read, good for one purpose, client and user, once, for AuthSessionValidity minutes. */
export function openSession<T>(engine: Engine, purpose: string, bound: Bound & { state: T }): string {
  const { pool, client, username, user, state } = bound;
  const session: Sealed<T> = {
    id: randomUUID(),
    poolId: pool.id,
    clientId: client.ClientId,
    username,
    salt: user?.password?.salt,
    expiresAtMs: engine.clock() + (client.AuthSessionValidity ?? 3) * 60_000,
    state,
  };
  return seal(sealing(engine).key, purpose, session);
}

/** Throws NotAuthorizedException with AWS's words for a session that is foreign, expired, used, or begun before a password change. */
export function readSession<T>(
  engine: Engine,
  purpose: string,
  request: Bound & { session: string | undefined },
): { id: string; expiresAtMs: number; state: T } {
  const { pool, client, username, user, session: text = '' } = request;
  const session = unseal<Sealed<T>>(sealing(engine).key, purpose, text);
  if (session && sealing(engine).used.has(session.id))
    throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session can only be used once.');
  if (
    !session ||
    session.poolId !== pool.id ||
    session.clientId !== client.ClientId ||
    session.username !== username ||
    session.salt !== user?.password?.salt
  )
    throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
  if (session.expiresAtMs <= engine.clock())
    throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
  return session;
}

export function spendSession(engine: Engine, session: { id: string; expiresAtMs: number }): void {
  const { used } = sealing(engine);
  const nowMs = engine.clock();
  // From the oldest on, and no further than to one that has to stay: to look at all of them each time takes time by their square.
  for (const [id, expiresAtMs] of used) {
    if (expiresAtMs > nowMs) break;
    used.delete(id);
  }
  used.set(session.id, session.expiresAtMs);
}
