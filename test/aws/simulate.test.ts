import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { deniedActions } from '../../src/aws/simulate.ts';
import { mockAws } from './mocks.ts';

const [actions, resources] = [['iam:GetRole', 'iam:CreateRole'], ['arn:aws:iam::123456789012:role/r']];

it('reads every page of what IAM says of a role’s session, and keeps what is not allowed', async () => {
  const iam = mockClient(IAMClient);
  iam
    .on(SimulatePrincipalPolicyCommand)
    .resolvesOnce({
      EvaluationResults: [{ EvalActionName: 'iam:GetRole', EvalDecision: 'allowed' }],
      IsTruncated: true,
      Marker: 'more',
    })
    .resolves({ EvaluationResults: [{ EvalActionName: 'iam:CreateRole', EvalDecision: 'implicitDeny' }] });
  const callerArn = 'arn:aws:sts::123456789012:assumed-role/Operator/ada';
  await expect(deniedActions(await mockAws(), { callerArn, actions, resources })).resolves.toEqual(['iam:CreateRole']);
  expect(iam.commandCalls(SimulatePrincipalPolicyCommand).map((call) => call.args[0].input)).toEqual([
    { PolicySourceArn: 'arn:aws:iam::123456789012:role/Operator', ActionNames: actions, ResourceArns: resources },
    expect.objectContaining({ Marker: 'more' }),
  ]);
});
