import { APIGateway } from '@aws-sdk/client-api-gateway';
import { NormalizedSchema } from '@smithy/core/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCatalog, servedServices } from '../../../src/local/services.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { signHeaders } from '../sign.ts';

/** What is of another type than the models say, which the SDK's clients do not send. */

let engine: TestEngine;
let restApiId: string;
let resourceId: string;
beforeAll(async () => {
  engine = await startEngine();
  const api = await new APIGateway(engine.clientConfig).createRestApi({ name: 'a' });
  [restApiId, resourceId] = [api.id ?? '', api.rootResourceId ?? ''];
});
afterAll(() => engine?.stop());

interface Given {
  method?: string;
  path?: string;
  query?: string;
  target?: string;
  /** A text is a form. */
  input?: object | string;
}

async function send(service: string, { method = 'POST', path = '/', query = '', target, input }: Given) {
  const body = typeof input === 'object' ? JSON.stringify(input) : input;
  const jsonType = target === undefined ? 'application/json' : 'application/x-amz-json-1.1';
  const type = typeof input === 'string' ? 'application/x-www-form-urlencoded' : jsonType;
  const headers = { 'content-type': type, ...(target && { 'x-amz-target': target }) };
  const signed = signHeaders({ ...engine, service, method, path, query, headers, body });
  const response = await fetch(`${engine.endpoint}${path}?${query}`, {
    method,
    headers: signed,
    ...(body && { body }),
  });
  const text = await response.text();
  const answer = text.startsWith('<') ? { text } : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, answer };
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

const dynamodb = (operation: string, input: object): Given => ({ target: `DynamoDB_20120810.${operation}`, input });
const integration = (timeoutInMillis: unknown): Given => ({
  method: 'PUT',
  path: `/restapis/${restApiId}/resources/${resourceId}/methods/GET/integration`,
  input: { type: 'MOCK', timeoutInMillis },
});
const table = (TableName: string, ReadCapacityUnits: unknown): Given =>
  dynamodb('CreateTable', {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits: 1.99 },
  });

it.each<[what: string, service: string, request: () => Given, answer: object]>([
  ['loses its fraction', 'apigateway', () => integration(5000.9), { timeoutInMillis: 5000 }],
  ['loses its fraction as text', 'apigateway', () => integration('6000'), { timeoutInMillis: 6000 }],
  [
    'loses its fraction',
    'cognito-idp',
    () => ({
      target: `${pool}.CreateUserPool`,
      input: { PoolName: 'a', Policies: { PasswordPolicy: { MinimumLength: 9.99 } } },
    }),
    { UserPool: { Policies: { PasswordPolicy: { MinimumLength: 9 } } } },
  ],
  [
    'is a Long',
    'dynamodb',
    () => table('numbers', 2.5),
    { TableDescription: { ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 1 } } },
  ],
  ['is a Long', 'dynamodb', () => table('other', 1), { TableDescription: { TableName: 'other' } }],
  [
    'limits a page',
    'dynamodb',
    () => dynamodb('ListTables', { Limit: 1.5 }),
    { TableNames: ['numbers'], LastEvaluatedTableName: 'numbers' },
  ],
  ['limits a scan', 'dynamodb', () => dynamodb('Scan', { TableName: 'numbers', Limit: 99_999_999_999 }), { Count: 0 }],
])('a whole number %s: %s', async (_what, service, request, answer) => {
  const told = await send(service, request());
  expect(told.answer).toMatchObject(answer);
  expect(told.status).toBeLessThan(300);
});

const below = 'failed to satisfy constraint: Member must have value greater than or equal to';

it.each<[what: string, service: string, request: () => Given, message: string]>([
  [
    'less than one',
    'dynamodb',
    () => dynamodb('ListTables', { Limit: 0.9 }),
    `1 validation error detected: Value '0' at 'limit' ${below} 1`,
  ],
  [
    'less than what is allowed',
    'lambda',
    () => ({
      path: '/2015-03-31/functions',
      input: { FunctionName: 'f', Role: 'arn:aws:iam::000000000000:role/r', Code: {}, MemorySize: 127.9 },
    }),
    `1 validation error detected: Value '127' at 'memorySize' ${below} 128`,
  ],
  [
    'beyond its bounds',
    'cognito-idp',
    () => ({ target: `${pool}.ListUserPools`, input: { MaxResults: 99_999_999_999 } }),
    "1 validation error detected: Value '2147483647' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
  ],
  ['in words', 'dynamodb', () => dynamodb('ListTables', { Limit: '1' }), 'STRING_VALUE cannot be converted to Integer'],
  ['in words', 'dynamodb', () => table('words', '1'), 'STRING_VALUE cannot be converted to Long'],
  [
    'that is true',
    'dynamodb',
    () => dynamodb('Scan', { TableName: 'numbers', Limit: true }),
    'TRUE_VALUE cannot be converted to Integer',
  ],
  ['in hexadecimal', 'apigateway', () => integration('0x1388'), 'timeoutInMillis must be a number, not string'],
  ['with an exponent', 'apigateway', () => integration('5e3'), 'timeoutInMillis must be a number, not string'],
  ['between blanks', 'apigateway', () => integration(' 5000 '), 'timeoutInMillis must be a number, not string'],
  [
    'in a query',
    'apigateway',
    () => ({ method: 'GET', path: '/restapis', query: 'limit=0x10' }),
    'limit must be a whole number',
  ],
  [
    'in a query',
    'lambda',
    () => ({ method: 'GET', path: '/2015-03-31/functions', query: 'MaxItems=1e1' }),
    'MaxItems must be a whole number',
  ],
])('a number %s is refused: %s', async (_what, service, request, message) => {
  const { status, answer } = await send(service, request());
  expect({ status, said: answer.message ?? answer.Message }).toEqual({ status: 400, said: message });
});

it.each(['0x10', '1e1', '%2010', '1.5'])('no whole number in a form: %s', async (written) => {
  const { status, answer } = await send('iam', { input: `Action=ListRoles&Version=2010-05-08&MaxItems=${written}` });
  expect(status).toBe(400);
  expect(answer.text).toContain('MaxItems must be a whole number');
});

it('a boolean of DynamoDB may be a word for one', async () => {
  const scan = (ConsistentRead: string) => send('dynamodb', dynamodb('Scan', { TableName: 'numbers', ConsistentRead }));
  expect(await scan('TRUE')).toMatchObject({ status: 200 });
  expect(await scan('maybe')).toMatchObject({
    status: 400,
    answer: { message: 'Unexpected token received from parser' },
  });
});

it.each(servedServices)('the numbers of %s that are no Integers are members of its inputs', async (name) => {
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = (schema: NormalizedSchema) => {
    const of = schema.getName() ?? '';
    if (schema.isListSchema() || schema.isMapSchema()) {
      found.add(of);
      walk(schema.getValueSchema());
    } else if (schema.isStructSchema() && !seen.has(of)) {
      seen.add(of);
      for (const [member, each] of schema.structIterator()) {
        found.add(`${of}.${member}`);
        walk(each);
      }
    }
  };
  const service = (await findCatalog(undefined, name))?.service;
  for (const [operation, schema] of Object.entries(service?.sdk ?? {})) {
    if (!operation.endsWith('$') || !Array.isArray(schema) || schema[0] !== 9) continue;
    walk(NormalizedSchema.of(schema[4]));
  }
  const named = Object.keys(service?.constraints.numbers ?? {});
  expect(named.filter((each) => !found.has(each))).toEqual([]);
});
