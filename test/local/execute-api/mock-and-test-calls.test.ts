import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, type Sketch, startGateway } from './api-fixture.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGateway();
});
afterAll(() => fixture?.engine.stop());

const mock = (template: string, responses: NonNullable<Sketch['responses']> = { 200: {} }): Sketch => ({
  integration: { type: 'MOCK', requestTemplates: { 'application/json': template } },
  responses,
});

describe('MOCK integrations', () => {
  it('answer by the status that the request template gives', async () => {
    const api = await fixture.makeApi({
      '/chosen': mock(`{"statusCode": #if($input.params('fail') == 'yes') 503 #else 200 #end}`, {
        200: { integration: { responseTemplates: { 'application/json': '{"ok":true}' } } },
        503: {
          integration: { selectionPattern: '5\\d\\d', responseTemplates: { 'application/json': '{"ok":false}' } },
        },
      }),
      '/lenient': mock('{statusCode: 200}'),
      '/none': mock('{"status": 200}'),
      '/selected': mock('{"statusCode":200}', { 204: { integration: { selectionPattern: '200' } } }),
    });
    expect(await api.call('/chosen')).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(await api.call('/chosen?fail=yes')).toMatchObject({ status: 503, body: '{"ok":false}' });
    const lenient = await api.call('/lenient');
    expect(lenient).toMatchObject({ status: 200, body: '' });
    expect(lenient.headers).not.toHaveProperty('x-amzn-trace-id');
    expect((await api.call('/none')).status).toBe(500);
    expect((await api.call('/selected')).status).toBe(204);
  });

  it('answer a preflight request with its headers', async () => {
    const names = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Methods', 'Content-Type'];
    const values = ["'*'", "'POST,OPTIONS'", "'text/plain'"];
    const at = (index: number) => `method.response.header.${names[index]}`;
    const api = await fixture.makeApi({
      '/cors': {
        verb: 'OPTIONS',
        ...mock('{"statusCode":200}', {
          200: {
            method: { responseParameters: Object.fromEntries(names.map((_name, index) => [at(index), false])) },
            integration: { responseParameters: Object.fromEntries(values.map((value, index) => [at(index), value])) },
          },
        }),
      },
    });
    const { status, headers } = await api.call('/cors', {
      method: 'OPTIONS',
      headers: { origin: 'https://example.com' },
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST,OPTIONS',
      'content-type': 'text/plain',
    });
  });
});

describe('test-invoke-method', () => {
  it('runs a method that is not deployed, past its authorizer', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/old': {} });
    const template = `{"answer":{"id":"$input.params('id')","q":"$input.params('q')","h":"$input.params('X-Mine')","v":"$stageVariables.v","body":$input.json('$')}}`;
    await api.add('/new/{id}', { integration: { requestTemplates: { 'application/json': template } } });
    const address = { restApiId: api.restApiId, resourceId: api.resources['/new/{id}'], httpMethod: 'POST' };
    const answer = await gateway.testInvokeMethod({
      ...address,
      pathWithQueryString: '/new/7?q=a%20b?c=d?',
      headers: { 'X-Mine': 'h', 'content-type': 'application/json; charset=utf-8' },
      stageVariables: { v: 'var' },
      body: '{"a":1}',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body ?? '')).toEqual({ id: '7', q: 'a b?c=d?', h: 'h', v: 'var', body: { a: 1 } });
    expect(answer.headers).toMatchObject({ 'Content-Type': 'application/json' });
    expect(answer.multiValueHeaders?.['Content-Type']).toEqual(['application/json']);
    expect(answer.latency).toBeGreaterThanOrEqual(0);
    expect(answer.log).toMatch(/^Execution log for request|: Execution log for request/);
    expect(answer.log).toContain('Method completed with status: 200');
    expect((await api.call('/new/7')).status).toBe(403);
  });

  it('tells of what fails', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/unmapped': { responses: {} }, '/bad': mock('#foreach(') });
    const test = (path: string, body = '{}') =>
      gateway.testInvokeMethod({
        restApiId: api.restApiId,
        resourceId: api.resources[path],
        httpMethod: 'POST',
        body,
      });
    for (const path of ['/unmapped', '/bad']) {
      const { status, log } = await test(path);
      expect([path, status]).toEqual([path, 500]);
      expect(log).toContain('Execution failed due to configuration error');
      expect(log).not.toContain('Successfully completed execution');
    }
    expect((await test('/unmapped', '{')).status).toBe(400);
    const nowhere = { restApiId: api.restApiId, resourceId: api.resources['/bad'], httpMethod: 'GET' };
    expect(await refusal(gateway.testInvokeMethod(nowhere))).toEqual({
      name: 'NotFoundException',
      message: 'Invalid Method identifier specified',
      status: 404,
    });
  });

  // As AWS's own course and others' notes of it show (2021).
  it('validates requests', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/plain': mock('{"statusCode":200}') });
    const { restApiId } = api;
    const schema = JSON.stringify({ type: 'object', required: ['NoteId'] });
    await gateway.createModel({ restApiId, name: 'NoteModel', contentType: 'application/json', schema });
    const { id = '' } = await gateway.createRequestValidator({
      restApiId,
      name: 'both',
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    await api.add('/notes', {
      ...mock('{"statusCode":200}'),
      method: {
        requestValidatorId: id,
        requestModels: { 'application/json': 'NoteModel' },
        requestParameters: { 'method.request.querystring.page': true },
      },
    });
    const test = (body: string, query = '?page=1') =>
      gateway.testInvokeMethod({
        restApiId,
        resourceId: api.resources['/notes'],
        httpMethod: 'POST',
        pathWithQueryString: `/notes${query}`,
        body,
      });
    const mismatch = 'Request body does not match model schema for content type application/json: ';
    for (const [body, fault] of [
      ['', '[Unknown error parsing request body]'],
      ['{"id":3}', '[object has missing required properties (["NoteId"])]'],
    ] as const) {
      const answer = await test(body);
      expect([answer.status, answer.body]).toEqual([400, '{"message":"Invalid request body"}']);
      expect(answer.headers).toEqual({ 'x-amzn-ErrorType': 'BadRequestException' });
      expect(answer.log).toContain(`: ${mismatch}${fault}\n`);
      expect(answer.log).toMatch(/Method completed with status: 400\n$/);
      expect(answer.log).not.toContain('Successfully');
    }
    const missing = await test('{"NoteId":1}', '');
    expect([missing.status, missing.body]).toEqual([400, '{"message":"Missing required request parameters: [page]"}']);
    expect((await test('{"NoteId":1}')).status).toBe(200);
  });
});

