import type { CreateUserPoolClientCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, type PoolFixture, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

async function makeClient(settings: Partial<CreateUserPoolClientCommandInput> = {}) {
  const { cognito, poolId } = fixture;
  const input = { UserPoolId: poolId, ClientName: 'made', ...settings };
  const { UserPoolClient: client = {} } = await cognito.createUserPoolClient(input);
  return client;
}

const hosted = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code' as const, 'implicit' as const],
  AllowedOAuthScopes: ['openid', 'email'],
  CallbackURLs: ['https://example.com'],
  SupportedIdentityProviders: ['COGNITO'],
};

describe('app clients', () => {
  it('describes a new client with the defaults of AWS', async () => {
    const created = await makeClient();
    const { cognito, poolId } = fixture;
    const read = await cognito.describeUserPoolClient({ UserPoolId: poolId, ClientId: created.ClientId ?? '' });
    expect(read.UserPoolClient).toEqual(created);
    expect(created).toMatchObject({
      UserPoolId: poolId,
      ClientName: 'made',
      RefreshTokenValidity: 30,
      TokenValidityUnits: {},
      AllowedOAuthFlowsUserPoolClient: false,
      EnableTokenRevocation: true,
      AuthSessionValidity: 3,
    });
    expect(created.ClientId).toMatch(/^[a-z0-9]{26}$/);
    expect(created).not.toHaveProperty('ClientSecret');
  });

  it('makes a secret when asked, and keeps it through updates', async () => {
    const { ClientId: id = '', ClientSecret: secret } = await makeClient({ GenerateSecret: true });
    expect(secret).toMatch(/^[a-z0-9]{52}$/);
    const { cognito, poolId } = fixture;
    const { UserPoolClient: updated } = await cognito.updateUserPoolClient({
      UserPoolId: poolId,
      ClientId: id,
      ...hosted,
    });
    expect(updated).toMatchObject({ ClientSecret: secret, ClientName: 'made', ...hosted });
    const { UserPoolClient: reset } = await cognito.updateUserPoolClient({ UserPoolId: poolId, ClientId: id });
    expect(reset).not.toHaveProperty('CallbackURLs');
    expect(reset).toMatchObject({ AllowedOAuthFlowsUserPoolClient: false, ClientSecret: secret });
  });

  it('lists page by page, and forgets a deleted client', async () => {
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito);
    const names = ['a', 'b', 'c'];
    for (const name of names) await cognito.createUserPoolClient({ UserPoolId: poolId, ClientName: name });
    const first = await cognito.listUserPoolClients({ UserPoolId: poolId, MaxResults: 2 });
    const rest = await cognito.listUserPoolClients({
      UserPoolId: poolId,
      MaxResults: 2,
      NextToken: first.NextToken ?? '',
    });
    const listed = [...(first.UserPoolClients ?? []), ...(rest.UserPoolClients ?? [])];
    expect(listed.map(({ ClientName }) => ClientName).sort()).toEqual(names);
    expect(rest.NextToken).toBeUndefined();
    const [gone] = listed;
    await cognito.deleteUserPoolClient({ UserPoolId: poolId, ClientId: gone?.ClientId ?? '' });
    await expect(
      cognito.describeUserPoolClient({ UserPoolId: poolId, ClientId: gone?.ClientId ?? '' }),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps both of two clients made at once', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => makeClient()));
    const { cognito, poolId } = fixture;
    const { UserPoolClients: listed = [] } = await cognito.listUserPoolClients({ UserPoolId: poolId, MaxResults: 60 });
    const ids = listed.map(({ ClientId }) => ClientId);
    expect(made.filter(({ ClientId }) => !ids.includes(ClientId))).toEqual([]);
  });

  it.each([
    'https://example.com',
    'http://localhost:3000/callback',
    'http://127.0.0.1:8976/callback',
    'http://[::1]:8976/callback',
    'myapp://signed-in',
  ])('takes the callback URL %s', async (url) => {
    expect((await makeClient({ ...hosted, CallbackURLs: [url] })).CallbackURLs).toEqual([url]);
  });

  it.each([
    ['http on another host', { CallbackURLs: ['http://x/'] }, 'http://x/ cannot use the HTTP protocol.'],
    ['a loopback look-alike', { CallbackURLs: ['http://localhost.evil.example/'] }, undefined],
    ['a fragment', { CallbackURLs: ['https://example.com/#x'] }, undefined],
    ['no URL', { CallbackURLs: ['example.com'] }, undefined],
    ['a script', { CallbackURLs: ['javascript:alert(1)'] }, undefined],
    ['a line break', { CallbackURLs: ['https://example.com/\r\nx: y'] }, undefined],
    ['a default redirect that is not registered', { DefaultRedirectURI: 'https://other.example' }, undefined],
    ['an unregistered identity provider', { SupportedIdentityProviders: ['Google'] }, undefined],
    ['hosted pages without flows', { AllowedOAuthFlows: [] }, undefined],
    ['the flow token', { AllowedOAuthFlows: ['token' as never] }, undefined],
    [
      'access tokens of 4 minutes',
      { AccessTokenValidity: 4, TokenValidityUnits: { AccessToken: 'minutes' as const } },
      undefined,
    ],
    ['id tokens of 2 days', { IdTokenValidity: 2, TokenValidityUnits: { IdToken: 'days' as const } }, undefined],
    ['refresh tokens of 11 years', { RefreshTokenValidity: 4015 }, undefined],
    [
      'a grace period of 61 s',
      { RefreshTokenRotation: { Feature: 'ENABLED' as const, RetryGracePeriodSeconds: 61 } },
      undefined,
    ],
    ['an unknown rotation', { RefreshTokenRotation: { Feature: 'SOMETIMES' as never } }, undefined],
    ['sessions of 2 minutes', { AuthSessionValidity: 2 }, undefined],
    [
      'mixed old and new flow names',
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'USER_PASSWORD_AUTH'] as never },
      undefined,
    ],
    ['reading an unknown attribute', { ReadAttributes: ['shoe_size'] }, undefined],
    ['writing email_verified', { WriteAttributes: ['email_verified'] }, undefined],
  ])('refuses %s', async (_what, settings, message) => {
    await expect(makeClient({ ...hosted, ...settings })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      ...(message !== undefined && { message }),
    });
  });

  it.each(['code' as const, 'implicit' as const])('refuses the flow %s without a callback', async (flow) => {
    await expect(makeClient({ ...hosted, AllowedOAuthFlows: [flow], CallbackURLs: [] })).rejects.toMatchObject({
      name: 'InvalidOAuthFlowException',
      message: 'CallbackUrls can not be empty when code flow or implicit flow is selected',
    });
  });

  it.each([
    ['none at all', { CallbackURLs: undefined }],
    ['an empty list', { CallbackURLs: [] }],
    ['none for the implicit grant', { AllowedOAuthFlows: ['implicit' as const], CallbackURLs: undefined }],
  ])('keeps its callbacks where an update has %s', async (_what, change) => {
    const { cognito, poolId: UserPoolId } = fixture;
    const { ClientId = '' } = await makeClient(hosted);
    const update = cognito.updateUserPoolClient({ UserPoolId, ClientId, ...hosted, ...change });
    await expect(update).rejects.toMatchObject({ name: 'InvalidOAuthFlowException' });
    const { UserPoolClient } = await cognito.describeUserPoolClient({ UserPoolId, ClientId });
    expect(UserPoolClient).toMatchObject(hosted);
  });

  it('lets only clients with a secret have client_credentials, alone, with scopes that exist', async () => {
    const { cognito, poolId } = fixture;
    const machine = {
      ...hosted,
      AllowedOAuthFlows: ['client_credentials' as const],
      AllowedOAuthScopes: ['things/read'],
    };
    await expect(makeClient({ ...machine, AllowedOAuthScopes: ['openid'] })).rejects.toMatchObject({
      name: 'InvalidOAuthFlowException',
    });
    const both = {
      ...machine,
      AllowedOAuthFlows: ['code' as const, 'client_credentials' as const],
      GenerateSecret: true,
    };
    await expect(makeClient(both)).rejects.toMatchObject({ name: 'InvalidOAuthFlowException' });
    await expect(makeClient({ ...machine, GenerateSecret: true })).rejects.toMatchObject({
      name: 'ScopeDoesNotExistException',
    });
    const scopes = [{ ScopeName: 'read', ScopeDescription: 'Read' }];
    await cognito.createResourceServer({ UserPoolId: poolId, Identifier: 'things', Name: 'things', Scopes: scopes });
    expect(await makeClient({ ...machine, GenerateSecret: true })).toMatchObject({
      AllowedOAuthScopes: ['things/read'],
    });
  });
});
