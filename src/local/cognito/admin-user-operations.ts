import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { changeAttributes } from './attribute-changes.ts';
import { withoutAttributes } from './attributes.ts';
import { checkText, usernamePattern } from './constraints.ts';
import { deliver } from './delivery.ts';
import { makeUser } from './new-user.ts';
import {
  checkHistory,
  checkPolicy,
  makePassword,
  rememberPassword,
  temporaryPassword,
  temporaryPasswordEndMs,
} from './passwords.ts';
import { requirePool } from './pools.ts';
import type { Address, PoolRecord, UserRecord } from './records.ts';
import { attributeOf, changeUser, putUser, removeUser, requireUser, shownAttributes } from './users.ts';

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

/**
 * Makes a user with a temporary password, and sends it to the local inbox: by SMS unless DesiredDeliveryMediums says otherwise, as on AWS. RESEND
 * renews an unused temporary password. Who has no such address is sent nothing, and without TemporaryPassword has no password.
 */
async function adminCreateUser(
  input: sdk.AdminCreateUserCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminCreateUserResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { Username: name = '', UserAttributes: attributes, ForceAliasCreation: takesAliases } = input;
  checkText(name, { member: 'username', min: 1, max: 128, pattern: usernamePattern });
  if (input.TemporaryPassword !== undefined) checkPolicy(pool, input.TemporaryPassword);
  const isSilent = input.MessageAction === 'SUPPRESS';
  if (input.MessageAction === 'RESEND') return { User: describeUser(await renew(engine, pool, input)) };
  const text = input.TemporaryPassword ?? (isSilent ? undefined : temporaryPassword(pool));
  const user = await makeUser(engine, pool, {
    name,
    status: 'FORCE_CHANGE_PASSWORD',
    attributes,
    password: text === undefined ? undefined : { text, expiresAtMs: temporaryPasswordEndMs(pool, engine.clock()) },
    takesAliases,
    taken: () => new AwsError('UsernameExistsException', 'User account already exists'),
  });
  if (!isSilent)
    await invite(engine, pool, { user, addresses: invitationAddresses(user, input.DesiredDeliveryMediums), text });
  return { User: describeUser(user) };
}

function invitationAddresses(user: UserRecord, mediums: sdk.DeliveryMediumType[] | undefined): Address[] {
  return (mediums?.length ? mediums : (['SMS'] as const)).flatMap((medium) => {
    const attribute = medium === 'EMAIL' ? 'email' : 'phone_number';
    const value = attributeOf(user, attribute);
    return value ? [{ attribute, value }] : [];
  });
}

async function invite(
  engine: Engine,
  pool: PoolRecord,
  invited: { user: UserRecord; addresses: readonly Address[]; text: string | undefined },
): Promise<void> {
  const { user, addresses, text } = invited;
  if (text === undefined) return;
  for (const address of addresses) await deliver(engine, pool, { user, address, kind: 'invitation', code: text });
}

function requireUnused({ username, status }: UserRecord): void {
  if (status === 'FORCE_CHANGE_PASSWORD') return;
  throw new AwsError(
    'UnsupportedUserStateException',
    `Resend not possible. ${username} status is not FORCE_CHANGE_PASSWORD`,
  );
}

async function renew(engine: Engine, pool: PoolRecord, input: sdk.AdminCreateUserCommandInput): Promise<UserRecord> {
  const user = requireUser(engine, pool, input.Username);
  requireUnused(user);
  const expiresAtMs = temporaryPasswordEndMs(pool, engine.clock());
  const addresses = invitationAddresses(user, input.DesiredDeliveryMediums);
  // Where nobody would learn a new one, the old one lives on.
  const text = input.TemporaryPassword ?? (addresses.length > 0 ? temporaryPassword(pool) : undefined);
  const made = text === undefined ? undefined : await makePassword(engine, user, { text, expiresAtMs });
  const changed = await changeUser(engine, pool, {
    user,
    change(current) {
      // The old one may have been used while this one was hashed.
      requireUnused(current);
      const password = made ?? (current.password && { ...current.password, expiresAtMs });
      return { ...current, ...(password && { password }) };
    },
  });
  await invite(engine, pool, { user: changed, addresses, text });
  return changed;
}

async function adminSetUserPassword(
  input: sdk.AdminSetUserPasswordCommandInput,
  call: Call,
): Promise<sdk.AdminSetUserPasswordResponse> {
  const { engine, pool, user } = found(input, call);
  const { Password: given = '', Permanent: isPermanent = false } = input;
  checkPolicy(pool, given);
  await checkHistory(engine, pool, { user, password: given });
  const expiresAtMs = isPermanent ? undefined : temporaryPasswordEndMs(pool, engine.clock());
  const password = await makePassword(engine, user, { text: given, expiresAtMs });
  await changeUser(engine, pool, {
    user,
    change: (current) => ({
      ...current,
      password,
      formerPasswords: rememberPassword(pool, current),
      status: isPermanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
    }),
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
  await changeAttributes(engine, pool, { user, given: input.UserAttributes });
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
  AdminSetUserPassword: adminSetUserPassword,
  AdminUpdateUserAttributes: adminUpdateUserAttributes,
  AdminUserGlobalSignOut: adminUserGlobalSignOut,
} satisfies Operations<sdk.CognitoIdentityProvider>;
