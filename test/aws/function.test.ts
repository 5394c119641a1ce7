import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  LambdaClient,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualFunction, type DesiredFunction, lambdaFunction, secretTags } from '../../src/aws/function.ts';
import { mockClient } from '../mock-client.ts';
import {
  awsError,
  ignoreWait,
  inputs,
  mockAws,
  removedTags,
  setTags,
  taggedId,
  taggingCalls,
  tags,
  written,
} from './mocks.ts';

const lambda = mockClient(LambdaClient);
const iam = mockClient(IAMClient);
afterEach(() => {
  lambda.reset();
  iam.reset();
});

const zip = new Uint8Array([1, 2, 3]);
const id = 'arn:aws-cn:lambda:cn-north-1:123456789012:function:demo';
const roleArn = 'arn:aws-cn:iam::123456789012:role/demo-role';
const desired: DesiredFunction = {
  name: 'demo',
  roleArn,
  runtime: 'nodejs24.x',
  architecture: 'arm64',
  handler: 'index.handler',
  memoryMb: 256,
  timeoutSeconds: 10,
  tracing: true,
  environment: {},
  secrets: [],
  code: async () => ({ zip, sha256: 'sha-2' }),
  codeSha256: 'sha-2',
  tags,
};
const ready: FunctionConfiguration = {
  FunctionArn: id,
  FunctionName: 'demo',
  Role: roleArn,
  Runtime: 'nodejs24.x',
  Architectures: ['arm64'],
  Handler: 'index.handler',
  MemorySize: 256,
  Timeout: 10,
  TracingConfig: { Mode: 'Active' },
  CodeSha256: 'sha-2',
  State: 'Active',
  LastUpdateStatus: 'Successful',
};
const configuration = {
  Role: roleArn,
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  MemorySize: 256,
  Timeout: 10,
  Environment: { Variables: {} },
  TracingConfig: { Mode: 'Active' },
};
const cannotAssume = awsError(
  'InvalidParameterValueException',
  'The role defined for the function cannot be assumed by Lambda.',
);

async function stands(more: FunctionConfiguration, found: Record<string, string> = tags): Promise<ActualFunction> {
  lambda.on(GetFunctionCommand).resolves({ Configuration: { ...ready, ...more }, Tags: found });
  const actual = await lambdaFunction.read(await mockAws(), desired);
  if (!actual) throw new Error('the function is there');
  return actual;
}

