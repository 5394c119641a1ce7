import { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { service } from '../../../src/local/apigateway/service.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { rootCall } from '../dynamodb/table.ts';
import { send } from '../execute-api/api-fixture.ts';

/** What an account does and the plain engine does not: changes that meet are refused, deployments take a while. */

let engine: TestEngine;
let gateway: APIGateway;
let restApiId: string;
let rootId: string;
let stoppedAtMs: number | undefined;
beforeAll(async () => {
  // Quick enough not to wait for.
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
  // It lasts until others have come, however slow the machine is.
  let end: () => void = () => undefined;
  const lasting = new Promise<void>((resolve) => {
    end = resolve;
  });
  const change = service.around?.('CreateResource', { restApiId }, rootCall(engine.engine), () => lasting);
  for (const name of ['a', 'b']) {
    await expect(create(name)).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Unable to complete operation due to concurrent modification. Please try again later.',
      $metadata: { httpStatusCode: 409 },
    });
  }
  end();
  await change;
  await create('c');
  const { items = [] } = await gateway.getResources({ restApiId });
  expect(items.map(({ pathPart }) => pathPart).sort()).toEqual(['c', undefined]);
});

it('serves a new stage after a moment', async () => {
  stoppedAtMs = Date.now();
  await gateway.createDeployment({ restApiId, stageName: 'prod' });
  const call = () => send(`${engine.endpoint}/_aws/execute-api/${restApiId}/prod/`, { method: 'GET' });
  expect(await call()).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' });
  stoppedAtMs += 60_000;
  expect((await call()).status).toBe(200);
});
