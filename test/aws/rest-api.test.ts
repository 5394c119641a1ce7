import {
  APIGatewayClient,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  NotFoundException,
  type RestApi,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualApi, restApi } from '../../src/aws/rest-api.ts';
import { mockClient } from '../mock-client.ts';
import {
  awsError,
  ignoreWait,
  inputs,
  mockAws,
  removedTags,
  setTags,
  socketError,
  taggedId,
  taggingCalls,
  tags,
  written,
} from './mocks.ts';

const gateway = mockClient(APIGatewayClient);
afterEach(() => gateway.reset());

const desired = { name: 'demo', paths: ['/items'], formerPaths: [], tags, adopt: false };
const listed = (id: string, more: Partial<RestApi> = {}): RestApi => ({
  id,
  name: 'demo',
  tags,
  createdDate: new Date(1000),
  endpointConfiguration: { types: ['REGIONAL'] },
  ...more,
});
const resources = {
  items: [
    { id: 'root', path: '/' },
    { id: 'r1', path: '/items', parentId: 'root' },
  ],
};
const notFound = new NotFoundException({ $metadata: {}, message: 'Invalid API identifier specified' });

async function stands(aws: Awaited<ReturnType<typeof mockAws>>): Promise<ActualApi> {
  const actual = await restApi.read(aws, desired);
  if (!actual) throw new Error('the API is there');
  return actual;
}

describe('rest-api, read', () => {
  it('is known by its tag on any page; resources are read to their last page too', async () => {
    gateway
      .on(GetRestApisCommand)
      .resolvesOnce({ items: [listed('foreign', { tags: {} })], position: 'p1' })
      .resolvesOnce({ items: [listed('mine')] });
    gateway
      .on(GetResourcesCommand)
      .resolvesOnce({ items: [{ id: 'root', path: '/' }], position: 'p2' })
      .resolvesOnce({ items: [{ id: 'r1', path: '/items' }] });
    const aws = await mockAws({ partition: 'aws-cn', target: { region: 'cn-north-1' } });
    const actual = await stands(aws);
    expect(actual).toMatchObject({
      id: 'arn:aws-cn:apigateway:cn-north-1::/restapis/mine',
      apiId: 'mine',
      resources: { '/': 'root', '/items': 'r1' },
      duplicates: [],
    });
    expect(restApi.compare(desired, actual)).toEqual([]);
    expect(inputs(gateway, 'GetRestApis')).toEqual([{ limit: 500 }, { limit: 500, position: 'p1' }]);
    expect(inputs(gateway, 'GetResources')).toMatchObject([{ restApiId: 'mine' }, { position: 'p2' }]);
  });

  it('of two with our tag every command takes the oldest, then the smaller id', async () => {
    const items = [listed('c', { createdDate: new Date(2000) }), listed('b'), listed('a')];
    gateway.on(GetRestApisCommand).resolvesOnce({ items }).resolvesOnce({ items: items.toReversed() });
    gateway.on(GetResourcesCommand).resolves(resources);
    const aws = await mockAws();
    const read = [await stands(aws), await stands(aws)];
    expect(read.map(({ apiId, duplicates }) => [apiId, duplicates])).toEqual([
      ['a', ['b', 'c']],
      ['a', ['b', 'c']],
    ]);
  });

  it('one without a tag is taken over only when asked, and when there is just one', async () => {
    const unclaimed = listed('u', { tags: { team: 'a' } });
    gateway.on(GetResourcesCommand).resolves(resources);
    gateway.on(GetRestApisCommand).resolves({ items: [unclaimed, listed('o', { tags: { 'dynops:stack': 'other' } })] });
    const aws = await mockAws();
    expect(await restApi.read(aws, desired)).toBeUndefined();
    expect(await restApi.read(aws, { ...desired, adopt: true })).toMatchObject({ apiId: 'u' });
    gateway.on(GetRestApisCommand).resolves({ items: [unclaimed, listed('v', { tags: {} })] });
    expect(await restApi.read(aws, { ...desired, adopt: true })).toBeUndefined();
    gateway.on(GetRestApisCommand).resolves({ items: [unclaimed, listed('mine')] });
    expect(await restApi.read(aws, { ...desired, adopt: true })).toMatchObject({ apiId: 'mine' });
  });

  it('that goes while it is read is absent', async () => {
    gateway.on(GetRestApisCommand).resolves({ items: [listed('mine')] });
    gateway.on(GetResourcesCommand).rejects(notFound);
    expect(await restApi.read(await mockAws(), desired)).toBeUndefined();
  });
});

