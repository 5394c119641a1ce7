import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { lastCode, sentTo, wrongCode } from './inbox-reader.ts';
import { addPool, addSmsRole, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool({ pool: { AutoVerifiedAttributes: ['email'] } });
});
afterAll(() => fixture?.engine.stop());

const email = (Value: string) => [{ Name: 'email', Value }];

function signUp(
  Username: string,
  change: { Password?: string; UserAttributes?: { Name: string; Value: string }[] } = {},
) {
  const { cognito, clientId: ClientId } = fixture;
  const UserAttributes = email(`${Username}@example.com`);
  return cognito.signUp({ ClientId, Username, Password: password, UserAttributes, ...change });
}

function confirm(Username: string, ConfirmationCode: string, ForceAliasCreation?: boolean) {
  const { cognito, clientId: ClientId } = fixture;
  return cognito.confirmSignUp({ ClientId, Username, ConfirmationCode, ForceAliasCreation });
}

const read = (Username: string) => fixture.cognito.adminGetUser({ UserPoolId: fixture.poolId, Username });

/** A pool and client of their own in the same engine. */
async function other(settings: Parameters<typeof addPool>[1], client: { PreventUserExistenceErrors?: 'ENABLED' } = {}) {
  const { cognito } = fixture;
  const { poolId: UserPoolId } = await addPool(cognito, settings);
  const { UserPoolClient } = await cognito.createUserPoolClient({ UserPoolId, ClientName: 'other', ...client });
  return { UserPoolId, ClientId: UserPoolClient?.ClientId ?? '' };
}

