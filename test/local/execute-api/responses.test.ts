import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, type Sketch, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGateway();
});
afterAll(() => fixture?.engine.stop());

const fail = (message: string) => ({ body: JSON.stringify({ fail: message }) });

describe('choosing the integration response', () => {
  let api: TestApi;
  const pattern = (selectionPattern: string): NonNullable<Sketch['responses']>[string] => ({
    integration: { selectionPattern },
  });
  beforeAll(async () => {
    api = await fixture.makeApi({
      '/plain': {},
      '/chosen': {
        responses: {
          200: {},
          400: pattern('(.|\\n)*\\[BadRequest\\](.|\\n)*'),
          404: pattern('.*not found'),
          409: pattern('[0-9]+|taken'),
          502: pattern('.*Task timed out.*'),
        },
      },
      '/all': { responses: { 200: {}, 500: pattern('.*') } },
      '/unreadable': { responses: { 200: {}, 500: pattern('(?<=unbalanced') } },
      '/endless': { responses: { 200: {}, 500: pattern('(a+)+b') } },
      '/no-default': { responses: { 400: pattern('bad.*') } },
      '/undeclared': { responses: { 200: {}, 400: pattern('.*bad.*') } },
    });
  });

  it('hides an error in a 200 where no pattern takes it', async () => {
    const answer = await api.call('/plain', fail('any'));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ errorType: 'Error', errorMessage: 'any', trace: expect.any(Array) });
  });

  it.each([
    ['[BadRequest] x', 400],
    ['one\n[BadRequest]\ntwo', 400],
    ['BadRequest', 200],
    ['it was not found', 404],
    ['it was not found here', 200],
    ['two lines\nnot found', 200],
    ['17', 409],
    ['taken', 409],
    ['17taken', 200],
    ['mistaken', 200],
    ['', 200],
  ])('%j gives %i: a pattern must match the whole message', async (message, status) => {
    const answer = await api.call('/chosen', fail(message));
    expect(answer.status).toBe(status);
    // Without a template the error comes as the function made it.
    expect(JSON.parse(answer.body).errorMessage).toBe(message);
  });

  it('looks at errors only, not at what a success says', async () => {
    expect((await api.call('/chosen', { body: '{"answer":{"errorMessage":"taken"}}' })).status).toBe(200);
  });

  it('lets `.*` take everything, successes too', async () => {
    expect((await api.call('/all', { body: '{"answer":1}' })).status).toBe(500);
    expect((await api.call('/all', fail('x'))).status).toBe(500);
  });

  it('lets a pattern that cannot be read match nothing', async () => {
    expect((await api.call('/unreadable', fail('(?<=unbalanced'))).status).toBe(200);
  });

  it('matches in linear time a pattern that would take for ever by trying again', async () => {
    const startedAt = performance.now();
    expect((await api.call('/endless', fail('a'.repeat(50)))).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await api.call('/chosen', fail('x'.repeat(4_000_000)))).status).toBe(200);
  });

  it('answers 500 where nothing fits and there is no default', async () => {
    expect((await api.call('/no-default', fail('bad one'))).status).toBe(400);
    const answer = await api.call('/no-default', { body: '{}' });
    expect([answer.status, answer.body]).toEqual([500, '{"message":"Internal server error"}']);
  });

  it('sees a function that runs out of time as an error with a message', async () => {
    await fixture.lambda.updateFunctionConfiguration({ FunctionName: 'obedient', Timeout: 1 });
    const answer = await api.call('/chosen', { body: '{"sleepMs":5000}' });
    await fixture.lambda.updateFunctionConfiguration({ FunctionName: 'obedient', Timeout: 3 });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body).errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
  });

  it('answers 500 where the method no longer has the response', async () => {
    const { restApiId, resources } = api;
    const address = { restApiId, resourceId: resources['/undeclared'], httpMethod: 'POST' };
    await fixture.gateway.deleteMethodResponse({ ...address, statusCode: '400' });
    await api.deploy();
    expect((await api.call('/undeclared', fail('bad'))).status).toBe(500);
    expect((await api.call('/undeclared')).status).toBe(200);
  });
});

