import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  ResourceNotFoundException,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualClient, appClient } from '../../src/aws/app-client.ts';
import { mockClient } from '../mock-client.ts';
import { ignoreWait, inputs, mockAws, socketError, written } from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
afterEach(() => cognito.reset());

const UserPoolId = 'eu-central-1_x';
const desired = {
  poolId: UserPoolId,
  name: 'demo',
  callbackUrls: ['http://localhost:1', 'https://example.com'],
  logoutUrls: [],
  tokenMinutes: 60,
};
/** As Cognito describes one that is as it should be: its own order, its own defaults. */
const client = (ClientId: string, more: Partial<UserPoolClientType> = {}): UserPoolClientType => ({
  UserPoolId,
  ClientId,
  ClientName: 'demo',
  CreationDate: new Date(1000),
  RefreshTokenValidity: 30,
  ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH'],
  SupportedIdentityProviders: ['COGNITO'],
  CallbackURLs: ['https://example.com', 'http://localhost:1'],
  AllowedOAuthFlows: ['implicit', 'code'],
  AllowedOAuthScopes: ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'],
  AllowedOAuthFlowsUserPoolClient: true,
  PreventUserExistenceErrors: 'ENABLED',
  EnableTokenRevocation: true,
  AuthSessionValidity: 3,
  ...more,
});
const whole = {
  UserPoolId,
  ClientName: 'demo',
  ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code', 'implicit'],
  AllowedOAuthScopes: ['aws.cognito.signin.user.admin', 'email', 'openid', 'phone', 'profile'],
  SupportedIdentityProviders: ['COGNITO'],
  CallbackURLs: desired.callbackUrls,
  LogoutURLs: [],
  IdTokenValidity: 60,
  AccessTokenValidity: 60,
  RefreshTokenValidity: 30,
  TokenValidityUnits: { IdToken: 'minutes', AccessToken: 'minutes', RefreshToken: 'days' },
  PreventUserExistenceErrors: 'ENABLED',
};

function standing(...clients: UserPoolClientType[]): void {
  cognito.onAnyCommand().resolves({});
  const UserPoolClients = clients.map(({ ClientId, ClientName }) => ({ ClientId, ClientName }));
  cognito.on(ListUserPoolClientsCommand).resolves({ UserPoolClients });
  for (const UserPoolClient of clients) {
    const { ClientId } = UserPoolClient;
    cognito.on(DescribeUserPoolClientCommand, { UserPoolId, ClientId }).resolves({ UserPoolClient });
  }
}

async function stands(...clients: UserPoolClientType[]): Promise<ActualClient> {
  standing(...clients);
  const actual = await appClient.read(await mockAws(), desired);
  if (!actual) throw new Error('the client is there');
  return actual;
}

it.each([
  [
    'an hour, said in other units',
    { IdTokenValidity: 1, AccessTokenValidity: 3600, TokenValidityUnits: { IdToken: 'hours', AccessToken: 'seconds' } },
    [],
  ],
  ['a number without a unit is hours', { IdTokenValidity: 2 }, ['idTokenMinutes']],
  ['a day', { AccessTokenValidity: 1, TokenValidityUnits: { AccessToken: 'days' } }, ['accessTokenMinutes']],
] satisfies [string, Partial<UserPoolClientType>, string[]][])(
  'app-client, how long tokens are good: %s',
  async (_what, validity, changed) => {
    const actual = await stands(client('mine', validity));
    expect(appClient.compare(desired, actual).map(({ property }) => property)).toEqual(changed);
  },
);

describe('app-client', () => {
  it('has nothing to change as Cognito describes it, found on any page', async () => {
    standing(client('c1'));
    cognito
      .on(ListUserPoolClientsCommand)
      .resolvesOnce({ UserPoolClients: [{ ClientId: 'o', ClientName: 'other' }], NextToken: 'next' })
      .resolvesOnce({ UserPoolClients: [{ ClientId: 'c1', ClientName: 'demo' }] });
    const actual = await appClient.read(await mockAws(), desired);
    expect(actual && appClient.compare(desired, actual)).toEqual([]);
    expect(inputs(cognito, 'DescribeUserPoolClient')).toEqual([{ UserPoolId, ClientId: 'c1' }]);
    expect(inputs(cognito, 'ListUserPoolClients')).toMatchObject([{ UserPoolId }, { UserPoolId, NextToken: 'next' }]);
  });

  it('of a pool that is gone is absent', async () => {
    cognito.onAnyCommand().rejects(new ResourceNotFoundException({ $metadata: {}, message: 'User pool is gone' }));
    expect(await appClient.read(await mockAws(), desired)).toBeUndefined();
  });

  it('a change is sent whole: what UpdateUserPoolClient is not given it resets', async () => {
    const actual = await stands(client('c1', { PreventUserExistenceErrors: 'LEGACY', SupportedIdentityProviders: [] }));
    const changes = appClient.compare(desired, actual);
    expect(changes.map(({ property }) => property)).toEqual(['identityProviders', 'preventUserExistenceErrors']);
    const made = await appClient.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    expect(appClient.compare(desired, made)).toEqual([]);
    expect(written(cognito)).toEqual([['UpdateUserPoolClient', { ...whole, ClientId: 'c1' }]]);
  });

  it('a secret cannot be taken away: it needs another client', async () => {
    expect(appClient.compare(desired, await stands(client('c1', { ClientSecret: 'hidden' })))).toEqual([
      { property: 'secret', from: true, to: false, replaces: true },
    ]);
  });

  it('is made without a secret and waited for until it is listed; of two the older one stays', async () => {
    standing(client('new'), client('older', { CreationDate: new Date(1) }));
    const UserPoolClients = ['new', 'older'].map((ClientId) => ({ ClientId, ClientName: 'demo' }));
    cognito.on(ListUserPoolClientsCommand).resolvesOnce({ UserPoolClients: [] }).resolves({ UserPoolClients });
    const made = await appClient.create(await mockAws(), desired, ignoreWait);
    expect(made).toMatchObject({ clientId: 'older', duplicates: [] });
    expect(written(cognito)).toEqual([
      ['CreateUserPoolClient', { ...whole, GenerateSecret: false }],
      ['DeleteUserPoolClient', { UserPoolId, ClientId: 'new' }],
    ]);
  });

  it('that was not answered is not made twice', async () => {
    cognito.on(CreateUserPoolClientCommand).rejects(socketError('ETIMEDOUT'));
    const creating = appClient.create(await mockAws(), desired, ignoreWait);
    await expect(creating).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(cognito.calls()).toHaveLength(1);
  });
});
