import type { Fact, Scenario, Unserved } from './fact.ts';

const assume = (RoleArn: string, code: string, message: string, more: object = {}): Fact => ({
  operation: 'AssumeRole',
  input: { RoleArn, RoleSessionName: 'Session1', ...more },
  answer: { status: 400, code, message },
});
const roleArn = 'arn:aws:iam::000000000000:role/conformance';
const tag = (Key: string) => ({ Key, Value: 'value' });

export const sts: Scenario[] = [
  {
    recorded: 'TestSTSIntegrations::test_assume_role',
    date: '2024-06-05',
    facts: [
      {
        operation: 'AssumeRole',
        input: { RoleArn: 'arn:aws:iam::000000000000:role/trusting', RoleSessionName: 'Session1' },
        answer: {
          status: 200,
          members: {
            AssumedRoleUser: {
              Arn: 'arn:aws:sts::000000000000:assumed-role/trusting/Session1',
              AssumedRoleId: '<role-id>:Session1',
            },
            Credentials: {
              AccessKeyId: '<id>',
              Expiration: '<datetime>',
              SecretAccessKey: '<key>',
              SessionToken: '<token>',
            },
          },
        },
      },
    ],
  },
  {
    recorded: 'TestSTSIntegrations::test_sts_invalid_parameters',
    date: '2025-07-21',
    facts: [
      ...[
        'nothing-valid-in-here',
        'arn::b:::something/test-role',
        'arn:a::::something/test-role',
        'arn:a:::something/test-role',
        'arn:a:a::aaaaaaaaaa:',
      ].map((arn) => assume(arn, 'ValidationError', `${arn} is invalid`)),
      assume(
        'arn:a:b:::something/test-role',
        'ValidationError',
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        { RoleSessionName: 'Session1:2' },
      ),
    ],
  },
  {
    recorded: 'TestSTSAssumeRoleTagging::test_assume_role_tag_validation',
    date: '2025-04-10',
    facts: [
      assume(
        roleArn,
        'InvalidParameterValue',
        'The specified transitive tag key must be included in the requested tags.',
        { Tags: [tag('SessionTag1')], TransitiveTagKeys: ['InvalidKey'] },
      ),
      assume(
        roleArn,
        'InvalidParameterValue',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
        { Tags: [tag('SessionTag1'), tag('sessiontag1')], TransitiveTagKeys: ['sessiontag1'] },
      ),
    ],
  },
  {
    recorded: 'TestSTSIntegrations::test_get_federation_token',
    date: '2024-06-05',
    facts: [
      {
        operation: 'GetFederationToken',
        input: { Name: 'name' },
        answer: { status: 200, members: { Credentials: {}, FederatedUser: {}, PackedPolicySize: 0 } },
        differs: 'federated users are not served, and refused by name',
      },
    ],
  },
];

export const stsUnserved: Unserved[] = [
  {
    recorded: 'TestSTSAssumeRoleTagging::test_iam_role_chaining_override_transitive_tags',
    answers: 2,
    why: 'the calls are signed by sessions: test/local/sts compares them',
  },
  { recorded: 'the roles of these tests', answers: 4, why: "CreateRole is compared among IAM's" },
];
