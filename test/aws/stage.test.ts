import {
  APIGatewayClient,
  BadRequestException,
  CreateDeploymentCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  GetDeploymentsCommand,
  GetStagesCommand,
  NotFoundException,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualStage, stage } from '../../src/aws/stage.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, inputs, mockAws, socketError, written } from './mocks.ts';

const gateway = mockClient(APIGatewayClient);
afterEach(() => gateway.reset());

const desired = { apiId: 'abc', name: 'prod', definition: 'hash-2', tracing: true };
const restApiId = 'abc';
const deployment = (id: string, description?: string, at = 0) => ({
  id,
  createdDate: new Date(at),
  ...(description !== undefined && { description }),
});
const gone = new NotFoundException({ $metadata: {}, message: 'Invalid API identifier specified' });

function standing(deployments: object[], stages: object[]): void {
  gateway.onAnyCommand().resolves({});
  gateway.on(GetDeploymentsCommand).resolves({ items: deployments });
  gateway.on(GetStagesCommand).resolves({ item: stages });
}

async function stands(aws: Awaited<ReturnType<typeof mockAws>>): Promise<ActualStage> {
  const actual = await stage.read(aws, desired);
  if (!actual) throw new Error('the stage is there');
  return actual;
}

async function repair(aws: Awaited<ReturnType<typeof mockAws>>) {
  const actual = await stands(aws);
  const changes = stage.compare(desired, actual);
  const made = await stage.update(aws, { desired, actual, changes, onWait: ignoreWait });
  expect(stage.compare(desired, made)).toEqual([]);
  return { changed: changes.map(({ property }) => property), written: written(gateway) };
}

