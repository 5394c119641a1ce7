import type { Answer, Fact, Scenario } from './fact.ts';

/** What is said of roles, their boundaries, tags and policies' versions (localstack `iam/test_iam_roles`, `iam/test_iam_policies`). */

const trust = (more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole', ...more }],
  });
const create = (RoleName: string, more: object = {}) => ({
  operation: 'CreateRole',
  input: { RoleName, AssumeRolePolicyDocument: trust(), ...more },
});
const role = (name: string, more: object = {}): Answer => ({
  status: 200,
  members: {
    Role: {
      Arn: `arn:aws:iam::<account>:role/${name}`,
      AssumeRolePolicyDocument: '<document>',
      CreateDate: '<date>',
      Path: '/',
      RoleId: 'AROA<id>',
      RoleName: name,
      ...more,
    },
  },
});
const done: Answer = { status: 200, members: {} };
const refused = (code: string, message: string, status = 400): Answer => ({ status, code, message });
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' },
});
const arnOf = (name: string) => `arn:aws:iam::000000000000:policy/${name}`;
const malformed = (message: string) => refused('MalformedPolicyDocument', message);
const invalid = (message: string) => refused('ValidationError', `1 validation error detected: ${message}`);
const missing = (message: string) => refused('NoSuchEntity', message, 404);

const calls = (operation: string, cases: [input: object, answer: Answer][]): Fact[] =>
  cases.map(([input, answer]) => ({ operation, input, answer }));

