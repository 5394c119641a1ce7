import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import { differences, type Existing, type Resource } from './resource.ts';

export interface DesiredUser {
  poolId: string;
  username: string;
  /** Asked only when a password must be set. */
  password: () => Promise<string>;
}

export interface ActualUser extends Existing {
  poolId: string;
  username: string;
  status: string;
  enabled: boolean;
}

async function read(aws: Aws, desired: DesiredUser): Promise<ActualUser | undefined> {
  const { poolId, username } = desired;
  const command = new AdminGetUserCommand({ UserPoolId: poolId, Username: username });
  const found = await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
  if (!found) return undefined;
  const { UserStatus: status = '', Enabled: enabled = true } = found;
  return { id: username, poolId, username, status, enabled };
}

function compare(_desired: DesiredUser, actual: ActualUser): Change[] {
  return differences({ status: 'CONFIRMED', enabled: true }, { ...actual });
}

async function create(aws: Aws, desired: DesiredUser): Promise<ActualUser> {
  const { poolId, username } = desired;
  const input = { UserPoolId: poolId, Username: username, MessageAction: 'SUPPRESS' as const };
  await aws.call(CognitoIdentityProviderClient, new AdminCreateUserCommand(input), { once: true });
  await setPassword(aws, desired);
  return { id: username, poolId, username, status: 'CONFIRMED', enabled: true };
}

async function update(
  aws: Aws,
  { desired, actual }: { desired: DesiredUser; actual: ActualUser },
): Promise<ActualUser> {
  if (actual.status !== 'CONFIRMED') await setPassword(aws, desired);
  if (!actual.enabled) {
    const command = new AdminEnableUserCommand({ UserPoolId: actual.poolId, Username: actual.username });
    await aws.call(CognitoIdentityProviderClient, command);
  }
  return { ...actual, status: 'CONFIRMED', enabled: true };
}

async function setPassword(aws: Aws, { poolId, username, password }: DesiredUser): Promise<void> {
  const input = { UserPoolId: poolId, Username: username, Password: await password(), Permanent: true };
  await aws.call(CognitoIdentityProviderClient, new AdminSetUserPasswordCommand(input));
}

async function remove(aws: Aws, { poolId, username }: ActualUser): Promise<void> {
  const command = new AdminDeleteUserCommand({ UserPoolId: poolId, Username: username });
  await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
}

export const user: Resource<DesiredUser, ActualUser> = { read, compare, create, update, remove };
