import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { setImmediate as nextRound } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError } from '../service.ts';
import { createTurns } from '../turns.ts';
import { checkText } from './constraints.ts';
import type { PasswordHash, PasswordRecord, PoolRecord, UserRecord } from './records.ts';
import { makeVerifier } from './srp.ts';

const derive = promisify<string, Buffer, number, { N: number; r: number; maxmem: number }, Buffer>(scrypt);
/** 32 MB and about 70 ms a guess: OWASP's memory figure for scrypt, once over rather than thrice, for a sign-in on one's own machine. */
const usualCost = 2 ** 15;
const costOf = ({ passwordCost = usualCost }: Engine) => passwordCost;
const hashBytes = 32;
const dayMs = 86_400_000;

/**
 * Anybody may ask for a password to be checked, and that is dear. Half of Node's four threads at most do it: those that write to
 * the databases would wait for all who came before. The queue is worth some seconds.
 */
const turns = perEngine(() =>
  createTurns({
    atOnce: 2,
    mostWaiting: 200,
    refuse: () => new AwsError('TooManyRequestsException', 'Rate exceeded'),
  }),
);

/** Work on the engine's own thread for a password, so that other requests come in between. Throws TooManyRequestsException. */
export function inTurn<T>(engine: Engine, work: () => T): Promise<T> {
  return turns(engine)(async () => {
    await nextRound();
    return work();
  });
}

function scryptHash(engine: Engine, given: { password: string; salt: Buffer; N: number }): Promise<Buffer> {
  const { password, salt, N } = given;
  return turns(engine)(() => derive(password, salt, hashBytes, { N, r: 8, maxmem: 256 * N * 8 }));
}

async function hashPassword(engine: Engine, password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const cost = costOf(engine);
  const hash = await scryptHash(engine, { password, salt, N: cost });
  return { salt: salt.toString('base64'), hash: hash.toString('base64'), cost };
}

async function isPassword(engine: Engine, password: string, kept: PasswordHash): Promise<boolean> {
  const hash = await scryptHash(engine, { password, salt: Buffer.from(kept.salt, 'base64'), N: kept.cost });
  return timingSafeEqual(hash, Buffer.from(kept.hash, 'base64'));
}

const decoys = perEngine(() => ({ salt: randomBytes(16) }));

/**
 * True when `password` is the user's. An unknown user, or one without a password, takes as long as a known one:
 * otherwise the time would tell which names exist. Throws TooManyRequestsException.
 */
export async function checkPassword(engine: Engine, password: string, user: UserRecord | undefined): Promise<boolean> {
  if (user?.password) return isPassword(engine, password, user.password);
  await scryptHash(engine, { password, salt: decoys(engine).salt, N: costOf(engine) });
  return false;
}

/** The pool's name as SRP uses it. */
export const srpPoolName = (poolId: string): string => poolId.slice(poolId.indexOf('_') + 1);

/** What is stored of a new password. `expiresAtMs`: for temporary ones. Throws TooManyRequestsException. */
export async function makePassword(
  engine: Engine,
  user: { poolId: string; username: string },
  { text, expiresAtMs }: { text: string; expiresAtMs?: number | undefined },
): Promise<PasswordRecord> {
  const { salt, verifier } = await inTurn(engine, () => makeVerifier(srpPoolName(user.poolId) + user.username, text));
  return {
    ...(await hashPassword(engine, text)),
    srpSalt: salt,
    srpVerifier: verifier,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}

export function temporaryPasswordEndMs(pool: PoolRecord, nowMs: number): number {
  const days = pool.settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays ?? 7;
  // 0 means that AWS's default holds.
  return nowMs + (days === 0 ? 7 : days) * dayMs;
}

/** One that any policy takes. */
export function temporaryPassword(pool: PoolRecord): string {
  const kinds = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '!@#%*+-_'];
  const length = Math.max(12, pool.settings.Policies?.PasswordPolicy?.MinimumLength ?? 8);
  const all = kinds.join('');
  const characters = Array.from({ length }, (_, at) => {
    const from = kinds[at] ?? all;
    return from.charAt(randomInt(from.length));
  });
  for (let at = length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
  }
  return characters.join('');
}

const symbols = '^$*.[]{}()?-"!@#%&/\\,><\':;|_~`+= ';

/** AWS words one refusal in three ways: for administrators, for users, and at a first sign-in. */
type Refusal = 'did not conform with password policy' | 'did not conform with policy' | 'does not conform to policy';

/**
 * Throws InvalidPasswordException with the first violation, as Cognito does, or InvalidParameterException for what is too
 * short for any policy (docs/aws-facts.md#fact-4-10).
 */
export function checkPolicy(
  pool: PoolRecord,
  password: string,
  refusal: Refusal = 'did not conform with password policy',
): void {
  checkText(password, { member: 'password', min: 6, max: 256, pattern: /[\S]+/, secret: true });
  const policy = pool.settings.Policies?.PasswordPolicy ?? {};
  const violations: [boolean, string][] = [
    [password.length < (policy.MinimumLength ?? 8), 'Password not long enough'],
    [policy.RequireUppercase === true && !/[A-Z]/.test(password), 'Password must have uppercase characters'],
    [policy.RequireLowercase === true && !/[a-z]/.test(password), 'Password must have lowercase characters'],
    [policy.RequireNumbers === true && !/[0-9]/.test(password), 'Password must have numeric characters'],
    [
      policy.RequireSymbols === true && ![...password].some((character) => symbols.includes(character)),
      'Password must have symbol characters',
    ],
  ];
  const violation = violations.find(([violated]) => violated);
  if (violation) throw new AwsError('InvalidPasswordException', `Password ${refusal}: ${violation[1]}`);
}

/** Throws PasswordHistoryPolicyViolationException where the pool remembers passwords and this was one of them. */
export async function checkHistory(
  engine: Engine,
  pool: PoolRecord,
  { user, password }: { user: UserRecord; password: string },
): Promise<void> {
  const size = pool.settings.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0;
  const former = [user.password, ...(user.formerPasswords ?? [])].slice(0, size);
  for (const kept of former) {
    if (kept && (await isPassword(engine, password, kept)))
      throw new AwsError('PasswordHistoryPolicyViolationException', 'Password has been used previously.');
  }
}

/** The user's former passwords once a new one is set. */
export function rememberPassword(pool: PoolRecord, user: UserRecord): PasswordHash[] {
  const size = pool.settings.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0;
  const { password, formerPasswords = [] } = user;
  if (!password) return formerPasswords.slice(0, size);
  return [{ salt: password.salt, hash: password.hash, cost: password.cost }, ...formerPasswords].slice(0, size);
}