describe('function', () => {
  it('is the same as asked for; one of before the architectures is x86_64', async () => {
    expect(lambdaFunction.compare(desired, await stands({}))).toEqual([]);
    const { Architectures: _, ...old } = ready;
    lambda.on(GetFunctionCommand).resolves({ Configuration: old, Tags: tags });
    const actual = await lambdaFunction.read(await mockAws(), desired);
    expect(actual && lambdaFunction.compare(desired, actual)).toEqual([
      { property: 'architecture', from: 'x86_64', to: 'arm64' },
    ]);
  });

  it('has variables that differ: of those that are asked for no more, and may be secrets, the names', async () => {
    const environment = { KEY: 'k-1', LEVEL: 'info' };
    const stood = await stands({ Environment: { Variables: { KEY: 'k-0', LEVEL: 'debug', OLD_KEY: 'k-9' } } });
    expect(lambdaFunction.compare({ ...desired, environment, secrets: ['KEY'] }, stood)).toEqual([
      {
        property: 'environment',
        from: { KEY: '(secret)', LEVEL: 'debug', OLD_KEY: '(secret)' },
        to: { KEY: '(secret)', LEVEL: 'info' },
      },
    ]);
  });

  it('had secrets: their old values are not shown where they are plain text now, nor any of somebody else', async () => {
    const Environment = { Variables: { KEY: 'k-0', KEY_2: 'k-2', LEVEL: 'debug' } };
    const environment = { KEY: 'plain', KEY_2: 'k-2', LEVEL: 'info' };
    const changes = async (found: Record<string, string>) =>
      lambdaFunction.compare({ ...desired, environment }, await stands({ Environment }, found));
    const remembered = secretTags(['KEY', 'KEY_2']);
    expect(await changes({ ...tags, ...remembered })).toEqual([
      { property: 'environment', from: { KEY: '(secret)', KEY_2: '(secret)', LEVEL: 'debug' }, to: environment },
    ]);
    const from = { KEY: '(secret)', KEY_2: '(secret)', LEVEL: '(secret)' };
    for (const others of [{}, { 'dynops:stack': 'another' }])
      expect(await changes(others)).toEqual([{ property: 'environment', from, to: environment }]);
    // However many there are.
    const many = Array.from({ length: 60 }, (_, index) => `SECRET_${index}`);
    const variables = (value: string) => Object.fromEntries(many.map((name) => [name, value]));
    const stood = await stands({ Environment: { Variables: variables('old') } }, { ...tags, ...secretTags(many) });
    const shown = JSON.stringify(lambdaFunction.compare({ ...desired, environment: variables('new') }, stood));
    expect(shown).not.toContain('old');
  });

  it('is made once Lambda can assume the role, with the reason told meanwhile, and is waited for', async () => {
    lambda
      .on(CreateFunctionCommand)
      .rejectsOnce(cannotAssume)
      .rejectsOnce(cannotAssume)
      .resolves({ ...ready, State: 'Pending' });
    lambda
      .on(GetFunctionCommand)
      .resolvesOnce({ Configuration: { ...ready, State: 'Pending' } })
      .resolves({ Configuration: ready });
    const reasons: string[] = [];
    const made = await lambdaFunction.create(await mockAws(), desired, (reason) => reasons.push(reason));
    expect(lambdaFunction.compare(desired, made)).toEqual([]);
    expect(made).toMatchObject({ id, tags });
    expect(reasons).toEqual([
      expect.stringContaining('demo-role'),
      expect.stringContaining('demo-role'),
      expect.stringContaining('demo'),
    ]);
    expect(inputs(lambda, 'CreateFunction')[0]).toEqual({
      FunctionName: 'demo',
      Architectures: ['arm64'],
      Code: { ZipFile: zip },
      Description: expect.any(String),
      Tags: tags,
      ...configuration,
      // With none, AWS tells none.
      Environment: undefined,
    });
  });

  it('another mistake under the same name is told at once', async () => {
    lambda
      .on(CreateFunctionCommand)
      .rejects(awsError('InvalidParameterValueException', 'The runtime parameter of python3.7 is no longer supported'));
    await expect(lambdaFunction.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    });
    expect(lambda.calls()).toHaveLength(1);
  });

  it('a role that never becomes assumable ends the wait, and its name is in the error', async () => {
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    iam.on(GetRoleCommand).resolves({});
    lambda.on(CreateFunctionCommand).rejects(cannotAssume);
    await expect(lambdaFunction.create(aws, desired, ignoreWait)).rejects.toMatchObject({
      code: 'WaitedTooLong',
      message: expect.stringContaining('demo-role'),
    });
    // Chalice found 15 seconds too short, Terraform once 2 minutes.
    expect(aws.clock() - startedAtMs).toBeGreaterThanOrEqual(120_000);
  });

  it('is not waited for on a role that another command has deleted: Lambda says the same of it as of a new one', async () => {
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    iam.on(GetRoleCommand).rejects(awsError('NoSuchEntityException', 'The role cannot be found.', { status: 404 }));
    lambda.on(CreateFunctionCommand).rejects(cannotAssume);
    await expect(lambdaFunction.create(aws, desired, ignoreWait)).rejects.toMatchObject({
      code: 'NoSuchEntityException',
    });
    expect(aws.clock() - startedAtMs).toBeLessThan(60_000);
  });

  it('code and configuration are sent one after the other, each whole, each once the one before took effect', async () => {
    const actual = await stands({ CodeSha256: 'sha-1', MemorySize: 128 });
    const updating = { Configuration: { ...ready, LastUpdateStatus: 'InProgress' as const } };
    lambda.reset();
    lambda.onAnyCommand().resolves({});
    lambda
      .on(GetFunctionCommand)
      .resolvesOnce({ Configuration: ready })
      .resolvesOnce(updating)
      .resolvesOnce({ Configuration: ready })
      .resolvesOnce(updating)
      .resolves({ Configuration: ready });
    const changes = lambdaFunction.compare(desired, actual);
    const aws = await mockAws();
    const made = await lambdaFunction.update(aws, { desired, actual, changes, onWait: ignoreWait });
    expect(lambdaFunction.compare(desired, made)).toEqual([]);
    expect(written(lambda)).toEqual([
      ['UpdateFunctionCode', { FunctionName: 'demo', ZipFile: zip, Architectures: ['arm64'] }],
      ['UpdateFunctionConfiguration', { FunctionName: 'demo', ...configuration }],
    ]);
    expect(lambda.calls().map(({ args }) => args[0].constructor.name)).toEqual([
      'GetFunctionCommand',
      'UpdateFunctionCodeCommand',
      'GetFunctionCommand',
      'GetFunctionCommand',
      'UpdateFunctionConfigurationCommand',
      'GetFunctionCommand',
      'GetFunctionCommand',
    ]);
  });

  it('loses layers, a log group and a concurrency of its own, each by the call that sets it', async () => {
    const changed: FunctionConfiguration = {
      ...ready,
      Layers: [{ Arn: 'arn:aws-cn:lambda:cn-north-1:1:layer:more:1' }],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: 'elsewhere' },
    };
    lambda.on(GetFunctionCommand).resolves({
      Configuration: changed,
      Tags: tags,
      Concurrency: { ReservedConcurrentExecutions: 0 },
    });
    const actual = await lambdaFunction.read(await mockAws(), desired);
    if (!actual) throw new Error('the function is there');
    const changes = lambdaFunction.compare(desired, actual);
    expect(changes.map(({ property }) => property)).toEqual(['layers', 'logging', 'reservedConcurrency']);
    lambda.onAnyCommand().resolves({});
    lambda.on(GetFunctionCommand).resolves({ Configuration: ready });
    const made = await lambdaFunction.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    expect(lambdaFunction.compare(desired, made)).toEqual([]);
    const reset = { Layers: [], LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/demo' } };
    expect(written(lambda)).toEqual([
      ['UpdateFunctionConfiguration', { FunctionName: 'demo', ...configuration, ...reset }],
      ['DeleteFunctionConcurrency', { FunctionName: 'demo' }],
    ]);
  });

  it('an update that Lambda accepts and then cannot carry out is not told as done', async () => {
    const actual = await stands({ MemorySize: 128 });
    const failed = { LastUpdateStatus: 'Failed' as const, LastUpdateStatusReason: 'The KMS key is disabled.' };
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    lambda.on(GetFunctionCommand).resolves({ Configuration: { ...ready, ...failed } });
    const changes = lambdaFunction.compare(desired, actual);
    const updating = lambdaFunction.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    await expect(updating).rejects.toMatchObject({
      code: 'FunctionFailed',
      message: expect.stringContaining('The KMS key is disabled.'),
    });
  });

  it('one whose last update failed can be repaired', async () => {
    const actual = await stands({ CodeSha256: 'sha-1' });
    lambda.reset();
    lambda.on(UpdateFunctionCodeCommand).resolves({});
    lambda
      .on(GetFunctionCommand)
      .resolvesOnce({ Configuration: { ...ready, LastUpdateStatus: 'Failed' } })
      .resolves({ Configuration: ready });
    const changes = lambdaFunction.compare(desired, actual);
    const made = await lambdaFunction.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    expect(made.codeSha256).toBe('sha-2');
  });

  it('that is not there is absent, and deleting it is no error', async () => {
    const missing = new ResourceNotFoundException({ $metadata: {}, message: 'Function not found', Type: 'User' });
    lambda.on(GetFunctionCommand).rejects(missing);
    lambda.on(DeleteFunctionCommand).rejects(missing);
    const aws = await mockAws();
    expect(await lambdaFunction.read(aws, desired)).toBeUndefined();
    const usual = { reservedConcurrency: null, layers: [], logging: { format: 'Text', logGroup: '/aws/lambda/demo' } };
    await lambdaFunction.remove(aws, { ...desired, ...usual, id, environment: {} }, ignoreWait);
  });

  it('gets the tags that change, and no others', async () => {
    lambda.onAnyCommand().resolves({});
    expect(await taggingCalls(lambdaFunction, lambda)).toEqual([
      ['TagResource', { Resource: taggedId, Tags: setTags }],
      ['UntagResource', { Resource: taggedId, TagKeys: removedTags }],
    ]);
  });
});
