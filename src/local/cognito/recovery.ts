import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { codeExpired, codeMismatch, newCode, requireCode, withCode, withoutCode } from './codes.ts';
import { invalidParameter } from './constraints.ts';
import { deliver, isRecoveredByAdminOnly, recoveryAddress, simulateDelivery } from './delivery.ts';
import { countInHour, hourlyCount, requireBelow } from './hourly-limit.ts';
import { checkHistory, checkPolicy, makePassword, rememberPassword } from './passwords.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { attemptName } from './sign-in.ts';
import { noSuchUser } from './sign-up.ts';
import { changeUser, findUser } from './users.ts';

interface To {
  pool: PoolRecord;
  client: ClientRecord;
}

/** Resets an hour that one name may ask for (DG, quotas: 5 to 20, by the risk). */
const mostResets = 20;
const resetKey = (pool: PoolRecord, username: string, user: UserRecord | undefined) =>
  `reset ${attemptName(pool, username, user)}`;

/** Throws what stands against a new password by code. */
function requireResettable(pool: PoolRecord, user: UserRecord): void {
  if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
  if (user.status === 'FORCE_CHANGE_PASSWORD')
    throw new AwsError('NotAuthorizedException', 'User password cannot be reset in the current state.');
  if (!recoveryAddress(pool, user))
    throw invalidParameter(
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    );
}

/**
 * Sends a password reset code. For a client that hides who exists, a name that cannot have one is answered alike.
 * Throws LimitExceededException, UserNotFoundException, NotAuthorizedException, InvalidParameterException.
 */
export async function forgotPassword(engine: Engine, to: To, username: string): Promise<CodeDeliveryDetailsType> {
  const { pool, client } = to;
  if (isRecoveredByAdminOnly(pool))
    throw new AwsError('NotAuthorizedException', 'Contact administrator to reset password.');
  const user = findUser(engine, pool, username);
  const isHidden = client.PreventUserExistenceErrors === 'ENABLED';
  if (!user && !isHidden) throw noSuchUser();
  const key = resetKey(pool, username, user);
  requireBelow(engine, key, mostResets);
  countInHour(engine, key);
  try {
    if (!user) throw noSuchUser();
    requireResettable(pool, user);
  } catch (error) {
    if (isHidden && error instanceof AwsError) return simulateDelivery(engine, pool, username);
    throw error;
  }
  return sendResetCode(engine, pool, user);
}

async function sendResetCode(
  engine: Engine,
  pool: PoolRecord,
  user: UserRecord,
  status: UserRecord['status'] = user.status,
): Promise<CodeDeliveryDetailsType> {
  const address = recoveryAddress(pool, user);
  if (!address) throw codeExpired();
  const code = newCode(engine, 'password', address);
  const changed = await changeUser(engine, pool, {
    user,
    change: (current) => ({ ...withCode(current, 'password', code), status }),
  });
  return deliver(engine, pool, { user: changed, address, kind: 'password', code: code.code });
}

/** The user must choose a new password by the code that this sends. Throws as `requireResettable`. */
export async function resetByAdmin(engine: Engine, pool: PoolRecord, user: UserRecord): Promise<void> {
  requireResettable(pool, user);
  await sendResetCode(engine, pool, user, 'RESET_REQUIRED');
}

/**
 * Sets a new password by the code that was sent. Throws CodeMismatchException, ExpiredCodeException, LimitExceededException,
 * InvalidPasswordException, PasswordHistoryPolicyViolationException, UserNotFoundException, NotAuthorizedException.
 */
export async function confirmForgotPassword(
  engine: Engine,
  to: To,
  asked: { username: string; code: string; password: string },
): Promise<UserRecord> {
  const { pool, client } = to;
  const { username, code, password: text } = asked;
  checkPolicy(pool, text, 'did not conform with policy');
  const user = findUser(engine, pool, username);
  const isHidden = client.PreventUserExistenceErrors === 'ENABLED';
  if (!user && !isHidden) throw noSuchUser();
  if (user && !user.enabled && !isHidden) throw new AwsError('NotAuthorizedException', 'User is disabled.');
  const isSimulated = isHidden && hourlyCount(engine, resetKey(pool, username, user)) > 0;
  const kept = requireCode(engine, pool, { username, user, purpose: 'password', code, isSimulated });
  // The code was right, and is none the less refused as any other.
  if (!user?.enabled) throw codeMismatch();
  await checkHistory(engine, pool, { user, password: text });
  const password = await makePassword(engine, user, { text });
  return changeUser(engine, pool, {
    user,
    change(current) {
      // Another request may have used it while this one hashed.
      if (current.codes?.password?.code !== kept.code) throw codeExpired();
      const formerPasswords = rememberPassword(pool, current);
      return { ...withoutCode(current, 'password'), password, formerPasswords, status: 'CONFIRMED' };
    },
  });
}
