import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { describeUser } from './admin-user-operations.ts';
import { checkNumber, checkText, usernamePattern } from './constraints.ts';
import { page } from './paging.ts';
import { putPool, requirePool } from './pools.ts';
import type { GroupRecord, PoolRecord } from './records.ts';
import { listUsers, putUser, requireUser } from './users.ts';

function describe(pool: PoolRecord, group: GroupRecord): sdk.GroupType {
  return {
    GroupName: group.name,
    UserPoolId: pool.id,
    Description: group.description,
    RoleArn: group.roleArn,
    Precedence: group.precedence,
    LastModifiedDate: new Date(group.modifiedAtMs),
    CreationDate: new Date(group.createdAtMs),
  };
}

function requireGroup(pool: PoolRecord, name: string | undefined): GroupRecord {
  const group = pool.groups.find((known) => known.name === name);
  if (!group) throw new AwsError('ResourceNotFoundException', 'Group not found.');
  return group;
}

function settings(input: sdk.CreateGroupCommandInput | sdk.UpdateGroupCommandInput): Partial<GroupRecord> {
  checkText(input.Description, { member: 'description', max: 2048 });
  checkNumber(input.Precedence, 'precedence', { min: 0, max: 2 ** 31 - 1 });
  return {
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.RoleArn !== undefined && { roleArn: input.RoleArn }),
    ...(input.Precedence !== undefined && { precedence: input.Precedence }),
  };
}

async function createGroup(
  input: sdk.CreateGroupCommandInput,
  { engine, region }: Call,
): Promise<sdk.CreateGroupResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { GroupName: name = '' } = input;
  checkText(name, { member: 'groupName', min: 1, max: 128, pattern: usernamePattern });
  if (pool.groups.some((known) => known.name === name))
    throw new AwsError('GroupExistsException', 'A group with the name already exists.');
  const nowMs = engine.clock();
  const group: GroupRecord = { name, ...settings(input), createdAtMs: nowMs, modifiedAtMs: nowMs };
  await putPool(engine, { ...pool, groups: [...pool.groups, group] });
  return { Group: describe(pool, group) };
}

function getGroup(input: sdk.GetGroupCommandInput, { engine, region }: Call): sdk.GetGroupResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  return { Group: describe(pool, requireGroup(pool, input.GroupName)) };
}

async function updateGroup(
  input: sdk.UpdateGroupCommandInput,
  { engine, region }: Call,
): Promise<sdk.UpdateGroupResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const group = requireGroup(pool, input.GroupName);
  const changed = { ...group, ...settings(input), modifiedAtMs: engine.clock() };
  await putPool(engine, { ...pool, groups: pool.groups.map((known) => (known === group ? changed : known)) });
  return { Group: describe(pool, changed) };
}

async function deleteGroup(input: sdk.DeleteGroupCommandInput, { engine, region }: Call): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const group = requireGroup(pool, input.GroupName);
  const members = listUsers(engine, pool).filter((user) => user.groups.includes(group.name));
  await Promise.all([
    putPool(engine, { ...pool, groups: pool.groups.filter((known) => known !== group) }),
    ...members.map((user) =>
      putUser(engine, pool, { ...user, groups: user.groups.filter((name) => name !== group.name) }),
    ),
  ]);
  return {};
}

function listGroups(input: sdk.ListGroupsCommandInput, { engine, region }: Call): sdk.ListGroupsResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  checkNumber(input.Limit, 'limit', { min: 0, max: 60 });
  const request = { limit: input.Limit || 60, token: input.NextToken };
  const { items, next } = page(pool.groups, (group) => group.name, request);
  return { Groups: items.map((group) => describe(pool, group)), ...(next && { NextToken: next }) };
}

async function adminAddUserToGroup(
  input: sdk.AdminAddUserToGroupCommandInput,
  { engine, region }: Call,
): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const group = requireGroup(pool, input.GroupName);
  const user = requireUser(engine, pool, input.Username);
  if (!user.groups.includes(group.name)) await putUser(engine, pool, { ...user, groups: [...user.groups, group.name] });
  return {};
}

async function adminRemoveUserFromGroup(
  input: sdk.AdminRemoveUserFromGroupCommandInput,
  { engine, region }: Call,
): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const group = requireGroup(pool, input.GroupName);
  const user = requireUser(engine, pool, input.Username);
  await putUser(engine, pool, { ...user, groups: user.groups.filter((name) => name !== group.name) });
  return {};
}

function adminListGroupsForUser(
  input: sdk.AdminListGroupsForUserCommandInput,
  { engine, region }: Call,
): sdk.AdminListGroupsForUserResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  const user = requireUser(engine, pool, input.Username);
  const request = { limit: input.Limit || 60, token: input.NextToken };
  const own = pool.groups.filter((group) => user.groups.includes(group.name));
  const { items, next } = page(own, (group) => group.name, request);
  return { Groups: items.map((group) => describe(pool, group)), ...(next && { NextToken: next }) };
}

function listUsersInGroup(
  input: sdk.ListUsersInGroupCommandInput,
  { engine, region }: Call,
): sdk.ListUsersInGroupResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  const group = requireGroup(pool, input.GroupName);
  const members = listUsers(engine, pool).filter((user) => user.groups.includes(group.name));
  const request = { limit: input.Limit || 60, token: input.NextToken };
  const { items, next } = page(members, (user) => user.username, request);
  return { Users: items.map((user) => describeUser(user)), ...(next && { NextToken: next }) };
}

export const groupOperations = {
  AdminAddUserToGroup: adminAddUserToGroup,
  AdminListGroupsForUser: adminListGroupsForUser,
  AdminRemoveUserFromGroup: adminRemoveUserFromGroup,
  CreateGroup: createGroup,
  DeleteGroup: deleteGroup,
  GetGroup: getGroup,
  ListGroups: listGroups,
  ListUsersInGroup: listUsersInGroup,
  UpdateGroup: updateGroup,
} satisfies Operations<sdk.CognitoIdentityProvider>;
