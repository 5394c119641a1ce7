import { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { signHeaders } from '../sign.ts';

/** Numbers and booleans in the place of texts, which the SDK's clients do not send. */

let engine: TestEngine;
let restApiId: string;
let resourceId: string;
beforeAll(async () => {
  engine = await startEngine();
  const api = await new APIGateway(engine.clientConfig).createRestApi({ name: 'a' });
  [restApiId, resourceId] = [api.id ?? '', api.rootResourceId ?? ''];
});
afterAll(() => engine?.stop());

async function send(service: string, given: { method?: string; path?: string; target?: string; input: object }) {
  const { method = 'POST', path = '/', target, input } = given;
  const body = JSON.stringify(input);
  const type = target === undefined ? 'application/json' : 'application/x-amz-json-1.1';
  const headers = { 'content-type': type, ...(target && { 'x-amz-target': target }) };
  const signed = signHeaders({ ...engine, service, method, path, headers, body });
  const response = await fetch(`${engine.endpoint}${path}`, { method, headers: signed, body });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

const isBoolean = 'class java.lang.Boolean can not be converted to an String';
const isNumber = 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String';
const pool = 'AWSCognitoIdentityProviderService';

it.each<[what: string, service: string, request: () => Parameters<typeof send>[1], message: string]>([
  ['a name', 'apigateway', () => ({ path: '/restapis', input: { name: 7 } }), isNumber],
  ['a name', 'apigateway', () => ({ path: '/restapis', input: { name: true } }), isBoolean],
  ['an entry of a map', 'apigateway', () => ({ path: '/restapis', input: { name: 'b', tags: { a: 1 } } }), isNumber],
  ['an item of a list', 'apigateway', () => ({ path: '/restapis', input: { binaryMediaTypes: [false] } }), isBoolean],
  [
    'a variable',
    'lambda',
    () => ({ path: '/2015-03-31/functions', input: { Environment: { Variables: { A: 1.5 } } } }),
    isNumber,
  ],
  ['a name', 'cognito-idp', () => ({ target: `${pool}.CreateUserPool`, input: { PoolName: 1 } }), isNumber],
  [
    "an attribute's value",
    'cognito-idp',
    () => ({
      target: `${pool}.AdminCreateUser`,
      input: { UserPoolId: 'us-east-1_a', Username: 'ada', UserAttributes: [{ Name: 'email_verified', Value: true }] },
    }),
    isBoolean,
  ],
  ['a name', 'logs', () => ({ target: 'Logs_20140328.CreateLogGroup', input: { logGroupName: 0 } }), isNumber],
])('%s to %s is refused as AWS refuses it', async (_what, service, request, message) => {
  const { status, answer } = await send(service, request());
  expect({ status, said: answer.message ?? answer.Message }).toEqual({ status: 400, said: message });
});

it('a text in the place of a boolean or a number is read', async () => {
  const path = `/restapis/${restApiId}/resources/${resourceId}/methods/GET`;
  const made = await send('apigateway', {
    method: 'PUT',
    path,
    input: { authorizationType: 'NONE', apiKeyRequired: 'false' },
  });
  expect(made).toMatchObject({ status: 201, answer: { apiKeyRequired: false } });
  const integration = { type: 'MOCK', timeoutInMillis: '5000' };
  expect(await send('apigateway', { method: 'PUT', path: `${path}/integration`, input: integration })).toMatchObject({
    status: 201,
    answer: { timeoutInMillis: 5000 },
  });
});

it('an empty template of an answer is none: it is told as null, and the body passes', async () => {
  const path = `/restapis/${restApiId}/resources/${resourceId}/methods/GET/integration/responses/200`;
  const input = { selectionPattern: '', responseTemplates: { 'application/json': '', 'text/plain': 'x' } };
  const templates = { 'application/json': null, 'text/plain': 'x' };
  const put = await send('apigateway', { method: 'PUT', path, input });
  expect(put).toMatchObject({ status: 201, answer: { responseTemplates: templates } });
  const patchOperations = [
    { op: 'replace', path: '/responseTemplates/text~1plain', value: '' },
    { op: 'add', path: '/responseTemplates/text~1html', value: 'y' },
  ];
  const patched = await send('apigateway', { method: 'PATCH', path, input: { patchOperations } });
  expect(patched).toMatchObject({
    status: 200,
    answer: { responseTemplates: { 'application/json': null, 'text/plain': null, 'text/html': 'y' } },
  });
});
