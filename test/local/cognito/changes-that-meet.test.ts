import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminUserOperations } from '../../../src/local/cognito/admin-user-operations.ts';
import { authOperations } from '../../../src/local/cognito/auth-operations.ts';
import { makePassword } from '../../../src/local/cognito/passwords.ts';
import { requirePool } from '../../../src/local/cognito/pools.ts';
import { selfOperations } from '../../../src/local/cognito/self-operations.ts';
import { signUpOperations } from '../../../src/local/cognito/sign-up-operations.ts';
import { putUser, requireUser } from '../../../src/local/cognito/users.ts';
import type { Call } from '../../../src/local/service.ts';
import { addUser, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';
import { srpSignIn } from './srp-client.ts';

/**
 * What comes while a password is being hashed. The operations are called in this process: up to the hash they go on in one turn,
 * and what is called in the same turn comes between.
 */

let fixture: PoolFixture;
let call: Call;
let made = 0;
let Username: string;
let who: { UserPoolId: string; Username: string };
beforeAll(async () => {
  fixture = await startPool();
  const { engine } = fixture.engine;
  call = { engine, region: 'us-east-1', requestId: '', principal: { kind: 'anonymous' } };
});
afterAll(() => fixture?.engine.stop());

async function user(status: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' = 'CONFIRMED'): Promise<void> {
  Username = `user-${++made}`;
  who = { UserPoolId: fixture.poolId, Username };
  const email = [
    { Name: 'email', Value: `${Username}@example.com` },
    { Name: 'email_verified', Value: 'true' },
  ];
  if (status === 'CONFIRMED') {
    await addUser(fixture.cognito, fixture.poolId, Username);
    await fixture.cognito.adminUpdateUserAttributes({ ...who, UserAttributes: email });
  } else {
    await fixture.cognito.adminCreateUser({ ...who, TemporaryPassword: 'first1', UserAttributes: email });
  }
}

/** An access token is read, and its user, in some rounds of what is due already; a hash takes a thread. */
async function untilItHashes(): Promise<void> {
  for (let round = 0; round < 100; round += 1) await Promise.resolve();
}

const byPassword = (text: string) => ({
  ClientId: fixture.clientId,
  AuthFlow: 'USER_PASSWORD_AUTH' as const,
  AuthParameters: { USERNAME: Username, PASSWORD: text },
});
const resetByAdmin = () => signUpOperations.AdminResetUserPassword(who, call);

/** What setting a lasting password does to the record, once it is hashed. */
async function readyPassword(text: string): Promise<() => Promise<void>> {
  const { engine } = call;
  const pool = requirePool(engine, call.region, fixture.poolId);
  const record = requireUser(engine, pool, Username);
  const set = await makePassword(engine, record, { text });
  return () => putUser(engine, pool, { ...record, password: set, status: 'CONFIRMED' });
}

const remove = () => adminUserOperations.AdminDeleteUser(who, call);
/** In one turn. */
const replace = () =>
  Promise.all([remove(), adminUserOperations.AdminCreateUser({ ...who, MessageAction: 'SUPPRESS' }, call)]);

describe('a change of the own password', () => {
  it.each<[what: string, code: string, prepare: () => Promise<() => Promise<unknown>>]>([
    ['that another was set', 'NotAuthorizedException', () => readyPassword('admins4')],
    ['that the user was deleted', 'UserNotFoundException', async () => remove],
    ['that somebody else has the name', 'UserNotFoundException', async () => replace],
  ])('does not undo %s meanwhile', async (_what, code, prepare) => {
    await user();
    const { accessToken: AccessToken } = await signIn(fixture, { username: Username });
    await fixture.cognito.getUser({ AccessToken });
    const meanwhile = await prepare();
    const change = selfOperations.ChangePassword(
      { AccessToken, PreviousPassword: password, ProposedPassword: 'thief-3' },
      call,
    );
    await untilItHashes();
    const done = meanwhile();
    await expect(change).rejects.toMatchObject({ code });
    await done;
    await expect(fixture.cognito.initiateAuth(byPassword('thief-3'))).rejects.toThrow();
  });
});

describe('a password set by an administrator', () => {
  it('is none of somebody else who has the name by now', async () => {
    await user();
    const set = adminUserOperations.AdminSetUserPassword({ ...who, Password: 'former3', Permanent: true }, call);
    const done = replace();
    await expect(set).rejects.toMatchObject({ code: 'UserNotFoundException' });
    await done;
    await expect(fixture.cognito.adminGetUser(who)).resolves.toMatchObject({ UserStatus: 'FORCE_CHANGE_PASSWORD' });
  });
});

describe('a renewed temporary password', () => {
  it('does not take the place of the one that the user has chosen meanwhile', async () => {
    await user('FORCE_CHANGE_PASSWORD');
    const choose = await readyPassword('chosen3');
    const renewed = adminUserOperations.AdminCreateUser(
      { ...who, MessageAction: 'RESEND', TemporaryPassword: 'third-3', DesiredDeliveryMediums: ['EMAIL'] },
      call,
    );
    const done = choose();
    await expect(renewed).rejects.toMatchObject({ code: 'UnsupportedUserStateException' });
    await done;
    const { AuthenticationResult: tokens } = await fixture.cognito.initiateAuth(byPassword('chosen3'));
    expect(tokens?.AccessToken).toBeDefined();
  });
});

describe('a sign-in that has begun', () => {
  it('by password ends where an administrator has asked for a new one', async () => {
    await user();
    const signedIn = authOperations.InitiateAuth(byPassword(password), call);
    const reset = resetByAdmin();
    await expect(signedIn).rejects.toMatchObject({ code: 'PasswordResetRequiredException' });
    await reset;
  });

  it('by SRP ends where an administrator has asked for a new one', async () => {
    await user();
    let reset: unknown;
    const { clientId, poolId } = fixture;
    const signedIn = srpSignIn(fixture.cognito, {
      ...{ clientId, poolId, username: Username, password },
      tamper(responses) {
        reset = resetByAdmin();
        return responses;
      },
    });
    await expect(signedIn).rejects.toMatchObject({ name: 'PasswordResetRequiredException' });
    await reset;
  });
});
