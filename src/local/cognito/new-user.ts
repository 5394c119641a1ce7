import { randomUUID } from 'node:crypto';
import type { AttributeType, UserStatusType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { AwsError } from '../service.ts';
import { refuseTakenAlias, takeAliases, withAttributes } from './attributes.ts';
import { invalidParameter } from './constraints.ts';
import { makePassword } from './passwords.ts';
import { requirePool } from './pools.ts';
import type { PoolRecord, UserRecord } from './records.ts';
import { addressKind, findUser, putUser } from './users.ts';

/** The attribute that a name stands for in pools whose usernames are addresses. Throws InvalidParameterException. */
export function addressIn(pool: PoolRecord, username: string): 'email' | 'phone_number' | undefined {
  const allowed = pool.settings.UsernameAttributes ?? [];
  const kind = addressKind(username);
  if (pool.settings.AliasAttributes?.includes('email') && kind === 'email')
    throw invalidParameter('Username cannot be of email format, since user pool is configured for email alias.');
  if (allowed.length === 0) return undefined;
  if (kind && allowed.includes(kind)) return kind;
  const expected = allowed.map((name) => (name === 'email' ? 'an email' : 'a phone number')).join(' or ');
  throw invalidParameter(`Username should be ${expected}.`);
}

export interface NewUser {
  name: string;
  status: UserStatusType;
  attributes: readonly AttributeType[] | undefined;
  /** A client's WriteAttributes, where users make themselves. */
  writable?: readonly string[] | undefined;
  /** `expiresAtMs`: of a temporary one. */
  password: { text: string; expiresAtMs?: number } | undefined;
  takesAliases?: boolean | undefined;
  taken: () => AwsError;
  /** Anything else that the record holds from its beginning. */
  complete?: (user: UserRecord) => UserRecord;
}

/** Makes a user. Throws what `taken` says, and what `withAttributes` and `addressIn` throw. */
export async function makeUser(engine: Engine, pool: PoolRecord, asked: NewUser): Promise<UserRecord> {
  const { name, status, writable, takesAliases, password: given, complete = (user) => user } = asked;
  const address = addressIn(pool, name);
  const sub = randomUUID();
  const username = address ? sub : name;
  const refuseTaken = () => {
    if (findUser(engine, pool, name)) throw asked.taken();
  };
  refuseTaken();
  const own = withAttributes(engine, pool, { given: asked.attributes, writable });
  const attributes = address ? [...own.filter(({ Name }) => Name !== address), { Name: address, Value: name }] : own;
  const nowMs = engine.clock();
  const password = given && (await makePassword(engine, { poolId: pool.id, username }, given));
  // Somebody else may have made it, or deleted the pool, while the password was hashed.
  requirePool(engine, pool.region, pool.id);
  refuseTaken();
  const user = complete({
    poolId: pool.id,
    username,
    sub,
    enabled: true,
    status,
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
    attributes,
    groups: [],
    ...(password && { password }),
  });
  if (takesAliases) {
    await takeAliases(engine, pool, user);
    refuseTaken();
  }
  refuseTakenAlias(engine, pool, user);
  await putUser(engine, pool, user);
  return user;
}
