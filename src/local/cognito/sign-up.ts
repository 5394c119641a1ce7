import type { AttributeType, CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { missingAttributes, refuseTakenAlias, takeAliases } from './attributes.ts';
import { codeExpired, newCode, requireCode, withCode, withoutCode } from './codes.ts';
import { confirmationLink, requireLinkTarget } from './confirmation-link.ts';
import { invalidParameter } from './constraints.ts';
import { addressToVerify, deliver, simulateDelivery } from './delivery.ts';
import { countInHour, requireBelow } from './hourly-limit.ts';
import { addressIn, makeUser } from './new-user.ts';
import { checkPolicy } from './passwords.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { attemptName } from './sign-in.ts';
import { changeUser, findUser, setAttribute } from './users.ts';

interface To {
  pool: PoolRecord;
  client: ClientRecord;
}

const hidesUsers = ({ client }: To) => client.PreventUserExistenceErrors === 'ENABLED';

/** AWS's words where a name is looked up for a client that may say so. */
export const noSuchUser = () => new AwsError('UserNotFoundException', 'Username/client id combination not found.');

export const allowsSignUp = (pool: PoolRecord): boolean =>
  pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true;

/**
 * Makes an unconfirmed user, and sends a code where the pool verifies one of the addresses. Throws NotAuthorizedException,
 * UsernameExistsException, InvalidPasswordException, InvalidParameterException.
 */
export async function signUp(
  engine: Engine,
  { pool, client }: To,
  asked: { username: string; password: string; attributes: readonly AttributeType[] | undefined },
): Promise<{ user: UserRecord; delivery: CodeDeliveryDetailsType | undefined }> {
  const { username, password, attributes } = asked;
  if (!allowsSignUp(pool)) throw new AwsError('NotAuthorizedException', 'SignUp is not permitted for this user pool');
  requireLinkTarget(engine, pool);
  checkPolicy(pool, password, 'did not conform with policy');
  const address = addressIn(pool, username);
  refuseOwnVerification(attributes);
  refuseMissing(pool, [...(attributes ?? []), ...(address ? [{ Name: address, Value: username }] : [])]);
  const user = await makeUser(engine, pool, {
    name: username,
    status: 'UNCONFIRMED',
    attributes,
    writable: client.WriteAttributes,
    password: { text: password },
    taken: () =>
      new AwsError(
        'UsernameExistsException',
        address ? `An account with the given ${address} already exists.` : 'User already exists',
      ),
    complete: (made) => {
      const to = addressToVerify(pool, made);
      return to ? withCode(made, 'sign-up', newCode(engine, 'sign-up', to)) : made;
    },
  });
  return { user, delivery: await sendSignUpCode(engine, { pool, client }, user) };
}

/** Whether an address is verified is for codes and administrators to say. Throws NotAuthorizedException. */
export function refuseOwnVerification(given: readonly AttributeType[] = []): void {
  if (given.some(({ Name }) => Name?.endsWith('_verified')))
    throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute');
}

function refuseMissing(pool: PoolRecord, attributes: readonly AttributeType[]): void {
  const isGiven = (name: string) => attributes.some(({ Name, Value }) => Name === name && Value);
  const missing = missingAttributes(pool, isGiven);
  if (missing.length === 0) return;
  const each = missing.map((name) => `${name}: The attribute is required\n`);
  throw invalidParameter(`Attributes did not conform to the schema: ${each.join('')}`, missing[0]);
}

async function sendSignUpCode(engine: Engine, to: To, user: UserRecord): Promise<CodeDeliveryDetailsType | undefined> {
  const sent = user.codes?.['sign-up'];
  if (!sent) return undefined;
  const { address, code } = sent;
  const link = confirmationLink(engine, to, { username: user.username, address, code });
  return deliver(engine, to.pool, { user, address, kind: 'verification', code, link });
}

function requireUnconfirmed(user: UserRecord): void {
  if (user.status !== 'UNCONFIRMED')
    throw new AwsError('NotAuthorizedException', `User cannot be confirmed. Current status is ${user.status}`);
}

/**
 * Confirms a user by the code that was sent, and with it the address. Throws CodeMismatchException, ExpiredCodeException,
 * LimitExceededException, NotAuthorizedException, UserNotFoundException, AliasExistsException.
 */
export async function confirmSignUp(
  engine: Engine,
  to: To,
  asked: { username: string; code: string; takesAliases?: boolean | undefined },
): Promise<UserRecord> {
  const { pool } = to;
  const { username, code, takesAliases } = asked;
  const user = findUser(engine, pool, username);
  if (!user && !hidesUsers(to)) throw noSuchUser();
  if (user) requireUnconfirmed(user);
  const kept = requireCode(engine, pool, { username, user, purpose: 'sign-up', code, isSimulated: !user });
  const confirmed = (current: UserRecord): UserRecord => ({
    ...setAttribute(withoutCode(current, 'sign-up'), `${kept.address.attribute}_verified`, 'true'),
    status: 'CONFIRMED',
  });
  // Who does not exist has no code.
  if (!user) throw codeExpired();
  if (takesAliases) await takeAliases(engine, pool, confirmed(user));
  return changeUser(engine, pool, {
    user,
    change(current) {
      requireUnconfirmed(current);
      if (current.codes?.['sign-up']?.code !== kept.code) throw codeExpired();
      refuseTakenAlias(engine, pool, confirmed(current));
      return confirmed(current);
    },
  });
}

/** Confirms a user without a code; no address is verified by that. Throws NotAuthorizedException. */
export async function confirmByAdmin(engine: Engine, pool: PoolRecord, user: UserRecord): Promise<void> {
  await changeUser(engine, pool, {
    user,
    change(current) {
      requireUnconfirmed(current);
      return { ...withoutCode(current, 'sign-up'), status: 'CONFIRMED' };
    },
  });
}

/** Codes an hour that one name may ask for (DG, quotas). */
const mostCodes = 5;

/** Sends a new code; the one before ends. Throws LimitExceededException, InvalidParameterException, UserNotFoundException. */
export async function resendSignUpCode(engine: Engine, to: To, username: string): Promise<CodeDeliveryDetailsType> {
  const { pool } = to;
  requireLinkTarget(engine, pool);
  const user = findUser(engine, pool, username);
  if (!user && !hidesUsers(to)) throw noSuchUser();
  const key = `resend ${attemptName(pool, username, user)}`;
  requireBelow(engine, key, mostCodes);
  if (user?.enabled && user.status !== 'UNCONFIRMED') throw invalidParameter('User is already confirmed.');
  countInHour(engine, key);
  if (!user?.enabled) return simulateDelivery(engine, pool, username);
  const address = addressToVerify(pool, user);
  if (!address) throw invalidParameter('Cannot resend codes. Auto verification not turned on.');
  const code = newCode(engine, 'sign-up', address);
  const changed = await changeUser(engine, pool, {
    user,
    change: (current) => withCode(current, 'sign-up', code),
  });
  return (await sendSignUpCode(engine, to, changed)) ?? (await simulateDelivery(engine, pool, username));
}
