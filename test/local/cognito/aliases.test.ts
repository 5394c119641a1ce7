import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, addUser, claimsOf, type PoolFixture, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

const address = (Value: string, verified: boolean) => [
  { Name: 'email', Value },
  { Name: 'email_verified', Value: String(verified) },
];

async function aliasPool() {
  const { cognito } = fixture;
  const { poolId: UserPoolId } = await addPool(cognito, { AliasAttributes: ['email'] });
  const create = (Username: string, verified: boolean, force = false) =>
    cognito.adminCreateUser({
      UserPoolId,
      Username,
      UserAttributes: address('shared@example.com', verified),
      ...(force && { ForceAliasCreation: true }),
    });
  const holder = async () =>
    (await cognito.adminGetUser({ UserPoolId, Username: 'shared@example.com' }).catch(() => undefined))?.Username;
  return { UserPoolId, create, holder };
}

describe('addresses as aliases', () => {
  it('count once they are verified', async () => {
    const { UserPoolId, create, holder } = await aliasPool();
    await create('first', false);
    await create('second', false);
    expect(await holder()).toBeUndefined();
    const verify = (Username: string) =>
      fixture.cognito.adminUpdateUserAttributes({
        UserPoolId,
        Username,
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      });
    await verify('second');
    expect(await holder()).toBe('second');
    await expect(verify('first')).rejects.toMatchObject({ name: 'AliasExistsException' });
    await create('third', false);
    expect(await holder()).toBe('second');
  });

  it('move only by force, and stay with their former user unverified', async () => {
    const { UserPoolId, create, holder } = await aliasPool();
    await create('first', true);
    await expect(create('second', true)).rejects.toMatchObject({ name: 'AliasExistsException' });
    await create('second', true, true);
    expect(await holder()).toBe('second');
    const { UserAttributes } = await fixture.cognito.adminGetUser({ UserPoolId, Username: 'first' });
    expect(UserAttributes).toEqual(expect.arrayContaining(address('shared@example.com', false)));
  });

  it('change only with their proof where the pool asks for it first', async () => {
    const { cognito } = fixture;
    const { poolId: UserPoolId } = await addPool(cognito, {
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
    const Username = 'waiting';
    await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes: address('old@example.com', true) });
    const change = (UserAttributes: { Name: string; Value: string }[]) =>
      cognito.adminUpdateUserAttributes({ UserPoolId, Username, UserAttributes });
    await change([{ Name: 'email', Value: 'unproved@example.com' }]);
    const before = await cognito.adminGetUser({ UserPoolId, Username });
    expect(before.UserAttributes).toEqual(expect.arrayContaining(address('old@example.com', true)));
    await change(address('new@example.com', true));
    const { UserAttributes } = await cognito.adminGetUser({ UserPoolId, Username });
    expect(UserAttributes).toEqual(expect.arrayContaining(address('new@example.com', true)));
  });

  it.each([
    ['phone_number', '+4930123456'],
    ['email', 'Ada@Example.com'],
  ] as const)('open the door once they are verified: %s', async (name, Value) => {
    const { cognito } = fixture;
    const { poolId: UserPoolId } = await addPool(cognito, { AliasAttributes: [name] });
    const { UserPoolClient } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: 'c',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    });
    const clientId = UserPoolClient?.ClientId ?? '';
    await addUser(cognito, UserPoolId, 'ada');
    const user = { UserPoolId, Username: 'ada' };
    const enter = () => signIn({ ...fixture, clientId }, { username: Value });
    await cognito.adminUpdateUserAttributes({ ...user, UserAttributes: [{ Name: name, Value }] });
    await expect(enter()).rejects.toMatchObject({ name: expect.stringMatching(/UserNotFound|NotAuthorized/) });
    const verified = [{ Name: `${name}_verified`, Value: 'true' }];
    await cognito.adminUpdateUserAttributes({ ...user, UserAttributes: verified });
    expect(claimsOf((await enter()).idToken)).toMatchObject({ 'cognito:username': 'ada', [name]: Value });
    // Another address is not proved by the proof of the first.
    const other = name === 'email' ? 'other@example.com' : '+4930654321';
    await cognito.adminUpdateUserAttributes({ ...user, UserAttributes: [{ Name: name, Value: other }] });
    await expect(signIn({ ...fixture, clientId }, { username: other })).rejects.toMatchObject({
      name: expect.stringMatching(/UserNotFound|NotAuthorized/),
    });
  });

  it('move by force between phones, and not where it is said not to', async () => {
    const { cognito } = fixture;
    const { poolId: UserPoolId } = await addPool(cognito, { AliasAttributes: ['phone_number'] });
    const create = (Username: string, ForceAliasCreation: boolean) =>
      cognito.adminCreateUser({
        UserPoolId,
        Username,
        MessageAction: 'SUPPRESS',
        ForceAliasCreation,
        UserAttributes: [
          { Name: 'phone_number', Value: '+4930777' },
          { Name: 'phone_number_verified', Value: 'true' },
        ],
      });
    const holder = async () => (await cognito.adminGetUser({ UserPoolId, Username: '+4930777' })).Username;
    await create('first', true);
    await expect(create('second', false)).rejects.toMatchObject({ name: 'AliasExistsException' });
    expect(await holder()).toBe('first');
    await create('second', true);
    expect(await holder()).toBe('second');
  });
});
