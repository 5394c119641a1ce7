import {
  APIGatewayClient,
  DeleteIntegrationResponseCommand,
  GetMethodCommand,
  type GetMethodCommandOutput,
  NotFoundException,
  PutIntegrationCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualMethod, type DesiredMethod, method } from '../../src/aws/method.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, inputs, mockAws, written } from './mocks.ts';

const gateway = mockClient(APIGatewayClient);
afterEach(() => gateway.reset());

const integrationUri =
  'arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/arn:aws-cn:lambda:cn-north-1:123456789012:function:demo/invocations';
const desired: DesiredMethod = {
  apiId: 'abc',
  resourceId: 'r1',
  httpMethod: 'POST',
  authorizerId: 'a1',
  integration: { type: 'AWS', uri: integrationUri },
  answers: {
    '200': { selectionPattern: undefined, templates: {} },
    '400': { selectionPattern: '.*BadRequest.*', templates: { 'application/json': '{}' } },
  },
};
const ids = { restApiId: 'abc', resourceId: 'r1', httpMethod: 'POST' };

/** As API Gateway answers it: null for an empty template, an empty pattern, defaults that were never sent. */
const standing = {
  httpMethod: 'POST',
  authorizationType: 'COGNITO_USER_POOLS',
  authorizerId: 'a1',
  apiKeyRequired: false,
  methodResponses: { '400': { statusCode: '400' }, '200': { statusCode: '200' } },
  methodIntegration: {
    type: 'AWS',
    httpMethod: 'POST',
    uri: integrationUri,
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: 'r1',
    cacheKeyParameters: [],
    integrationResponses: {
      '200': { statusCode: '200', selectionPattern: '', responseTemplates: { 'application/json': null } },
      '400': { statusCode: '400', selectionPattern: '.*BadRequest.*', responseTemplates: { 'application/json': '{}' } },
    },
  },
} as unknown as GetMethodCommandOutput;

async function found(output: GetMethodCommandOutput): Promise<ActualMethod> {
  gateway.on(GetMethodCommand).resolves(output);
  const actual = await method.read(await mockAws(), desired);
  if (!actual) throw new Error('the method is there');
  return actual;
}

async function repair(output: GetMethodCommandOutput) {
  gateway.onAnyCommand().resolves({});
  const actual = await found(output);
  const changes = method.compare(desired, actual);
  const made = await method.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
  expect(method.compare(desired, made)).toEqual([]);
  return { changed: changes.map(({ property }) => property), written: written(gateway) };
}

