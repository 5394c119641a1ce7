import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { type DesiredRole, role } from '../../src/aws/role.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, inputs, mockAws, removedTags, taggingCalls, tags, written } from './mocks.ts';

const iam = mockClient(IAMClient);
afterEach(() => iam.reset());

const RoleName = 'demo-role';
const trust: DesiredRole['trust'] = { Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] };
const policy: DesiredRole['policy'] = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'dynamodb:*' }] };
const desired: DesiredRole = { name: RoleName, description: 'A role', trust, policyName: 'demo', policy, tags };
const encoded = (document: object) => encodeURIComponent(JSON.stringify(document));
const noSuchEntity = Object.assign(new NoSuchEntityException({ $metadata: {}, message: 'gone' }), {
  Code: 'NoSuchEntity',
});

function standing(): void {
  iam.onAnyCommand().resolves({});
  iam.on(GetRoleCommand).resolves({
    Role: {
      RoleName,
      Path: '/',
      RoleId: 'AROA',
      CreateDate: new Date(0),
      Arn: `arn:aws-cn:iam::123456789012:role/${RoleName}`,
      Tags: [{ Key: 'dynops:stack', Value: 'demo' }],
      AssumeRolePolicyDocument: encoded({ Statement: trust.Statement, Version: trust.Version }),
    },
  });
  iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ['demo'] });
  iam.on(ListAttachedRolePoliciesCommand).resolves({ AttachedPolicies: [] });
  iam.on(GetRolePolicyCommand).resolves({ PolicyDocument: encoded(policy) });
}

async function stands(aws: Awaited<ReturnType<typeof mockAws>>) {
  const actual = await role.read(aws, desired);
  if (!actual) throw new Error('the role is there');
  return actual;
}

describe('role', () => {
  it('is the same, whatever the order in which IAM tells its URL-encoded documents', async () => {
    standing();
    const actual = await stands(await mockAws());
    expect(actual.id).toBe('arn:aws-cn:iam::123456789012:role/demo-role');
    expect(role.compare(desired, actual)).toEqual([]);
  });

  it('every page of its policies counts: what is attached on the last one is drift too', async () => {
    standing();
    iam
      .on(ListRolePoliciesCommand)
      .resolvesOnce({ PolicyNames: ['demo'], IsTruncated: true, Marker: 'inline' })
      .resolvesOnce({ PolicyNames: ['more'] });
    iam
      .on(ListAttachedRolePoliciesCommand)
      .resolvesOnce({ AttachedPolicies: [], IsTruncated: true, Marker: 'attached' })
      .resolvesOnce({ AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] });
    const actual = await stands(await mockAws());
    expect(role.compare(desired, actual).map(({ property }) => property)).toEqual(['policies', 'attachedPolicies']);
    expect(inputs(iam, 'ListRolePolicies')).toEqual([{ RoleName }, { RoleName, Marker: 'inline' }]);
    expect(inputs(iam, 'ListAttachedRolePolicies')).toEqual([{ RoleName }, { RoleName, Marker: 'attached' }]);
  });

  it('that is not there, or goes while it is read, is absent', async () => {
    iam.on(GetRoleCommand).rejects(noSuchEntity);
    expect(await role.read(await mockAws(), desired)).toBeUndefined();
    standing();
    iam.on(ListRolePoliciesCommand).rejects(noSuchEntity);
    expect(await role.read(await mockAws(), desired)).toBeUndefined();
  });

  it('stands although a policy that is listed is gone already', async () => {
    standing();
    iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ['demo', 'gone'] });
    iam.on(GetRolePolicyCommand, { PolicyName: 'gone' }).rejects(noSuchEntity);
    expect((await stands(await mockAws())).inline).toEqual({ demo: policy });
  });

  it('is made with its tags, and with its policy before anything can use it', async () => {
    iam.onAnyCommand().resolves({});
    iam.on(CreateRoleCommand).resolves({
      Role: { RoleName, Arn: 'arn:made', Path: '/', RoleId: 'AROA', CreateDate: new Date(0) },
    });
    const made = await role.create(await mockAws(), desired, ignoreWait);
    expect(made.id).toBe('arn:made');
    expect(role.compare(desired, made)).toEqual([]);
    expect(written(iam)).toEqual([
      [
        'CreateRole',
        {
          RoleName,
          AssumeRolePolicyDocument: JSON.stringify(trust),
          Description: expect.any(String),
          Tags: [{ Key: 'dynops:stack', Value: 'demo' }],
        },
      ],
      ['PutRolePolicy', { RoleName, PolicyName: 'demo', PolicyDocument: JSON.stringify(policy) }],
    ]);
  });

  it('only what differs is sent; foreign policies go', async () => {
    standing();
    const aws = await mockAws();
    const actual = {
      ...(await stands(aws)),
      inline: { demo: policy, extra: {} },
      attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    };
    await role.update(aws, { desired, actual, changes: role.compare(desired, actual), onWait: ignoreWait });
    expect(written(iam)).toEqual([
      ['DeleteRolePolicy', { RoleName, PolicyName: 'extra' }],
      ['DetachRolePolicy', { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ]);
  });

  it('is deleted once IAM has forgotten its policies; anything else in its way is told at once', async () => {
    standing();
    const aws = await mockAws();
    const actual = await stands(aws);
    const conflict = (message: string) => awsError('DeleteConflictException', message, { wireCode: 'DeleteConflict' });
    iam
      .on(DeleteRoleCommand)
      .rejectsOnce(conflict('Cannot delete entity, must delete policies first.'))
      .rejectsOnce(noSuchEntity);
    const reasons: string[] = [];
    await role.remove(aws, actual, (reason) => reasons.push(reason));
    expect(reasons).toEqual([expect.stringContaining(RoleName)]);
    // Another command may have given it a policy since it was read.
    iam.reset();
    standing();
    iam.on(DeleteRoleCommand).rejectsOnce(conflict('Cannot delete entity, must delete policies first.')).resolves({});
    await role.remove(aws, { ...actual, inline: {} }, ignoreWait);
    expect(written(iam)).toContainEqual(['DeleteRolePolicy', { RoleName, PolicyName: 'demo' }]);
    iam.on(DeleteRoleCommand).rejects(conflict('Cannot delete entity, must remove roles from instance profile first.'));
    await expect(role.remove(aws, actual, ignoreWait)).rejects.toMatchObject({ code: 'DeleteConflict' });
  });

  it('gets the tags that change, and no others', async () => {
    iam.onAnyCommand().resolves({});
    expect(await taggingCalls(role, iam)).toEqual([
      ['TagRole', { RoleName: 'demo', Tags: [{ Key: 'dynops:memory', Value: '256' }] }],
      ['UntagRole', { RoleName: 'demo', TagKeys: removedTags }],
    ]);
  });
});
