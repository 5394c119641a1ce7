import type { AttributeType, CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { refuseTakenAlias, withAttributes } from './attributes.ts';
import { codeExpired, newCode, requireCode, withCode, withoutCode } from './codes.ts';
import { invalidParameter } from './constraints.ts';
import { deliver } from './delivery.ts';
import { countInHour, requireBelow } from './hourly-limit.ts';
import type { Address, CodeRecord, PoolRecord, UserRecord } from './records.ts';
import { attributeOf, changeUser, setAttribute } from './users.ts';

const addresses = ['email', 'phone_number'] as const;

/**
 * Changes attributes. A new address gets a code where the pool verifies such addresses, and takes the place of the old one only then where the
 * pool has AttributesRequireVerificationBeforeUpdate. Throws what `withAttributes` throws.
 */
export async function changeAttributes(
  engine: Engine,
  pool: PoolRecord,
  request: { user: UserRecord; given: readonly AttributeType[] | undefined; writable?: readonly string[] | undefined },
): Promise<CodeDeliveryDetailsType[]> {
  const { user, given = [], writable } = request;
  const { AutoVerifiedAttributes: verified = [], UserAttributeUpdateSettings } = pool.settings;
  const waiting = UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  const changed = addresses.flatMap((attribute): (Address & { isPending: boolean })[] => {
    const value = given.find(({ Name }) => Name === attribute)?.Value;
    const isSettled = given.some(({ Name, Value }) => Name === `${attribute}_verified` && Value === 'true');
    if (!value || isSettled || value === attributeOf(user, attribute) || !verified.includes(attribute)) return [];
    return [{ attribute, value, isPending: waiting.includes(attribute) }];
  });
  const pending = changed.filter(({ isPending }) => isPending).map(({ attribute }) => attribute);
  const codes = changed.map(({ attribute, value, isPending }) => {
    const code: CodeRecord = newCode(engine, attribute, { attribute, value });
    return isPending ? { ...code, isPending } : code;
  });
  const after = await changeUser(engine, pool, {
    user,
    change(current) {
      // All of it is checked, what waits too.
      withAttributes(engine, pool, { user: current, given, writable });
      const now = given.filter(({ Name }) => !pending.some((name) => name === Name));
      const attributes = withAttributes(engine, pool, { user: current, given: now, writable });
      return codes.reduce((made, code) => withCode(made, code.address.attribute, code), { ...current, attributes });
    },
  });
  return Promise.all(
    codes.map(({ address, code }) => deliver(engine, pool, { user: after, address, kind: 'verification', code })),
  );
}

function requireAddress(name: string | undefined): Address['attribute'] {
  const attribute = addresses.find((known) => known === name);
  if (!attribute) throw invalidParameter('Attribute to verify must be email or phone_number.');
  return attribute;
}

/** Codes an hour that one user may ask for (DG, quotas). */
const mostCodes = 5;

/** Sends a code for an address that the user has, or waits for. Throws InvalidParameterException, LimitExceededException. */
export async function sendAttributeCode(
  engine: Engine,
  pool: PoolRecord,
  { user, name }: { user: UserRecord; name: string | undefined },
): Promise<CodeDeliveryDetailsType> {
  const attribute = requireAddress(name);
  const former = user.codes?.[attribute];
  const value = former?.isPending ? former.address.value : attributeOf(user, attribute);
  if (!value) throw invalidParameter(`The user has no ${attribute} to verify.`);
  const key = `attribute ${pool.id}/${user.sub}/${attribute}`;
  requireBelow(engine, key, mostCodes);
  countInHour(engine, key);
  const address = { attribute, value };
  const code = { ...newCode(engine, attribute, address), ...(former?.isPending && { isPending: true as const }) };
  const changed = await changeUser(engine, pool, {
    user,
    change: (current) => withCode(current, attribute, code),
  });
  return deliver(engine, pool, { user: changed, address, kind: 'verification', code: code.code });
}

/**
 * Verifies the address that the code was sent to, and no other. Throws CodeMismatchException, ExpiredCodeException,
 * LimitExceededException, AliasExistsException.
 */
export async function verifyAttribute(
  engine: Engine,
  pool: PoolRecord,
  asked: { user: UserRecord; name: string | undefined; code: string | undefined },
): Promise<void> {
  const attribute = requireAddress(asked.name);
  const { user, code } = asked;
  const kept = requireCode(engine, pool, { username: user.username, user, purpose: attribute, code });
  await changeUser(engine, pool, {
    user,
    change(current) {
      const spent = withoutCode(current, attribute);
      const moved = kept.isPending ? setAttribute(spent, attribute, kept.address.value) : spent;
      // The address was changed since.
      if (attributeOf(moved, attribute) !== kept.address.value) throw codeExpired();
      const verified = setAttribute(moved, `${attribute}_verified`, 'true');
      refuseTakenAlias(engine, pool, verified);
      return verified;
    },
  });
}