describe('stage', () => {
  it('that serves the definition, though listed on a later page, has nothing to change', async () => {
    standing([], [{ stageName: 'prod', deploymentId: 'd2', tracingEnabled: true }]);
    gateway
      .on(GetDeploymentsCommand)
      .resolvesOnce({ items: [], position: 'next' })
      .resolvesOnce({ items: [deployment('d2', 'dynops:hash-2')] });
    const aws = await mockAws({ partition: 'aws-cn', target: { region: 'cn-north-1' } });
    const actual = await stands(aws);
    expect(actual.id).toBe('arn:aws-cn:apigateway:cn-north-1::/restapis/abc/stages/prod');
    expect(stage.compare(desired, actual)).toEqual([]);
    expect(inputs(gateway, 'GetDeployments')).toMatchObject([{ restApiId }, { restApiId, position: 'next' }]);
  });

  it('of an API that is gone is absent; made on one that goes meanwhile it is looked at again', async () => {
    gateway.onAnyCommand().rejects(gone);
    const aws = await mockAws();
    expect(await stage.read(aws, desired)).toBeUndefined();
    await expect(stage.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'NotFoundException' });
  });

  it('is deployed anew for another definition, served, and only then is the old deployment deleted', async () => {
    standing([deployment('d1', 'dynops:hash-1')], [{ stageName: 'prod', deploymentId: 'd1', tracingEnabled: false }]);
    gateway.on(CreateDeploymentCommand).resolves({ id: 'd2' });
    expect(await repair(await mockAws())).toEqual({
      changed: ['definition', 'tracing'],
      written: [
        ['CreateDeployment', { restApiId, description: 'dynops:hash-2' }],
        [
          'UpdateStage',
          {
            restApiId,
            stageName: 'prod',
            patchOperations: [
              { op: 'replace', path: '/deploymentId', value: 'd2' },
              { op: 'replace', path: '/tracingEnabled', value: 'true' },
            ],
          },
        ],
        ['DeleteDeployment', { restApiId, deploymentId: 'd1' }],
      ],
    });
  });

  it('a deployment whose answer was lost is found again by its content; the newest of several is taken', async () => {
    standing(
      [
        deployment('early', 'dynops:hash-2', 1),
        deployment('late', 'dynops:hash-2', 2),
        deployment('d1', 'dynops:hash-1'),
      ],
      [{ stageName: 'prod', deploymentId: 'd1', tracingEnabled: true }],
    );
    const { written: calls } = await repair(await mockAws());
    expect(calls).toEqual([
      [
        'UpdateStage',
        {
          restApiId,
          stageName: 'prod',
          patchOperations: [{ op: 'replace', path: '/deploymentId', value: 'late' }],
        },
      ],
      ['DeleteDeployment', { restApiId, deploymentId: 'early' }],
      ['DeleteDeployment', { restApiId, deploymentId: 'd1' }],
    ]);
  });

  it('a deployment made in the console is not taken for ours', async () => {
    standing(
      [deployment('console', 'manual hash-2')],
      [{ stageName: 'prod', deploymentId: 'console', tracingEnabled: true }],
    );
    gateway.on(CreateDeploymentCommand).resolves({ id: 'd2' });
    expect((await repair(await mockAws())).changed).toEqual(['definition']);
    expect(inputs(gateway, 'CreateDeployment')).toHaveLength(1);
  });

  it('loses what makes requests fail or go elsewhere; logs and metrics, which bring the account’s limits along, stay', async () => {
    const logs = { loggingLevel: 'INFO', metricsEnabled: true };
    const usual = { throttlingRateLimit: 10_000, throttlingBurstLimit: 5_000 };
    const served = { stageName: 'prod', deploymentId: 'd2', tracingEnabled: true };
    standing([deployment('d2', 'dynops:hash-2')], [{ ...served, methodSettings: { '*/*': { ...logs, ...usual } } }]);
    expect(await repair(await mockAws())).toEqual({ changed: [], written: [] });
    const changed = {
      methodSettings: { '*/*': { ...logs, ...usual, throttlingRateLimit: 0 }, '~1a/GET': { throttlingBurstLimit: -1 } },
      variables: { function: 'other' },
      cacheClusterEnabled: true,
      canarySettings: { percentTraffic: 50, deploymentId: 'd1' },
    };
    standing([deployment('d2', 'dynops:hash-2')], [{ ...served, ...changed }]);
    const patchOperations = [
      { op: 'remove', path: '/variables/function' },
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: '-1' },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '-1' },
      { op: 'replace', path: '/cacheClusterEnabled', value: 'false' },
      { op: 'remove', path: '/canarySettings' },
    ];
    const actual = await stage.read(await mockAws(), desired);
    // It may be a secret.
    expect(actual && stage.compare(desired, actual)).toContainEqual({
      property: 'variables',
      from: { function: '(secret)' },
      to: {},
    });
    expect(await repair(await mockAws())).toEqual({
      changed: ['variables', 'throttling', 'cacheCluster', 'canary'],
      written: [['UpdateStage', { restApiId, stageName: 'prod', patchOperations }]],
    });
  });

  it('deployments of the API’s other stages are left alone, also one that begins to be served meanwhile', async () => {
    standing(
      [deployment('d2', 'dynops:hash-2'), deployment('beta'), deployment('new'), deployment('lost')],
      [
        { stageName: 'prod', deploymentId: 'd2', tracingEnabled: true },
        { stageName: 'beta', deploymentId: 'beta' },
      ],
    );
    const message = 'Active stages pointing to this deployment must be moved or deleted';
    gateway
      .on(DeleteDeploymentCommand)
      .rejectsOnce(new BadRequestException({ $metadata: {}, message }))
      .rejectsOnce(gone);
    const repaired = await repair(await mockAws());
    expect(repaired.changed).toEqual(['staleDeployments']);
    expect(inputs(gateway, 'DeleteDeployment')).toEqual([
      { restApiId, deploymentId: 'new' },
      { restApiId, deploymentId: 'lost' },
    ]);
  });

  it('neither a deployment nor a stage is made twice when the answer is lost', async () => {
    standing([], []);
    gateway.on(CreateDeploymentCommand).rejectsOnce(socketError('ECONNRESET')).resolves({ id: 'd2' });
    gateway.on(CreateStageCommand).rejects(awsError('ServiceUnavailableException', 'busy', { status: 503 }));
    const aws = await mockAws();
    await expect(stage.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(written(gateway)).toHaveLength(1);
    await expect(stage.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(inputs(gateway, 'CreateStage')).toEqual([
      { restApiId, stageName: 'prod', deploymentId: 'd2', tracingEnabled: true },
    ]);
  });
});
