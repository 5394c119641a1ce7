import { CreateRoleCommand, type CreateRoleCommandOutput, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, expect, it } from 'vitest';
import { type ChangingCall, watched } from '../../src/aws/watched.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, mockAws, socketError } from './mocks.ts';

const iam = mockClient(IAMClient);
afterEach(() => iam.reset());

const create = new CreateRoleCommand({ RoleName: 'demo', AssumeRolePolicyDocument: '{}' });

it('watched tells what was changed, once it was, with all that was sent and answered', async () => {
  iam.on(GetRoleCommand).resolves({});
  const output = { Role: { Arn: 'arn:of:it' } } as CreateRoleCommandOutput;
  iam.on(CreateRoleCommand).resolves(output);
  const told: ChangingCall[] = [];
  const aws = watched(await mockAws(), { onCall: (call) => told.push(call), onLost: ignoreWait });
  await aws.call(IAMClient, new GetRoleCommand({ RoleName: 'demo' }));
  expect(told).toEqual([]);
  await aws.call(IAMClient, create);
  expect(told).toEqual([
    {
      service: 'IAM',
      operation: 'CreateRole',
      input: { RoleName: 'demo', AssumeRolePolicyDocument: '{}' },
      output: { Role: { Arn: 'arn:of:it' } },
    },
  ]);
});

it('watched tells nothing of a call that failed', async () => {
  iam.on(CreateRoleCommand).rejects(awsError('EntityAlreadyExists'));
  const told: ChangingCall[] = [];
  const aws = watched(await mockAws(), { onCall: (call) => told.push(call), onLost: ignoreWait });
  await expect(aws.call(IAMClient, create)).rejects.toMatchObject({ code: 'EntityAlreadyExists' });
  expect(told).toEqual([]);
});

it('watched tells of a change that may have been made, not of a look nor of what was never sent', async () => {
  let lost = 0;
  const onLost = () => {
    lost += 1;
  };
  const aws = watched(await mockAws(), { onCall: ignoreWait, onLost });
  iam.on(GetRoleCommand).rejects(socketError('ECONNRESET'));
  await expect(aws.call(IAMClient, new GetRoleCommand({ RoleName: 'demo' }))).rejects.toThrow();
  iam.on(CreateRoleCommand).rejects(socketError('ECONNREFUSED'));
  await expect(aws.call(IAMClient, create)).rejects.toThrow();
  expect(lost).toBe(0);
  iam.on(CreateRoleCommand).rejects(socketError('ECONNRESET'));
  await expect(aws.call(IAMClient, create)).rejects.toThrow();
  expect(lost).toBe(1);
});