describe('signing up', () => {
  it('makes an unconfirmed user, sends a code to the inbox, and lets in who has it', async () => {
    const made = await signUp('ada');
    expect(made).toMatchObject({
      UserConfirmed: false,
      UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 'a***@e***' },
    });
    expect(await read('ada')).toMatchObject({ UserStatus: 'UNCONFIRMED', Enabled: true });
    expect(await refusal(signIn(fixture, { username: 'ada' }))).toMatchObject({ name: 'UserNotConfirmedException' });
    const [message] = sentTo(fixture, 'ada');
    expect(message).toMatchObject({ medium: 'EMAIL', to: 'ada@example.com', subject: 'Your verification code' });
    expect(message?.text).toBe(`Your verification code is ${message?.code}`);
    expect(message?.code).toMatch(/^\d{6}$/);
    await confirm('ada', lastCode(fixture, 'ada'));
    const { UserStatus, UserAttributes } = await read('ada');
    expect(UserStatus).toBe('CONFIRMED');
    expect(UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'true' });
    expect(await signIn(fixture, { username: 'ada' })).toMatchObject({ accessToken: expect.stringMatching(/^eyJ/) });
    expect(await refusal(confirm('ada', lastCode(fixture, 'ada')))).toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User cannot be confirmed. Current status is CONFIRMED',
    });
  });

  it.each([
    ['a name that is taken', () => signUp('testuser'), 'UsernameExistsException', 'User already exists'],
    [
      'a password that the policy refuses',
      () => signUp('short', { Password: 'abcdef ' }),
      'InvalidParameterException',
      undefined,
    ],
    [
      'an address that it calls verified itself',
      () => signUp('liar', { UserAttributes: [...email('l@example.com'), { Name: 'email_verified', Value: 'true' }] }),
      'NotAuthorizedException',
      'A client attempted to write unauthorized attribute',
    ],
    [
      'an attribute that the pool does not know',
      () => signUp('odd', { UserAttributes: [{ Name: 'custom:x', Value: '1' }] }),
      'InvalidParameterException',
      'Attributes did not conform to the schema: Type for attribute {custom:x} could not be determined',
    ],
  ])('refuses %s', async (_what, call, name, message) => {
    expect(await refusal(call())).toMatchObject({ name, status: 400, ...(message && { message }) });
  });

  it('is refused where only administrators make users, and where required attributes or the policy are missed', async () => {
    const { cognito } = fixture;
    const closed = await other({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
    const ask = (ClientId: string, Password: string) => cognito.signUp({ ClientId, Username: 'eve', Password });
    expect(await refusal(ask(closed.ClientId, password))).toMatchObject({
      name: 'NotAuthorizedException',
      message: 'SignUp is not permitted for this user pool',
    });
    const strict = await other({
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
      Schema: [{ Name: 'name', AttributeDataType: 'String', Required: true, Mutable: true }],
    });
    expect(await refusal(ask(strict.ClientId, 'second2'))).toMatchObject({
      name: 'InvalidPasswordException',
      message: 'Password did not conform with policy: Password not long enough',
    });
    expect(await refusal(ask(strict.ClientId, 'second-2'))).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Attributes did not conform to the schema: name: The attribute is required\n',
    });
  });

  it('asks for the secret hash of a client with a secret', async () => {
    const { cognito, poolId } = fixture;
    const made = await cognito.createUserPoolClient({ UserPoolId: poolId, ClientName: 's', GenerateSecret: true });
    const { ClientId = '', ClientSecret = '' } = made.UserPoolClient ?? {};
    const hash = createHmac('sha256', ClientSecret).update(`hashed${ClientId}`).digest('base64');
    const ask = (SecretHash?: string) =>
      cognito.signUp({ ClientId, Username: 'hashed', Password: password, SecretHash });
    expect((await refusal(ask())).message).toBe(
      `Client ${ClientId} is configured for secret but secret was not received`,
    );
    expect((await refusal(ask('AAAA'))).message).toBe(`Unable to verify secret hash for client ${ClientId}`);
    expect(await ask(hash)).toMatchObject({ UserConfirmed: false });
  });

  it('makes one user of two at once', async () => {
    const outcomes = await Promise.allSettled([signUp('twin'), signUp('twin')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(sentTo(fixture, 'twin')).toHaveLength(1);
  });

  it('takes addresses as names where the pool does', async () => {
    const { cognito } = fixture;
    const { ClientId, UserPoolId } = await other({ UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] });
    const ask = (Username: string) => cognito.signUp({ ClientId, Username, Password: password });
    expect((await refusal(ask('plain'))).message).toBe('Username should be an email.');
    const { UserSub } = await ask('grace@example.com');
    expect(await cognito.adminGetUser({ UserPoolId, Username: 'grace@example.com' })).toMatchObject({
      Username: UserSub,
    });
    expect(await refusal(ask('GRACE@example.com'))).toMatchObject({
      name: 'UsernameExistsException',
      message: 'An account with the given email already exists.',
    });
    const ConfirmationCode = lastCode(fixture, 'grace@example.com');
    await cognito.confirmSignUp({ ClientId, Username: 'grace@example.com', ConfirmationCode });
  });

  it('sends no code where the pool verifies nothing, and waits for an administrator', async () => {
    const { cognito } = fixture;
    const { ClientId, UserPoolId } = await other({});
    const made = await cognito.signUp({
      ClientId,
      Username: 'quiet',
      Password: password,
      UserAttributes: email('q@e.org'),
    });
    expect(made.CodeDeliveryDetails).toBeUndefined();
    expect((await refusal(cognito.resendConfirmationCode({ ClientId, Username: 'quiet' }))).message).toBe(
      'Cannot resend codes. Auto verification not turned on.',
    );
    await cognito.adminConfirmSignUp({ UserPoolId, Username: 'quiet' });
    const { UserStatus, UserAttributes } = await cognito.adminGetUser({ UserPoolId, Username: 'quiet' });
    expect(UserStatus).toBe('CONFIRMED');
    expect(UserAttributes).not.toContainEqual({ Name: 'email_verified', Value: 'true' });
    expect((await refusal(cognito.adminConfirmSignUp({ UserPoolId, Username: 'quiet' }))).message).toBe(
      'User cannot be confirmed. Current status is CONFIRMED',
    );
  });

  it('uses the pool’s own words, and the phone where the pool verifies both', async () => {
    const { cognito } = fixture;
    const { ClientId } = await other({
      AutoVerifiedAttributes: ['email', 'phone_number'],
      SmsConfiguration: await addSmsRole(fixture.engine, 'sms'),
      VerificationMessageTemplate: { SmsMessage: '{####} is it', EmailMessage: 'mail {####}', EmailSubject: 'Code' },
    });
    const UserAttributes = [...email('both@example.com'), { Name: 'phone_number', Value: '+15555550100' }];
    const made = await cognito.signUp({ ClientId, Username: 'both', Password: password, UserAttributes });
    expect(made.CodeDeliveryDetails).toEqual({
      AttributeName: 'phone_number',
      DeliveryMedium: 'SMS',
      Destination: '+*******0100',
    });
    const [message] = sentTo(fixture, 'both');
    expect(message?.text).toBe(`${message?.code} is it`);
  });
});

