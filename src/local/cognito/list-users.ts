import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import { describeUser } from './admin-user-operations.ts';
import { schemaOf } from './attributes.ts';
import { checkNumber, checkText, invalidParameter } from './constraints.ts';
import { page } from './paging.ts';
import { requirePool } from './pools.ts';
import type { PoolRecord, UserRecord } from './records.ts';
import { attributeOf, foldName, listUsers } from './users.ts';

type Test = (user: UserRecord) => boolean;

/** The attributes that AWS lets a filter name. */
const searchable = [
  'username',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
  'sub',
];

/** `attribute = "value"` or `attribute ^= "start"`. Throws InvalidParameterException. */
function parseFilter(pool: PoolRecord, filter: string): Test {
  const parts = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
  const [, attribute = '', operator = '', quoted = ''] = parts ?? [];
  if (!parts || !searchable.includes(attribute)) throw invalidParameter('One or more request parameters are invalid.');
  const wanted = quoted.replace(/\\(.)/g, '$1');
  return (user) => {
    const value = searchedValue(user, attribute);
    if (value === undefined) return false;
    const [left, right] = [value, wanted].map((text) => foldSearched(pool, attribute, text));
    if (left === undefined || right === undefined) return false;
    return operator === '=' ? left === right : left.startsWith(right);
  };
}

/** Filters ignore case but for `status`, and for `username` in a pool that heeds it (API reference, ListUsers). */
function foldSearched(pool: PoolRecord, attribute: string, text: string): string {
  if (attribute === 'username') return foldName(pool, text);
  return attribute === 'status' ? text : text.toLowerCase();
}

function searchedValue(user: UserRecord, attribute: string): string | undefined {
  if (attribute === 'username') return user.username;
  if (attribute === 'cognito:user_status') return user.status;
  if (attribute === 'status') return user.enabled ? 'Enabled' : 'Disabled';
  return attributeOf(user, attribute);
}

function listUsersOfPool(input: sdk.ListUsersCommandInput, { engine, region }: Call): sdk.ListUsersResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  checkNumber(input.Limit, 'limit', { min: 0, max: 60 });
  checkText(input.Filter, { member: 'filter', max: 256 });
  if (input.AttributesToGet?.some((name) => !schemaOf(pool, name)))
    throw invalidParameter('One or more requested attributes do not exist.');
  const test = input.Filter ? parseFilter(pool, input.Filter) : () => true;
  const request = { limit: input.Limit || 60, token: input.PaginationToken };
  const { items, next } = page(listUsers(engine, pool).filter(test), (user) => user.username, request);
  return {
    Users: items.map((user) => describeUser(user, input.AttributesToGet)),
    ...(next && { PaginationToken: next }),
  };
}

export const listUsersOperations = {
  ListUsers: listUsersOfPool,
} satisfies Operations<sdk.CognitoIdentityProvider>;
