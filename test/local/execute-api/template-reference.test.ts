import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';
import { body, context, type Expected, rest } from './template-reference.ts';

/** What the engine's APIs, deployed, make of every member of AWS's reference of templates. */

const table = Object.entries({ ...context, ...rest });
const isRefused = (expected: Expected): expected is { refused: string } =>
  typeof expected === 'object' && 'refused' in expected;
const written = table.filter(([, expected]) => !isRefused(expected)).map(([member]) => member);

let fixture: GatewayFixture;
let api: TestApi;
let token: string;

async function signIn(): Promise<{ poolArn: string; idToken: string }> {
  const cognito = new CognitoIdentityProvider(fixture.engine.clientConfig);
  const { UserPool: pool } = await cognito.createUserPool({ PoolName: 'pool' });
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: pool?.Id,
    ClientName: 'client',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const user = { UserPoolId: pool?.Id, Username: 'someone' };
  await cognito.adminCreateUser({ ...user, MessageAction: 'SUPPRESS' });
  await cognito.adminSetUserPassword({ ...user, Password: 'Correct-Horse-1', Permanent: true });
  const { AuthenticationResult: result } = await cognito.initiateAuth({
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: client?.ClientId,
    AuthParameters: { USERNAME: 'someone', PASSWORD: 'Correct-Horse-1' },
  });
  cognito.destroy();
  return { poolArn: pool?.Arn ?? '', idToken: result?.IdToken ?? '' };
}

const templates = (text: string) => ({ requestTemplates: { 'application/json': text } });
/** Writes each of the expressions, whatever characters it has. */
const echoOf = (expressions: string[]) =>
  `{${expressions.map((expression, at) => `"${at}":"$util.base64Encode("${expression}")"`).join(',')}}`;

async function call(path: string, headers: Record<string, string> = {}) {
  return api.call(path, { headers: { authorization: token, 'user-agent': 'reference/1', ...headers }, body });
}

beforeAll(async () => {
  fixture = await startGateway();
  const { poolArn, idToken } = await signIn();
  token = idToken;
  api = await fixture.makeApi({ '/open': {} });
  const { restApiId } = api;
  const { id: authorizerId = '' } = await fixture.gateway.createAuthorizer({
    restApiId,
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [poolArn],
    identitySource: 'method.request.header.Authorization',
  });
  const method = { authorizationType: 'COGNITO_USER_POOLS', authorizerId };
  await api.add('/echo/{id}', { method, integration: templates(echoOf(written)) });
  const claims =
    '#if($context.authorizer.claims)some#{else}null#end $context.authorizer.claims.get("cognito:username")';
  const set = `#set($context.requestOverride.path.id = "9")#set($context.requestOverride.querystring.q = "r")
#set($context.responseOverride.status = 418)#set($context.responseOverride.header.X-Kind = "tea")`;
  const overridden = ['requestOverride.path.id', 'requestOverride.querystring.q', 'responseOverride.status'];
  await api.add('/claims', { method, integration: templates(echoOf([claims.replaceAll('"', '""')])) });
  await api.add('/overridden', {
    integration: templates(`${set}${echoOf(overridden.map((member) => `$context.${member}`))}`),
  });
  const twice = (member: string) =>
    templates(`#set($context.${member} = "418")#set($context.${member} = "419"){"statusCode":200}`);
  await api.add('/twice/status', { integration: twice('responseOverride.status') });
  await api.add('/twice/header', { integration: twice('responseOverride.header.X-Kind') });
  await api.add('/twice/path', { integration: twice("requestOverride.path['id']") });
  await fixture.gateway.putGatewayResponse({
    restApiId,
    responseType: 'DEFAULT_4XX',
    responseTemplates: {
      'application/json':
        '{"message":"$context.error.message","string":$context.error.messageString,"type":"$context.error.responseType","why":"$context.error.validationErrorString","path":"$context.path","stage":"$context.stage","variable":"$stageVariables.table"}',
    },
  });
  const deploymentId = await api.deploy();
  const patch = (path: string, value: string) => ({ op: 'replace' as const, path, value });
  await fixture.gateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [
      patch('/deploymentId', deploymentId),
      patch('/variables/table', 'items'),
      patch('/tracingEnabled', 'true'),
    ],
  });
});
afterAll(() => fixture?.engine.stop());

const decoded = (answer: { body: string }): string[] =>
  Object.values(JSON.parse(answer.body) as Record<string, string>).map((text) =>
    Buffer.from(text, 'base64').toString(),
  );

describe("every member of AWS's reference", () => {
  let values: Map<string, string>;
  beforeAll(async () => {
    const answer = await call('/echo/7?q=a%20b', { 'X-Mine': 'yes' });
    expect(answer.status).toBe(200);
    const texts = decoded(answer);
    values = new Map(written.map((member, at) => [member, texts[at] ?? '?']));
  });

  it.each(table)('%s: %o', async (member, expected) => {
    if (isRefused(expected)) {
      const put = fixture.gateway.putIntegration({
        restApiId: api.restApiId,
        resourceId: api.resources['/open'],
        httpMethod: 'POST',
        type: 'AWS',
        integrationHttpMethod: 'POST',
        uri: fixture.uriOf(fixture.functionArn),
        ...templates(member.includes('Override') ? `#set(${member} = "x")` : member),
      });
      expect((await refusal(put)).message).toContain(expected.refused);
    } else if (expected instanceof RegExp) expect(values.get(member)).toMatch(expected);
    else expect(values.get(member)).toBe('');
  });
});

it('takes the claims for null, and knows each of them', async () => {
  expect(decoded(await call('/claims'))).toEqual(['null someone']);
});

it('writes what a template overrides, and answers so', async () => {
  const answer = await call('/overridden');
  expect(decoded(answer)).toEqual(['9', 'r', '418']);
  expect(answer.status).toBe(418);
  expect(answer.headers['x-kind']).toBe('tea');
});

it.each(['status', 'header', 'path'])('ends a template that overrides the same %s twice', async (what) => {
  expect((await call(`/twice/${what}`)).status).toBe(500);
});

it('fills the errors into gateway responses', async () => {
  const unauthorized = await call('/echo/7', { authorization: 'none' });
  expect(JSON.parse(unauthorized.body)).toEqual({
    message: 'Unauthorized',
    string: 'Unauthorized',
    type: 'UNAUTHORIZED',
    why: '',
    path: '/prod/echo/7',
    stage: 'prod',
    variable: 'items',
  });
  const bad = await api.call('/open', { body: '{' });
  // The message has a line break, which `$context.error.message` does not escape.
  const escaped = bad.body.replaceAll('\n', '\\n').replace(/"message":.*?,"string"/, '"string"');
  expect(JSON.parse(escaped)).toMatchObject({
    type: 'BAD_REQUEST_BODY',
    why: expect.stringMatching(/^Could not parse request body into json/),
  });
});