describe('method', () => {
  it('that stands as AWS answers it has nothing to change', async () => {
    expect(await repair(standing)).toEqual({ changed: [], written: [] });
  });

  it('is closed by its authorizer in the very call that makes it', async () => {
    gateway.onAnyCommand().resolves({});
    const made = await method.create(await mockAws(), desired, ignoreWait);
    expect(method.compare(desired, made)).toEqual([]);
    const calls = written(gateway);
    const [first, second] = calls;
    expect(first).toEqual(['PutMethod', { ...ids, authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'a1' }]);
    expect(second).toEqual([
      'PutIntegration',
      {
        ...ids,
        type: 'AWS',
        integrationHttpMethod: 'POST',
        uri: integrationUri,
        passthroughBehavior: 'WHEN_NO_MATCH',
        timeoutInMillis: 29_000,
        requestTemplates: {},
      },
    ]);
    expect(calls.filter(([name]) => name === 'PutMethodResponse')).toEqual([
      ['PutMethodResponse', { ...ids, statusCode: '200', responseModels: { 'application/json': 'Empty' } }],
      ['PutMethodResponse', { ...ids, statusCode: '400', responseModels: { 'application/json': 'Empty' } }],
    ]);
    expect(calls.filter(([name]) => name === 'PutIntegrationResponse')).toEqual([
      ['PutIntegrationResponse', { ...ids, statusCode: '200', responseTemplates: {} }],
      [
        'PutIntegrationResponse',
        {
          ...ids,
          statusCode: '400',
          responseTemplates: { 'application/json': '{}' },
          selectionPattern: '.*BadRequest.*',
        },
      ],
    ]);
  });

  it('gives an answer its headers when the method declares them, and ends with nothing in flight', async () => {
    gateway.onAnyCommand().resolves({});
    await method.create(await mockAws(), desired, ignoreWait);
    const answers = written(gateway).map(([name, input]) =>
      `${name} ${(input as { statusCode?: string }).statusCode ?? ''}`.trim(),
    );
    for (const status of Object.keys(desired.answers)) {
      const [declared, given] = [`PutMethodResponse ${status}`, `PutIntegrationResponse ${status}`];
      expect(answers.indexOf(declared)).toBeGreaterThan(answers.indexOf('PutMethod'));
      expect(answers.indexOf(given)).toBeGreaterThan(answers.indexOf(declared));
      expect(answers.indexOf(given)).toBeGreaterThan(answers.indexOf('PutIntegration'));
    }
    gateway.reset();
    let open = 0;
    gateway.onAnyCommand().callsFake(async () => {
      open += 1;
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return {};
    });
    gateway.on(PutIntegrationCommand).rejects(Object.assign(new Error('no'), { name: 'BadRequestException' }));
    await expect(method.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({
      code: 'BadRequestException',
    });
    expect(open).toBe(0);
  });

  it('that was opened, takes access tokens or asks for a key is closed again in one call', async () => {
    const { authorizerId: _, ...open } = standing;
    const changed = { ...open, authorizationType: 'NONE', authorizationScopes: ['a/b'], apiKeyRequired: true };
    const repaired = await repair(changed);
    expect(repaired.changed).toEqual(['authorizationType', 'authorizerId', 'authorizationScopes', 'apiKeyRequired']);
    expect(repaired.written).toEqual([
      [
        'UpdateMethod',
        {
          ...ids,
          patchOperations: [
            { op: 'replace', path: '/authorizationType', value: 'COGNITO_USER_POOLS' },
            { op: 'replace', path: '/authorizerId', value: 'a1' },
            { op: 'remove', path: '/authorizationScopes', value: 'a/b' },
            { op: 'replace', path: '/apiKeyRequired', value: 'false' },
          ],
        },
      ],
    ]);
  });

  it('loses both halves of an answer that it should not have', async () => {
    const { methodIntegration, methodResponses } = standing;
    const repaired = await repair({
      ...standing,
      methodResponses: { ...methodResponses, '418': { statusCode: '418' } },
      methodIntegration: {
        ...methodIntegration,
        integrationResponses: { ...methodIntegration?.integrationResponses, '418': { statusCode: '418' } },
      },
    });
    expect(repaired.written).toEqual([
      ['DeleteIntegrationResponse', { ...ids, statusCode: '418' }],
      ['DeleteMethodResponse', { ...ids, statusCode: '418' }],
    ]);
  });

  it('with another integration gets all its answers anew: a new one begins without', async () => {
    const uri = integrationUri.replace('function:demo', 'function:other');
    const repaired = await repair({ ...standing, methodIntegration: { ...standing.methodIntegration, uri } });
    expect(repaired.changed).toEqual(['integration']);
    expect(repaired.written.map(([operation]) => operation)).toEqual([
      'PutIntegration',
      'PutIntegrationResponse',
      'PutIntegrationResponse',
    ]);
  });

  it('that converts or checks what comes in passes it on as it is again; the text that the console asks for is that', async () => {
    const { methodIntegration } = standing;
    const handled = (contentHandling: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT') => ({
      ...standing,
      methodIntegration: { ...methodIntegration, contentHandling },
    });
    expect((await repair(handled('CONVERT_TO_TEXT'))).changed).toEqual([]);
    const repaired = await repair({ ...handled('CONVERT_TO_BINARY'), requestValidatorId: 'v1' });
    expect(repaired.changed).toEqual(['requestValidatorId', 'integration']);
    const patchOperations = [{ op: 'replace', path: '/requestValidatorId', value: '' }];
    expect(repaired.written).toContainEqual(['UpdateMethod', { ...ids, patchOperations }]);
    expect(inputs(gateway, 'PutIntegration')[0]).not.toHaveProperty('contentHandling');
  });

  it('that is not there is absent; what is gone already is no error', async () => {
    const gone = new NotFoundException({ $metadata: {}, message: 'Invalid Method identifier specified' });
    gateway.onAnyCommand().rejects(gone);
    const aws = await mockAws();
    expect(await method.read(aws, desired)).toBeUndefined();
    await method.remove(aws, { ...desired } as unknown as ActualMethod, ignoreWait);
  });

  it('whose change meets another’s is repeated; a denial is not swallowed', async () => {
    const conflict = 'Unable to complete operation due to concurrent modification. Please try again later.';
    gateway.onAnyCommand().resolves({});
    const actual = await found({ ...standing, authorizationType: 'NONE' });
    gateway
      .on(UpdateMethodCommand)
      .rejectsOnce(awsError('ConflictException', conflict, { status: 409 }))
      .resolves({});
    const aws = await mockAws();
    await method.update(aws, { desired, actual, changes: [], onWait: ignoreWait });
    expect(aws.attempts.map(({ error }) => error)).toEqual(['ConflictException', undefined]);
    gateway.on(DeleteIntegrationResponseCommand).rejects(awsError('AccessDeniedException', 'denied'));
    const extra = { ...actual, answers: { ...actual.answers, '418': { selectionPattern: undefined, templates: {} } } };
    const updating = method.update(aws, { desired, actual: extra, changes: [], onWait: ignoreWait });
    await expect(updating).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
