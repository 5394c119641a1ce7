import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { refusal } from '../refusal.ts';
import { lastCode, sentTo, wrongCode } from './inbox-reader.ts';
import { addPool, addUser, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;
/** Of the same pool, by PreventUserExistenceErrors. */
let hiding: string;

beforeAll(async () => {
  fixture = await startPool({ pool: { AutoVerifiedAttributes: ['email'] } });
  const settings = { UserPoolId: fixture.poolId, ClientName: 'hiding', PreventUserExistenceErrors: 'ENABLED' } as const;
  hiding = (await fixture.cognito.createUserPoolClient(settings)).UserPoolClient?.ClientId ?? '';
});
afterAll(() => fixture?.engine.stop());

async function addReachable(Username: string, UserPoolId = fixture.poolId, change: Record<string, string> = {}) {
  await addUser(fixture.cognito, UserPoolId, Username);
  const given = { email: `${Username}@example.com`, email_verified: 'true', ...change };
  const UserAttributes = Object.entries(given).map(([Name, Value]) => ({ Name, Value }));
  await fixture.cognito.adminUpdateUserAttributes({ UserPoolId, Username, UserAttributes });
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

const forgot = (Username: string, ClientId = fixture.clientId) =>
  fixture.cognito.forgotPassword({ ClientId, Username });

function reset(Username: string, ConfirmationCode: string, change: { Password?: string; ClientId?: string } = {}) {
  const asked = { ClientId: fixture.clientId, Username, ConfirmationCode, Password: 'third-3', ...change };
  return fixture.cognito.confirmForgotPassword(asked);
}

describe('a forgotten password', () => {
  it('is replaced by a code, once', async () => {
    await addReachable('ada');
    const { CodeDeliveryDetails } = await forgot('ada');
    expect(CodeDeliveryDetails).toEqual({
      AttributeName: 'email',
      DeliveryMedium: 'EMAIL',
      Destination: 'a***@e***',
    });
    const [message] = sentTo(fixture, 'ada');
    expect(message).toMatchObject({ subject: 'Your password reset code', to: 'ada@example.com' });
    const code = lastCode(fixture, 'ada');
    // The old one holds until then.
    await signIn(fixture, { username: 'ada' });
    expect(await refusal(reset('ada', wrongCode(code)))).toMatchObject({
      name: 'CodeMismatchException',
      message: 'Invalid verification code provided, please try again.',
    });
    expect((await refusal(reset('ada', code, { Password: 'short' }))).name).toBe('InvalidParameterException');
    await reset('ada', code);
    await signIn(fixture, { username: 'ada', password: 'third-3' });
    expect((await refusal(signIn(fixture, { username: 'ada' }))).name).toBe('NotAuthorizedException');
    expect(await refusal(reset('ada', code))).toMatchObject({ name: 'ExpiredCodeException' });
  });

  it('takes one of two requests with one code', async () => {
    await addReachable('raced');
    await forgot('raced');
    const code = lastCode(fixture, 'raced');
    const outcomes = await Promise.allSettled([
      reset('raced', code, { Password: 'mine-11' }),
      reset('raced', code, { Password: 'yours-1' }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('has codes that live an hour, fifteen guesses long, and are one user’s', async () => {
    for (const name of ['late', 'rival']) await addReachable(name);
    await forgot('late');
    const first = lastCode(fixture, 'late');
    await forgot('rival');
    const foreign = lastCode(fixture, 'rival');
    if (foreign !== first) expect((await refusal(reset('late', foreign))).name).toBe('CodeMismatchException');
    fixture.advance(3_600_001);
    expect((await refusal(reset('late', first))).name).toBe('ExpiredCodeException');
    await forgot('late');
    const right = lastCode(fixture, 'late');
    const guesses = await Promise.all(Array.from({ length: 18 }, () => refusal(reset('late', wrongCode(right)))));
    expect(guesses.filter(({ name }) => name === 'LimitExceededException').length).toBeGreaterThanOrEqual(3);
    expect((await refusal(reset('late', right))).name).toBe('LimitExceededException');
  });

  it('can be asked for twenty times an hour', async () => {
    await addReachable('eager');
    for (let count = 0; count < 20; count += 1) await forgot('eager');
    expect((await refusal(forgot('eager'))).name).toBe('LimitExceededException');
  });

  it.each([
    ['nobody', 'UserNotFoundException', 'Username/client id combination not found.'],
    [
      'testuser',
      'InvalidParameterException',
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    ],
    ['disabled', 'NotAuthorizedException', 'User is disabled.'],
    ['invited', 'NotAuthorizedException', 'User password cannot be reset in the current state.'],
  ])('is refused to %s in AWS’s words, and to a client that hides users in none', async (username, name, message) => {
    const { cognito, poolId: UserPoolId } = fixture;
    if (username === 'disabled') {
      await addReachable(username);
      await cognito.adminDisableUser({ UserPoolId, Username: username });
    }
    if (username === 'invited') await cognito.adminCreateUser({ UserPoolId, Username: username });
    expect(await refusal(forgot(username))).toMatchObject({ name, message });
    const { CodeDeliveryDetails } = await forgot(username, hiding);
    expect(CodeDeliveryDetails?.Destination).toMatch(/^[a-z]\*\*\*@[a-z]\*\*\*$/);
    expect(sentTo(fixture, username)).toEqual([]);
    const guess = await refusal(reset(username, '123456', { ClientId: hiding }));
    expect(guess).toMatchObject({ name: 'CodeMismatchException' });
  });

  it('tells such a client nothing of known users either', async () => {
    await addReachable('known');
    const said = (name: string) => refusal(reset(name, '12345', { ClientId: hiding }));
    expect(await said('known')).toEqual(await said('stranger'));
    await forgot('known', hiding);
    await forgot('stranger', hiding);
    expect(await said('known')).toEqual(await said('stranger'));
    expect((await said('known')).name).toBe('CodeMismatchException');
  });

  it('writes as much for who does not exist as for who does, so that the time tells nothing', async () => {
    const { cognito, poolId, engine } = fixture;
    const names = ['cognito/users', 'cognito/inbox', 'cognito/decoys'];
    const puts = names.map((name) => vi.spyOn(engine.engine.store.collection(name), 'put'));
    const writtenBy = async (asked: Promise<unknown>) => {
      for (const put of puts) put.mockClear();
      await asked;
      return puts.flatMap((put) => put.mock.calls.map(([, value]) => JSON.stringify(value).length));
    };
    const resend = (Username: string) => cognito.resendConfirmationCode({ ClientId: hiding, Username });
    await addReachable('reachable');
    await addReachable('unreachable');
    await cognito.adminDisableUser({ UserPoolId: poolId, Username: 'unreachable' });
    const UserAttributes = [{ Name: 'email', Value: 'new@example.com' }];
    await cognito.signUp({ ClientId: hiding, Username: 'unconfirmed', Password: password, UserAttributes });
    const known = [await writtenBy(forgot('reachable', hiding)), await writtenBy(resend('unconfirmed'))];
    for (const asked of [
      () => forgot('absent', hiding),
      () => forgot('unreachable', hiding),
      () => resend('absent'),
      () => resend('unreachable'),
    ]) {
      const bytes = await writtenBy(asked());
      expect(bytes).toHaveLength(2);
      for (const each of known) {
        expect(each).toHaveLength(2);
        expect(sum(bytes) / sum(each)).toBeGreaterThan(0.7);
        expect(sum(bytes) / sum(each)).toBeLessThan(1.4);
      }
    }
    for (const put of puts) put.mockRestore();
  });

  it('goes where the pool’s account recovery says, or to nobody', async () => {
    const { cognito } = fixture;
    const both = { phone_number: '+15555550199', phone_number_verified: 'true' };
    const client = async (UserPoolId: string) =>
      (await cognito.createUserPoolClient({ UserPoolId, ClientName: 'c' })).UserPoolClient?.ClientId ?? '';
    const mechanisms = (...names: ('verified_email' | 'verified_phone_number' | 'admin_only')[]) => ({
      AccountRecoverySetting: { RecoveryMechanisms: names.map((Name, at) => ({ Name, Priority: at + 1 })) },
    });
    const cases = [
      [{}, 'SMS'],
      [mechanisms('verified_email', 'verified_phone_number'), 'EMAIL'],
      [mechanisms('verified_phone_number', 'verified_email'), 'SMS'],
    ] as const;
    for (const [settings, medium] of cases) {
      const { poolId } = await addPool(cognito, settings);
      await addReachable('both', poolId, both);
      const { CodeDeliveryDetails } = await forgot('both', await client(poolId));
      expect(CodeDeliveryDetails?.DeliveryMedium).toBe(medium);
    }
    const { poolId } = await addPool(cognito, mechanisms('admin_only'));
    await addReachable('both', poolId);
    expect(await refusal(forgot('both', await client(poolId)))).toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Contact administrator to reset password.',
    });
  });
});

describe('an administrator’s reset', () => {
  it('keeps the user out until a code has set a new password', async () => {
    await addReachable('grace');
    await fixture.cognito.adminResetUserPassword({ UserPoolId: fixture.poolId, Username: 'grace' });
    expect((await refusal(signIn(fixture, { username: 'grace', password }))).name).toBe(
      'PasswordResetRequiredException',
    );
    await reset('grace', lastCode(fixture, 'grace'));
    await signIn(fixture, { username: 'grace', password: 'third-3' });
  });
});
