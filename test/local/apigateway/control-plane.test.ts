import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, type Deployed, startApi } from '../gateway/api-fixture.ts';

let api: ApiFixture;
let demo: Deployed;

beforeAll(async () => {
  api = await startApi();
  demo = await api.deploy();
});

afterAll(() => api.stop());

const nobody = { restApiId: 'nobody0000' };

describe('what is not there', () => {
  it.each([
    ['getRestApi', {}, 'Invalid API identifier specified 000000000000:nobody0000'],
    ['deleteRestApi', {}, 'Invalid API identifier specified 000000000000:nobody0000'],
    ['getResources', {}, 'Invalid API identifier specified 000000000000:nobody0000'],
    ['createDeployment', {}, 'Invalid API identifier specified 000000000000:nobody0000'],
    ['getStages', {}, 'Invalid API identifier specified 000000000000:nobody0000'],
  ] as const)('%s of an unknown API', async (operation, input, message) => {
    const call = api.gateway[operation].bind(api.gateway) as (input: object) => Promise<unknown>;
    await expect(call({ ...nobody, ...input })).rejects.toMatchObject({ name: 'NotFoundException', message });
  });

  it('a resource, method, stage, authorizer or deployment of an API that is', async () => {
    const { restApiId, resourceId, method } = demo;
    const gateway = api.gateway;
    const calls = [
      [gateway.getResource({ restApiId, resourceId: 'nobody' }), 'Invalid Resource identifier specified'],
      [gateway.getMethod({ ...method, httpMethod: 'GET' }), 'Invalid Method identifier specified'],
      [gateway.getIntegration({ restApiId, resourceId, httpMethod: 'GET' }), 'Invalid Method identifier specified'],
      [gateway.getMethodResponse({ ...method, statusCode: '418' }), 'Invalid Response status code specified'],
      [gateway.getStage({ restApiId, stageName: 'other' }), 'Invalid stage identifier specified'],
      [gateway.getAuthorizer({ restApiId, authorizerId: 'nobody' }), 'Invalid Authorizer identifier specified'],
      [gateway.getDeployment({ restApiId, deploymentId: 'nobody' }), 'Invalid Deployment identifier specified'],
    ] as const;
    for (const [call, message] of calls)
      await expect(call).rejects.toMatchObject({ name: 'NotFoundException', message });
  });
});

describe('what is there already', () => {
  it('a resource, a method, a stage', async () => {
    const { restApiId, method } = demo;
    const { items = [] } = await api.gateway.getResources({ restApiId });
    const parentId = items.find(({ path }) => path === '/')?.id;
    await expect(api.gateway.createResource({ restApiId, parentId, pathPart: 'thing' })).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Another resource with the same parent already has this name: thing',
    });
    await expect(api.gateway.putMethod({ ...method, authorizationType: 'NONE' })).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Method already exists for this resource',
    });
    const { items: [deployment] = [] } = await api.gateway.getDeployments({ restApiId });
    const stage = { restApiId, stageName: 'prod', deploymentId: deployment?.id };
    await expect(api.gateway.createStage(stage)).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Stage already exists',
    });
  });

  it('names of APIs are not unique', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => api.gateway.createRestApi({ name: 'twice' })));
    expect(one?.id).not.toBe(other?.id);
    for (const made of [one, other]) await api.gateway.deleteRestApi({ restApiId: made?.id });
  });
});

