import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let api: TestApi;
const long = 'a'.repeat(2_000);
const base64 = Buffer.from('<bytes>').toString('base64');
beforeAll(async () => {
  fixture = await startGateway();
  const answering = (text: string, contentHandling?: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT') => ({
    verb: 'GET',
    integration: { type: 'MOCK' as const, requestTemplates: { 'application/json': '{"statusCode":200}' } },
    responses: {
      200: {
        integration: { responseTemplates: { 'application/json': text }, ...(contentHandling && { contentHandling }) },
      },
    },
  });
  api = await fixture.makeApi({
    '/long': answering(long),
    '/short': answering('short'),
    '/image': answering(base64, 'CONVERT_TO_BINARY'),
    '/kept': answering(base64, 'CONVERT_TO_TEXT'),
    '/by-type': answering(base64),
    '/echo': {},
    '/upload': {
      integration: { contentHandling: 'CONVERT_TO_TEXT', requestTemplates: { 'image/png': '{"sent":"$input.body"}' } },
    },
  });
});
afterAll(() => fixture?.engine.stop());

const patchApi = async (...patchOperations: { op: 'replace' | 'add' | 'remove'; path: string; value?: string }[]) => {
  await fixture.gateway.updateRestApi({ restApiId: api.restApiId, patchOperations });
  await api.deploy();
};
const get = (path: string, headers: Record<string, string> = {}) => api.call(path, { method: 'GET', headers });

describe('minimumCompressionSize', () => {
  beforeAll(() => patchApi({ op: 'replace', path: '/minimumCompressionSize', value: '1000' }));
  afterAll(() => patchApi({ op: 'replace', path: '/minimumCompressionSize', value: '' }));

  it.each([['gzip'], ['br, gzip;q=0.5'], ['*']])(
    'packs what is long enough for a caller that takes %s',
    async (taken) => {
      const { request } = await import('node:http');
      const packed = await new Promise<{ encoding: unknown; body: Buffer }>((resolve, reject) => {
        const url = `${fixture.engine.endpoint}/_aws/execute-api/${api.restApiId}/prod/long`;
        const sent = request(url, { headers: { 'accept-encoding': taken } }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
          );
        });
        sent.on('error', reject).end();
      });
      expect(packed.encoding).toBe('gzip');
      expect(gunzipSync(packed.body).toString()).toBe(long);
      expect(packed.body.length).toBeLessThan(1_000);
    },
  );

  it.each([['identity'], ['br'], ['gzip;q=0'], ['']])('packs nothing for a caller that takes %j', async (taken) => {
    const { headers, body } = await get('/long', { 'accept-encoding': taken });
    expect([headers['content-encoding'], body]).toEqual([undefined, long]);
  });

  it('leaves what is shorter as it is', async () => {
    const { headers, body } = await get('/short', { 'accept-encoding': 'gzip' });
    expect([headers['content-encoding'], body]).toEqual([undefined, 'short']);
  });

  it('unpacks what is sent, and refuses what it cannot', async () => {
    const send = (body: Buffer, encoding: string) =>
      api.call('/echo', { body, headers: { 'content-encoding': encoding } });
    const sent = Buffer.from('{"answer":{"a":1}}');
    expect((await send(gzipSync(sent), 'gzip')).body).toBe('{"a":1}');
    expect((await send(deflateSync(sent), 'deflate')).body).toBe('{"a":1}');
    expect((await send(sent, 'br')).status).toBe(415);
    expect((await send(sent, 'gzip')).status).toBe(400);
    expect((await send(gzipSync(Buffer.alloc(11_000_000)), 'gzip')).status).toBe(413);
  });

  it('packs nothing once it is taken away and deployed', async () => {
    await patchApi({ op: 'replace', path: '/minimumCompressionSize', value: '' });
    const { headers } = await get('/long', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect((await api.call('/echo', { body: gzipSync('{}'), headers: { 'content-encoding': 'gzip' } })).status).toBe(
      400,
    );
  });
});

describe('contentHandling', () => {
  beforeAll(() => patchApi({ op: 'add', path: '/binaryMediaTypes/image~1png' }));

  it('makes bytes of text, keeps text, or goes by what is accepted', async () => {
    expect((await get('/image')).body).toBe('<bytes>');
    expect((await get('/kept', { accept: 'image/png' })).body).toBe(base64);
    expect((await get('/by-type', { accept: 'image/png' })).body).toBe('<bytes>');
    expect((await get('/by-type', { accept: 'text/plain, image/png' })).body).toBe(base64);
  });

  it('gives a template the bytes of a binary request as base64', async () => {
    const { body } = await api.call('/upload', { body: '<bytes>', headers: { 'content-type': 'image/png' } });
    expect(JSON.parse(body)).toEqual({ sent: base64 });
  });
});

describe('what has no effect here', () => {
  it.each<[string, object]>([
    ['cacheKeyParameters', { cacheKeyParameters: ['method.request.path.id'] }],
    ['tlsConfig', { tlsConfig: { insecureSkipVerification: true } }],
    ['connectionId', { connectionId: 'abcdef' }],
    ['CONVERT_TO_BINARY', { contentHandling: 'CONVERT_TO_BINARY' }],
  ])('is refused by name: %s', async (name, more) => {
    const address = { restApiId: api.restApiId, resourceId: api.resources['/long'], httpMethod: 'GET' };
    const put = fixture.gateway.putIntegration({ ...address, type: 'MOCK', ...more });
    expect((await refusal(put)).message).toContain(name);
  });

  it.each([
    ['metricsEnabled', '/*/*/metrics/enabled', 'true'],
    ['cachingEnabled', '/*/*/caching/enabled', 'true'],
    ['loggingLevel', '/*/*/logging/loglevel', 'INFO'],
  ])('is refused by name: %s', async (name, path, value) => {
    const patchOperations = [{ op: 'replace' as const, path, value }];
    const update = fixture.gateway.updateStage({ restApiId: api.restApiId, stageName: 'prod', patchOperations });
    expect((await refusal(update)).message).toContain(name);
  });
});
