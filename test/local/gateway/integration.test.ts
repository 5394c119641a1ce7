import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApi } from './api-fixture.ts';

let api: ApiFixture;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('what reaches the function', () => {
  it.each([
    ['a JSON body', json, '{"a":1}', { a: 1 }],
    ['a body that plain curl calls a form', form, '{"a":1}', { a: 1 }],
    ['a body without a type', {}, '{"a":1}', { a: 1 }],
    ['no body', json, '', {}],
    ['a number of 38 digits', json, '[12345678901234567890123456789012345678]', expect.anything()],
  ])('%s', async (_what, headers, body, got) => {
    const { send } = await api.deploy();
    const answer = await send({ headers, body });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ got });
  });

  it('a body that is no JSON is a client error, and the function is not run', async () => {
    const { send } = await api.deploy();
    const answer = await send({ headers: json, body: '{"a":' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ message: expect.stringMatching(/^Could not parse request body/) });
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[\w-]{36}$/);
  });

  it.each([
    ['WHEN_NO_MATCH', {}, form, 200],
    ['WHEN_NO_MATCH', { 'application/json': '{}' }, form, 200],
    ['WHEN_NO_TEMPLATES', {}, form, 200],
    ['WHEN_NO_TEMPLATES', { 'application/json': '{}' }, form, 415],
    ['NEVER', {}, json, 415],
    ['NEVER', { 'application/json': '{"templated":true}' }, json, 200],
    ['NEVER', { 'application/json': '{}' }, form, 415],
  ])(
    'passthrough %s with templates %j and a body of %j: %i',
    async (passthroughBehavior, templates, headers, status) => {
      const { send } = await api.deploy({ integration: { passthroughBehavior, requestTemplates: templates } });
      const answer = await send({ headers, body: '{"a":1}' });
      expect(answer.status).toBe(status);
      if (status === 415) {
        expect(JSON.parse(answer.body)).toEqual({ message: 'Unsupported Media Type' });
        expect(answer.headers['x-amzn-errortype']).toBe('BadRequestException');
      }
    },
  );

  it('what a template makes of the request', async () => {
    const template = `{
      "all": $input.json('$'),
      "member": $input.json('$.a.b'),
      "path": "$input.path('$.text')",
      "escaped": "$util.escapeJavaScript($input.path('$.quoted'))",
      "query": "$input.params('q')",
      "header": "$input.params().header.get('X-One')",
      "verb": "$context.httpMethod $context.resourcePath $context.stage",
      "list": [#foreach($item in $input.path('$.list'))"$item"#if($foreach.hasNext),#end#end]
    }`;
    const { send } = await api.deploy({ integration: { requestTemplates: { 'application/json': template } } });
    const sent = { a: { b: [1, null] }, text: 'plain', quoted: 'say "it"\n', list: ['x', 'y'] };
    const answer = await send({
      path: '/thing?q=asked',
      headers: { ...json, 'X-One': 'one' },
      body: JSON.stringify(sent),
    });
    expect(JSON.parse(answer.body)).toEqual({
      got: {
        all: sent,
        member: [1, null],
        path: 'plain',
        escaped: 'say "it"\n',
        query: 'asked',
        header: 'one',
        verb: 'POST /thing prod',
        list: ['x', 'y'],
      },
    });
  });
});