describe('overrides of the answer', () => {
  it('by the request template, seen by the response template', async () => {
    const set = '#set($context.responseOverride.status = 444)#set($context.responseOverride.header.X-Kind = "tea")';
    const api = await fixture.makeApi({
      '/seen': mock(`${set}{"statusCode":200}`, {
        200: {
          integration: {
            responseTemplates: {
              'application/json':
                '#set($context.responseOverride.header["Content-Type"] = "text/tea")$context.responseOverride.status $context.responseOverride.header.X-Kind',
            },
          },
        },
      }),
      '/nonsense': mock('#set($context.responseOverride.status = "many"){"statusCode":200}'),
    });
    const { status, body, headers } = await api.call('/seen');
    expect({ status, body }).toEqual({ status: 444, body: '444 tea' });
    expect(headers).toMatchObject({ 'x-kind': 'tea', 'content-type': 'text/tea' });
    expect((await api.call('/nonsense')).status).toBe(200);
  });
});

it('the answer has the media type that the caller accepts, or the first', async () => {
  const responseTemplates = { 'application/json': '{"kind":"json"}', 'text/plain': 'kind: text' };
  const api = await fixture.makeApi({
    '/kinds': mock('{"statusCode":200}', { 200: { integration: { responseTemplates } } }),
  });
  for (const [accept, type, body] of [
    ['text/html, text/plain;q=0.9', 'text/plain', 'kind: text'],
    ['application/json', 'application/json', '{"kind":"json"}'],
    ['image/png', 'application/json', '{"kind":"json"}'],
    ['TEXT/Plain', 'text/plain', 'kind: text'],
    ['application/json, text/plain', 'application/json', '{"kind":"json"}'],
    ['*/*', 'application/json', '{"kind":"json"}'],
  ] as const) {
    const answer = await api.call('/kinds', { headers: { accept } });
    expect([answer.headers['content-type'], answer.body]).toEqual([type, body]);
  }
});

it('a template that is empty leaves the answer as it is, where others are not', async () => {
  const responseTemplates = { 'application/json': '', 'text/csv': "a\n$input.path('$.a')", 'text/plain': '' };
  const api = await fixture.makeApi({ '/csv': { responses: { 200: { integration: { responseTemplates } } } } });
  const body = '{"answer":{"a":1.50}}';
  for (const [accept, type, answered] of [
    [undefined, 'application/json', '{"a":1.5}'],
    ['application/json', 'application/json', '{"a":1.5}'],
    ['text/plain', 'text/plain', '{"a":1.5}'],
    ['application/pdf', 'application/json', '{"a":1.5}'],
    ['text/csv', 'text/csv', 'a\n1.5'],
  ] as const) {
    const answer = await api.call('/csv', { body, ...(accept && { headers: { accept } }) });
    expect([accept, answer.headers['content-type'], answer.body]).toEqual([accept, type, answered]);
  }
});

it("a gateway response's template knows the request", async () => {
  const api = await fixture.makeApi({ '/known': mock('{"statusCode":200}') });
  await fixture.gateway.putGatewayResponse({
    restApiId: api.restApiId,
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
    responseParameters: { 'gatewayresponse.header.X-Stage': 'context.stage' },
    responseTemplates: {
      'application/json':
        '{"path":"$context.path","stage":"$context.stage","type":"$context.error.responseType","why":"$context.error.validationErrorString","what":$context.error.messageString}',
    },
  });
  await api.deploy();
  const answer = await api.call('/unknown');
  expect(JSON.parse(answer.body)).toEqual({
    path: '/prod/unknown',
    stage: 'prod',
    type: 'MISSING_AUTHENTICATION_TOKEN',
    why: '',
    what: 'Missing Authentication Token',
  });
  expect(answer.headers['x-stage']).toBe('prod');
});
