import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Aws } from './aws.ts';
import { ignoreMissing, isExisting, isOutcomeUnknown } from './errors.ts';

/** A user of a pool, other than the stack's own or that one too. */
export interface PoolUser {
  username: string;
  /** `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, … */
  status: string;
  enabled: boolean;
  attributes: Record<string, string>;
}

/** Every user of a pool. Throws DynopsError. */
export async function listUsers(aws: Aws, poolId: string): Promise<PoolUser[]> {
  const users: PoolUser[] = [];
  let token: string | undefined;
  do {
    const command = new ListUsersCommand({
      UserPoolId: poolId,
      ...(token !== undefined && { PaginationToken: token }),
    });
    const page = await aws.call(CognitoIdentityProviderClient, command);
    for (const {
      Username: username = '',
      UserStatus: status = '',
      Enabled: enabled = true,
      Attributes,
    } of page.Users ?? []) {
      const attributes = Object.fromEntries((Attributes ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
      users.push({ username, status, enabled, attributes });
    }
    token = page.PaginationToken;
  } while (token !== undefined);
  return users;
}

/**
 * Makes a user who must choose a password of their own at the first sign-in. No message is sent.
 * Throws DynopsError, `UsernameExistsException` for a user whom this call did not make.
 */
export async function createTemporaryUser(
  aws: Aws,
  poolId: string,
  user: { username: string; password: string; attributes: Record<string, string> },
): Promise<void> {
  const command = new AdminCreateUserCommand({
    UserPoolId: poolId,
    Username: user.username,
    TemporaryPassword: user.password,
    UserAttributes: attributeList(user.attributes),
    MessageAction: 'SUPPRESS',
  });
  await aws.call(CognitoIdentityProviderClient, command, { once: true }).catch(async (error: unknown) => {
    if (!isOutcomeUnknown(error)) throw error;
    // Whoever is there now was made by the attempt whose answer was lost.
    await aws.call(CognitoIdentityProviderClient, command).catch((again: unknown) => {
      if (!isExisting(again)) throw again;
    });
  });
}

/** `permanent: false`: to be changed at the next sign-in. Throws DynopsError. */
export async function setPassword(
  aws: Aws,
  poolId: string,
  user: { username: string; password: string; permanent: boolean },
): Promise<void> {
  const { username: Username, password: Password, permanent: Permanent } = user;
  const command = new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username, Password, Permanent });
  await aws.call(CognitoIdentityProviderClient, command);
}

/** Throws DynopsError, `UserNotFoundException` when there is no such user. */
export async function enableUser(aws: Aws, poolId: string, username: string): Promise<void> {
  await aws.call(CognitoIdentityProviderClient, new AdminEnableUserCommand({ UserPoolId: poolId, Username: username }));
}

/** Throws DynopsError, `UserNotFoundException` when there is no such user. */
export async function disableUser(aws: Aws, poolId: string, username: string): Promise<void> {
  await aws.call(
    CognitoIdentityProviderClient,
    new AdminDisableUserCommand({ UserPoolId: poolId, Username: username }),
  );
}

/** Throws DynopsError, `UserNotFoundException` when there is no such user. */
export async function deleteUser(aws: Aws, poolId: string, username: string): Promise<void> {
  const who = { UserPoolId: poolId, Username: username };
  await userStatus(aws, poolId, username);
  // Then it was there, and gone is what was wanted: an answer may have been lost.
  await aws.call(CognitoIdentityProviderClient, new AdminDeleteUserCommand(who)).catch(ignoreMissing);
}

/** `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, … Throws DynopsError, `UserNotFoundException` when there is no such user. */
export async function userStatus(aws: Aws, poolId: string, username: string): Promise<string> {
  const command = new AdminGetUserCommand({ UserPoolId: poolId, Username: username });
  return (await aws.call(CognitoIdentityProviderClient, command)).UserStatus ?? '';
}

function attributeList(attributes: Record<string, string>): { Name: string; Value: string }[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}
