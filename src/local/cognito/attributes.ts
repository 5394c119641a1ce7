import type { AttributeType, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { invalidParameter } from './constraints.ts';
import type { PoolRecord, UserRecord } from './records.ts';
import { attributeOf, findRival, putUser, setAttribute } from './users.ts';

/** The pool's declaration of an attribute; undefined for what it does not know. */
export function schemaOf(pool: PoolRecord, name: string): SchemaAttributeType | undefined {
  return pool.schema.find((attribute) => attribute.Name === name);
}

const mismatch = (name: string, detail: string) =>
  invalidParameter(`Attributes did not conform to the schema: ${name}: ${detail}\n`, name);

function checkValue(schema: SchemaAttributeType, value: string): void {
  const { Name: name = '', StringAttributeConstraints: text, NumberAttributeConstraints: number } = schema;
  if (name === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value))
    throw invalidParameter('Invalid email address format.', name);
  if (name === 'phone_number' && !/^\+[0-9]{1,15}$/.test(value))
    throw invalidParameter('Invalid phone number format.', name);
  if (schema.AttributeDataType === 'Boolean' && value !== 'true' && value !== 'false')
    throw mismatch(name, 'Attribute value must be a boolean');
  if (schema.AttributeDataType === 'Number') {
    if (!/^-?[0-9]+$/.test(value)) throw mismatch(name, 'Attribute value must be a number');
    if (number?.MinValue !== undefined && Number(value) < Number(number.MinValue))
      throw mismatch(name, `Number must be at least ${number.MinValue}`);
    if (number?.MaxValue !== undefined && Number(value) > Number(number.MaxValue))
      throw mismatch(name, `Number must be at most ${number.MaxValue}`);
  }
  if (text?.MinLength !== undefined && value.length < Number(text.MinLength))
    throw mismatch(name, `String must be at least ${text.MinLength} characters`);
  if (text?.MaxLength !== undefined && value.length > Number(text.MaxLength))
    throw mismatch(name, `String must be at most ${text.MaxLength} characters`);
}

/**
 * The user's attributes after setting `given`. `user`: undefined for a new one, whose aliases the caller checks. An immutable attribute can be set once.
 * `writable`: a client's WriteAttributes, where a user changes its own. Throws InvalidParameterException, AliasExistsException
 * and NotAuthorizedException.
 */
export function withAttributes(
  engine: Engine,
  pool: PoolRecord,
  request: {
    user?: UserRecord | undefined;
    given: readonly AttributeType[] | undefined;
    writable?: readonly string[] | undefined;
  },
): AttributeType[] {
  const { user, given = [], writable } = request;
  const attributes = new Map((user?.attributes ?? []).map(({ Name, Value }) => [Name, Value]));
  for (const { Name: name = '', Value: value = '' } of given) {
    const schema = schemaOf(pool, name);
    if (!schema)
      throw invalidParameter(
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    if (name === 'sub' || (user && schema.Mutable === false && attributeOf(user, name) !== undefined))
      throw invalidParameter(`user.${name}: Attribute cannot be updated.\n`, name);
    if (writable && !writable.includes(name))
      throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute');
    if (value !== '') checkValue(schema, value);
    // An empty value removes the attribute.
    if (value === '') attributes.delete(name);
    else attributes.set(name, value);
    // A new address has yet to be verified.
    const verified = `${name}_verified`;
    const changed = user !== undefined && attributeOf(user, name) !== value;
    if (changed && schemaOf(pool, verified) && !given.some((other) => other.Name === verified))
      attributes.set(verified, 'false');
  }
  const changed = [...attributes].map(([Name, Value]) => ({ Name, Value }));
  if (user) refuseTakenAlias(engine, pool, { ...user, attributes: changed });
  return changed;
}

/** Throws AliasExistsException where `user` would hold another's alias: an address that is verified (docs/aws-facts.md#fact-11-4). */
export function refuseTakenAlias(engine: Engine, pool: PoolRecord, user: UserRecord): void {
  const rival = findRival(engine, pool, user);
  if (rival)
    throw new AwsError('AliasExistsException', `An account with the ${rival.attribute} already exists.`, {
      attribute: rival.attribute,
    });
}

/** Takes `user`'s aliases from whoever holds them (ForceAliasCreation); an address stays with its former user, unverified. */
export async function takeAliases(engine: Engine, pool: PoolRecord, user: UserRecord): Promise<void> {
  for (let rival = findRival(engine, pool, user); rival; rival = findRival(engine, pool, user)) {
    const { holder, attribute } = rival;
    const isUsername = pool.settings.UsernameAttributes?.some((name) => name === attribute);
    if (isUsername || attribute === 'preferred_username') return refuseTakenAlias(engine, pool, user);
    const unverified = setAttribute(holder, `${attribute}_verified`, 'false');
    await putUser(engine, pool, { ...unverified, modifiedAtMs: engine.clock() });
  }
}

/** Throws InvalidParameterException for attributes that the pool requires or does not know. */
export function withoutAttributes(pool: PoolRecord, user: UserRecord, names: readonly string[] = []): AttributeType[] {
  for (const name of names) {
    const schema = schemaOf(pool, name);
    if (!schema) throw invalidParameter(`user.${name}: Attribute does not exist in the schema.\n`);
    if (schema.Required || schema.Mutable === false)
      throw invalidParameter(`user.${name}: Attribute cannot be deleted.\n`);
  }
  return user.attributes.filter(({ Name }) => Name !== undefined && !names.includes(Name));
}

/** Names of the required attributes that a user lacks. */
export function missingAttributes(pool: PoolRecord, isGiven: (name: string) => boolean): string[] {
  return pool.schema.flatMap(({ Name: name = '', Required }) =>
    Required && name !== 'sub' && !isGiven(name) ? [name] : [],
  );
}
