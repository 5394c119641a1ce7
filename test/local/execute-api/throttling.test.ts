import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let nowMs = Date.now();
const mock = { integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode":200}' } } } as const;

beforeAll(async () => {
  fixture = await startGateway({ clock: () => nowMs });
});
afterAll(() => fixture?.engine.stop());

const set = (api: TestApi, settings: Record<string, string>) =>
  fixture.gateway.updateStage({
    restApiId: api.restApiId,
    stageName: 'prod',
    patchOperations: Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value })),
  });

/** The statuses of so many calls, one after the other. */
async function statuses(api: TestApi, path: string, count: number): Promise<number[]> {
  const all: number[] = [];
  for (let call = 0; call < count; call += 1) all.push((await api.call(path)).status);
  return all;
}

it('lets a burst through, then what the rate gives back, and answers the rest 429', async () => {
  const api = await fixture.makeApi({ '/one': mock, '/two': mock });
  await set(api, { '/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '2' });
  expect(await statuses(api, '/one', 3)).toEqual([200, 200, 429]);
  expect(await api.call('/one')).toMatchObject({
    headers: { 'x-amzn-errortype': 'TooManyRequestsException' },
    body: '{"message":"Too Many Requests"}',
  });
  nowMs += 1_000;
  expect(await statuses(api, '/one', 2)).toEqual([200, 429]);
  nowMs += 60_000;
  expect(await statuses(api, '/one', 3)).toEqual([200, 200, 429]);
});

it('has limits of one method, at any depth, which others do not share', async () => {
  const api = await fixture.makeApi({ '/': mock, '/a/b': mock, '/a': mock });
  await set(api, {
    '/~1a~1b/POST/throttling/rateLimit': '1',
    '/~1a~1b/POST/throttling/burstLimit': '1',
    '/~1/POST/throttling/rateLimit': '0',
    '/~1/POST/throttling/burstLimit': '0',
  });
  expect(await statuses(api, '/a/b', 2)).toEqual([200, 429]);
  expect(await statuses(api, '/a', 3)).toEqual([200, 200, 200]);
  expect(await statuses(api, '/', 1)).toEqual([429]);
  const { methodSettings } = await fixture.gateway.getStage({ restApiId: api.restApiId, stageName: 'prod' });
  expect(methodSettings?.['a~1b/POST']).toMatchObject({ throttlingRateLimit: 1, throttlingBurstLimit: 1 });

  await fixture.gateway.updateStage({
    restApiId: api.restApiId,
    stageName: 'prod',
    patchOperations: [{ op: 'remove', path: '/~1a~1b/POST' }],
  });
  expect(await statuses(api, '/a/b', 3)).toEqual([200, 200, 200]);
});

it("keeps the stage's limit for a method that sets something else", async () => {
  const api = await fixture.makeApi({ '/one': mock });
  await set(api, {
    '/*/*/throttling/rateLimit': '1',
    '/*/*/throttling/burstLimit': '1',
    '/~1one/POST/logging/dataTrace': 'false',
  });
  expect(await statuses(api, '/one', 2)).toEqual([200, 429]);
});
