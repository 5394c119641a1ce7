import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway } from '../execute-api/api-fixture.ts';
import { refusal } from '../refusal.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGateway();
});
afterAll(() => fixture?.engine.stop());

const notFound = (message: string) => ({ name: 'NotFoundException', message, status: 404 });
const badRequest = (message: string) => ({ name: 'BadRequestException', message, status: 400 });

describe('deployments', () => {
  it('want methods, each with an integration', async () => {
    const { gateway } = fixture;
    const { id: restApiId, rootResourceId: resourceId } = await gateway.createRestApi({ name: 'empty' });
    const deploy = () => refusal(gateway.createDeployment({ restApiId, stageName: 'prod' }));
    expect(await deploy()).toEqual(badRequest("The REST API doesn't contain any methods"));
    await gateway.putMethod({ restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' });
    expect(await deploy()).toEqual(badRequest('No integration defined for method'));
    expect((await gateway.getStages({ restApiId })).item).toEqual([]);
    expect((await gateway.getDeployments({ restApiId })).items).toEqual([]);
  });

  it('are listed, described and deleted, but not under a stage', async () => {
    const { gateway } = fixture;
    const { restApiId } = await fixture.makeApi({ '/x': {} });
    const { id: free } = await gateway.createDeployment({ restApiId, description: 'second' });
    const { items = [] } = await gateway.getDeployments({ restApiId });
    expect(items).toHaveLength(2);
    const used = items.find(({ description }) => description === undefined);
    expect(items.find(({ description }) => description === 'second')?.id).toBe(free);
    expect(await refusal(gateway.deleteDeployment({ restApiId, deploymentId: used?.id }))).toEqual(
      badRequest('Active stages pointing to this deployment must be moved or deleted'),
    );
    await gateway.deleteDeployment({ restApiId, deploymentId: free });
    expect(await refusal(gateway.getDeployment({ restApiId, deploymentId: free }))).toEqual(
      notFound('Invalid Deployment identifier specified'),
    );
    const embedded = await gateway.getDeployment({ restApiId, deploymentId: used?.id, embed: ['apisummary'] });
    expect(embedded.apiSummary).toMatchObject({ '/x': { POST: { authorizationType: 'NONE', apiKeyRequired: false } } });
    await gateway.updateDeployment({
      restApiId,
      deploymentId: used?.id,
      patchOperations: [{ op: 'replace', path: '/description', value: 'told' }],
    });
    expect((await gateway.getDeployment({ restApiId, deploymentId: used?.id })).description).toBe('told');
  });

  it('cannot be changed by a patch', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/x': {} });
    const { restApiId } = api;
    const { items: [deployment] = [] } = await gateway.getDeployments({ restApiId });
    for (const path of ['/definition/resources', '/id', '/createdAtMs', '/definition', 'description', '']) {
      const patchOperations = [{ op: 'replace' as const, path, value: 'x' }];
      const answer = await refusal(
        gateway.updateDeployment({ restApiId, deploymentId: deployment?.id, patchOperations }),
      );
      expect(answer).toEqual(badRequest(`Invalid patch path ${path}`));
    }
    expect((await api.call('/x')).status).toBe(200);
  });
});

describe('stages', () => {
  it('are created once, read, and deleted', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/x': {} });
    const { restApiId } = api;
    const { deploymentId } = await gateway.getStage({ restApiId, stageName: 'prod' });
    const settings = { deploymentId, stageName: 'beta', variables: { table: 'items' }, tags: { a: '1' } };
    const stage = { restApiId, ...settings };
    const made = await gateway.createStage({ ...stage, description: 'd', tracingEnabled: true });
    expect(made).toMatchObject({ ...settings, description: 'd', tracingEnabled: true });
    expect(await refusal(gateway.createStage(stage))).toEqual({
      name: 'ConflictException',
      message: 'Stage already exists',
      status: 409,
    });
    expect((await gateway.getStages({ restApiId })).item?.map(({ stageName }) => stageName)).toEqual(['prod', 'beta']);
    expect((await gateway.getStages({ restApiId, deploymentId: 'other' })).item).toEqual([]);
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/beta`;
    expect((await gateway.getTags({ resourceArn })).tags).toEqual({ a: '1' });
    await gateway.deleteStage({ restApiId, stageName: 'beta' });
    const gone = notFound('Invalid stage identifier specified');
    expect(await refusal(gateway.getStage({ restApiId, stageName: 'beta' }))).toEqual(gone);
    expect(await refusal(gateway.deleteStage({ restApiId, stageName: 'beta' }))).toEqual(gone);
  });

  it('refuse names, deployments and settings that cannot be', async () => {
    const { gateway } = fixture;
    const { restApiId } = await fixture.makeApi({ '/x': {} });
    const { deploymentId } = await gateway.getStage({ restApiId, stageName: 'prod' });
    const create = (input: object) =>
      refusal(gateway.createStage({ restApiId, deploymentId, stageName: 'new', ...input }));
    for (const stageName of ['a b', 'ä', 'x'.repeat(129), 'a/b']) {
      expect([stageName, (await create({ stageName })).message]).toEqual([
        stageName,
        'Stage name only allows a-zA-Z0-9_-',
      ]);
    }
    expect(await create({ deploymentId: 'absent' })).toEqual(notFound('Invalid Deployment identifier specified'));
    expect((await create({ variables: { table: 'a b' } })).message).toMatch(
      /^Stage variable name or value is invalid: table/,
    );
    expect((await create({ cacheClusterEnabled: true })).message).toMatch(/does not serve cache clusters/);
    expect((await create({ documentationVersion: '1' })).message).toMatch(/does not serve documentation/);
    expect((await create({ canarySettings: { percentTraffic: 10 } })).message).toMatch(
      /does not serve canary releases/,
    );
    expect((await gateway.getStages({ restApiId })).item).toHaveLength(1);
  });

  it('are 10 at most', async () => {
    const { gateway } = fixture;
    const api = await fixture.makeApi({ '/x': {} });
    for (let n = 1; n < 10; n += 1) await api.deploy(`stage${n}`);
    expect((await refusal(api.deploy('one-more'))).name).toBe('LimitExceededException');
    await api.deploy('stage1');
    const { deploymentId } = await gateway.getStage({ restApiId: api.restApiId, stageName: 'prod' });
    const more = gateway.createStage({ restApiId: api.restApiId, stageName: 'one-more', deploymentId });
    expect((await refusal(more)).status).toBe(429);
  });

  it('are patched in what may be patched', async () => {
    const { gateway } = fixture;
    const { restApiId } = await fixture.makeApi({ '/x': {} });
    const patch = (op: 'replace' | 'remove' | 'add' | 'copy', path: string, value?: string) =>
      gateway.updateStage({
        restApiId,
        stageName: 'prod',
        patchOperations: [{ op, path, ...(value !== undefined && { value }) }],
      });
    await patch('replace', '/description', 'told');
    await patch('replace', '/tracingEnabled', 'true');
    await patch('replace', '/variables/a', '1');
    await patch('replace', '/variables/b', '2');
    await patch('remove', '/variables/a');
    await patch('replace', '/*/*/logging/loglevel', 'OFF');
    const stage = await patch('replace', '/~1x/POST/metrics/enabled', 'false');
    expect(stage).toMatchObject({
      description: 'told',
      tracingEnabled: true,
      variables: { b: '2' },
      methodSettings: { '*/*': { loggingLevel: 'OFF' }, 'x/POST': { metricsEnabled: false } },
    });
    // As Terraform names a method: without the leading slash.
    await patch('replace', '/x/GET/throttling/burstLimit', '5');
    const { '*/*': all, ...others } = (await patch('remove', '/x/POST')).methodSettings ?? {};
    expect(all).toMatchObject({ loggingLevel: 'OFF', throttlingBurstLimit: 5_000, throttlingRateLimit: 10_000 });
    expect(others).toEqual({ 'x/GET': { ...all, throttlingBurstLimit: 5 } });
    // What is said of all methods later changes none that has settings.
    expect((await patch('replace', '/*/*/throttling/burstLimit', '7')).methodSettings).toMatchObject({
      '*/*': { throttlingBurstLimit: 7 },
      'x/GET': { throttlingBurstLimit: 5 },
    });
    expect((await patch('replace', '/y/PUT/throttling/rateLimit', '.95e1')).methodSettings?.['y/PUT']).toEqual({
      ...all,
      throttlingBurstLimit: 7,
      throttlingRateLimit: 9.5,
    });
    await patch('replace', '/variables/POST', '3');
    expect((await patch('remove', '/variables/POST')).variables).toEqual({ b: '2' });
    for (const path of ['/stageName', '/createdDate', '/readyAtMs', '/nonsense']) {
      const { name, message } = await refusal(patch('replace', path, 'x'));
      expect([name, message.slice(0, message.indexOf(','))]).toEqual([
        'BadRequestException',
        `Invalid method setting path: ${path}. Must be one of: [/deploymentId`,
      ]);
    }
    const refused: [Parameters<typeof patch>, string][] = [
      [
        ['replace', '/canarySettings/percentTraffic', '5'],
        'This endpoint does not serve canary releases (canarySettings).',
      ],
      [
        ['replace', '/*/*/logging/loglevel', 'INFO'],
        'This endpoint does not serve execution logs (loggingLevel, dataTraceEnabled).',
      ],
      [['replace', '/methodSettings/x~1POST', '5'], 'Invalid patch path /methodSettings/x~1POST'],
      [['replace', '/*/*/throttling/rateLimit', 'much'], 'Invalid value much for throttlingRateLimit'],
      [['replace', '/*/*/throttling/rateLimit', '-5'], 'Invalid value -5 for throttlingRateLimit'],
      [['replace', '/*/*/throttling/rateLimit', '1e999'], 'Invalid value 1e999 for throttlingRateLimit'],
      [['replace', '/*/*/throttling/rateLimit', '0x10'], 'Invalid value 0x10 for throttlingRateLimit'],
      [['replace', '/x/GET/throttling/burstLimit', '1e2'], 'Invalid value 1e2 for throttlingBurstLimit'],
      [['replace', '/x/GET/throttling/burstLimit', '-2'], 'Invalid value -2 for throttlingBurstLimit'],
      [['replace', '/x/GET/throttling/burstLimit', '1.5'], 'Invalid value 1.5 for throttlingBurstLimit'],
      [['replace', '/x/GET/caching/ttlInSeconds', '3601'], 'Invalid value 3601 for cacheTtlInSeconds'],
      [['remove', '/description'], 'Invalid patch operation specified. Must be one of: [replace]'],
      [['copy', '/description'], 'Invalid patch operation specified. Must be one of: [replace]'],
      [
        ['replace', '/cacheClusterEnabled', 'true'],
        'This endpoint does not serve cache clusters (cacheClusterEnabled).',
      ],
    ];
    for (const [operation, message] of refused) expect(await refusal(patch(...operation))).toEqual(badRequest(message));
    expect(await refusal(patch('replace', '/deploymentId', 'absent'))).toEqual(
      notFound('Invalid Deployment identifier specified'),
    );
    const after = await gateway.getStage({ restApiId, stageName: 'prod' });
    expect(after).toMatchObject({ description: 'told', variables: { b: '2' } });
    expect((await gateway.getStages({ restApiId })).item).toHaveLength(1);
  });

  it('take several patches together, or none of them', async () => {
    const { gateway } = fixture;
    const { restApiId } = await fixture.makeApi({ '/x': {} });
    const patchOperations = [
      { op: 'replace' as const, path: '/description', value: 'half' },
      { op: 'replace' as const, path: '/nonsense', value: 'x' },
    ];
    await refusal(gateway.updateStage({ restApiId, stageName: 'prod', patchOperations }));
    expect((await gateway.getStage({ restApiId, stageName: 'prod' })).description).toBeUndefined();
  });
});
