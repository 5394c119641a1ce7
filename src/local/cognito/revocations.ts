import type { Engine } from '../engine.ts';
import type { PoolRecord, UserRecord } from './records.ts';
import { authenticatedAtMs } from './tokens.ts';

interface Revocation {
  id: string;
  fromMs: number;
  /** The refresh token that it forbids ends then. */
  untilMs: number;
}

/** An access token that came of a refresh token outlives it, by a day at most (DG, quotas). */
const longestAccessMs = 86_400_000;

const collection = (engine: Engine) => engine.store.collection<Revocation>('cognito/revocations');
const keyOf = (pool: PoolRecord, id: string) => `${pool.id}/${id}`;

/** Revokes an authentication by its origin_jti, or one refresh token by its id, from a moment on, which never becomes a later one. */
export async function revoke(
  engine: Engine,
  pool: PoolRecord,
  request: { id: string; untilMs: number; fromMs?: number },
): Promise<void> {
  const { id, untilMs, fromMs = engine.clock() } = request;
  const revocations = collection(engine);
  const nowMs = engine.clock();
  const beganMs = Math.min(fromMs, revocations.get(keyOf(pool, id))?.fromMs ?? fromMs);
  const past = revocations.values(`${pool.id}/`).filter((revocation) => revocation.untilMs + longestAccessMs < nowMs);
  await Promise.all([
    revocations.put(keyOf(pool, id), { id, fromMs: beganMs, untilMs }),
    ...past.map((revocation) => revocations.delete(keyOf(pool, revocation.id))),
  ]);
}

export async function forgetRevocations(engine: Engine, pool: PoolRecord): Promise<void> {
  const revocations = collection(engine);
  await Promise.all(revocations.keys(`${pool.id}/`).map((key) => revocations.delete(key)));
}

export function isRevoked(engine: Engine, pool: PoolRecord, id: string): boolean {
  const revocation = collection(engine).get(keyOf(pool, id));
  return revocation !== undefined && engine.clock() >= revocation.fromMs;
}

/** True once the user was signed out everywhere after the authentication. */
export function isSignedOut(user: UserRecord, originJti: string): boolean {
  return user.signedOutAtMs !== undefined && authenticatedAtMs(originJti) <= user.signedOutAtMs;
}