describe('codes for signing up', () => {
  it('end with a newer one, after a day, and with other names', async () => {
    const { cognito, clientId: ClientId } = fixture;
    await signUp('late');
    const first = lastCode(fixture, 'late');
    await cognito.resendConfirmationCode({ ClientId, Username: 'late' });
    const second = lastCode(fixture, 'late');
    if (first !== second) expect((await refusal(confirm('late', first))).name).toBe('CodeMismatchException');
    await signUp('rival');
    const foreign = lastCode(fixture, 'rival');
    if (foreign !== second) expect((await refusal(confirm('late', foreign))).name).toBe('CodeMismatchException');
    fixture.advance(24 * 3_600_000 + 1);
    expect(await refusal(confirm('late', second))).toMatchObject({
      name: 'ExpiredCodeException',
      message: 'Invalid code provided, please request a code again.',
    });
    await cognito.resendConfirmationCode({ ClientId, Username: 'late' });
    await confirm('late', lastCode(fixture, 'late'));
    expect((await refusal(cognito.resendConfirmationCode({ ClientId, Username: 'late' }))).message).toBe(
      'User is already confirmed.',
    );
  });

  it('are not guessed: fifteen an hour, the right one refused then too', async () => {
    await signUp('guessed');
    const right = lastCode(fixture, 'guessed');
    const guesses = await Promise.all(Array.from({ length: 20 }, () => refusal(confirm('guessed', wrongCode(right)))));
    const names = guesses.map(({ name }) => name);
    expect(names.filter((name) => name === 'CodeMismatchException')).toHaveLength(15);
    expect(names.filter((name) => name === 'LimitExceededException')).toHaveLength(5);
    expect(await refusal(confirm('GUESSED', right))).toMatchObject({
      name: 'LimitExceededException',
      message: 'Attempt limit exceeded, please try after some time.',
    });
    fixture.advance(3_600_001);
    await confirm('guessed', right);
  });

  it('are sent five times an hour', async () => {
    const { cognito, clientId: ClientId } = fixture;
    await signUp('eager');
    const resend = () => cognito.resendConfirmationCode({ ClientId, Username: 'eager' });
    for (let count = 0; count < 5; count += 1) await resend();
    expect((await refusal(resend())).name).toBe('LimitExceededException');
  });

  it('open nothing else: not another pool’s user, not a password', async () => {
    const { cognito, clientId } = fixture;
    const { ClientId } = await other({ AutoVerifiedAttributes: ['email'] });
    await signUp('purpose');
    const ConfirmationCode = lastCode(fixture, 'purpose');
    const there = cognito.confirmSignUp({ ClientId, Username: 'purpose', ConfirmationCode });
    expect((await refusal(there)).name).toBe('UserNotFoundException');
    const reset = { ClientId: clientId, Username: 'purpose', ConfirmationCode, Password: 'stolen-1' };
    expect((await refusal(cognito.confirmForgotPassword(reset))).name).toBe('ExpiredCodeException');
  });

  it('do not tell a client that hides it who exists', async () => {
    const { cognito } = fixture;
    const { ClientId } = await other({ AutoVerifiedAttributes: ['email'] }, { PreventUserExistenceErrors: 'ENABLED' });
    const UserAttributes = email('known@example.com');
    await cognito.signUp({ ClientId, Username: 'known', Password: password, UserAttributes });
    const ConfirmationCode = wrongCode(lastCode(fixture, 'known'));
    const said = (Username: string) => refusal(cognito.confirmSignUp({ ClientId, Username, ConfirmationCode }));
    expect(await said('unknown')).toEqual(await said('known'));
    const resent = (Username: string) => cognito.resendConfirmationCode({ ClientId, Username });
    const [known, unknown, again] = [await resent('known'), await resent('unknown'), await resent('unknown')];
    expect(unknown.CodeDeliveryDetails).toEqual({
      AttributeName: 'email',
      DeliveryMedium: 'EMAIL',
      Destination: expect.stringMatching(/^[a-z]\*\*\*@[a-z]\*\*\*$/),
    });
    expect(known.CodeDeliveryDetails?.Destination).toMatch(/^[a-z]\*\*\*@[a-z]\*\*\*$/);
    expect(again.CodeDeliveryDetails).toEqual(unknown.CodeDeliveryDetails);
    expect(sentTo(fixture, 'unknown')).toEqual([]);
    const limits = ['known', 'unknown'].map(async (name) => {
      for (let count = 0; count < 4; count += 1) await resent(name).catch(() => undefined);
      return (await refusal(resent(name))).name;
    });
    expect(await Promise.all(limits)).toEqual(['LimitExceededException', 'LimitExceededException']);
  });

  it('take an address over only by ForceAliasCreation', async () => {
    const { cognito } = fixture;
    const { ClientId, UserPoolId } = await other({ AliasAttributes: ['email'], AutoVerifiedAttributes: ['email'] });
    const UserAttributes = email('shared@example.com');
    for (const Username of ['one', 'two'])
      await cognito.signUp({ ClientId, Username, Password: password, UserAttributes });
    const codes = sentTo(fixture, 'shared@example.com').map(({ code }) => code);
    await cognito.confirmSignUp({ ClientId, Username: 'one', ConfirmationCode: codes[0] });
    const second = { ClientId, Username: 'two', ConfirmationCode: codes[1] };
    expect((await refusal(cognito.confirmSignUp(second))).name).toBe('AliasExistsException');
    await cognito.confirmSignUp({ ...second, ForceAliasCreation: true });
    const { Username } = await cognito.adminGetUser({ UserPoolId, Username: 'shared@example.com' });
    expect(Username).toBe('two');
  });
});

describe('invitations', () => {
  it('carry a temporary password to the mediums asked for', async () => {
    const { cognito, poolId: UserPoolId } = fixture;
    const Username = 'invited';
    const UserAttributes = email('invited@example.com');
    await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes, DesiredDeliveryMediums: ['EMAIL'] });
    const [message] = sentTo(fixture, 'invited');
    expect(message).toMatchObject({
      subject: 'Your temporary password',
      text: `Your username is invited and temporary password is ${message?.code}.`,
    });
    const challenge = await cognito.initiateAuth({
      ClientId: fixture.clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: Username, PASSWORD: message?.code ?? '' },
    });
    expect(challenge.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    await cognito.adminCreateUser({ UserPoolId, Username, MessageAction: 'RESEND', DesiredDeliveryMediums: ['EMAIL'] });
    expect(sentTo(fixture, 'invited')).toHaveLength(2);
  });
});
