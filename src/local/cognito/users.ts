import { createHmac } from 'node:crypto';
import type { AttributeType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { checkText, usernamePattern } from './constraints.ts';
import type { PoolRecord, UserRecord } from './records.ts';

const collection = (engine: Engine) => engine.store.collection<UserRecord>('cognito/users');

/** The form under which a name is looked up: user pools ignore case unless they were made with CaseSensitive. */
export function foldName(pool: PoolRecord, name: string): string {
  // AWS's own default when UsernameConfiguration is left out is case-sensitive (docs/aws-facts.md#fact-4-1).
  return pool.settings.UsernameConfiguration?.CaseSensitive === false ? name.toLowerCase() : name;
}

const keyOf = (pool: PoolRecord, username: string) => `${pool.id}/${foldName(pool, username)}`;

/** Users of a pool in the order of their names. */
export function listUsers(engine: Engine, pool: PoolRecord): UserRecord[] {
  return collection(engine).values(`${pool.id}/`);
}

export function countUsers(engine: Engine, pool: PoolRecord): number {
  return collection(engine).keys(`${pool.id}/`).length;
}

/** Stores a changed copy. Nothing may be awaited between reading the record that `user` was made from and this call. */
export async function putUser(engine: Engine, pool: PoolRecord, user: UserRecord): Promise<void> {
  await collection(engine).put(keyOf(pool, user.username), user);
}

/**
 * Reads the user anew and stores what `change` makes of it: for changes that were preceded by an await. Throws UserNotFoundException
 * where the name is another's by now.
 */
export async function changeUser(
  engine: Engine,
  pool: PoolRecord,
  request: { user: UserRecord; change: (current: UserRecord) => UserRecord },
): Promise<UserRecord> {
  const current = collection(engine).get(keyOf(pool, request.user.username));
  if (current?.sub !== request.user.sub) throw userNotFound();
  const changed = { ...request.change(current), modifiedAtMs: engine.clock() };
  await putUser(engine, pool, changed);
  return changed;
}

export async function removeUser(engine: Engine, pool: PoolRecord, username: string): Promise<void> {
  await collection(engine).delete(keyOf(pool, username));
}

export function attributeOf(user: UserRecord, name: string): string | undefined {
  return name === 'sub' ? user.sub : user.attributes.find((attribute) => attribute.Name === name)?.Value;
}

export const hasAttribute = (user: UserRecord) => (name: string) => attributeOf(user, name) !== undefined;

/** The user with one attribute changed, or added. */
export function setAttribute(user: UserRecord, name: string, value: string): UserRecord {
  const attribute = { Name: name, Value: value };
  const isThere = user.attributes.some(({ Name }) => Name === name);
  const attributes = user.attributes.map((known) => (known.Name === name ? attribute : known));
  return { ...user, attributes: isThere ? attributes : [...attributes, attribute] };
}

/** The attributes by which users of this pool may sign in beside their username. */
function aliasesOf(pool: PoolRecord): string[] {
  return [...(pool.settings.UsernameAttributes ?? []), ...(pool.settings.AliasAttributes ?? [])];
}

/** An alias counts once it is verified; in pools whose usernames are addresses, and for preferred_username, at once. */
function holdsAlias(pool: PoolRecord, user: UserRecord, alias: { attribute: string; value: string }): boolean {
  const { attribute, value } = alias;
  const held = attributeOf(user, attribute);
  if (held === undefined || foldName(pool, held) !== foldName(pool, value)) return false;
  const isUsername = pool.settings.UsernameAttributes?.some((name) => name === attribute) === true;
  return isUsername || attribute === 'preferred_username' || attributeOf(user, `${attribute}_verified`) === 'true';
}

/** Another user who holds an alias that `user` would hold too, and by which attribute. */
export function findRival(
  engine: Engine,
  pool: PoolRecord,
  user: UserRecord,
): { holder: UserRecord; attribute: string } | undefined {
  const aliases = aliasesOf(pool);
  const wanted = aliases.flatMap((attribute) => {
    const value = attributeOf(user, attribute);
    return value !== undefined && holdsAlias(pool, user, { attribute, value }) ? [value] : [];
  });
  if (wanted.length === 0) return undefined;
  for (const holder of listUsers(engine, pool)) {
    if (holder.sub === user.sub) continue;
    const attribute = aliases.find((name) =>
      wanted.some((value) => holdsAlias(pool, holder, { attribute: name, value })),
    );
    if (attribute !== undefined) return { holder, attribute };
  }
  return undefined;
}

function findUserByAlias(engine: Engine, pool: PoolRecord, name: string): UserRecord | undefined {
  const aliases = aliasesOf(pool);
  if (aliases.length === 0) return undefined;
  return listUsers(engine, pool).find((user) =>
    aliases.some((attribute) => holdsAlias(pool, user, { attribute, value: name })),
  );
}

/** By username, by alias where the pool has any, and by `sub`, as Cognito's admin operations find users. */
export function findUser(engine: Engine, pool: PoolRecord, name: string): UserRecord | undefined {
  const direct = collection(engine).get(keyOf(pool, name));
  if (direct) return direct;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(name)) {
    const bySub = listUsers(engine, pool).find((user) => user.sub === name);
    if (bySub) return bySub;
  }
  return findUserByAlias(engine, pool, name);
}

/** What a name would be, should people sign in by addresses. */
export function addressKind(name: string): 'email' | 'phone_number' | undefined {
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(name)) return 'email';
  return /^\+[0-9]{1,15}$/.test(name) ? 'phone_number' : undefined;
}

/**
 * As a challenge names somebody who does not exist: where people sign in by addresses, by a made-up id, the same each time, since
 * those who do exist have ids (DG, managing errors).
 */
export function nameInChallenge(pool: PoolRecord, name: string): string {
  const kind = addressKind(name);
  const folded = foldName(pool, name);
  if (kind === undefined || !aliasesOf(pool).includes(kind)) return folded;
  const hex = createHmac('sha256', Buffer.from(pool.sealKey, 'base64')).update(`id ${folded}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');
}

export const userNotFound = () => new AwsError('UserNotFoundException', 'User does not exist.');

/** Throws InvalidParameterException or UserNotFoundException. */
export function requireUser(engine: Engine, pool: PoolRecord, username: string | undefined): UserRecord {
  checkText(username, { member: 'username', min: 1, max: 128, pattern: usernamePattern });
  const user = findUser(engine, pool, username ?? '');
  if (!user) throw userNotFound();
  return user;
}

/** As the API shows them: `sub` among the others. */
export function shownAttributes(user: UserRecord, names?: readonly string[]): AttributeType[] {
  const all = [{ Name: 'sub', Value: user.sub }, ...user.attributes];
  return names ? all.filter(({ Name }) => Name !== undefined && names.includes(Name)) : all;
}
