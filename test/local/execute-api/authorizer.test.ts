import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let api: TestApi;
let authorizerId: string;
let tokens: { id: string; access: string };
let clientId: string | undefined;

const template = `{"sub":"$context.authorizer.claims.sub","name":"$context.authorizer.claims['cognito:username']",
  "principal":"$context.authorizer.principalId","scope":"$!context.authorizer.claims.scope"}`;

beforeAll(async () => {
  fixture = await startGateway();
  const { gateway, engine } = fixture;
  const cognito = new CognitoIdentityProvider(engine.clientConfig);
  const { UserPool: pool } = await cognito.createUserPool({ PoolName: 'pool' });
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: pool?.Id,
    ClientName: 'client',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  clientId = client?.ClientId;
  const user = { UserPoolId: pool?.Id, Username: 'someone' };
  await cognito.adminCreateUser({ ...user, MessageAction: 'SUPPRESS' });
  await cognito.adminSetUserPassword({ ...user, Password: 'Correct-Horse-1', Permanent: true });
  const { AuthenticationResult: result } = await cognito.initiateAuth({
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: clientId,
    AuthParameters: { USERNAME: 'someone', PASSWORD: 'Correct-Horse-1' },
  });
  tokens = { id: result?.IdToken ?? '', access: result?.AccessToken ?? '' };
  api = await fixture.makeApi({ '/open': {} });
  const made = await gateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [pool?.Arn ?? ''],
    identitySource: 'method.request.header.Authorization',
  });
  authorizerId = made.id ?? '';
  const method = { authorizationType: 'COGNITO_USER_POOLS', authorizerId };
  const integration = { requestTemplates: { 'application/json': template } };
  const scoped = (...authorizationScopes: string[]) => ({ integration, method: { ...method, authorizationScopes } });
  await api.add('/id', { method, integration });
  await api.add('/proxied', { method, integration: { type: 'AWS_PROXY' }, responses: {} });
  await api.add('/scoped', scoped('other/read', 'aws.cognito.signin.user.admin'));
  await api.add('/elsewhere', scoped('other/read'));
  await api.deploy();
});
afterAll(() => fixture?.engine.stop());

const call = (path: string, authorization: string) =>
  api.call(path, { headers: { authorization }, body: '{"proxy":true}' });

describe('a pool as authorizer', () => {
  it('hands the claims to templates and to proxied functions', async () => {
    const { body } = await call('/id', tokens.id);
    const { sub, ...rest } = JSON.parse(body);
    expect(rest).toEqual({ name: 'someone', principal: sub, scope: '' });
    expect(sub).toMatch(/^[0-9a-f-]{36}$/);
    const { requestContext } = JSON.parse((await call('/proxied', tokens.id)).body);
    expect(requestContext.authorizer.claims).toMatchObject({ sub, token_use: 'id', aud: clientId });
    const { exp, iat, auth_time: signedInAt } = requestContext.authorizer.claims;
    for (const date of [exp, iat]) {
      expect(date).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
    }
    expect(signedInAt).toMatch(/^\d{10}$/);
  });

  it('takes access tokens where the method has scopes, and one of them is granted', async () => {
    expect((await call('/scoped', tokens.access)).status).toBe(200);
    expect((await call('/scoped', tokens.id)).status).toBe(401);
    expect((await call('/elsewhere', tokens.access)).status).toBe(401);
    expect((await call('/id', tokens.access)).status).toBe(401);
  });

  it('guards only once it is deployed, and no longer after that', async () => {
    const { restApiId, resources } = api;
    const patch = async (path: string, operations: Record<string, string>) => {
      await fixture.gateway.updateMethod({
        restApiId,
        resourceId: resources[path],
        httpMethod: 'POST',
        patchOperations: Object.entries(operations).map(([name, value]) => ({
          op: 'replace',
          path: `/${name}`,
          value,
        })),
      });
    };
    expect((await call('/open', '')).status).toBe(200);
    await patch('/open', { authorizationType: 'COGNITO_USER_POOLS', authorizerId });
    expect((await call('/open', '')).status).toBe(200);
    await api.deploy();
    expect((await call('/open', '')).status).toBe(401);
    expect((await call('/open', tokens.id)).status).toBe(200);
    await patch('/open', { authorizationType: 'NONE' });
    expect((await call('/open', '')).status).toBe(401);
    await api.deploy();
    expect((await call('/open', '')).status).toBe(200);
  });

  it('matches the client by its expression', async () => {
    const { restApiId } = api;
    const expectStatus = async (value: string, status: number) => {
      const patchOperations = [{ op: 'replace' as const, path: '/identityValidationExpression', value }];
      await fixture.gateway.updateAuthorizer({ restApiId, authorizerId, patchOperations });
      await api.deploy();
      expect([value, (await call('/id', tokens.id)).status]).toEqual([value, status]);
    };
    await expectStatus('nobody', 401);
    await expectStatus(clientId ?? '', 200);
    await expectStatus('.*', 200);
  });
});

describe('test-invoke-authorizer', () => {
  it('says of a token what the data plane would', async () => {
    const { restApiId } = api;
    const test = (headers: Record<string, string>) =>
      fixture.gateway.testInvokeAuthorizer({ restApiId, authorizerId, headers });
    const good = await test({ Authorization: tokens.id });
    expect(good.clientStatus).toBe(0);
    expect(good.claims).toMatchObject({ 'cognito:username': 'someone', token_use: 'id', aud: clientId });
    const refused: Record<string, string>[] = [{}, { Authorization: 'x' }, { Authorization: tokens.access }];
    for (const headers of refused) {
      const bad = await test(headers);
      expect([bad.clientStatus, bad.claims]).toEqual([401, undefined]);
    }
  });
});