describe('shaping the answer', () => {
  it('maps the body by the response template, its type from the key', async () => {
    const api = await fixture.makeApi({
      '/mapped': {
        responses: {
          200: { integration: { responseTemplates: { 'text/xml': "<id>$input.path('$.answered')</id>" } } },
          400: {
            integration: {
              selectionPattern: 'bad.*',
              responseTemplates: {
                'application/json': '{"message":$input.json("$.errorMessage"),"request":"$context.requestId"}',
              },
            },
          },
        },
      },
    });
    const good = await api.call('/mapped', { body: '{"answer":{"answered":42}}' });
    expect([good.headers['content-type'], good.body]).toEqual(['text/xml', '<id>42</id>']);
    const bad = await api.call('/mapped', fail('bad "one"'));
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.body)).toEqual({ message: 'bad "one"', request: bad.headers['x-amzn-requestid'] });
  });

  it('sets headers to literals and to members of the answer', async () => {
    const name = (header: string) => `method.response.header.${header}`;
    const declared = ['X-Literal', 'X-Member', 'X-Deep', 'X-Absent', 'X-Object'].map((header) => [name(header), true]);
    const api = await fixture.makeApi({
      '/headers': {
        responses: {
          200: {
            method: { responseParameters: Object.fromEntries(declared) },
            integration: {
              responseParameters: {
                [name('X-Literal')]: "'it is *'",
                [name('X-Member')]: 'integration.response.body.a',
                [name('X-Deep')]: 'integration.response.body.b.c',
                [name('X-Object')]: 'integration.response.body.b',
                [name('X-Absent')]: 'integration.response.body.absent',
              },
            },
          },
        },
      },
    });
    const { headers } = await api.call('/headers', { body: '{"answer":{"a":"one","b":{"c":2}}}' });
    expect(headers).toMatchObject({ 'x-literal': 'it is *', 'x-member': 'one', 'x-deep': '2', 'x-object': '{"c":2}' });
    expect(headers).not.toHaveProperty('x-absent');
    const wild = await api.call('/headers', {
      body: JSON.stringify({ answer: { a: 'á 💥\r\nx-evil: 1', b: '\u0000' } }),
    });
    expect(wild.status).toBe(200);
    expect(wild.headers).not.toHaveProperty('x-evil');
    expect((await api.call('/headers')).status).toBe(200);
  });

  it('sets headers to what is known of the request, the stage and the answer, and renames its own', async () => {
    const name = (header: string) => `method.response.header.${header}`;
    const sources: Record<string, string> = {
      'X-Request': 'context.requestId',
      'X-Caller': 'context.identity.sourceIp',
      'X-Stage': 'context.stage',
      'X-Table': 'stageVariables.table',
      'X-Type': 'integration.response.header.Content-Type',
      'X-Error': 'integration.response.header.X-Amz-Function-Error',
      Date: "'then'",
      Server: "'mine'",
      Authorization: "'secret'",
      'x-amzn-RequestId': "'own'",
    };
    const named = Object.entries(sources).map(([header, source]) => [name(header), source]);
    const api = await fixture.makeApi({
      '/known': {
        responses: {
          200: {
            method: { responseParameters: Object.fromEntries(named.map(([header]) => [header, true])) },
            integration: { responseParameters: Object.fromEntries(named) },
          },
        },
      },
    });
    await fixture.gateway.updateStage({
      restApiId: api.restApiId,
      stageName: 'prod',
      patchOperations: [{ op: 'replace', path: '/variables/table', value: 'items' }],
    });
    const { headers } = await api.call('/known', { body: '{"answer":1}' });
    expect(headers).toMatchObject({
      'x-request': headers['x-amzn-requestid'],
      'x-caller': '127.0.0.1',
      'x-stage': 'prod',
      'x-table': 'items',
      'x-type': 'application/json',
      'x-amzn-remapped-date': 'then',
      'x-amzn-remapped-server': 'mine',
      'x-amzn-remapped-authorization': 'secret',
      'x-amzn-remapped-x-amzn-requestid': 'own',
    });
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    for (const absent of ['x-error', 'server', 'authorization']) expect(headers).not.toHaveProperty(absent);
    expect((await api.call('/known', fail('bad'))).headers['x-error']).toBe('Unhandled');
  });

  it('refuses a header that the method does not declare', async () => {
    const api = await fixture.makeApi({ '/x': {} });
    const address = { restApiId: api.restApiId, resourceId: api.resources['/x'], httpMethod: 'POST' };
    const put = (statusCode: string, responseParameters: Record<string, string>) =>
      refusal(fixture.gateway.putIntegrationResponse({ ...address, statusCode, responseParameters }));
    expect(await put('200', { 'method.response.header.X': "'1'" })).toMatchObject({
      name: 'BadRequestException',
      message:
        'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.response.header.X]',
    });
  });

  it('carries ids and the trace, as the function saw it', async () => {
    const api = await fixture.makeApi({ '/x': {} });
    const { headers } = await api.call('/x');
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-amz-apigw-id']).toMatch(/=$/);
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/);
    expect(headers).not.toHaveProperty('x-amzn-errortype');
    const root = 'Root=1-5f84c7a5-e7f2c2e8b7d9d8f1a2b3c4d5';
    const given = await api.call('/x', { headers: { 'X-Amzn-Trace-Id': root } });
    expect(given.headers['x-amzn-trace-id']).toContain(root);
  });
});

