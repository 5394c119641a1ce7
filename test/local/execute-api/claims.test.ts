import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { javaDate } from '../../../src/local/execute-api/authorize.ts';
import { claimsOf } from '../cognito/pool-fixture.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

/** The claims of id tokens of three users, as templates and proxied functions are told them. */

let fixture: GatewayFixture;
let api: TestApi;
const tokens: Record<string, string> = {};

const Password = 'Correct-Horse-1';
const groupsOf: Record<string, string[]> = {
  ada: [],
  bob: ['admins'],
  cid: ['admins', 'read,ers'],
  dee: ['zoë', '"quoted"', 'admins'],
};

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
  for (const [index, GroupName] of ['admins', 'read,ers', 'zoë', '"quoted"'].entries()) {
    const RoleArn = `arn:aws:iam::000000000000:role/of-group-${index}`;
    await cognito.createGroup({ UserPoolId, GroupName, ...(GroupName !== 'read,ers' && { RoleArn }) });
  }
  for (const [Username, groups] of Object.entries(groupsOf)) {
    const UserAttributes = [
      { Name: 'email', Value: `${Username}@example.com` },
      { Name: 'email_verified', Value: String(Username !== 'dee') },
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
  const escaped = (name: string) => `"$util.escapeJavaScript($context.authorizer.claims['${name}'])"`;
  const whole = `{"iat":${escaped('iat')},"exp":${escaped('exp')},"auth_time":${escaped('auth_time')},"groups":${escaped('cognito:groups')},"verified":${escaped('email_verified')}}`;
  await api.add('/whole', { method, integration: { requestTemplates: { 'application/json': whole } } });
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

describe('claims that are no texts in the token', () => {
  it.each(['ada', 'cid', 'dee'])('have the times of the token of %s, whichever way they are written', async (user) => {
    const { iat, exp, auth_time: authTime } = claimsOf(tokens[user] ?? '');
    for (const path of ['/proxied', '/whole']) {
      const answer = await call(path, user);
      const claims = path === '/proxied' ? answer.requestContext.authorizer.claims : answer;
      expect([Date.parse(claims.iat) / 1000, Date.parse(claims.exp) / 1000, claims.auth_time]).toEqual([
        iat,
        exp,
        String(authTime),
      ]);
    }
  });

  it('are joined by commas whatever the list is of, with quotes for a template to escape', async () => {
    const { claims } = (await call('/proxied', 'dee')).requestContext.authorizer;
    const inToken = claimsOf(tokens.dee ?? '');
    expect(new Set(inToken['cognito:groups'] as string[])).toEqual(new Set(groupsOf.dee));
    expect(claims['cognito:groups']).toBe((inToken['cognito:groups'] as string[]).join(','));
    expect(claims['cognito:roles']).toBe((inToken['cognito:roles'] as string[]).join(','));
    expect(claims['cognito:roles'].split(',')).toHaveLength(3);
    expect((await call('/whole', 'dee')).groups).toBe(claims['cognito:groups']);
  });

  it('say of an address that is not verified that it is not', async () => {
    expect((await call('/whole', 'dee')).verified).toBe('false');
    expect((await call('/proxied', 'dee')).requestContext.authorizer.claims.email_verified).toBe('false');
  });
});

it.each([
  [0, 'Thu Jan 01 00:00:00 UTC 1970'],
  [1_709_164_799, 'Wed Feb 28 23:59:59 UTC 2024'],
  [1_709_164_800, 'Thu Feb 29 00:00:00 UTC 2024'],
  [1_735_689_600, 'Wed Jan 01 00:00:00 UTC 2025'],
  [4_102_444_799, 'Thu Dec 31 23:59:59 UTC 2099'],
])('%i s is %s', (seconds, expected) => {
  expect(javaDate(new Date(seconds * 1000))).toBe(expected);
});
