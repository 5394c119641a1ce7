import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signHeaders } from '../sign.ts';
import { addUser, claimsOf, type PoolFixture, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

describe('the roles of groups', () => {
  it.each([
    ['none without a role', [[undefined, 1]], undefined, undefined],
    [
      'the lowest precedence is preferred',
      [
        ['a', 5],
        ['b', 1],
        ['c', undefined],
      ],
      ['a', 'b', 'c'],
      'b',
    ],
    [
      'two of one precedence: none is preferred',
      [
        ['a', 1],
        ['b', 1],
      ],
      ['a', 'b'],
      undefined,
    ],
    [
      'the same role twice is preferred',
      [
        ['a', 1],
        ['a', 1],
      ],
      ['a'],
      'a',
    ],
  ] as const)('%s', async (what, groups, roles, preferred) => {
    const { cognito, poolId: UserPoolId } = fixture;
    const username = what.replaceAll(' ', '-');
    await addUser(cognito, UserPoolId, username);
    for (const [index, [name, precedence]] of groups.entries()) {
      const group = { UserPoolId, GroupName: `${username}-${index}` };
      await cognito.createGroup({
        ...group,
        ...(name !== undefined && { RoleArn: role(name) }),
        ...(precedence !== undefined && { Precedence: precedence }),
      });
      await cognito.adminAddUserToGroup({ ...group, Username: username });
    }
    const { idToken, accessToken } = await signIn(fixture, { username });
    const claims = claimsOf(idToken);
    expect(claims['cognito:roles']).toEqual(roles?.map(role));
    expect(claims['cognito:preferred_role']).toBe(preferred && role(preferred));
    expect(claimsOf(accessToken)).not.toHaveProperty('cognito:roles');
  });
});

describe('a client without token revocation', () => {
  it('gets tokens without the claims for it, which a sign-out everywhere ends all the same', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'plain',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      EnableTokenRevocation: false,
    });
    const { ClientId = '' } = client;
    const { accessToken, idToken, refreshToken } = await signIn({ ...fixture, clientId: ClientId });
    for (const token of [accessToken, idToken]) {
      expect(claimsOf(token)).not.toHaveProperty('origin_jti');
      expect(claimsOf(token)).not.toHaveProperty('jti');
    }
    await expect(cognito.revokeToken({ ClientId, Token: refreshToken })).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
    await cognito.globalSignOut({ AccessToken: accessToken });
    await expect(cognito.getUser({ AccessToken: accessToken })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });
});

it('what a client gets follows its setting for token revocation', async () => {
  const { cognito, poolId: UserPoolId } = fixture;
  const settings = { UserPoolId, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH' as const] };
  const { UserPoolClient } = await cognito.createUserPoolClient({ ...settings, ClientName: 'changing' });
  const ClientId = UserPoolClient?.ClientId ?? '';
  const seen: boolean[] = [];
  for (const EnableTokenRevocation of [true, false, true]) {
    await cognito.updateUserPoolClient({ ...settings, ClientId, EnableTokenRevocation });
    seen.push('origin_jti' in claimsOf((await signIn({ ...fixture, clientId: ClientId })).accessToken));
  }
  expect(seen).toEqual([true, false, true]);
});

describe('null in a map of texts', () => {
  it('is left out, as browsers’ libraries send it for a device they do not know', async () => {
    const { engine, clientId } = fixture;
    const { refreshToken } = await signIn(fixture);
    const answer = await fetch(engine.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({
        ClientId: clientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: refreshToken, DEVICE_KEY: null },
      }),
    });
    expect(answer.status).toBe(200);
  });

  it.each<[string, string, object]>([
    ['tags of a pool', 'CreateUserPool', { PoolName: 'p', UserPoolTags: { a: 'b', none: null } }],
    [
      'metadata for triggers',
      'ForgotPassword',
      { ClientId: 'CLIENT', Username: 'nobody', ClientMetadata: { one: null, two: 'x' } },
    ],
    [
      'answers to a challenge',
      'RespondToAuthChallenge',
      { ClientId: 'CLIENT', ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { DEVICE_KEY: null } },
    ],
  ])('is left out: %s', async (_what, operation, input) => {
    const body = JSON.stringify(input).replace('CLIENT', fixture.clientId);
    const { status, answer } = await callSigned({ service: 'cognito-idp', operation, body });
    expect([status, answer.__type]).not.toEqual([400, 'SerializationException']);
    if (operation === 'CreateUserPool') expect(answer.UserPool).toMatchObject({ UserPoolTags: { a: 'b' } });
  });

  it('is left out of maps that other services take', async () => {
    const tags = { a: 'b', none: null };
    const group = JSON.stringify({ logGroupName: 'g', tags });
    expect((await callSigned({ service: 'logs', operation: 'CreateLogGroup', body: group })).status).toBe(200);
    const listing = { service: 'logs', operation: 'ListTagsLogGroup', body: '{"logGroupName":"g"}' };
    expect((await callSigned(listing)).answer).toEqual({ tags: { a: 'b' } });
    const api = { service: 'apigateway', path: '/restapis', body: JSON.stringify({ name: 'api', tags }) };
    expect(await callSigned(api)).toMatchObject({ status: 201, answer: { tags: { a: 'b' } } });
  });
});

const targets: Record<string, string> = {
  'cognito-idp': 'AWSCognitoIdentityProviderService',
  logs: 'Logs_20140328',
};

async function callSigned(call: { service: string; operation?: string; path?: string; body: string }) {
  const { endpoint, credentials } = fixture.engine;
  const { service, operation, path = '/', body } = call;
  const headers = signHeaders({
    endpoint,
    credentials,
    service,
    method: 'POST',
    path,
    query: '',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      ...(operation !== undefined && { 'x-amz-target': `${targets[service]}.${operation}` }),
    },
  });
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, answer: JSON.parse(text || '{}') as Record<string, unknown> };
}
