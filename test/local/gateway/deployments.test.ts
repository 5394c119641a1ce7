import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApi } from './api-fixture.ts';

let api: ApiFixture;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

describe('a stage', () => {
  it('serves its deployment: what was changed since has no effect', async () => {
    const { restApiId, method, send } = await api.deploy();
    const { items: [first] = [] } = await api.gateway.getDeployments({ restApiId });
    await api.gateway.putIntegrationResponse({
      ...method,
      statusCode: '200',
      responseTemplates: { 'application/json': '"changed"' },
    });
    expect(JSON.parse((await send({ body: '{}' })).body)).toEqual({ got: {} });
    const { id: second } = await api.gateway.createDeployment({ restApiId, stageName: 'prod' });
    expect((await send({ body: '{}' })).body).toBe('"changed"');
    const back = { op: 'replace', path: '/deploymentId', value: first?.id } as const;
    await api.gateway.updateStage({ restApiId, stageName: 'prod', patchOperations: [back] });
    expect(JSON.parse((await send({ body: '{}' })).body)).toEqual({ got: {} });
    await expect(api.gateway.deleteDeployment({ restApiId, deploymentId: first?.id })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Active stages pointing to this deployment must be moved or deleted',
    });
    await api.gateway.deleteDeployment({ restApiId, deploymentId: second });
  });

  it('keeps a deleted method until it is deployed again', async () => {
    const { restApiId, method, send } = await api.deploy();
    await api.gateway.deleteMethod(method);
    expect((await send({ body: '{}' })).status).toBe(200);
    // Nothing is left that could be deployed.
    await expect(api.gateway.createDeployment({ restApiId, stageName: 'prod' })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: "The REST API doesn't contain any methods",
    });
  });

  it('that is gone, like an API that is gone, answers 403', async () => {
    const { restApiId, send } = await api.deploy();
    expect((await send({ stage: 'other', body: '{}' })).status).toBe(403);
    await api.gateway.deleteStage({ restApiId, stageName: 'prod' });
    expect((await send({ body: '{}' })).status).toBe(403);
    await api.gateway.deleteRestApi({ restApiId });
    expect((await send({ body: '{}' })).status).toBe(403);
  });

  it.each([
    ['an unknown path', { path: '/other' }],
    ['an unknown method', { method: 'GET' }],
    ['the bare stage', { path: '' }],
    ['a deeper path', { path: '/thing/more' }],
    ['an encoded slash', { path: '/%2Fthing' }],
  ])('answers %s as API Gateway does', async (_what, where) => {
    const { send } = await api.deploy();
    const answer = await send(where);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Missing Authentication Token' });
    expect(answer.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });

  it('ignores a trailing slash', async () => {
    const { send } = await api.deploy();
    expect((await send({ path: '/thing/', body: '{}' })).status).toBe(200);
  });

  it('is throttled as its settings say', async () => {
    const { restApiId, send } = await api.deploy();
    const patchOperations = [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: '1' },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '2' },
    ] as const;
    await api.gateway.updateStage({ restApiId, stageName: 'prod', patchOperations: [...patchOperations] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => send({ body: '{}' })));
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThanOrEqual(4);
    expect(JSON.parse(throttled[0]?.body ?? '')).toEqual({ message: 'Too Many Requests' });
    expect(throttled[0]?.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
  });
});

describe('the permission to invoke', () => {
  const invoke = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };

  it.each([
    ['is missing', undefined, 500],
    ['is for another API', 'other/*/POST/thing', 500],
    ['is for another method', 'API/*/GET/thing', 500],
    ['is for another path', 'API/*/POST/other', 500],
    ['is for this API, method and path', 'API/*/POST/thing', 200],
    ['is for this stage', 'API/prod/POST/thing', 200],
  ])('%s: %s → %i', async (_what, resource, status) => {
    await api.lambda.removePermission({ FunctionName: 'echo', StatementId: 'gateway' });
    const { restApiId, send } = await api.deploy();
    if (resource !== undefined) {
      const SourceArn = `arn:aws:execute-api:us-east-1:000000000000:${resource.replace('API', restApiId)}`;
      await api.lambda.addPermission({ FunctionName: 'echo', StatementId: 'narrow', ...invoke, SourceArn });
    }
    const answer = await send({ body: '{}' });
    if (resource !== undefined) await api.lambda.removePermission({ FunctionName: 'echo', StatementId: 'narrow' });
    await api.lambda.addPermission({ FunctionName: 'echo', StatementId: 'gateway', ...invoke });
    expect(answer.status).toBe(status);
    if (status === 500) expect(JSON.parse(answer.body)).toEqual({ message: 'Internal server error' });
  });
});

describe('test-invoke', () => {
  it('runs the method as it is now, deployed or not', async () => {
    const { method } = await api.deploy();
    await api.gateway.putIntegrationResponse({
      ...method,
      statusCode: '200',
      responseTemplates: { 'application/json': '"changed"' },
    });
    const tested = await api.gateway.testInvokeMethod({ ...method, body: '{"a":1}' });
    expect(tested).toMatchObject({ status: 200, body: '"changed"' });
    expect(tested.log).toContain('Execution log for request');
    expect(tested.latency).toBeGreaterThanOrEqual(0);
  });
});
