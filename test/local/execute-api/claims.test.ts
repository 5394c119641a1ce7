import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

/** The claims of id tokens of three users, as templates and proxied functions are told them. */

let fixture: GatewayFixture;
let api: TestApi;
const tokens: Record<string, string> = {};

const Password = 'Correct-Horse-1';
const groupsOf: Record<string, string[]> = { ada: [], bob: ['admins'], cid: ['admins', 'read,ers'] };

beforeAll(async () => {
  fixture = await startGateway();
  const cognito = new CognitoIdentityProvider(fixture.engine.clientConfig);
  const { UserPool: pool } = await cognito.createUserPool({
    PoolName: 'pool',
    Schema: [{ Name: 'level', AttributeDataType: 'Number', Mutable: true }],
  });
  const UserPoolId = pool?.Id;
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId,
    ClientName: 'client',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  for (const GroupName of ['admins', 'read,ers']) await cognito.createGroup({ UserPoolId, GroupName });
  for (const [Username, groups] of Object.entries(groupsOf)) {
    const UserAttributes = [
      { Name: 'email', Value: `${Username}@example.com` },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'custom:level', Value: '7' },
    ];
    await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' });
    await cognito.adminSetUserPassword({ UserPoolId, Username, Password, Permanent: true });
    for (const GroupName of groups) await cognito.adminAddUserToGroup({ UserPoolId, Username, GroupName });
    const { AuthenticationResult: result } = await cognito.initiateAuth({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: client?.ClientId,
      AuthParameters: { USERNAME: Username, PASSWORD: Password },
    });
    tokens[Username] = result?.IdToken ?? '';
  }
  cognito.destroy();
  api = await fixture.makeApi({ '/open': {} });
  const { id: authorizerId = '' } = await fixture.gateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [pool?.Arn ?? ''],
    identitySource: 'method.request.header.Authorization',
  });
  const method = { authorizationType: 'COGNITO_USER_POOLS', authorizerId };
  const claim = (name: string) => `"${name}":"$context.authorizer.claims['${name}']"`;
  const template = `{${['cognito:groups', 'email_verified', 'custom:level', 'exp', 'auth_time'].map(claim).join(',')}}`;
  await api.add('/mapped', { method, integration: { requestTemplates: { 'application/json': template } } });
  await api.add('/proxied', { method, integration: { type: 'AWS_PROXY' }, responses: {} });
  await api.deploy();
});
afterAll(() => fixture?.engine.stop());

const call = async (path: string, user: string) =>
  JSON.parse((await api.call(path, { headers: { authorization: tokens[user] ?? '' }, body: '{"proxy":true}' })).body);

describe.each([
  ['ada', ''],
  ['bob', 'admins'],
  ['cid', 'admins,read,ers'],
])('claims of %s', (user, groups) => {
  it('are texts in a template: groups joined by commas, times as Java writes dates', async () => {
    const claims = await call('/mapped', user);
    expect(claims).toMatchObject({ 'cognito:groups': groups, email_verified: 'true', 'custom:level': '7' });
    expect(claims.exp).toMatch(/^\w{3} \w{3} \d\d [\d:]{8} UTC \d{4}$/);
    expect(claims.auth_time).toMatch(/^\d{10}$/);
  });

  it('are the same texts for a function', async () => {
    const { claims } = (await call('/proxied', user)).requestContext.authorizer;
    expect(Object.values(claims).filter((value) => typeof value !== 'string')).toEqual([]);
    expect(claims['cognito:groups']).toBe(groups === '' ? undefined : groups);
    expect(claims).toMatchObject({ email: `${user}@example.com`, email_verified: 'true', 'custom:level': '7' });
  });
});
