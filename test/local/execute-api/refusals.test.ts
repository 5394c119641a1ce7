import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type GatewayFixture, send, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let api: TestApi;

const mock = { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode":200}' } } as const;

beforeAll(async () => {
  fixture = await startGateway();
  const { gateway, uriOf } = fixture;
  const cognito = new CognitoIdentityProvider(fixture.engine.clientConfig);
  const { UserPool } = await cognito.createUserPool({ PoolName: 'pool' });
  api = await fixture.makeApi({
    '/open': { integration: mock },
    '/function': {},
    '/json': {
      integration: { passthroughBehavior: 'NEVER', requestTemplates: { 'application/json': '$input.json("$")' } },
    },
    '/slow': { integration: { timeoutInMillis: 150 } },
    '/gone': { integration: { uri: uriOf(`${fixture.functionArn}-gone`) } },
    '/keyed': { integration: mock, method: { apiKeyRequired: true } },
    '/unmapped': { responses: {} },
  });
  const { id: authorizerId } = await gateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [UserPool?.Arn ?? ''],
    identitySource: 'method.request.header.Authorization',
  });
  const method = { authorizationType: 'COGNITO_USER_POOLS', ...(authorizerId && { authorizerId }) };
  await api.add('/guarded', { integration: mock, method });
  await api.deploy();
});
afterAll(() => fixture?.engine.stop());

/** The whole of an answer that API Gateway gives itself. */
function expectRefusal(answer: Answer, status: number, errorType: string, body: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-amzn-errortype': errorType });
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(answer.headers['x-amz-apigw-id']).toMatch(/^[\w-]{15}=$/);
  expect(answer.headers).not.toHaveProperty('x-amzn-trace-id');
}

describe('what API Gateway refuses itself', () => {
  const missing = ['MissingAuthenticationTokenException', '{"message":"Missing Authentication Token"}'] as const;

  it.each([
    ['an unknown path', '/nowhere', 'POST'],
    ['another verb', '/open', 'GET'],
    ['a longer path', '/open/deeper', 'POST'],
    ['the bare stage', '/', 'POST'],
    ['another case', '/OPEN', 'POST'],
    ['a name of Object.prototype', '/constructor', 'POST'],
  ])('%s: 403 as if a token were missing', async (_name, path, method) => {
    expectRefusal(await api.call(path, { method }), 403, ...missing);
  });

  it('an unknown stage or API: 403', async () => {
    const forbidden = [403, 'ForbiddenException', '{"message":"Forbidden"}'] as const;
    for (const stage of ['beta', 'PROD', '__proto__', '']) {
      expectRefusal(await api.call('/open', { stage }), ...forbidden);
    }
    expectRefusal(await send(`${fixture.engine.endpoint}/_aws/execute-api/abcdefghij/prod/open`), ...forbidden);
  });

  it('no token, or one that is none: 401', async () => {
    const unauthorized = [401, 'UnauthorizedException', '{"message":"Unauthorized"}'] as const;
    expectRefusal(await api.call('/guarded'), ...unauthorized);
    for (const authorization of ['', 'x', 'Bearer x', 'a.b.c']) {
      expectRefusal(await api.call('/guarded', { headers: { authorization } }), ...unauthorized);
    }
  });

  it('an API key that there cannot be: 403', async () => {
    const answer = await api.call('/keyed', { headers: { 'x-api-key': 'abc' } });
    expectRefusal(answer, 403, 'ForbiddenException', '{"message":"Forbidden"}');
  });

  it('a media type that no template takes: 415', async () => {
    const unsupported = [415, 'BadRequestException', '{"message":"Unsupported Media Type"}'] as const;
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/xml']) {
      expectRefusal(await api.call('/json', { headers: { 'content-type': type }, body: '{}' }), ...unsupported);
    }
    for (const headers of [{}, { 'content-type': 'application/json; charset=utf-8' }]) {
      expect((await api.call('/json', { headers, body: '{"a":1}' })).body).toBe('{"a":1}');
    }
  });

  it('a body that is no JSON: 400, and the function is not run', async () => {
    for (const body of ['{"a":', 'hello', '{"a":1}}', "{'a':1}"]) {
      const answer = await api.call('/function', { body });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).message).toMatch(/^Could not parse request body into json: /);
      // The template reads the body before Lambda does.
      const mapped = await api.call('/json', { body });
      if (body === 'hello') {
        // What begins as neither an object nor a list is a string to a template.
        expect([mapped.status, mapped.body]).toEqual([200, '"hello"']);
        continue;
      }
      expect([mapped.status, JSON.parse(mapped.body).message]).toEqual([
        400,
        expect.stringMatching(/^Could not parse request body into json: /),
      ]);
    }
  });

  it('parameters that a validator misses: 400', async () => {
    const { gateway } = fixture;
    const { restApiId } = api;
    const { id } = await gateway.createRequestValidator({ restApiId, name: 'all', validateRequestParameters: true });
    const requestParameters = {
      'method.request.querystring.q': true,
      'method.request.path.id': true,
      'method.request.header.X-Mine': true,
      'method.request.querystring.optional': false,
    };
    await api.add('/validated', {
      integration: mock,
      method: { requestParameters, ...(id && { requestValidatorId: id }) },
    });
    await api.add('/declared', { integration: mock, method: { requestParameters } });
    await api.deploy();
    const bad = [400, 'BadRequestException'] as const;
    const message = (names: string) => `{"message":"Missing required request parameters: [${names}]"}`;
    expectRefusal(await api.call('/validated'), ...bad, message('X-Mine, id, q'));
    expectRefusal(await api.call('/validated?q=1'), ...bad, message('X-Mine, id'));
    const given = await api.call('/validated?q=1', { headers: { 'X-Mine': '1' } });
    expectRefusal(given, ...bad, message('id'));
    expect((await api.call('/declared')).status).toBe(200);
  });

  it('an integration that takes too long: 504', async () => {
    const answer = await api.call('/slow', { body: '{"sleepMs":1500}' });
    expectRefusal(answer, 504, 'InternalServerErrorException', '{"message":"Endpoint request timed out"}');
    expect((await api.call('/function', { body: '{"sleepMs":200,"answer":"late"}' })).body).toBe('"late"');
  });

  it('a function that is not there, and an answer without a response for it: 500', async () => {
    const failed = [500, 'InternalServerErrorException', '{"message":"Internal server error"}'] as const;
    expectRefusal(await api.call('/gone'), ...failed);
    expectRefusal(await api.call('/unmapped'), ...failed);
  });

  it('a concurrency that is used up: 429', async () => {
    const reserve = (ReservedConcurrentExecutions: number) =>
      fixture.lambda.putFunctionConcurrency({ FunctionName: 'obedient', ReservedConcurrentExecutions });
    await reserve(0);
    const answer = await api.call('/function');
    await fixture.lambda.deleteFunctionConcurrency({ FunctionName: 'obedient' });
    expect([answer.status, answer.body]).toEqual([429, '{"message":"Too Many Requests"}']);
    expect((await api.call('/function')).status).toBe(200);
  });

  it('bodies and headers that are too long: 413', async () => {
    const tooLong = [413, 'BadRequestException', '{"message":"Request Too Long"}'] as const;
    expectRefusal(await api.call('/function', { body: `"${'x'.repeat(6_291_456)}"` }), ...tooLong);
    expectRefusal(await api.call('/open', { headers: { x: 'x'.repeat(10_240) } }), ...tooLong);
    const answer = await api.call('/open', { body: Buffer.alloc(10_485_761) });
    expect([answer.status, answer.body]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
    expect(answer.headers).not.toHaveProperty('x-amz-apigw-id');
    expect((await api.call('/open', { headers: { 'content-type': 'application/json' }, body: 'x' })).status).toBe(200);
  });
});

