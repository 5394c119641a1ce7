import { createHmac } from 'node:crypto';
import type { AttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { guarded } from './attempts.ts';
import { missingAttributes, withAttributes } from './attributes.ts';
import { invalidParameter } from './constraints.ts';
import { checkHistory, checkPassword, checkPolicy, makePassword, rememberPassword } from './passwords.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { attributeOf, changeUser, findUser, foldName, hasAttribute, nameInChallenge, userNotFound } from './users.ts';

export const wrongPassword = () => new AwsError('NotAuthorizedException', 'Incorrect username or password.');

/** Under which the back-off counts a name, known or not. */
export function attemptName(pool: PoolRecord, username: string, user: UserRecord | undefined): string {
  return `${pool.id}/${foldName(pool, user?.username ?? nameInChallenge(pool, username))}`;
}

/** The error for a name that does not exist, as the client's PreventUserExistenceErrors has it (docs/aws-facts.md#fact-4-10). */
export function unknownUser(client: ClientRecord): AwsError {
  return client.PreventUserExistenceErrors === 'ENABLED' ? wrongPassword() : userNotFound();
}

/** Throws what Cognito answers before it looks at the password. */
export function checkBeforePassword(client: ClientRecord, user: UserRecord | undefined): void {
  if (!user && client.PreventUserExistenceErrors !== 'ENABLED') throw unknownUser(client);
  if (user?.status === 'UNCONFIRMED') throw new AwsError('UserNotConfirmedException', 'User is not confirmed.');
  if (user?.status === 'RESET_REQUIRED')
    throw new AwsError('PasswordResetRequiredException', 'Password reset required for the user');
}

/** Throws what Cognito answers once the password is known to be right, if the user may not come in all the same. */
function checkAfterPassword(engine: Engine, user: UserRecord): void {
  if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
  const endsAtMs = user.password?.expiresAtMs;
  if (endsAtMs !== undefined && endsAtMs <= engine.clock())
    throw new AwsError(
      'NotAuthorizedException',
      'Temporary password has expired and must be reset by an administrator.',
    );
}

/** The user as he is now, if he may still come in by the password that was checked: that may have waited for its turn, or for an answer. */
export function unchanged(
  engine: Engine,
  { pool, client }: { pool: PoolRecord; client: ClientRecord },
  checked: UserRecord,
): UserRecord {
  const user = findUser(engine, pool, checked.username);
  if (!user || user.password?.salt !== checked.password?.salt) throw wrongPassword();
  checkBeforePassword(client, user);
  checkAfterPassword(engine, user);
  return user;
}

/**
 * A user with the right password, who may still have to choose a new one (status FORCE_CHANGE_PASSWORD).
 * Throws NotAuthorizedException, UserNotFoundException, UserNotConfirmedException, PasswordResetRequiredException.
 */
export async function signIn(
  engine: Engine,
  to: { pool: PoolRecord; client: ClientRecord },
  credentials: { username: string; password: string },
): Promise<UserRecord> {
  const { username, password } = credentials;
  const user = findUser(engine, to.pool, username);
  checkBeforePassword(to.client, user);
  const isRight = await guarded(engine, attemptName(to.pool, username, user), () =>
    checkPassword(engine, password, user),
  );
  if (!isRight || !user) throw wrongPassword();
  return unchanged(engine, to, user);
}

/**
 * Answers NEW_PASSWORD_REQUIRED: sets the password and the attributes given, and confirms the user.
 * Throws InvalidPasswordException, InvalidParameterException and what `withAttributes` throws.
 */
export async function chooseNewPassword(
  engine: Engine,
  pool: PoolRecord,
  answer: { user: UserRecord; password: string; attributes: AttributeType[]; client: ClientRecord },
): Promise<UserRecord> {
  const { user, password, attributes, client } = answer;
  checkPolicy(pool, password, 'does not conform to policy');
  refuseKnownAttributes(user, attributes);
  const attributesOf = (current: UserRecord) => {
    const given = withAttributes(engine, pool, { user: current, given: attributes, writable: client.WriteAttributes });
    const [missing] = missingAttributes(pool, hasAttribute({ ...current, attributes: given }));
    if (missing) throw invalidParameter(`Invalid attributes given, ${missing} is missing`, missing);
    return given;
  };
  attributesOf(user);
  await checkHistory(engine, pool, { user, password });
  const made = await makePassword(engine, user, { text: password });
  return changeUser(engine, pool, {
    user,
    change: (current) => {
      if (current.password?.salt !== user.password?.salt)
        throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
      return {
        ...current,
        attributes: attributesOf(current),
        status: 'CONFIRMED',
        password: made,
        formerPasswords: rememberPassword(pool, current),
      };
    },
  });
}

/**
 * A first sign-in proves a temporary password, not an address: what the administrator set, or only Cognito says, stays.
 * Words: aws-amplify/aws-sdk-ios#2203, aws-samples/aws-saas-factory-bootcamp#67.
 */
function refuseKnownAttributes(user: UserRecord, given: AttributeType[]): void {
  for (const { Name: name = '' } of given) {
    if (name.endsWith('_verified')) throw invalidParameter(`Cannot modify the non-mutable attribute ${name}`, name);
    if (attributeOf(user, name) !== undefined)
      throw new AwsError('NotAuthorizedException', `Cannot modify an already provided ${name}`);
  }
}

/** Throws NotAuthorizedException unless the SECRET_HASH is there exactly where the client has a secret, and right. */
export function checkSecretHash(client: ClientRecord, username: string, given: string | undefined): void {
  const { ClientId: id, ClientSecret: secret } = client;
  const refuse = (message: string) => new AwsError('NotAuthorizedException', message);
  if (secret === undefined) {
    if (given === undefined) return;
    throw refuse(`Client ${id} is not configured for secret but secret was received`);
  }
  if (given === undefined) throw refuse(`Client ${id} is configured for secret but secret was not received`);
  const expected = createHmac('sha256', secret)
    .update(username + id)
    .digest('base64');
  if (!equalInConstantTime(given, expected)) throw refuse(`Unable to verify secret hash for client ${id}`);
}

/** True for the client's own secret, or none where it has none. */
export function isClientSecret(client: ClientRecord, given: string | undefined): boolean {
  if (client.ClientSecret === undefined || given === undefined) return client.ClientSecret === given;
  return equalInConstantTime(given, client.ClientSecret);
}
