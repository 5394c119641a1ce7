import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { accountConcurrency, changeFunctionSettings } from '../../src/aws/function-settings.ts';
import { awsError, mockAws } from './mocks.ts';

const lambda = mockClient(LambdaClient);
afterEach(() => lambda.reset());

const found = { FunctionName: 'demo', MemorySize: 128, State: 'Active', LastUpdateStatus: 'Successful' } as const;
const to = { memoryMb: 512, architecture: 'x86_64', zip: () => Promise.reject(new Error('not needed')) } as const;

describe('an experiment with the function’s settings', () => {
  it('is not measured when Lambda could not carry out the change', async () => {
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    lambda
      .on(GetFunctionConfigurationCommand)
      .resolvesOnce(found)
      .resolves({ ...found, LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'out of capacity' });
    await expect(changeFunctionSettings(await mockAws(), 'demo', to)).rejects.toMatchObject({
      code: 'FunctionFailed',
      message: expect.stringContaining('out of capacity'),
    });
  });

  it('does not wait for ever for an update that does not end', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves({ ...found, LastUpdateStatus: 'InProgress' });
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
