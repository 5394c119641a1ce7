import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let api: TestApi;

beforeAll(async () => {
  fixture = await startGateway();
  const proxy = { integration: { type: 'AWS_PROXY' }, responses: {} } as const;
  api = await fixture.makeApi({
    '/proxy': proxy,
    '/things/{id}': { ...proxy, verb: 'ANY' },
    '/greedy/{proxy+}': proxy,
    '/slow': { ...proxy, integration: { ...proxy.integration, timeoutInMillis: 100 } },
  });
});
afterAll(() => fixture?.engine.stop());

const answering = (answer: unknown) => api.call('/proxy', { body: JSON.stringify({ answer }) });
const gone = { status: 502, body: '{"message":"Internal server error"}' };

describe('the event of a proxy integration', () => {
  it('is the request in format 1.0', async () => {
    const body = '{"proxy":true}';
    const answer = await api.call('/things/7?a=1&a=2&b=c%20d', {
      method: 'PUT',
      headers: { 'X-Mine': ['one', 'two'], 'User-Agent': 'test/1' },
      body,
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      resource: '/things/{id}',
      path: '/things/7',
      httpMethod: 'PUT',
      headers: { 'X-Mine': 'two', 'User-Agent': 'test/1' },
      multiValueHeaders: { 'X-Mine': ['one', 'two'] },
      queryStringParameters: { a: '2', b: 'c d' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['c d'] },
      pathParameters: { id: '7' },
      stageVariables: null,
      body,
      isBase64Encoded: false,
      requestContext: {
        apiId: api.restApiId,
        stage: 'prod',
        httpMethod: 'PUT',
        resourcePath: '/things/{id}',
        path: '/prod/things/7',
        requestId: answer.headers['x-amzn-requestid'],
        identity: { sourceIp: '127.0.0.1', userAgent: 'test/1' },
      },
    });
  });

  /** Recorded: localstack test_lambda_aws_proxy_integration. */
  it('has the members that AWS recorded', async () => {
    const { body } = await api.call('/things/7', {
      headers: { 'x-forwarded-for': '10.0.0.1' },
      body: '{"proxy":true}',
    });
    const { requestContext, headers, multiValueHeaders } = JSON.parse(body);
    expect(Object.keys(requestContext).sort()).toEqual([
      'accountId',
      'apiId',
      'deploymentId',
      'domainName',
      'domainPrefix',
      'extendedRequestId',
      'httpMethod',
      'identity',
      'path',
      'protocol',
      'requestId',
      'requestTime',
      'requestTimeEpoch',
      'resourceId',
      'resourcePath',
      'stage',
    ]);
    expect(requestContext).toMatchObject({
      domainName: `${api.restApiId}.execute-api.us-east-1.amazonaws.com`,
      domainPrefix: api.restApiId,
      protocol: 'HTTP/1.1',
      resourceId: api.resources['/things/{id}'],
      identity: { user: null, userArn: null, cognitoIdentityId: null, principalOrgId: null, userAgent: null },
    });
    expect(requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Math.abs(requestContext.requestTimeEpoch - Date.now())).toBeLessThan(60_000);
    expect(headers).toMatchObject({
      'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
    });
    expect(headers['X-Amzn-Trace-Id']).toMatch(/^Root=1-/);
    expect(Object.keys(multiValueHeaders)).not.toContain('content-length');
  });

  it.each([
    ['/greedy/a//b/', '/greedy/a//b/', 'a//b'],
    ['//greedy/a', '/greedy/a', 'a'],
    ['/greedy/x%2By@z', '/greedy/x%2By@z', 'x%2By@z'],
  ])('keeps the slashes of %s', async (called, path, proxy) => {
    const { body } = await api.call(called, { body: '{"proxy":true}' });
    expect(JSON.parse(body)).toMatchObject({
      path,
      pathParameters: { proxy },
      requestContext: { path: `/prod${called}` },
    });
  });

  it('says null for what is not there', async () => {
    const uri = fixture.uriOf(
      await fixture.createFunction('telling', {
        source: 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });',
      }),
    );
    const bare = await fixture.makeApi({ '/bare': { verb: 'GET', integration: { type: 'AWS_PROXY', uri } } });
    expect(JSON.parse((await bare.call('/bare', { method: 'GET' })).body)).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
  });
});

