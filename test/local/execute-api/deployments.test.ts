import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, type Sketch, send, startGateway } from './api-fixture.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGateway();
});
afterAll(() => fixture?.engine.stop());

/** A method that answers a fixed text, without a function. */
const saying = (text: string, verb = 'GET'): Sketch => ({
  verb,
  integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode":200}' } },
  responses: { 200: { integration: { responseTemplates: { 'text/plain': text } } } },
});
const missingToken = { status: 403, body: '{"message":"Missing Authentication Token"}' };
const forbidden = { status: 403, body: '{"message":"Forbidden"}' };

describe('a path that several resources take', () => {
  it('is served by the most specific that has the method', async () => {
    const api = await fixture.makeApi({
      '/test': saying('a test', 'POST'),
      '/test/any': saying('any', 'ANY'),
      '/test/{name}': saying('a name', 'DELETE'),
      '/{proxy+}': saying('the rest', 'OPTIONS'),
    });
    const answers: unknown[] = [];
    for (const [method, path] of [
      ['POST', '/test'],
      ['OPTIONS', '/test'],
      ['DELETE', '/test/other'],
      ['OPTIONS', '/test/any'],
      ['OPTIONS', '/test/other'],
      ['GET', '/test'],
      ['DELETE', '/other'],
    ] as const) {
      const { status, body } = await api.call(path, { method });
      answers.push(status === 200 ? body : status);
    }
    expect(answers).toEqual(['a test', 'the rest', 'a name', 'any', 'the rest', 403, 403]);
  });
});

describe('deployments', () => {
  it('serve what was deployed, whatever happens to the API afterwards', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/one': saying('first') });
    const { restApiId, resources } = api;
    expect((await api.call('/one', { method: 'GET' })).body).toBe('first');

    const address = { restApiId, resourceId: resources['/one'], httpMethod: 'GET' };
    await gateway.updateIntegrationResponse({
      ...address,
      statusCode: '200',
      patchOperations: [{ op: 'replace', path: '/responseTemplates/text~1plain', value: 'second' }],
    });
    await api.add('/two', saying('new'));
    expect((await api.call('/one', { method: 'GET' })).body).toBe('first');
    expect(await api.call('/two', { method: 'GET' })).toMatchObject(missingToken);

    await gateway.deleteResource({ restApiId, resourceId: resources['/one'] });
    expect((await api.call('/one', { method: 'GET' })).body).toBe('first');
    await api.deploy();
    expect(await api.call('/one', { method: 'GET' })).toMatchObject(missingToken);
    expect((await api.call('/two', { method: 'GET' })).body).toBe('new');
  });

  it('are what a stage points to: back to an older one, two stages side by side', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/say': saying('old') });
    const { restApiId } = api;
    const { items: [{ id: old } = {}] = [] } = await gateway.getDeployments({ restApiId });
    await gateway.putIntegrationResponse({
      restApiId,
      resourceId: api.resources['/say'],
      httpMethod: 'GET',
      statusCode: '200',
      responseTemplates: { 'text/plain': 'new' },
    });
    const now = await api.deploy();
    const say = async (stage?: string) => (await api.call('/say', { method: 'GET', ...(stage && { stage }) })).body;
    expect(await say()).toBe('new');

    const back = [{ op: 'replace' as const, path: '/deploymentId', value: old ?? '' }];
    await gateway.updateStage({ restApiId, stageName: 'prod', patchOperations: back });
    expect(await say()).toBe('old');
    await gateway.createStage({ restApiId, stageName: 'beta', deploymentId: now });
    expect([await say(), await say('beta')]).toEqual(['old', 'new']);
    await gateway.deleteStage({ restApiId, stageName: 'prod' });
    expect(await api.call('/say', { method: 'GET' })).toMatchObject(forbidden);
    await gateway.deleteDeployment({ restApiId, deploymentId: old });
    expect(await say('beta')).toBe('new');
  });

  it('are gone with their API, and shut where its endpoint is', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/say': saying('here') });
    const { restApiId } = api;
    const shut = (value: string) =>
      gateway.updateRestApi({
        restApiId,
        patchOperations: [{ op: 'replace', path: '/disableExecuteApiEndpoint', value }],
      });
    await shut('true');
    expect(await api.call('/say', { method: 'GET' })).toMatchObject(forbidden);
    await shut('false');
    expect((await api.call('/say', { method: 'GET' })).body).toBe('here');
    await gateway.deleteRestApi({ restApiId });
    expect(await api.call('/say', { method: 'GET' })).toMatchObject(forbidden);
  });

  it('answer under the host name too, as AWS has it', async () => {
    const api = await fixture.makeApi({ '/say': saying('by host') });
    const url = `${fixture.engine.endpoint}/prod/say`;
    const { port } = new URL(url);
    const host = `${api.restApiId}.execute-api.us-east-1.localhost:${port}`;
    expect((await send(url, { method: 'GET', headers: { host } })).body).toBe('by host');
    const other = `abcdefghij.execute-api.localhost:${port}`;
    expect(await send(url, { method: 'GET', headers: { host: other } })).toMatchObject(forbidden);
  });
});

it('are kept over a restart, apart from what the API has become', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dynops-restart-'));
  try {
    const before = await startGateway({ dataDir });
    const api = await before.makeApi({ '/say': saying('deployed'), '/function': {} });
    const address = { restApiId: api.restApiId, resourceId: api.resources['/say'], httpMethod: 'GET' };
    await before.gateway.deleteMethod(address);
    await before.engine.stop();
    const engine = await startEngine({ dataDir, log: () => undefined });
    const url = (path: string) => `${engine.endpoint}/_aws/execute-api/${api.restApiId}/prod${path}`;
    expect((await send(url('/say'), { method: 'GET' })).body).toBe('deployed');
    expect((await send(url('/function'), { body: '{"answer":"here"}' })).body).toBe('"here"');
    const gateway = new APIGateway({ ...engine.clientConfig, maxAttempts: 1 });
    expect((await refusal(gateway.getMethod(address))).name).toBe('NotFoundException');
    await engine.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

describe('routes', () => {
  it('prefer what is literal to a parameter, and a parameter to the rest of the path', async () => {
    const path = "$input.params('id')$input.params('rest')";
    const api = await fixture.makeApi({
      '/': saying('root'),
      '/things/list': saying('literal'),
      '/things/{id}': saying(`id ${path}`),
      '/things/{id}/parts': saying(`parts of ${path}`),
      '/{rest+}': saying(`rest ${path}`),
    });
    const expected = {
      '': 'root',
      '/': 'root',
      '/things/list': 'literal',
      '/things/list/': 'literal',
      '/things/LIST': 'id LIST',
      '/things/7': 'id 7',
      '/things/7/parts': 'parts of 7',
      '/things/7/other': 'rest things/7/other',
      '/a/b': 'rest a/b',
      '/things/7?id=8': 'id 7',
    };
    for (const [at, body] of Object.entries(expected)) {
      expect([at, (await api.call(at, { method: 'GET' })).body]).toEqual([at, body]);
    }
  });

  it('take ANY for the verbs that have no method of their own', async () => {
    const api = await fixture.makeApi({ '/any': saying('any', 'ANY'), '/only': saying('only') });
    await api.add('/any', saying('post', 'POST'));
    await api.deploy();
    const answers = ['GET', 'POST', 'DELETE', 'PATCH'].map((method) => api.call('/any', { method }));
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['any', 'post', 'any', 'any']);
    for (const method of ['POST', 'HEAD', 'OPTIONS', 'DELETE']) {
      expect((await api.call('/only', { method })).status).toBe(403);
    }
  });
});
