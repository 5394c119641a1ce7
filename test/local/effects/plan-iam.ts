import { service as iam } from '../../../src/local/iam/service.ts';
import type { Names } from '../every-input.ts';
import { absent, type Plan } from './plan.ts';
import { each, ifThere, itemsOf, policyOf, trustOf } from './reading.ts';

export const iamPlan: Plan = {
  service: iam,
  async scene(run, n) {
    const role = { RoleName: `here${n}`, AssumeRolePolicyDocument: trustOf('lambda.amazonaws.com') };
    await run('CreateRole', {
      ...role,
      Path: '/a/',
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: 'c', Value: 'd' },
      ],
    });
    await run('CreateRole', { ...role, RoleName: `other${n}`, Path: `/p${n}/` });
    const Tags = [
      { Key: 'a', Value: 'b' },
      { Key: 'c', Value: 'd' },
    ];
    const make = async (PolicyName: string, Path: string) =>
      (await run('CreatePolicy', { PolicyName, Path, PolicyDocument: policyOf('logs:A'), Tags })).Policy as {
        Arn: string;
      };
    const policy = await make(`here${n}`, '/a/');
    const other = await make(`other${n}`, `/p${n}/`);
    await run('TagPolicy', { PolicyArn: other.Arn, Tags: [{ Key: 'e', Value: 'f' }] });
    const free = await make(`free${n}`, `/p${n}/`);
    await run('CreatePolicyVersion', { PolicyArn: policy.Arn, PolicyDocument: policyOf('logs:B') });
    await run('CreatePolicyVersion', { PolicyArn: free.Arn, PolicyDocument: policyOf('logs:B') });
    await run('AttachRolePolicy', { RoleName: `other${n}`, PolicyArn: policy.Arn });
    for (const each of [policy, other]) await run('AttachRolePolicy', { RoleName: role.RoleName, PolicyArn: each.Arn });
    for (const PolicyName of ['here', 'other']) {
      await run('PutRolePolicy', { RoleName: role.RoleName, PolicyName, PolicyDocument: policyOf('logs:A') });
    }
    await run('PutRolePermissionsBoundary', { RoleName: `other${n}`, PermissionsBoundary: policy.Arn });
    const page = { MaxItems: 1 };
    const marker = async (operation: string, input: object = {}) =>
      (await run(operation, { ...input, ...page })).Marker;
    const RoleName = role.RoleName;
    const PolicyArn = policy.Arn;
    return {
      RoleName,
      PolicyArn,
      otherArn: other.Arn,
      freeArn: free.Arn,
      n,
      markers: {
        ListAttachedRolePolicies: await marker('ListAttachedRolePolicies', { RoleName }),
        ListRolePolicies: await marker('ListRolePolicies', { RoleName }),
        ListRoleTags: await marker('ListRoleTags', { RoleName }),
        ListRoles: await marker('ListRoles', {}),
        ListEntitiesForPolicy: await marker('ListEntitiesForPolicy', { PolicyArn }),
        ListPolicies: await marker('ListPolicies', { Scope: 'Local' }),
        ListPolicyTags: await marker('ListPolicyTags', { PolicyArn }),
        ListPolicyVersions: await marker('ListPolicyVersions', { PolicyArn }),
      },
    };
  },
  async picture(run, { n }) {
    const own = (name: string) => `${name}${n}`;
    const roles = ['here', 'other', 'new', 'newer', 'lone', 'lonely'].map(own);
    const policies = ['a/here', `p${n}/other`, `p${n}/free`, 'new', 'newer', 'x/new', 'y/new', 'lone'].map(own);
    return [
      await each(roles, async (RoleName) => {
        const role = await ifThere(run('GetRole', { RoleName }));
        if (!role) return undefined;
        const inline = (await run('ListRolePolicies', { RoleName })).PolicyNames as string[];
        return [
          role,
          await run('ListAttachedRolePolicies', { RoleName }),
          await each(inline, (PolicyName) => run('GetRolePolicy', { RoleName, PolicyName })),
        ];
      }),
      await each(policies, async (path) => {
        const PolicyArn = `arn:aws:iam::000000000000:policy/${path}`;
        const policy = await ifThere(run('GetPolicy', { PolicyArn }));
        if (!policy) return undefined;
        const versions = itemsOf(await run('ListPolicyVersions', { PolicyArn }), 'Versions');
        return [policy, await each(versions, ({ VersionId }) => run('GetPolicyVersion', { PolicyArn, VersionId }))];
      }),
    ];
  },
  values: (names) => {
    const { RoleName, PolicyArn, otherArn, freeArn, loneArn, n, markers } = names;
    return {
      RoleName: [RoleName, `other${n}`],
      PolicyArn: [PolicyArn, otherArn],
      'DeletePolicy.PolicyArn': [freeArn, loneArn],
      'DeleteRole.RoleName': [`lone${n}`, `lonely${n}`],
      'DeletePolicyVersion.VersionId': ['v2', 'v3'],
      'DeletePolicyVersion.PolicyArn': [freeArn, PolicyArn],
      'GetPolicyVersion.PolicyArn': [PolicyArn, `${PolicyArn}-none`],
      'ListInstanceProfilesForRole.RoleName': [RoleName, `none${n}`],
      'SetDefaultPolicyVersion.PolicyArn': [PolicyArn, freeArn],

      'CreateRole.RoleName': [`new${n}`, `newer${n}`],
      'AttachRolePolicy.PolicyArn': [freeArn, otherArn],
      PolicyName: [`here`, `other`],
      'CreatePolicy.PolicyName': [`new${n}`, `newer${n}`],
      PolicyDocument: [policyOf('logs:X'), policyOf('logs:Y')],
      AssumeRolePolicyDocument: [trustOf('lambda.amazonaws.com'), trustOf('ec2.amazonaws.com')],
      'UpdateAssumeRolePolicy.PolicyDocument': [trustOf('lambda.amazonaws.com'), trustOf('ec2.amazonaws.com')],
      Path: ['/x/', '/y/'],
      PathPrefix: ['/a/', `/p${n}/`],
      PermissionsBoundary: [PolicyArn, otherArn],
      MaxSessionDuration: [3600, 7200],
      VersionId: ['v1', 'v2'],
      TagKeys: [['a'], ['c'], ['a', 'c']],
      Key: ['a', 'z'],
      Marker: [absent, 'none of ours'],
      ...Object.fromEntries(
        Object.entries((markers ?? {}) as Names).map(([operation, marker]) => [
          `${operation}.Marker`,
          [absent, marker],
        ]),
      ),
      MaxItems: [1, 2],
      UserName: ['ada', 'eve'],
    };
  },
  bases: ({ n, freeArn, PolicyArn }) => ({
    CreateRole: { RoleName: `new${n}`, Path: `/p${n}/` },
    CreatePolicy: { PolicyName: `new${n}` },
    AttachRolePolicy: { RoleName: `other${n}`, PolicyArn: freeArn },
    UpdateAssumeRolePolicy: { PolicyDocument: trustOf('ec2.amazonaws.com') },
    UpdateRole: { Description: 'd' },
    GetPolicyVersion: { VersionId: 'v2' },
    'GetPolicyVersion.VersionId': { PolicyArn },
    SetDefaultPolicyVersion: { VersionId: 'v2' },
    'CreateRole.Tags': { Tags: [{ Key: 'k', Value: 'v' }] },
    'CreatePolicy.Tags': { Tags: [{ Key: 'k', Value: 'v' }] },
    'TagRole.Tags': { Tags: [{ Key: 'k', Value: 'v' }] },
    'TagPolicy.Tags': { Tags: [{ Key: 'k', Value: 'v' }] },
    ListPolicies: { Scope: 'Local', MaxItems: 1000 },
    'ListPolicies.Marker': { MaxItems: undefined },
    DeletePolicyVersion: { PolicyArn: freeArn, VersionId: 'v2' },
    DeleteRolePermissionsBoundary: { RoleName: `other${n}` },
  }),
  before: {
    async DeletePolicy(run, { n, freeArn }) {
      await run('DeletePolicyVersion', { PolicyArn: freeArn, VersionId: 'v2' });
      const lone = await run('CreatePolicy', { PolicyName: `lone${n}`, PolicyDocument: policyOf('logs:A') });
      return { loneArn: (lone.Policy as { Arn: string }).Arn };
    },
    async DeletePolicyVersion(run, { freeArn }) {
      await run('CreatePolicyVersion', { PolicyArn: freeArn, PolicyDocument: policyOf('logs:C') });
      return undefined;
    },
    async DeleteRole(run, { n }) {
      for (const name of ['lone', 'lonely']) {
        await run('CreateRole', { RoleName: `${name}${n}`, AssumeRolePolicyDocument: trustOf('lambda.amazonaws.com') });
      }
      return undefined;
    },
  },
};