const tags = (...pairs: [string, string][]) => pairs.map(([Key, Value]) => ({ Key, Value }));
const many = Array.from({ length: 51 }, (_, index) => `k${index}`);
const characters = 'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+';
const badTags: [ReturnType<typeof tags>, Answer][] = [
  [
    tags(...many.map((key): [string, string] => [key, 'v'])),
    invalid("Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"),
  ],
  [
    tags(['k'.repeat(129), 'v']),
    invalid(
      "Value at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    ),
  ],
  [
    tags(['k', 'v'.repeat(257)]),
    invalid(
      "Value at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256",
    ),
  ],
  [tags(['k!', 'v']), invalid(`Value at 'tags.1.member.key' failed to satisfy constraint: ${characters}`)],
];
const badKey = invalid(
  `Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, ${characters}, Member must not be null]`,
);
const badKeys: [string[], Answer][] = [
  [many, invalid("Value at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 50")],
  [['k'.repeat(129)], badKey],
  [['k!'], badKey],
];
const repeated = refused('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
const [same, differing] = [tags(['a', '1'], ['a', '2']), tags(['a', '1'], ['A', '2'])];

export const iamRoles: Scenario[] = [
  {
    recorded: 'TestRoleLifecycle::test_update_role',
    date: '2026-02-11',
    facts: [
      { ...create('roles-updated', { Description: 'first' }), answer: role('roles-updated') },
      ...calls('UpdateRole', [[{ RoleName: 'roles-updated', MaxSessionDuration: 7200 }, done]]),
      ...calls('UpdateRoleDescription', [
        [{ RoleName: 'roles-updated', Description: 'second' }, role('roles-updated', { Description: 'second' })],
      ]),
      ...calls('UpdateRole', [[{ RoleName: 'roles-updated' }, done]]),
      ...calls('GetRole', [
        [
          { RoleName: 'roles-updated' },
          role('roles-updated', { Description: 'second', MaxSessionDuration: 7200, RoleLastUsed: {} }),
        ],
      ]),
    ],
  },
  {
    recorded: 'TestRoleLifecycle::test_update_assume_role_policy_errors',
    date: '2026-02-11',
    before: [create('roles-trusting')],
    facts: calls('UpdateAssumeRolePolicy', [
      [{ RoleName: 'roles-trusting', PolicyDocument: 'no json' }, malformed('This policy contains invalid Json')],
      [
        { RoleName: 'roles-trusting', PolicyDocument: trust({ Action: 'sts:InvalidAction' }) },
        malformed('AssumeRole policy may only specify STS AssumeRole actions.'),
      ],
      [
        { RoleName: 'roles-trusting', PolicyDocument: trust({ Resource: 'arn:aws:s3:::b' }) },
        malformed('Has prohibited field Resource'),
      ],
    ]),
  },
  {
    recorded: 'TestRolePermissionsBoundary::test_role_permissions_boundary_errors',
    date: '2026-02-11',
    before: [create('roles-bounded')],
    facts: [
      ...['PutRolePermissionsBoundary', 'CreateRole'].flatMap((operation) =>
        calls(
          operation,
          [
            ['not_a_policy/invalid', 'InvalidInput', 400, (arn: string) => `ARN ${arn} is not valid.`] as const,
            [
              'policy/nonexistent',
              'NoSuchEntity',
              404,
              (arn: string) => `Scope ARN: ${arn} does not exist or is not attachable.`,
            ] as const,
          ].map(([end, code, status, message]) => {
            const arn = `arn:aws:iam::000000000000:${end}`;
            const named = operation === 'CreateRole' ? create('roles-unbounded').input : { RoleName: 'roles-bounded' };
            return [{ ...named, PermissionsBoundary: arn }, refused(code, message(arn), status)];
          }),
        ),
      ),
    ],
  },
  {
    recorded: 'TestRoleManagedPolicies::test_role_managed_policy_errors',
    date: '2026-02-11',
    before: [create('roles-attached')],
    facts: calls('AttachRolePolicy', [
      [
        { RoleName: 'roles-attached', PolicyArn: 'longpolicynamebutnoarn' },
        refused('ValidationError', 'ARN longpolicynamebutnoarn is not valid.'),
      ],
    ]),
  },
  {
    recorded: 'TestRoleTags::test_role_tag_errors',
    date: '2026-02-11',
    before: [create('roles-tagged')],
    facts: [
      ...[...badTags, [same, repeated] as const, [differing, repeated] as const].flatMap(([Tags, answer]) => [
        { ...create('roles-untagged', { Tags }), answer },
        ...calls('TagRole', [[{ RoleName: 'roles-tagged', Tags }, answer]]),
      ]),
      ...calls(
        'UntagRole',
        badKeys.map(([TagKeys, answer]) => [{ RoleName: 'roles-tagged', TagKeys }, answer]),
      ),
    ],
  },
  {
    recorded: 'TestPolicyTags::test_policy_tag_create_errors, …_update_errors and …_lifecycle',
    date: '2026-02-10',
    before: [{ operation: 'CreatePolicy', input: { PolicyName: 'tags', PolicyDocument: policy } }],
    facts: [
      ...[...badTags, [same, refused('InvalidInput', 'Duplicate tag keys found.')] as const].flatMap(
        ([Tags, answer]) => [
          ...calls('CreatePolicy', [[{ PolicyName: 'untagged', PolicyDocument: policy, Tags }, answer]]),
          ...calls('TagPolicy', [[{ PolicyArn: arnOf('tags'), Tags }, answer]]),
        ],
      ),
      ...calls('TagPolicy', [[{ PolicyArn: arnOf('tags'), Tags: differing }, done]]),
      ...calls('ListPolicyTags', [
        [
          { PolicyArn: arnOf('tags') },
          { status: 200, members: { IsTruncated: false, Tags: tags(['A', '2'], ['a', '1']) } },
        ],
      ]),
      ...calls(
        'UntagPolicy',
        badKeys.map(([TagKeys, answer]) => [{ PolicyArn: arnOf('tags'), TagKeys }, answer]),
      ),
    ],
  },
  {
    recorded: 'TestPolicies::test_policy_version_set_default and …_errors',
    date: '2026-02-10',
    before: [
      { operation: 'CreatePolicy', input: { PolicyName: 'versions', PolicyDocument: policy } },
      {
        operation: 'CreatePolicyVersion',
        input: { PolicyArn: arnOf('versions'), PolicyDocument: policy, SetAsDefault: true },
      },
    ],
    facts: [
      ...calls('SetDefaultPolicyVersion', [
        [{ PolicyArn: arnOf('versions'), VersionId: 'v1' }, done],
        [
          { PolicyArn: arnOf('versions'), VersionId: 'v4' },
          missing(`Policy ${arnOf('versions')} version v4 does not exist or is not attachable.`),
        ],
        [
          { PolicyArn: arnOf('gone'), VersionId: 'v1' },
          missing(`Policy ${arnOf('gone')} version v1 does not exist or is not attachable.`),
        ],
        [
          { PolicyArn: arnOf('versions'), VersionId: '1' },
          invalid(
            "Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
          ),
        ],
      ]),
      ...calls('GetPolicyVersion', [
        [
          { PolicyArn: arnOf('gone'), VersionId: 'v1' },
          missing(`Policy ${arnOf('gone')} version v1 does not exist or is not attachable.`),
        ],
      ]),
      ...calls('ListPolicyVersions', [
        [
          { PolicyArn: arnOf('versions') },
          {
            status: 200,
            members: {
              IsTruncated: false,
              Versions: [
                { CreateDate: '<date>', IsDefaultVersion: false, VersionId: 'v2' },
                { CreateDate: '<date>', IsDefaultVersion: true, VersionId: 'v1' },
              ],
            },
          },
        ],
      ]),
    ],
  },
];