describe('the answer of a proxy integration', () => {
  it('is status, headers and body as the function says', async () => {
    const answer = await answering({
      statusCode: 201,
      headers: { 'X-One': 1, 'Content-Type': 'text/plain', 'Content-Length': '9999', Connection: 'close' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'x-one': ['list'] },
      body: 'hello',
    });
    expect([answer.status, answer.body]).toEqual([201, 'hello']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
      'x-one': 'list, 1',
      'x-amzn-remapped-content-length': '9999',
      'x-amzn-remapped-connection': 'close',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(answer.headers['x-amzn-trace-id']).toMatch(/^Root=1-/);
  });

  it.each([
    ['one of each', { 'X-A': '1' }, { 'X-A': ['2'] }, '2, 1'],
    ['the same value once', { 'X-A': '2' }, { 'X-A': ['1', '2'] }, '1, 2'],
    ['names in another case', { 'x-a': '3' }, { 'X-A': ['1', '2'] }, '1, 2, 3'],
    ['lists alone', undefined, { 'X-A': ['1', '2'] }, '1, 2'],
    ['an empty list', { 'X-A': '1' }, { 'X-A': [] }, '1'],
  ])('joins headers and lists of them: %s', async (_what, headers, multiValueHeaders, expected) => {
    const answer = await answering({ statusCode: 200, headers, multiValueHeaders, body: '' });
    expect([answer.status, answer.headers['x-a']]).toEqual([200, expected]);
  });

  it('may be nothing but a status', async () => {
    const bare = await answering({ statusCode: '204' });
    expect([bare.status, bare.body]).toEqual([204, '']);
    const silent = await answering({ headers: { a: 'b' } });
    expect([silent.status, silent.headers.a]).toEqual([200, 'b']);
    expect(await answering({ statusCode: '+0404' })).toMatchObject({ status: 404 });
    const plain = await answering({ statusCode: 200, headers: null, body: null });
    expect([plain.status, plain.body, plain.headers['content-type']]).toEqual([200, '', 'application/json']);
  });

  it('is binary only where the API says so', async () => {
    const image = 'image/png';
    const headers = { 'content-type': image, accept: image };
    const body = Buffer.from([0xff, 0xd8, 0]);
    const uri = fixture.uriOf(
      await fixture.createFunction('mirror', {
        source: `exports.handler = async ({ body, isBase64Encoded }) => ({
          statusCode: 200, headers: { 'x-was': String(isBase64Encoded) }, body: 'aGk=', isBase64Encoded: body === '/9gA' });`,
      }),
    );
    const mirror = await fixture.makeApi({ '/x': { integration: { type: 'AWS_PROXY', uri }, responses: {} } });
    expect((await mirror.call('/x', { headers, body })).headers['x-was']).toBe('false');
    await fixture.gateway.updateRestApi({
      restApiId: mirror.restApiId,
      patchOperations: [{ op: 'add', path: '/binaryMediaTypes/image~1png' }],
    });
    await mirror.deploy();
    const answer = await mirror.call('/x', { headers, body });
    expect([answer.headers['x-was'], answer.body]).toEqual(['true', 'hi']);
    expect((await mirror.call('/x', { headers: { ...headers, accept: '*/*' }, body })).body).toBe('aGk=');
  });

  it.each([
    ['a text', 'hello'],
    ['null', null],
    ['a list', [1]],
    ['nothing', {}],
    ['a member that is unknown', { statusCode: 200, body: 'x', cookies: [] }],
    ['a member spelt otherwise', { statusCode: 200, body: 'x', base64Encoded: false }],
    ['a member of a load balancer', { statusCode: 200, statusDescription: '200 OK' }],
    ['a null that nobody knows', { statusCode: 200, other: null }],
    ['a status that is none', { statusCode: 'fine' }],
    ...[
      '',
      ' 200 ',
      '0xc8',
      '2e2',
      '0b11001000',
      '0o310',
      '200.0',
      '2_00',
      true,
      null,
      [200],
      { valueOf: 200 },
      200.5,
    ].map((statusCode): [string, object] => [`the status ${JSON.stringify(statusCode)}`, { statusCode }]),
    ['a status out of range', { statusCode: 99 }],
    ['a status that ends no request', { statusCode: 101 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are a text', { statusCode: 200, headers: 'a: b' }],
    ['headers that are a list', { statusCode: 200, headers: ['a'] }],
    ['lists of headers that are none', { statusCode: 200, multiValueHeaders: { a: 'b' } }],
    ['a header that is an object', { statusCode: 200, headers: { a: { toString: 1 } } }],
    ['a header that is a list', { statusCode: 200, headers: { a: ['b'] } }],
    ['a list of headers that are lists', { statusCode: 200, multiValueHeaders: { a: [['b']] } }],
    ['a header name that is none', { statusCode: 200, headers: { 'a b': '1' } }],
    ['a header that would be two', { statusCode: 200, headers: { a: '1\r\nb: 2' } }],
  ])('%s is malformed: 502', async (_name, answer) => {
    expect(await answering(answer)).toMatchObject(gone);
  });

  // Each header was once compared with each of the lists, which took a minute.
  it('with as many headers as there is room for is read in time', async () => {
    const many = Array.from({ length: 60_000 }, (_, at) => `h${at}`);
    const headers = { ...Object.fromEntries(many.map((name) => [name, '1'])), 'a b': 'malformed' };
    expect(await answering({ statusCode: 200, headers, multiValueHeaders: { a: many } })).toMatchObject(gone);
  }, 10_000);

  it('is cleaned of what a header cannot carry', async () => {
    const answer = await answering({ statusCode: 200, headers: { a: 'é💥x' }, body: 'ok' });
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
  });

  it('of a function that fails is 502, of one that is too slow 504', async () => {
    expect(await api.call('/proxy', { body: '{"fail":"x"}' })).toMatchObject(gone);
    expect((await api.call('/proxy', { body: 'not for the handler' })).status).toBe(502);
    expect(await api.call('/slow', { body: '{"sleepMs":1000}' })).toMatchObject({
      status: 504,
      body: '{"message":"Endpoint request timed out"}',
    });
  });
});

describe('stage variables', () => {
  it('name the function, and reach it', async () => {
    const uri = fixture.uriOf(fixture.functionArn.replace('obedient', `\${stageVariables.which}`));
    const named = await fixture.makeApi({ '/x': { integration: { type: 'AWS_PROXY', uri } } });
    const set = (value: string) =>
      fixture.gateway.updateStage({
        restApiId: named.restApiId,
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/variables/which', value }],
      });
    expect((await named.call('/x')).status).toBe(500);
    await set('obedient');
    const answer = await named.call('/x', { body: '{"proxy":true}' });
    expect(JSON.parse(answer.body).stageVariables).toEqual({ which: 'obedient' });
    for (const value of ['absent', '../x', '']) {
      await set(value);
      expect([value, (await named.call('/x')).status]).toEqual([value, 500]);
    }
  });
});
