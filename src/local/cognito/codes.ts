import { randomInt } from 'node:crypto';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { countInHour, requireBelow } from './hourly-limit.ts';
import type { Address, CodePurpose, CodeRecord, PoolRecord, UserRecord } from './records.ts';
import { attemptName } from './sign-in.ts';

const hourMs = 3_600_000;

/** A password reset code lives an hour, the others a day (DG, quotas). */
export function newCode(engine: Engine, purpose: CodePurpose, address: Address): CodeRecord {
  const lifeMs = purpose === 'password' ? hourMs : 24 * hourMs;
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return { code, address, expiresAtMs: engine.clock() + lifeMs };
}

/** A newer code takes the place of the one before. */
export function withCode(user: UserRecord, purpose: CodePurpose, code: CodeRecord): UserRecord {
  return { ...user, codes: { ...user.codes, [purpose]: code } };
}

export function withoutCode(user: UserRecord, purpose: CodePurpose): UserRecord {
  const { [purpose]: _spent, ...codes } = user.codes ?? {};
  return { ...user, codes };
}

export const codeMismatch = () =>
  new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.');
export const codeExpired = () =>
  new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.');

/** Wrong codes an hour, for one user and purpose (DG, quotas); known or not, so that the limit does not tell who exists. */
const mostGuesses = 15;

interface Guess {
  username: string;
  user: UserRecord | undefined;
  purpose: CodePurpose;
  code: string | undefined;
  /** Where no code is there, answer as if there were one. */
  isSimulated?: boolean;
}

/**
 * The live code of this user and purpose that `code` is. The caller removes it in the same change that it allows, without waiting
 * in between. Throws CodeMismatchException, ExpiredCodeException, LimitExceededException.
 */
export function requireCode(engine: Engine, pool: PoolRecord, guess: Guess): CodeRecord {
  const { username, user, purpose, code = '', isSimulated = false } = guess;
  const key = `guess ${purpose} ${attemptName(pool, username, user)}`;
  requireBelow(engine, key, mostGuesses);
  const kept = user?.codes?.[purpose];
  const isLive = kept !== undefined && kept.expiresAtMs > engine.clock();
  if (isLive && equalInConstantTime(code, kept.code)) return kept;
  countInHour(engine, key);
  throw isLive || isSimulated ? codeMismatch() : codeExpired();
}