describe('the permission to invoke', () => {
  const gone = { status: 500, body: '{"message":"Internal server error"}' };

  it('must be there, and reach this API, stage, verb and path', async () => {
    const { gateway, lambda, uriOf } = fixture;
    const uri = uriOf(await fixture.createFunction('guarded', { permitted: false }));
    const api = await fixture.makeApi({ '/a/b': { integration: { uri } } });
    const prefix = `arn:aws:execute-api:us-east-1:${fixture.engine.engine.accountId}`;
    const grant = async (SourceArn: string | undefined, Principal = 'apigateway.amazonaws.com') => {
      const address = { FunctionName: 'guarded', StatementId: 'one' };
      await lambda.addPermission({
        ...address,
        Action: 'lambda:InvokeFunction',
        Principal,
        ...(SourceArn && { SourceArn }),
      });
      const answer = await api.call('/a/b');
      await lambda.removePermission(address);
      return answer.status;
    };
    expect(await api.call('/a/b')).toMatchObject(gone);
    const narrow = [
      `${prefix}:${api.restApiId}/*/GET/a/b`,
      `${prefix}:${api.restApiId}/*/POST/a`,
      `${prefix}:${api.restApiId}/beta/POST/a/b`,
      `${prefix}:abcdefghij/*/POST/a/b`,
      `${prefix.replace('us-east-1', 'eu-west-1')}:${api.restApiId}/*/*/*`,
    ];
    for (const arn of narrow) expect([arn, await grant(arn)]).toEqual([arn, 500]);
    expect(await grant(undefined, 's3.amazonaws.com')).toBe(500);
    expect(await grant(undefined, fixture.engine.engine.accountId)).toBe(500);
    for (const arn of [`${prefix}:${api.restApiId}/*/POST/a/b`, `${prefix}:${api.restApiId}/prod/*/*`, undefined]) {
      expect([arn, await grant(arn)]).toEqual([arn, 200]);
    }
    expect(await api.call('/a/b')).toMatchObject(gone);
    const { log } = await gateway.testInvokeMethod({
      restApiId: api.restApiId,
      resourceId: api.resources['/a/b'],
      httpMethod: 'POST',
    });
    expect(log).toContain('Execution failed due to configuration error: Invalid permissions on Lambda function');
  });

  it('is of no use where the function is not invoked by POST', async () => {
    const api = await fixture.makeApi({ '/x': { integration: { integrationHttpMethod: 'GET' } } });
    expect(await api.call('/x')).toMatchObject(gone);
  });
});
