import { APIGateway } from '@aws-sdk/client-api-gateway';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';

let engine: TestEngine;
let gateway: APIGateway;
beforeAll(async () => {
  engine = await startEngine({ log: () => undefined });
  gateway = new APIGateway({ ...engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

const notFound = (message: string) => ({ name: 'NotFoundException', message, status: 404 });
const invalid = (message: string) => ({
  name: 'ValidationException',
  message: `1 validation error detected: ${message}`,
  status: 400,
});
const badRequest = (message: unknown) => ({ name: 'BadRequestException', message, status: 400 });

async function makeApi(name = 'api'): Promise<{ restApiId: string; parentId: string }> {
  const { id: restApiId = '', rootResourceId: parentId = '' } = await gateway.createRestApi({ name });
  return { restApiId, parentId };
}

describe('APIs', () => {
  it('are created, described, changed and deleted', async () => {
    const made = await gateway.createRestApi({
      name: 'whole',
      description: 'd',
      version: '1',
      endpointConfiguration: { types: ['REGIONAL'] },
      tags: { a: '1' },
    });
    expect(made).toMatchObject({
      name: 'whole',
      description: 'd',
      version: '1',
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['REGIONAL'] },
      tags: { a: '1' },
      disableExecuteApiEndpoint: false,
      rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
    });
    expect(made.id).toMatch(/^[a-z0-9]{10}$/);
    const restApiId = made.id ?? '';
    const got = await gateway.getRestApi({ restApiId });
    expect({ ...got, $metadata: 0 }).toEqual({ ...made, $metadata: 0 });
    await gateway.deleteRestApi({ restApiId });
    const gone = notFound(`Invalid API identifier specified ${engine.engine.accountId}:${restApiId}`);
    expect(await refusal(gateway.getRestApi({ restApiId }))).toEqual(gone);
    expect(await refusal(gateway.deleteRestApi({ restApiId }))).toEqual(gone);
    expect(await refusal(gateway.getResources({ restApiId }))).toEqual(gone);
    expect(await refusal(gateway.createDeployment({ restApiId }))).toEqual(gone);
  });

  it('are EDGE and reached by IPv4 unless said otherwise, and may share a name', async () => {
    const dual = { types: ['REGIONAL' as const], ipAddressType: 'dualstack' as const };
    const { id: restApiId } = await gateway.createRestApi({ name: 'dual', endpointConfiguration: dual });
    expect((await gateway.getRestApi({ restApiId })).endpointConfiguration).toEqual(dual);
    const [one, two] = [await gateway.createRestApi({ name: 'twin' }), await gateway.createRestApi({ name: 'twin' })];
    expect(one.endpointConfiguration).toEqual({ types: ['EDGE'], ipAddressType: 'ipv4' });
    expect(one.id).not.toBe(two.id);
  });

  it('are known in their region only, and by their exact id', async () => {
    const { restApiId } = await makeApi();
    const elsewhere = new APIGateway({ ...engine.clientConfig, region: 'eu-west-1', maxAttempts: 1 });
    expect((await refusal(elsewhere.getRestApi({ restApiId }))).name).toBe('NotFoundException');
    expect((await elsewhere.getRestApis({})).items).toEqual([]);
    expect((await refusal(gateway.getRestApi({ restApiId: restApiId.toUpperCase() }))).status).toBe(404);
    expect((await refusal(gateway.getRestApi({ restApiId: '__proto__' }))).status).toBe(404);
  });

  it('refuse what cannot be, and what this endpoint would not do', async () => {
    const create = (input: object) => refusal(gateway.createRestApi({ name: 'x', ...input }));
    expect(await create({ name: '' })).toEqual(badRequest('Name cannot be empty'));
    expect(await create({ endpointConfiguration: { types: ['LOCAL'] } })).toEqual(
      invalid(
        "Value '[LOCAL]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]",
      ),
    );
    expect((await create({ policy: '{}' })).message).toMatch(/does not serve resource policies/);
    const endpoint = (endpointConfiguration: object) => create({ endpointConfiguration });
    expect((await endpoint({ types: ['PRIVATE'] })).message).toMatch(/does not serve APIs inside a VPC/);
    expect((await endpoint({ types: ['REGIONAL'], vpcEndpointIds: ['vpce-1'] })).message).toMatch(
      /does not serve VPC endpoints \(.*vpcEndpointIds\)/,
    );
    expect(await endpoint({ types: ['REGIONAL'], ipAddressType: 'ipv5' })).toEqual(
      invalid(
        "Value 'ipv5' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]",
      ),
    );
    expect((await create({ cloneFrom: 'abcdefghij' })).message).toMatch(/does not serve cloning/);
    expect(await refusal(gateway.importRestApi({ body: Buffer.from('{}') }))).toMatchObject({
      message: expect.stringContaining('ImportRestApi'),
      status: 404,
    });
  });

  it('come in pages', async () => {
    for (let count = 0; count < 7; count += 1) await makeApi(`page-${count}`);
    const seen: (string | undefined)[] = [];
    let position: string | undefined;
    do {
      const page = await gateway.getRestApis({ limit: 3, ...(position && { position }) });
      expect(page.items?.length).toBeLessThanOrEqual(3);
      seen.push(...(page.items ?? []).map(({ id }) => id));
      position = page.position;
    } while (position);
    const { items: all = [] } = await gateway.getRestApis({ limit: 500 });
    expect(all.length).toBeGreaterThan(7);
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(seen)).toEqual(new Set(all.map(({ id }) => id)));
    expect(await refusal(gateway.getRestApis({ limit: 0 }))).toEqual(badRequest('Invalid limit specified: 0'));
    expect((await refusal(gateway.getRestApis({ limit: -1 }))).status).toBe(400);
    expect(await refusal(gateway.getRestApis({ position: 'x' }))).toEqual(badRequest('Invalid position specified'));
  });

  it('carry tags, as their stages do', async () => {
    const { restApiId } = await makeApi();
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`;
    await gateway.tagResource({ resourceArn, tags: { a: '1', b: '2' } });
    await gateway.untagResource({ resourceArn, tagKeys: ['a', 'absent'] });
    expect((await gateway.getTags({ resourceArn })).tags).toEqual({ b: '2' });
    expect((await gateway.getRestApi({ restApiId })).tags).toEqual({ b: '2' });
    const stage = `${resourceArn}/stages/prod`;
    expect(await refusal(gateway.getTags({ resourceArn: stage }))).toEqual(
      notFound('Invalid stage identifier specified'),
    );
    expect((await refusal(gateway.getTags({ resourceArn: 'arn:aws:s3:::x' }))).status).toBe(404);
  });
});

describe('resources', () => {
  it('make a tree, of which a branch goes as a whole', async () => {
    const { restApiId, parentId } = await makeApi();
    const a = await gateway.createResource({ restApiId, parentId, pathPart: 'a' });
    const b = await gateway.createResource({ restApiId, parentId: a.id, pathPart: '{id}' });
    await gateway.createResource({ restApiId, parentId: b.id, pathPart: '{rest+}' });
    await gateway.createResource({ restApiId, parentId, pathPart: 'ab' });
    const paths = async () => ((await gateway.getResources({ restApiId })).items ?? []).map(({ path }) => path).sort();
    expect(await paths()).toEqual(['/', '/a', '/a/{id}', '/a/{id}/{rest+}', '/ab']);
    await gateway.updateResource({
      restApiId,
      resourceId: a.id,
      patchOperations: [{ op: 'replace', path: '/pathPart', value: 'c' }],
    });
    expect(await paths()).toEqual(['/', '/ab', '/c', '/c/{id}', '/c/{id}/{rest+}']);
    await gateway.deleteResource({ restApiId, resourceId: a.id });
    expect(await paths()).toEqual(['/', '/ab']);
    expect(await refusal(gateway.getResource({ restApiId, resourceId: a.id }))).toEqual(
      notFound('Invalid Resource identifier specified'),
    );
  });

  it('refuse a name that is taken or is none, and a parent that is not there', async () => {
    const { restApiId, parentId } = await makeApi();
    const { id } = await gateway.createResource({ restApiId, parentId, pathPart: 'a' });
    const create = (pathPart: string, parent = parentId) =>
      refusal(gateway.createResource({ restApiId, parentId: parent, pathPart }));
    expect(await create('a')).toEqual({
      name: 'ConflictException',
      message: 'Another resource with the same parent already has this name: a',
      status: 409,
    });
    for (const name of ['', 'a/b', '{', '{a', 'a}', '{a b}', 'a b', '{+}']) {
      expect([name, (await create(name)).name]).toEqual([name, 'BadRequestException']);
    }
    expect(await create('b', 'absent')).toEqual(notFound('Invalid Resource identifier specified'));
    const other = await makeApi();
    expect((await create('b', other.parentId)).status).toBe(404);
    expect((await refusal(gateway.deleteResource({ restApiId, resourceId: parentId }))).name).toBe(
      'BadRequestException',
    );
    const move = (value: string) =>
      refusal(
        gateway.updateResource({
          restApiId,
          resourceId: id,
          patchOperations: [{ op: 'replace', path: '/parentId', value }],
        }),
      );
    expect((await move('absent')).status).toBe(404);
    expect(await move(id ?? '')).toEqual(badRequest('Resources cannot be cyclical.'));
  });

  it('are 300 at most, stages and authorizers 10', async () => {
    const { restApiId, parentId } = await makeApi();
    const create = (pathPart: string) => gateway.createResource({ restApiId, parentId, pathPart });
    // The root is one of them.
    await Promise.all(Array.from({ length: 299 }, (_, n) => create(`r${n}`)));
    expect(await refusal(create('one-more'))).toEqual({
      name: 'LimitExceededException',
      message:
        'Maximum number of resources for this API has been reached. Please contact AWS if you need additional resources.',
      status: 429,
    });
    const authorizer = (n: number) =>
      gateway.createAuthorizer({
        restApiId,
        name: `a${n}`,
        type: 'COGNITO_USER_POOLS',
        providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc'],
        identitySource: 'method.request.header.Authorization',
      });
    for (let n = 0; n < 10; n += 1) await authorizer(n);
    expect((await refusal(authorizer(10))).name).toBe('LimitExceededException');
  });
});

describe('the account', () => {
  it('keeps the role for logs, and says what it has none of', async () => {
    const iam = new IAM(engine.clientConfig);
    const roleFor = async (RoleName: string, Service: string) => {
      const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }];
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      return (await iam.createRole({ RoleName, AssumeRolePolicyDocument })).Role?.Arn ?? '';
    };
    const set = (value: string) =>
      gateway.updateAccount({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] });
    const role = await roleFor('logs', 'apigateway.amazonaws.com');
    await set(role);
    expect(await gateway.getAccount({})).toMatchObject({ cloudwatchRoleArn: role, features: ['UsagePlans'] });
    const others = [
      await roleFor('of-lambda', 'lambda.amazonaws.com'),
      role.replace('logs', 'absent'),
      'logs',
      'arn:x',
    ];
    for (const other of others) {
      expect(await refusal(set(other))).toMatchObject({
        name: 'BadRequestException',
        message: expect.stringMatching(/^The role ARN does not have required permissions configured\. /),
      });
    }
    expect(await gateway.getAccount({})).toMatchObject({ cloudwatchRoleArn: role });
    await set('');
    expect((await gateway.getAccount({})).cloudwatchRoleArn ?? '').toBe('');
    expect((await gateway.getApiKeys({})).items).toEqual([]);
    expect((await refusal(gateway.createApiKey({ name: 'key' }))).message).toContain('CreateApiKey');
    expect((await refusal(gateway.createUsagePlan({ name: 'plan' }))).message).toContain('CreateUsagePlan');
  });
});
