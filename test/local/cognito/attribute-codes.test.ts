import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { lastCode, sentTo, wrongCode } from './inbox-reader.ts';
import { addPool, addUser, type PoolFixture, password, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

/** `ada` of a pool of its own, signed in. */
async function signedIn(settings: Parameters<typeof addPool>[1]) {
  const { cognito } = fixture;
  const { poolId: UserPoolId } = await addPool(cognito, settings);
  const client = { UserPoolId, ClientName: 'c', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH' as const] };
  const { UserPoolClient } = await cognito.createUserPoolClient(client);
  const signIn = async (USERNAME: string) => {
    await addUser(cognito, UserPoolId, USERNAME);
    const { AuthenticationResult } = await cognito.initiateAuth({
      ClientId: UserPoolClient?.ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME, PASSWORD: password },
    });
    const AccessToken = AuthenticationResult?.AccessToken ?? '';
    return {
      set: (given: Record<string, string>) =>
        cognito.updateUserAttributes({
          AccessToken,
          UserAttributes: Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
        }),
      ask: (AttributeName: string) => cognito.getUserAttributeVerificationCode({ AccessToken, AttributeName }),
      verify: (AttributeName: string, Code: string) =>
        cognito.verifyUserAttribute({ AccessToken, AttributeName, Code }),
      async attributes() {
        const { UserAttributes = [] } = await cognito.getUser({ AccessToken });
        return Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
      },
    };
  };
  return { ...(await signIn('ada')), signIn };
}

describe('codes for addresses', () => {
  it('are sent at a change, on demand, and verify the address', async () => {
    const { set, ask, verify, attributes } = await signedIn({ AutoVerifiedAttributes: ['email'] });
    const { CodeDeliveryDetailsList } = await set({ email: 'first@example.com', name: 'Ada' });
    expect(CodeDeliveryDetailsList).toEqual([
      { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 'f***@e***' },
    ]);
    expect(await attributes()).toMatchObject({ email: 'first@example.com', email_verified: 'false', name: 'Ada' });
    const first = lastCode(fixture, 'first@example.com');
    expect((await refusal(verify('email', wrongCode(first)))).name).toBe('CodeMismatchException');
    const { CodeDeliveryDetails } = await ask('email');
    expect(CodeDeliveryDetails?.Destination).toBe('f***@e***');
    const code = lastCode(fixture, 'first@example.com');
    await verify('email', code);
    expect(await attributes()).toMatchObject({ email_verified: 'true' });
    expect((await refusal(verify('email', code))).name).toBe('ExpiredCodeException');
    expect((await refusal(ask('phone_number'))).name).toBe('InvalidParameterException');
    expect((await refusal(ask('name'))).name).toBe('InvalidParameterException');
  });

  it('do not verify an address that came after them', async () => {
    const { set, ask, verify, attributes } = await signedIn({});
    await set({ email: 'mine@example.com' });
    await ask('email');
    const code = lastCode(fixture, 'mine@example.com');
    await set({ email: 'victim@example.com' });
    expect((await refusal(verify('email', code))).name).toBe('ExpiredCodeException');
    expect(await attributes()).toMatchObject({ email: 'victim@example.com', email_verified: 'false' });
  });

  it('bring the new address where the pool keeps the old one until then', async () => {
    const { set, ask, verify, attributes } = await signedIn({
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
    await set({ email: 'old@example.com' });
    expect(await attributes()).not.toHaveProperty('email');
    await verify('email', lastCode(fixture, 'old@example.com'));
    expect(await attributes()).toMatchObject({ email: 'old@example.com', email_verified: 'true' });
    await set({ email: 'new@example.com', nickname: 'A' });
    expect(await attributes()).toMatchObject({ email: 'old@example.com', email_verified: 'true', nickname: 'A' });
    await ask('email');
    expect(sentTo(fixture, 'new@example.com')).toHaveLength(2);
    await verify('email', lastCode(fixture, 'new@example.com'));
    expect(await attributes()).toMatchObject({ email: 'new@example.com', email_verified: 'true' });
  });

  it('do not take another user’s alias', async () => {
    const { set, verify, signIn } = await signedIn({ AliasAttributes: ['email'], AutoVerifiedAttributes: ['email'] });
    await set({ email: 'alias@example.com' });
    const rival = await signIn('rival');
    await rival.set({ email: 'alias@example.com' });
    const [first = '', second = ''] = sentTo(fixture, 'alias@example.com').map(({ code }) => code);
    await verify('email', first);
    expect((await refusal(rival.verify('email', second))).name).toBe('AliasExistsException');
  });

  it('are sent five times an hour', async () => {
    const { set, ask } = await signedIn({});
    await set({ phone_number: '+15555550123' });
    for (let count = 0; count < 5; count += 1) await ask('phone_number');
    expect((await refusal(ask('phone_number'))).name).toBe('LimitExceededException');
  });
});
