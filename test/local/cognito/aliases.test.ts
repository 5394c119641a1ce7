import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, type PoolFixture, startPool } from './pool-fixture.ts';

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
});
