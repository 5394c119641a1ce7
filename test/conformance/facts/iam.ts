import type { Scenario, Unserved } from './fact.ts';

const trust = (service: string | string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
const create = (RoleName: string, more: object = {}) => ({
  operation: 'CreateRole',
  input: { RoleName, AssumeRolePolicyDocument: trust('ec2.amazonaws.com'), ...more },
});
const role = (name: string, path = '/', more: object = {}) => ({
  Arn: `arn:aws:iam::<account>:role${path}${name}`,
  AssumeRolePolicyDocument: '<document>',
  CreateDate: '<date>',
  Path: path,
  RoleId: 'AROA<id>',
  RoleName: name,
  ...more,
});
/** A role's session length and last use are shown once it is read, in lists only the former. */
const read = { MaxSessionDuration: 3600, RoleLastUsed: {} };
const listed = { MaxSessionDuration: 3600 };
const invalidArn = { status: 400, code: 'ValidationError', message: 'Invalid ARN:  Could not be parsed!' };
/** Recorded anew in 2026: iam-roles.ts. */
const rewordedArn = 'AWS words it as “ARN … is not valid.” since';
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' }],
});

export const iam: Scenario[] = [
  {
    recorded: 'TestIAMIntegrations::test_create_describe_role',
    date: '2025-03-06',
    facts: [
      {
        ...create('described', { Path: '/prefix/' }),
        answer: { status: 200, members: { Role: role('described', '/prefix/') } },
      },
      {
        operation: 'GetRole',
        input: { RoleName: 'described' },
        answer: { status: 200, members: { Role: role('described', '/prefix/', read) } },
      },
      {
        operation: 'ListRoles',
        input: { PathPrefix: '/prefix/' },
        answer: { status: 200, members: { IsTruncated: false, Roles: [role('described', '/prefix/', listed)] } },
      },
    ],
  },
  {
    recorded: 'TestIAMIntegrations::test_update_assume_role_policy',
    date: '2025-03-06',
    facts: [
      { ...create('updated'), answer: { status: 200, members: { Role: role('updated') } } },
      {
        operation: 'UpdateAssumeRolePolicy',
        input: { RoleName: 'updated', PolicyDocument: trust('ec2.amazonaws.com') },
        answer: { status: 200, members: {} },
      },
    ],
  },
  {
    recorded: 'TestIAMExtensions::test_create_role_with_malformed_assume_role_policy_document',
    date: '2025-03-06',
    facts: [
      {
        ...create('malformed', { AssumeRolePolicyDocument: '{"what": }' }),
        answer: { status: 400, code: 'MalformedPolicyDocument', message: 'This policy contains invalid Json' },
      },
    ],
  },
  {
    recorded: 'TestIAMExtensions::test_role_with_path_lifecycle',
    date: '2025-06-19',
    facts: [
      {
        ...create('short-lived', { Path: '/a/b/' }),
        answer: { status: 200, members: { Role: role('short-lived', '/a/b/') } },
      },
      {
        operation: 'GetRole',
        input: { RoleName: 'short-lived' },
        answer: { status: 200, members: { Role: role('short-lived', '/a/b/', read) } },
      },
      { operation: 'DeleteRole', input: { RoleName: 'short-lived' }, answer: { status: 200, members: {} } },
    ],
  },
  {
    recorded: 'TestRoles::test_role_with_tags',
    date: '2025-07-02',
    facts: [
      {
        ...create('tagged', { Path: '/role-with-tags/', Tags: [{ Key: 'test', Value: 'value' }] }),
        answer: {
          status: 200,
          members: { Role: role('tagged', '/role-with-tags/', { Tags: [{ Key: 'test', Value: 'value' }] }) },
        },
      },
      {
        operation: 'GetRole',
        input: { RoleName: 'tagged' },
        answer: {
          status: 200,
          members: { Role: role('tagged', '/role-with-tags/', { ...read, Tags: [{ Key: 'test', Value: 'value' }] }) },
        },
      },
      {
        operation: 'ListRoles',
        input: { PathPrefix: '/role-with-tags/' },
        answer: { status: 200, members: { IsTruncated: false, Roles: [role('tagged', '/role-with-tags/', listed)] } },
      },
    ],
  },
  {
    recorded: 'TestIAMIntegrations::test_list_roles_with_permission_boundary',
    date: '2025-03-06',
    facts: [
      {
        ...create('bounded', { Path: '/bounded/' }),
        answer: { status: 200, members: { Role: role('bounded', '/bounded/') } },
      },
      {
        operation: 'ListRoles',
        input: { PathPrefix: '/bounded/' },
        answer: { status: 200, members: { IsTruncated: false, Roles: [role('bounded', '/bounded/', listed)] } },
      },
    ],
  },
  {
    recorded: 'TestIAMPolicyEncoding::test_put_role_policy_encoding',
    date: '2025-03-06',
    before: [
      create('encoded'),
      { operation: 'PutRolePolicy', input: { RoleName: 'encoded', PolicyName: 'p', PolicyDocument: policy } },
    ],
    facts: [
      {
        operation: 'GetRolePolicy',
        input: { RoleName: 'encoded', PolicyName: 'p' },
        answer: { status: 200, members: { PolicyDocument: '<document>', PolicyName: 'p', RoleName: 'encoded' } },
      },
      {
        operation: 'GetRole',
        input: { RoleName: 'encoded' },
        answer: { status: 200, members: { Role: role('encoded', '/', read) } },
      },
    ],
  },
  {
    recorded: 'TestIAMIntegrations::test_role_attach_policy',
    date: '2025-06-19',
    before: [create('attached')],
    facts: [
      {
        operation: 'CreatePolicy',
        input: { PolicyName: 'attachable', PolicyDocument: policy },
        answer: {
          status: 200,
          members: {
            Policy: {
              Arn: 'arn:aws:iam::<account>:policy/attachable',
              AttachmentCount: 0,
              CreateDate: '<date>',
              DefaultVersionId: 'v1',
              IsAttachable: true,
              Path: '/',
              PermissionsBoundaryUsageCount: 0,
              PolicyId: 'ANPA<id>',
              PolicyName: 'attachable',
              UpdateDate: '<date>',
            },
          },
        },
      },
      {
        operation: 'AttachRolePolicy',
        input: { RoleName: 'attached', PolicyArn: 'longpolicynamebutnoarn' },
        answer: invalidArn,
        differs: rewordedArn,
      },
      {
        operation: 'AttachRolePolicy',
        input: { RoleName: 'attached', PolicyArn: 'attachable-but-only-by-name' },
        answer: invalidArn,
        differs: rewordedArn,
      },
      {
        operation: 'AttachRolePolicy',
        input: { RoleName: 'attached', PolicyArn: 'arn:aws:iam::000000000000:policy/attachable123' },
        answer: {
          status: 404,
          code: 'NoSuchEntity',
          message: 'Policy arn:aws:iam::<account>:policy/attachable123 does not exist or is not attachable.',
        },
      },
      {
        operation: 'AttachRolePolicy',
        input: { RoleName: 'attached', PolicyArn: 'arn:aws:iam::000000000000:policy/attachable' },
        answer: { status: 200, members: {} },
      },
    ],
  },
  {
    recorded: 'TestIAMIntegrations::test_delete_non_existent_policy_returns_no_such_entity',
    date: '2025-03-06',
    facts: [
      {
        operation: 'DeletePolicy',
        input: { PolicyArn: 'arn:aws:iam::000000000000:policy/non-existent-policy' },
        answer: {
          status: 404,
          code: 'NoSuchEntity',
          message: 'Policy arn:aws:iam::<account>:policy/non-existent-policy was not found.',
        },
      },
    ],
  },
];

export const iamUnserved: Unserved[] = [
  { recorded: 'TestIAMServiceRoles', answers: 293, why: 'service-linked roles are not served' },
  { recorded: 'TestIAMServiceSpecificCredentials', answers: 45, why: 'users and their credentials are not served' },
  { recorded: 'TestIAMIntegrations::test_user_attach_policy', answers: 5, why: 'users are not served' },
  {
    recorded: 'TestIAMIntegrations::test_simulate_principle_policy',
    answers: 3,
    why: 'the policy simulator is not served',
  },
  { recorded: 'TestIAMPolicyEncoding, of users and groups', answers: 2, why: 'users and groups are not served' },
];
