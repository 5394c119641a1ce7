import { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { send } from '../execute-api/api-fixture.ts';

/** What an account does and the plain engine does not: changes that meet are refused, deployments take a while. */

let engine: TestEngine;
let gateway: APIGateway;
let restApiId: string;
let rootId: string;
let stoppedAtMs: number | undefined;
beforeAll(async () => {
  // Quick enough not to wait for, slow enough for calls to meet.
  engine = await startEngine({ scale: 0.1, clock: () => stoppedAtMs ?? Date.now(), log: () => undefined });
  gateway = new APIGateway({ ...engine.clientConfig, maxAttempts: 1 });
  const api = await gateway.createRestApi({ name: 'slow' });
  restApiId = api.id ?? '';
  rootId = api.rootResourceId ?? '';
  const method = { restApiId, resourceId: rootId, httpMethod: 'GET' };
  await gateway.putMethod({ ...method, authorizationType: 'NONE' });
  await gateway.putMethodResponse({ ...method, statusCode: '200' });
  const requestTemplates = { 'application/json': '{"statusCode":200}' };
  await gateway.putIntegration({ ...method, type: 'MOCK', requestTemplates });
  await gateway.putIntegrationResponse({ ...method, statusCode: '200' });
});
afterAll(() => engine?.stop());

it('refuses changes of one API that meet, and takes them afterwards', async () => {
  const create = (pathPart: string) => gateway.createResource({ restApiId, parentId: rootId, pathPart });
  const names = ['a', 'b', 'c', 'd'];
  const results = await Promise.allSettled(names.map(create));
  const refused = names.filter((_name, index) => results[index]?.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    expect(result.reason).toMatchObject({
      name: 'ConflictException',
      message: 'Unable to complete operation due to concurrent modification. Please try again later.',
      $metadata: { httpStatusCode: 409 },
    });
  }
  const { items = [] } = await gateway.getResources({ restApiId });
  expect(items.map(({ pathPart }) => pathPart).sort()).toEqual(
    [undefined, ...names.filter((name) => !refused.includes(name))].sort(),
  );
  await create(refused[0] ?? '');
});

it('serves a new stage after a moment', async () => {
  stoppedAtMs = Date.now();
  await gateway.createDeployment({ restApiId, stageName: 'prod' });
  const call = () => send(`${engine.endpoint}/_aws/execute-api/${restApiId}/prod/`, { method: 'GET' });
  expect(await call()).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' });
  stoppedAtMs += 60_000;
  expect((await call()).status).toBe(200);
});
