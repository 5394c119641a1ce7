import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
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
/** API reference, RefreshTokenRotationType. */
const longestGraceMs = 60_000;
const hourMs = 3_600_000;

const collection = (engine: Engine) => engine.store.collection<Revocation>('cognito/revocations');
const keyOf = (pool: PoolRecord, id: string) => `${pool.id}/${id}`;

const sweeps = perEngine(() => ({ nextMs: 0 }));

/** Looked for once an hour: where clients rotate their tokens, each use makes a revocation that stays for a month. */
function pastKeys(engine: Engine): string[] {
  const [revocations, sweep, nowMs] = [collection(engine), sweeps(engine), engine.clock()];
  if (nowMs < sweep.nextMs) return [];
  sweep.nextMs = nowMs + hourMs;
  return revocations.keys().filter((key) => (revocations.get(key)?.untilMs ?? 0) + longestAccessMs < nowMs);
}

/** Revokes an authentication by its origin_jti, or one refresh token by its id, at once or from a moment on, which never becomes a later one. */
export async function revoke(
  engine: Engine,
  pool: PoolRecord,
  request: { id: string; untilMs: number; fromMs?: number },
): Promise<void> {
  const { id, untilMs, fromMs = 0 } = request;
  const revocations = collection(engine);
  const beganMs = Math.min(fromMs, revocations.get(keyOf(pool, id))?.fromMs ?? fromMs);
  await Promise.all([
    revocations.put(keyOf(pool, id), { id, fromMs: beganMs, untilMs }),
    ...pastKeys(engine).map((key) => revocations.delete(key)),
  ]);
}

export async function forgetRevocations(engine: Engine, pool: PoolRecord): Promise<void> {
  const revocations = collection(engine);
  await Promise.all(revocations.keys(`${pool.id}/`).map((key) => revocations.delete(key)));
}

export function isRevoked(engine: Engine, pool: PoolRecord, id: string): boolean {
  const revocation = collection(engine).get(keyOf(pool, id));
  if (revocation === undefined) return false;
  const leftMs = revocation.fromMs - engine.clock();
  // More is left only where the clock was put back.
  return leftMs <= 0 || leftMs > longestGraceMs;
}

/** True once the user was signed out everywhere after the authentication. */
export function isSignedOut(user: UserRecord, originJti: string): boolean {
  return user.signedOutAtMs !== undefined && authenticatedAtMs(originJti) <= user.signedOutAtMs;
}
