import {
  AddPermissionCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualPermission, permission } from '../../src/aws/permission.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, mockAws, written } from './mocks.ts';

const lambda = mockClient(LambdaClient);
afterEach(() => lambda.reset());

const sourceArn = 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc/*/POST/items';
const desired = { functionName: 'demo', statementId: 'dynops-api-gateway', sourceArn };
const missing = new ResourceNotFoundException({ $metadata: {}, message: 'not found', Type: 'User' });

/** A policy as Lambda writes it. */
function policy(source: string): string {
  const statement = (Sid: string, arn: string) => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: 'arn:aws:lambda:us-east-1:123456789012:function:demo',
    Condition: { ArnLike: { 'AWS:SourceArn': arn } },
  });
  const Statement = [statement('somebody-else', 'arn:other'), statement('dynops-api-gateway', source)];
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
}

async function found(source: string): Promise<ActualPermission> {
  lambda.on(GetPolicyCommand).resolves({ Policy: policy(source) });
  const actual = await permission.read(await mockAws(), desired);
  if (!actual) throw new Error('the permission is there');
  return actual;
}

describe('permission', () => {
  it('is found among others’ statements and is the same for the same source', async () => {
    expect(permission.compare(desired, await found(sourceArn))).toEqual([]);
  });

  it('of a function without a policy, or without our statement, is absent', async () => {
    const aws = await mockAws();
    lambda.on(GetPolicyCommand).rejectsOnce(missing).resolves({ Policy: '{"Statement":[]}' });
    expect([await permission.read(aws, desired), await permission.read(aws, desired)]).toEqual([undefined, undefined]);
  });

  it('for the API of before is given anew: a statement cannot be changed', async () => {
    const actual = await found('arn:aws:execute-api:eu-west-1:123456789012:old/*/POST/items');
    const changes = permission.compare(desired, actual);
    expect(changes.map(({ property }) => property)).toEqual(['sourceArn']);
    lambda.on(RemovePermissionCommand).rejects(missing);
    lambda.on(AddPermissionCommand).resolves({});
    await permission.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    const statement = { FunctionName: 'demo', StatementId: 'dynops-api-gateway' };
    expect(written(lambda)).toEqual([
      ['RemovePermission', statement],
      [
        'AddPermission',
        {
          ...statement,
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: sourceArn,
        },
      ],
    ]);
  });

  it('is given once the function’s own update is through', async () => {
    const busy = 'The function could not be updated due to a concurrent update operation.';
    lambda
      .on(AddPermissionCommand)
      .rejectsOnce(awsError('ResourceConflictException', busy, { status: 409 }))
      .resolves({});
    const made = await permission.create(await mockAws(), desired, ignoreWait);
    expect(permission.compare(desired, made)).toEqual([]);
  });
});