describe("an API's own gateway responses", () => {
  it('shape the answers of their type, headers and all, once deployed', async () => {
    const { gateway } = fixture;
    const { restApiId } = api;
    await gateway.putGatewayResponse({
      restApiId,
      responseType: 'UNAUTHORIZED',
      statusCode: '418',
      responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
      responseTemplates: {
        'application/json':
          '{"why":$context.error.messageString,"type":"$context.error.responseType","id":"$context.requestId"}',
      },
    });
    await gateway.putGatewayResponse({
      restApiId,
      responseType: 'DEFAULT_4XX',
      responseTemplates: { 'application/json': 'plainly: $context.error.message' },
    });
    expect((await api.call('/guarded')).status).toBe(401);
    await api.deploy();
    const answer = await api.call('/guarded');
    const id = answer.headers['x-amzn-requestid'];
    expect([answer.status, JSON.parse(answer.body)]).toEqual([418, { why: 'Unauthorized', type: 'UNAUTHORIZED', id }]);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const missing = await api.call('/nowhere');
    expect([missing.status, missing.body]).toEqual([403, 'plainly: Missing Authentication Token']);
    for (const responseType of ['UNAUTHORIZED', 'DEFAULT_4XX'] as const) {
      await gateway.deleteGatewayResponse({ restApiId, responseType });
    }
    await api.deploy();
    expect((await api.call('/guarded')).body).toBe('{"message":"Unauthorized"}');
  });

  it('take headers from the request and the stage, the type that is accepted, and what their class has', async () => {
    const { gateway } = fixture;
    const { restApiId } = api;
    await gateway.putGatewayResponse({
      restApiId,
      responseType: 'DEFAULT_4XX',
      statusCode: '444',
      responseParameters: {
        'gatewayresponse.header.x-query': 'method.request.querystring.q',
        'gatewayresponse.header.x-header': 'method.request.header.x-given',
        'gatewayresponse.header.x-path': 'method.request.path.id',
        'gatewayresponse.header.x-stage': 'stageVariables.color',
        'gatewayresponse.header.x-none': 'method.request.header.x-missing',
      },
      responseTemplates: {
        'application/json': '"$stageVariables.color"',
        'application/xml': '<m>$context.stage</m>',
      },
    });
    await api.deploy();
    await gateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [{ op: 'replace', path: '/variables/color', value: 'green' }],
    });
    const { status, headers, body } = await api.call('/nowhere?q=1', { headers: { 'X-Given': 'g' } });
    expect([status, body, headers['content-type']]).toEqual([444, '"green"', 'application/json']);
    expect([headers['x-query'], headers['x-header'], headers['x-stage']]).toEqual(['1', 'g', 'green']);
    expect([headers['x-path'], headers['x-none']]).toEqual([undefined, undefined]);
    const xml = await api.call('/nowhere', { headers: { Accept: 'text/html, application/xml;q=0.9' } });
    expect([xml.body, xml.headers['content-type']]).toEqual(['<m>prod</m>', 'application/xml']);
    const inherited = await gateway.getGatewayResponse({ restApiId, responseType: 'THROTTLED' });
    expect(inherited).toMatchObject({ statusCode: '444', defaultResponse: true });
    const other = await gateway.getGatewayResponse({ restApiId, responseType: 'INTEGRATION_TIMEOUT' });
    expect(other).toMatchObject({ statusCode: '504', defaultResponse: true });
    await gateway.deleteGatewayResponse({ restApiId, responseType: 'DEFAULT_4XX' });
    await api.deploy();
  });
});
