import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import {
  accountConcurrency,
  changeFunctionSettings,
  codeSha256,
  readFunctionSettings,
} from '../../src/aws/function-settings.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, mockAws } from './mocks.ts';

const lambda = mockClient(LambdaClient);
afterEach(() => lambda.reset());

describe('the function’s settings', () => {
  const found = { FunctionName: 'f', MemorySize: 128, Runtime: 'nodejs24.x', Timeout: 3, State: 'Active' } as const;

  it('are read, an old function without an architecture as x86_64', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves({ ...found, TracingConfig: { Mode: 'Active' } });
    expect(await readFunctionSettings(await mockAws(), 'f')).toEqual({
      name: 'f',
      memoryMb: 128,
      architecture: 'x86_64',
      runtime: 'nodejs24.x',
      timeoutSeconds: 3,
      tracing: true,
    });
  });

  it('the hash of its code', async () => {
    lambda.on(GetFunctionConfigurationCommand, { FunctionName: 'f' }).resolves({ ...found, CodeSha256: 'abc=' });
    expect(await codeSha256(await mockAws(), 'f')).toBe('abc=');
  });

  it('of a function that is not there: the stack is absent', async () => {
    lambda
      .on(GetFunctionConfigurationCommand)
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'Function not found: f', Type: 'User' }));
    await expect(readFunctionSettings(await mockAws(), 'f')).rejects.toMatchObject({ code: 'StackAbsent' });
  });

  it('are changed one after the other, each once the one before has taken effect', async () => {
    lambda
      .on(GetFunctionConfigurationCommand)
      .resolvesOnce({ ...found, LastUpdateStatus: 'InProgress' })
      .resolvesOnce({ ...found, LastUpdateStatus: 'Successful' })
      .resolvesOnce({ ...found, LastUpdateStatus: 'InProgress' })
      .resolves({ ...found, MemorySize: 512, Architectures: ['arm64'] });
    lambda.on(UpdateFunctionCodeCommand).resolves({});
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    const zip = async () => new Uint8Array([1]);
    const changed = await changeFunctionSettings(await mockAws(), 'f', { memoryMb: 512, architecture: 'arm64', zip });
    expect(changed).toMatchObject({ memoryMb: 512, architecture: 'arm64' });
    expect(lambda.commandCalls(UpdateFunctionCodeCommand)[0]?.args[0].input).toMatchObject({
      Architectures: ['arm64'],
    });
    expect(lambda.commandCalls(UpdateFunctionConfigurationCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'f',
      MemorySize: 512,
    });
  });

  it('as they are make no mutating call', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves(found);
    const zip = () => Promise.reject(new Error('not needed'));
    await changeFunctionSettings(await mockAws(), 'f', { memoryMb: 128, architecture: 'x86_64', zip });
    expect(lambda.commandCalls(UpdateFunctionConfigurationCommand)).toEqual([]);
    expect(lambda.commandCalls(UpdateFunctionCodeCommand)).toEqual([]);
  });

  it('the account’s concurrency, where the endpoint tells it', async () => {
    const aws = await mockAws();
    lambda
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } });
    expect(await accountConcurrency(aws)).toBe(900);
    lambda
      .on(GetAccountSettingsCommand)
      .rejects(Object.assign(new Error('unknown'), { name: 'UnknownOperationException' }));
    expect(await accountConcurrency(aws)).toBeUndefined();
  });
});

const small = { FunctionName: 'demo', MemorySize: 128, State: 'Active', LastUpdateStatus: 'Successful' } as const;
const to = { memoryMb: 512, architecture: 'x86_64', zip: () => Promise.reject(new Error('not needed')) } as const;

describe('an experiment with the function’s settings', () => {
  it('is not measured when Lambda could not carry out the change', async () => {
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    lambda
      .on(GetFunctionConfigurationCommand)
      .resolvesOnce(small)
      .resolves({ ...small, LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'out of capacity' });
    await expect(changeFunctionSettings(await mockAws(), 'demo', to)).rejects.toMatchObject({
      code: 'FunctionFailed',
      message: expect.stringContaining('out of capacity'),
    });
  });

  it('does not wait for ever for an update that does not end', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves({ ...small, LastUpdateStatus: 'InProgress' });
    await expect(changeFunctionSettings(await mockAws(), 'demo', to)).rejects.toMatchObject({
      code: 'WaitedTooLong',
      message: expect.stringContaining('demo'),
    });
  });

  it('a denial of the account’s settings is told, not taken for an endpoint without them', async () => {
    lambda.onAnyCommand().rejects(awsError('AccessDeniedException', 'denied', { status: 403 }));
    await expect(accountConcurrency(await mockAws())).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