describe('lists', () => {
  it('come in pages that together are all', async () => {
    const made = await Promise.all(
      Array.from({ length: 7 }, (_one, index) => api.gateway.createRestApi({ name: `page-${index}` })),
    );
    const seen: string[] = [];
    let position: string | undefined;
    do {
      const page = await api.gateway.getRestApis({ limit: 3, ...(position && { position }) });
      expect(page.items?.length).toBeLessThanOrEqual(3);
      seen.push(...(page.items ?? []).map(({ id = '' }) => id));
      position = page.position;
    } while (position);
    expect(new Set(seen).size).toBe(seen.length);
    for (const { id = '' } of made) expect(seen).toContain(id);
    for (const { id } of made) await api.gateway.deleteRestApi({ restApiId: id });
  });

  it('refuse a limit and a position that are none', async () => {
    await expect(api.gateway.getRestApis({ limit: 501 })).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(api.gateway.getRestApis({ position: '../x' })).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  it('of resources have the methods embedded when asked', async () => {
    const { restApiId } = demo;
    const { items = [] } = await api.gateway.getResources({ restApiId, embed: ['methods'] });
    const methods = items.find(({ path }) => path === '/thing')?.resourceMethods;
    expect(methods?.POST).toMatchObject({ httpMethod: 'POST', authorizationType: 'NONE', apiKeyRequired: false });
    const { items: bare = [] } = await api.gateway.getResources({ restApiId });
    expect(bare.find(({ path }) => path === '/thing')?.resourceMethods).toEqual({ POST: {} });
  });
});

describe('what is made', () => {
  it('an API has AWS’s defaults and a root', async () => {
    const made = await api.gateway.createRestApi({ name: 'plain', tags: { a: 'b' } });
    expect(made).toMatchObject({
      name: 'plain',
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['EDGE'] },
      disableExecuteApiEndpoint: false,
      tags: { a: 'b' },
    });
    expect(made.createdDate).toBeInstanceOf(Date);
    const { items } = await api.gateway.getResources({ restApiId: made.id });
    expect(items).toEqual([{ id: made.rootResourceId, path: '/' }]);
    await api.gateway.deleteRestApi({ restApiId: made.id });
  });

  it('an integration has AWS’s defaults', async () => {
    await expect(api.gateway.getIntegration(demo.method)).resolves.toMatchObject({
      type: 'AWS',
      httpMethod: 'POST',
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: demo.resourceId,
      cacheKeyParameters: [],
    });
  });

  it.each([
    [{ uri: 'http://elsewhere.example' }, /AWS ARN for integration must contain path or action|Invalid ARN specified/],
    [{ timeoutInMillis: 20 }, /Timeout should be between 50 ms and 29000 ms/],
    [{ passthroughBehavior: 'SOMETIMES' }, /passthrough/i],
    [{ type: 'LAMBDA' }, /type/i],
  ])('an integration with %j is refused', async (wrong, message) => {
    const usual = { type: 'AWS', integrationHttpMethod: 'POST', uri: api.uriOf(api.functionArn) } as const;
    const input = { ...demo.method, ...usual, ...wrong } as Parameters<typeof api.gateway.putIntegration>[0];
    await expect(api.gateway.putIntegration(input)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message),
    });
  });

  it('tags can be read, added and taken away by ARN', async () => {
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${demo.restApiId}`;
    await api.gateway.tagResource({ resourceArn, tags: { one: '1', two: '2' } });
    await api.gateway.untagResource({ resourceArn, tagKeys: ['one'] });
    await expect(api.gateway.getTags({ resourceArn })).resolves.toMatchObject({ tags: { two: '2' } });
    await expect(
      api.gateway.getTags({ resourceArn: 'arn:aws:apigateway:us-east-1::/restapis/nobody0000' }),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('patches', () => {
  it('change what they name', async () => {
    const { restApiId } = demo;
    const patchOperations = [
      { op: 'replace', path: '/name', value: 'renamed' } as const,
      { op: 'replace', path: '/description', value: 'of a kind' } as const,
    ];
    await expect(api.gateway.updateRestApi({ restApiId, patchOperations })).resolves.toMatchObject({
      name: 'renamed',
      description: 'of a kind',
    });
    const tracing = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const];
    await expect(
      api.gateway.updateStage({ restApiId, stageName: 'prod', patchOperations: tracing }),
    ).resolves.toMatchObject({ tracingEnabled: true });
  });

  it.each([
    [{ op: 'replace', path: '/id', value: 'x' }],
    [{ op: 'replace', path: '/__proto__/polluted', value: 'x' }],
    [{ op: 'replace', path: 'name', value: 'x' }],
    [{ op: 'test', path: '/name', value: 'x' }],
    [{ op: 'replace', path: '/name' }],
  ] as const)('%j is refused, and nothing changes', async (operation) => {
    const { restApiId } = demo;
    const before = await api.gateway.getRestApi({ restApiId });
    const input = { restApiId, patchOperations: [operation] } as Parameters<typeof api.gateway.updateRestApi>[0];
    await expect(api.gateway.updateRestApi(input)).rejects.toMatchObject({ name: 'BadRequestException' });
    const { $metadata: _before, ...was } = before;
    await expect(api.gateway.getRestApi({ restApiId })).resolves.toMatchObject(was);
  });
});

it('an operation that is not served is named, and never made up', async () => {
  await expect(api.gateway.createApiKey({ name: 'key' })).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('CreateApiKey'),
  });
});