describe('what comes back', () => {
  const answers = {
    200: {},
    400: {
      pattern: '^\\[BadRequest\\][\\s\\S]*',
      templates: { 'application/json': '{"message": $input.json(\'$.errorMessage\')}' },
    },
    500: { pattern: '^(?!\\[BadRequest\\])[\\s\\S]+' },
  };

  it('a function that throws is 200 where nothing chooses its message', async () => {
    const { send } = await api.deploy();
    const answer = await send({ body: '{"fail":"broken"}' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ errorType: 'Error', errorMessage: 'broken' });
  });

  it.each([
    ['{"fail":"[BadRequest] no\\nsuch thing"}', 400, { message: '[BadRequest] no\nsuch thing' }],
    ['{"fail":"it broke"}', 500, { errorType: 'Error', errorMessage: 'it broke', trace: expect.any(Array) }],
    ['{"fine":1}', 200, { got: { fine: 1 } }],
    // Looks like a failure, and is none: only what was thrown is matched.
    ['{"answer":{"errorMessage":"[BadRequest] not really"}}', 200, { errorMessage: '[BadRequest] not really' }],
  ])('%s by its pattern: %i', async (body, status, expected) => {
    const { send } = await api.deploy({ answers });
    const answer = await send({ body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual(expected);
  });

  it('`.*` takes a success too, as it has no message', async () => {
    const { send } = await api.deploy({ answers: { 200: {}, 418: { pattern: '.*' } } });
    expect((await send({ body: '{}' })).status).toBe(418);
  });

  it('500 where no response fits, or the method does not declare it', async () => {
    const none = await api.deploy({ answers: { 400: { pattern: 'never' } } });
    const undeclared = await api.deploy({ answers: { 200: {} }, undeclared: ['200'] });
    for (const { send } of [none, undeclared]) {
      const answer = await send({ body: '{}' });
      expect(answer.status).toBe(500);
      expect(JSON.parse(answer.body)).toEqual({ message: 'Internal server error' });
      expect(answer.headers['x-amzn-errortype']).toBe('InternalServerErrorException');
    }
  });

  it('headers from literals and from the body, without a way to smuggle one in', async () => {
    const headers = { 'X-Literal': "'fixed'", 'X-Member': 'integration.response.body.member' };
    const { send } = await api.deploy({ answers: { 200: { headers } } });
    const answer = await send({ body: '{"answer":{"member":"a\\r\\nX-Smuggled: yes"}}' });
    expect(answer.headers).toMatchObject({ 'x-literal': 'fixed', 'x-member': 'a  X-Smuggled: yes' });
    expect(answer.headers['x-smuggled']).toBeUndefined();
  });

  it('ids, and the trace header', async () => {
    const { send } = await api.deploy();
    const { headers } = await send({ body: '{}' });
    expect(headers['x-amzn-requestid']).toMatch(/^[\w-]{36}$/);
    expect(headers['x-amz-apigw-id']).toMatch(/^.{15}=$/);
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}/);
  });

  it('504 when the function takes longer than the integration may', async () => {
    const { send } = await api.deploy({ integration: { timeoutInMillis: 200 } });
    const answer = await send({ body: '{"waitMs":3000}' });
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Endpoint request timed out' });
  });

  it('413 for a body that Lambda would not take, and plain text for one that the gateway would not', async () => {
    const { send } = await api.deploy();
    const lambda = await send({ body: JSON.stringify('x'.repeat(6_500_000)) });
    expect([lambda.status, JSON.parse(lambda.body)]).toEqual([413, { message: 'Request Too Long' }]);
    const gateway = await send({ body: JSON.stringify('x'.repeat(10_600_000)) });
    expect([gateway.status, gateway.body]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
  });
});

describe('other integrations', () => {
  describe('AWS_PROXY', () => {
    const proxy = { integration: { type: 'AWS_PROXY' }, httpMethod: 'ANY', pathPart: '{rest+}' } as const;
    const asking = (wish: unknown) => JSON.stringify({ proxy: wish });

    it('gives the function the whole request, and the caller its whole answer', async () => {
      const { send } = await api.deploy(proxy);
      const wish = { statusCode: 418, headers: { 'X-Mine': 'a' }, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } };
      const body = asking(wish);
      const answer = await send({ method: 'PUT', path: '/a/b?x=1&x=2', headers: { 'X-One': 'one' }, body });
      expect(answer.status).toBe(418);
      expect(answer.headers).toMatchObject({ 'x-mine': 'a', 'set-cookie': ['a=1', 'b=2'] });
      expect(JSON.parse(answer.body)).toMatchObject({
        resource: '/{rest+}',
        path: '/a/b',
        httpMethod: 'PUT',
        pathParameters: { rest: 'a/b' },
        queryStringParameters: { x: '2' },
        multiValueQueryStringParameters: { x: ['1', '2'] },
        headers: { 'X-One': 'one' },
        requestContext: { stage: 'prod', resourcePath: '/{rest+}' },
        body,
        isBase64Encoded: false,
      });
    });

    it.each([
      ['no object', 'plain'],
      ['a status that is none', { statusCode: 'fine' }],
      ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ])('answers 502 to %s', async (_what, wish) => {
      const { send } = await api.deploy(proxy);
      const answer = await send({ method: 'POST', path: '/a', body: asking(wish) });
      expect([answer.status, JSON.parse(answer.body)]).toEqual([502, { message: 'Internal server error' }]);
    });
  });

  it('MOCK: the status that its template says', async () => {
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    const templates = { 'application/json': '{"mocked": true}' };
    const { send } = await api.deploy({
      integration: { type: 'MOCK', requestTemplates },
      answers: { 200: { templates } },
    });
    const answer = await send({ headers: json, body: '{}' });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { mocked: true }]);
  });
});
