import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { refuseTakenAlias, takeAliases, withAttributes, withoutAttributes } from './attributes.ts';
import { checkText, invalidParameter, usernamePattern } from './constraints.ts';
import { checkHistory, checkPolicy, makePassword, rememberPassword, temporaryPasswordEndMs } from './passwords.ts';
import { requirePool } from './pools.ts';
import type { PoolRecord, UserRecord } from './records.ts';
import { attributeOf, changeUser, findUser, putUser, removeUser, requireUser, shownAttributes } from './users.ts';

export function describeUser(user: UserRecord, attributes?: readonly string[]): sdk.UserType {
  return {
    Username: user.username,
    Attributes: shownAttributes(user, attributes),
    UserCreateDate: new Date(user.createdAtMs),
    UserLastModifiedDate: new Date(user.modifiedAtMs),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

function found(input: { UserPoolId: string | undefined; Username: string | undefined }, { engine, region }: Call) {
  const pool = requirePool(engine, region, input.UserPoolId);
  return { engine, pool, user: requireUser(engine, pool, input.Username) };
}

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const phonePattern = /^\+[0-9]{1,15}$/;

/** The attribute that a name stands for in pools whose usernames are addresses. Throws InvalidParameterException. */
function addressIn(pool: PoolRecord, username: string): 'email' | 'phone_number' | undefined {
  const allowed = pool.settings.UsernameAttributes ?? [];
  const isEmail = emailPattern.test(username);
  if (pool.settings.AliasAttributes?.includes('email') && isEmail)
    throw invalidParameter('Username cannot be of email format, since user pool is configured for email alias.');
  if (allowed.length === 0) return undefined;
  if (allowed.includes('email') && isEmail) return 'email';
  if (allowed.includes('phone_number') && phonePattern.test(username)) return 'phone_number';
  const expected = allowed.map((name) => (name === 'email' ? 'an email' : 'a phone number')).join(' or ');
  throw invalidParameter(`Username should be ${expected}.`);
}

/**
 * Makes a user with a temporary password. The engine sends no messages, so without TemporaryPassword nobody would learn it:
 * there is none then, and AdminSetUserPassword comes next. RESEND renews an unused temporary password.
 */
async function adminCreateUser(
  input: sdk.AdminCreateUserCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminCreateUserResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { Username: name = '' } = input;
  checkText(name, { member: 'username', min: 1, max: 128, pattern: usernamePattern });
  if (input.TemporaryPassword !== undefined) checkPolicy(pool, input.TemporaryPassword);
  if (input.MessageAction === 'RESEND') return { User: describeUser(await renew(engine, pool, input)) };
  const address = addressIn(pool, name);
  const sub = randomUUID();
  const username = address ? sub : name;
  const taken = () => {
    if (findUser(engine, pool, name)) throw new AwsError('UsernameExistsException', 'User account already exists');
  };
  taken();
  const given = [...(input.UserAttributes ?? []), ...(address ? [{ Name: address, Value: name }] : [])];
  const attributes = withAttributes(engine, pool, { given });
  const nowMs = engine.clock();
  const password =
    input.TemporaryPassword === undefined
      ? undefined
      : await makePassword({ poolId: pool.id, username }, input.TemporaryPassword, temporaryPasswordEndMs(pool, nowMs));
  // Somebody else may have made it, or deleted the pool, while the password was hashed.
  requirePool(engine, region, pool.id);
  taken();
  const user: UserRecord = {
    poolId: pool.id,
    username,
    sub,
    enabled: true,
    status: 'FORCE_CHANGE_PASSWORD',
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
    attributes,
    groups: [],
    ...(password && { password }),
  };
  if (input.ForceAliasCreation) {
    await takeAliases(engine, pool, user);
    taken();
  }
  refuseTakenAlias(engine, pool, user);
  await putUser(engine, pool, user);
  return { User: describeUser(user) };
}

async function renew(engine: Engine, pool: PoolRecord, input: sdk.AdminCreateUserCommandInput): Promise<UserRecord> {
  const user = requireUser(engine, pool, input.Username);
  if (user.status !== 'FORCE_CHANGE_PASSWORD')
    throw new AwsError(
      'UnsupportedUserStateException',
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    );
  const expiresAtMs = temporaryPasswordEndMs(pool, engine.clock());
  const made = input.TemporaryPassword && (await makePassword(user, input.TemporaryPassword, expiresAtMs));
  return changeUser(engine, pool, {
    username: user.username,
    change: (current) => {
      const password = made || (current.password && { ...current.password, expiresAtMs });
      return { ...current, ...(password && { password }) };
    },
  });
}

async function adminSetUserPassword(
  input: sdk.AdminSetUserPasswordCommandInput,
  call: Call,
): Promise<sdk.AdminSetUserPasswordResponse> {
  const { engine, pool, user } = found(input, call);
  const { Password: given = '', Permanent: isPermanent = false } = input;
  checkPolicy(pool, given);
  await checkHistory(pool, user, given);
  const endMs = isPermanent ? undefined : temporaryPasswordEndMs(pool, engine.clock());
  const password = await makePassword(user, given, endMs);
  await changeUser(engine, pool, {
    username: user.username,
    change: (current) => ({
      ...current,
      password,
      formerPasswords: rememberPassword(pool, current),
      status: isPermanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
    }),
  });
  return {};
}

/** Without a way to send a code the user waits for AdminSetUserPassword; AWS, too, refuses users it cannot reach. */
async function adminResetUserPassword(
  input: sdk.AdminResetUserPasswordCommandInput,
  call: Call,
): Promise<sdk.AdminResetUserPasswordResponse> {
  const { engine, pool, user } = found(input, call);
  const isReachable = ['email_verified', 'phone_number_verified'].some((name) => attributeOf(user, name) === 'true');
  if (!isReachable)
    throw invalidParameter(
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    );
  await changeUser(engine, pool, {
    username: user.username,
    change: (current) => ({ ...current, status: 'RESET_REQUIRED' }),
  });
  return {};
}

function adminGetUser(input: sdk.AdminGetUserCommandInput, call: Call): sdk.AdminGetUserResponse {
  const { user } = found(input, call);
  const { Attributes, ...described } = describeUser(user);
  return { ...described, Username: user.username, UserAttributes: Attributes };
}

async function adminUpdateUserAttributes(
  input: sdk.AdminUpdateUserAttributesCommandInput,
  call: Call,
): Promise<sdk.AdminUpdateUserAttributesResponse> {
  const { engine, pool, user } = found(input, call);
  const attributes = withAttributes(engine, pool, { user, given: input.UserAttributes });
  await putUser(engine, pool, { ...user, attributes, modifiedAtMs: engine.clock() });
  return {};
}

async function adminDeleteUserAttributes(
  input: sdk.AdminDeleteUserAttributesCommandInput,
  call: Call,
): Promise<sdk.AdminDeleteUserAttributesResponse> {
  const { engine, pool, user } = found(input, call);
  const attributes = withoutAttributes(pool, user, input.UserAttributeNames);
  await putUser(engine, pool, { ...user, attributes, modifiedAtMs: engine.clock() });
  return {};
}

async function setEnabled(call: Call, input: sdk.AdminEnableUserCommandInput, enabled: boolean): Promise<object> {
  const { engine, pool, user } = found(input, call);
  await putUser(engine, pool, { ...user, enabled, modifiedAtMs: engine.clock() });
  return {};
}

function adminDisableUser(input: sdk.AdminDisableUserCommandInput, call: Call): Promise<sdk.AdminDisableUserResponse> {
  return setEnabled(call, input, false);
}

function adminEnableUser(input: sdk.AdminEnableUserCommandInput, call: Call): Promise<sdk.AdminEnableUserResponse> {
  return setEnabled(call, input, true);
}

async function adminDeleteUser(input: sdk.AdminDeleteUserCommandInput, call: Call): Promise<object> {
  const { engine, pool, user } = found(input, call);
  await removeUser(engine, pool, user.username);
  return {};
}

/** Voids the refresh and access tokens issued so far, for the pool's own API; API Gateway goes on taking them (DG cognito). */
async function adminUserGlobalSignOut(
  input: sdk.AdminUserGlobalSignOutCommandInput,
  call: Call,
): Promise<sdk.AdminUserGlobalSignOutResponse> {
  const { engine, pool, user } = found(input, call);
  await putUser(engine, pool, { ...user, signedOutAtMs: engine.clock() });
  return {};
}

export const adminUserOperations = {
  AdminCreateUser: adminCreateUser,
  AdminDeleteUser: adminDeleteUser,
  AdminDeleteUserAttributes: adminDeleteUserAttributes,
  AdminDisableUser: adminDisableUser,
  AdminEnableUser: adminEnableUser,
  AdminGetUser: adminGetUser,
  AdminResetUserPassword: adminResetUserPassword,
  AdminSetUserPassword: adminSetUserPassword,
  AdminUpdateUserAttributes: adminUpdateUserAttributes,
  AdminUserGlobalSignOut: adminUserGlobalSignOut,
} satisfies Operations<sdk.CognitoIdentityProvider>;