describe('rest-api, create', () => {
  it('is regional and tagged from its first moment, and is waited for until it is listed', async () => {
    gateway.on(CreateRestApiCommand).resolves({ id: 'new', rootResourceId: 'root' });
    gateway.on(CreateResourceCommand).resolves({ id: 'r1' });
    gateway
      .on(GetRestApisCommand)
      .resolvesOnce({ items: [] })
      .resolves({ items: [listed('new')] });
    gateway.on(GetResourcesCommand).resolves({ items: [{ id: 'root', path: '/' }] });
    const reasons: string[] = [];
    const made = await restApi.create(await mockAws(), desired, (reason) => reasons.push(reason));
    expect(made).toMatchObject({ apiId: 'new', resources: { '/items': 'r1' } });
    expect(reasons).toEqual([expect.stringContaining('demo')]);
    expect(written(gateway)).toEqual([
      [
        'CreateRestApi',
        {
          name: 'demo',
          description: expect.any(String),
          endpointConfiguration: { types: ['REGIONAL'] },
          tags,
        },
      ],
      ['CreateResource', { restApiId: 'new', parentId: 'root', pathPart: 'items' }],
    ]);
  });

  it('that met another command’s goes on with the older one and removes its own', async () => {
    gateway.on(CreateRestApiCommand).resolves({ id: 'mine', rootResourceId: 'root' });
    gateway.on(CreateResourceCommand).resolves({ id: 'r2' });
    const older = listed('older', { createdDate: new Date(1) });
    gateway.on(GetRestApisCommand).resolves({ items: [listed('mine'), older] });
    gateway.on(GetResourcesCommand).resolves(resources);
    gateway.on(DeleteRestApiCommand).resolves({});
    const made = await restApi.create(await mockAws(), desired, ignoreWait);
    expect(made).toMatchObject({ apiId: 'older', resources: { '/items': 'r1' }, duplicates: [] });
    expect(inputs(gateway, 'DeleteRestApi')).toEqual([{ restApiId: 'mine' }]);
  });

  it('that was not answered is not repeated blindly: names are not unique', async () => {
    gateway.on(CreateRestApiCommand).rejects(socketError('ECONNRESET'));
    await expect(restApi.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(inputs(gateway, 'CreateRestApi')).toHaveLength(1);
  });
});

describe('rest-api, update and remove', () => {
  it('sends what differs only', async () => {
    const edge = { endpointConfiguration: { types: ['EDGE' as const] }, name: 'old', binaryMediaTypes: ['image/*'] };
    gateway.onAnyCommand().resolves({ id: 'r9' });
    gateway.on(GetRestApisCommand).resolves({
      items: [listed('mine', edge)],
    });
    gateway.on(GetResourcesCommand).resolves({ items: [{ id: 'root', path: '/' }] });
    const aws = await mockAws();
    const actual = await stands(aws);
    const changes = restApi.compare(desired, actual);
    expect(changes.map(({ property }) => property)).toEqual(['name', 'endpointType', 'binaryMediaTypes', 'paths']);
    const made = await restApi.update(aws, { desired, actual, changes, onWait: ignoreWait });
    expect(restApi.compare(desired, made)).toEqual([]);
    expect(written(gateway)).toEqual([
      [
        'UpdateRestApi',
        {
          restApiId: 'mine',
          patchOperations: [
            { op: 'replace', path: '/name', value: 'demo' },
            { op: 'replace', path: '/endpointConfiguration/types/EDGE', value: 'REGIONAL' },
            { op: 'remove', path: '/binaryMediaTypes/image~1*' },
          ],
        },
      ],
      ['CreateResource', { restApiId: 'mine', parentId: 'root', pathPart: 'items' }],
    ]);
  });

  it('makes the paths that are missing, each once, from the root down', async () => {
    gateway.on(CreateResourceCommand).callsFake(({ parentId, pathPart }) => ({ id: `${parentId}/${pathPart}` }));
    gateway.on(GetRestApisCommand).resolves({ items: [listed('mine')] });
    gateway.on(GetResourcesCommand).resolves(resources);
    const aws = await mockAws();
    const actual = await stands(aws);
    const wanted = { ...desired, paths: ['/items', '/items/{id}', '/files/{proxy+}', '/files', '/'] };
    const changes = restApi.compare(wanted, actual);
    const made = await restApi.update(aws, { desired: wanted, actual, changes, onWait: ignoreWait });
    expect(restApi.compare(wanted, made)).toEqual([]);
    expect(inputs(gateway, 'CreateResource')).toEqual([
      { restApiId: 'mine', parentId: 'r1', pathPart: '{id}' },
      { restApiId: 'mine', parentId: 'root', pathPart: 'files' },
      { restApiId: 'mine', parentId: 'root/files', pathPart: '{proxy+}' },
    ]);
  });

  it('is removed with its duplicates through API Gateway’s 30 seconds between two deletions', async () => {
    const slow = awsError('TooManyRequestsException', 'Too Many Requests', { status: 429 });
    const deleting = gateway.on(DeleteRestApiCommand).resolvesOnce({});
    for (let time = 0; time < 20; time += 1) deleting.rejectsOnce(slow);
    deleting.rejectsOnce(notFound);
    const where = { id: '', apiId: 'a', endpointType: '', reachable: true, binaryMediaTypes: [], resources: {} };
    const actual = { ...desired, ...where, duplicates: ['b'] };
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    await restApi.remove(aws, actual, ignoreWait);
    expect(aws.clock() - startedAtMs).toBeGreaterThan(15_000);
    expect(new Set(inputs(gateway, 'DeleteRestApi').map((input) => JSON.stringify(input)))).toEqual(
      new Set(['{"restApiId":"a"}', '{"restApiId":"b"}']),
    );
  });

  it('gets the tags that change, and no others', async () => {
    gateway.onAnyCommand().resolves({});
    expect(await taggingCalls(restApi, gateway)).toEqual([
      ['TagResource', { resourceArn: taggedId, tags: setTags }],
      ['UntagResource', { resourceArn: taggedId, tagKeys: removedTags }],
    ]);
  });
});
