import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matches, parsePolicy, rulingOf, trusts } from '../../../src/local/iam/policy.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const readOnly = policy({ Effect: 'Allow', Action: 'dynamodb:Get*', Resource: '*' });

describe('IAM', () => {
  let engine: TestEngine;
  let iam: IAMClient;
  beforeAll(async () => {
    engine = await startEngine();
    iam = new IAMClient(engine.clientConfig);
  });
  afterAll(() => engine.stop());

  it('keeps a role with its policies and tags, and gives them back', async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'one',
        AssumeRolePolicyDocument: trust,
        Description: 'ü & <',
        Tags: [{ Key: 'a', Value: '1' }],
      }),
    );
    expect(Role).toMatchObject({ Arn: 'arn:aws:iam::000000000000:role/one', RoleId: expect.stringMatching(/^AROA/) });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'one', PolicyName: 'p', PolicyDocument: readOnly }));
    const read = await iam.send(new GetRolePolicyCommand({ RoleName: 'one', PolicyName: 'p' }));
    expect(decodeURIComponent(read.PolicyDocument ?? '')).toBe(readOnly);
    await iam.send(new TagRoleCommand({ RoleName: 'one', Tags: [{ Key: 'b', Value: 'ü =@' }] }));
    await iam.send(new UntagRoleCommand({ RoleName: 'one', TagKeys: ['a'] }));
    const found = await iam.send(new GetRoleCommand({ RoleName: 'ONE' }));
    expect(found.Role).toMatchObject({ Description: 'ü & <', Tags: [{ Key: 'b', Value: 'ü =@' }] });
  });

  it.each([
    ['with a time of its own', { MaxSessionDuration: 7200 }, 7200],
    ['with a path and tags', { Path: '/team/', Tags: [{ Key: 'a', Value: 'b' }] }, 3600],
    ['with a description', { Description: 'for tests' }, 3600],
  ])(
    'tells how long sessions are, and when a role was used, when it is read alone: %s',
    async (what, more, seconds) => {
      const RoleName = what.replaceAll(' ', '-');
      const { Role: made = {} } = await iam.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }),
      );
      for (const member of ['MaxSessionDuration', 'RoleLastUsed']) expect(made).not.toHaveProperty(member);
      const { Role: read } = await iam.send(new GetRoleCommand({ RoleName }));
      expect(read).toMatchObject({ ...more, MaxSessionDuration: seconds, RoleLastUsed: {} });
      const { Roles = [] } = await iam.send(new ListRolesCommand({}));
      const listed = Roles.find((role) => role.RoleName === RoleName);
      expect(listed).toMatchObject({ MaxSessionDuration: seconds });
      expect(listed).not.toHaveProperty('RoleLastUsed');
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  );

  it('knows one key of a role’s tags in all letters, and those of policies apart', async () => {
    const RoleName = 'tagged';
    const [first, second] = [
      { Key: 'Team', Value: '1' },
      { Key: 'team', Value: '2' },
    ];
    const role = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, Tags: [first] });
    const tags = async () => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.Tags;
    await iam.send(role);
    await iam.send(new TagRoleCommand({ RoleName, Tags: [second] }));
    expect(await tags()).toEqual([second]);
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['TEAM'] }));
    expect(await tags()).toBeUndefined();
    await iam.send(new DeleteRoleCommand({ RoleName }));
    const made = { PolicyName: 'tagged', PolicyDocument: readOnly, Tags: [first, second] };
    const { Policy } = await iam.send(new CreatePolicyCommand(made));
    const read = await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }));
    expect(read.Policy?.Tags).toEqual([first, second]);
    await iam.send(new DeletePolicyCommand({ PolicyArn: Policy?.Arn }));
  });

  it.each([
    [
      'a second role of the name, in other case',
      () => new CreateRoleCommand({ RoleName: 'ONE', AssumeRolePolicyDocument: trust }),
      'EntityAlreadyExistsException',
    ],
    ['a role that is not there', () => new GetRoleCommand({ RoleName: 'none' }), 'NoSuchEntityException'],
    ['deleting a role with a policy', () => new DeleteRoleCommand({ RoleName: 'one' }), 'DeleteConflictException'],
    [
      'a trust policy that is no JSON',
      () => new CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument: '{' }),
      'MalformedPolicyDocumentException',
    ],
    [
      'a policy without actions',
      () =>
        new PutRolePolicyCommand({
          RoleName: 'one',
          PolicyName: 'q',
          PolicyDocument: policy({ Effect: 'Allow', Resource: '*' }),
        }),
      'MalformedPolicyDocumentException',
    ],
    [
      'a role name with a blank',
      () => new CreateRoleCommand({ RoleName: 'a b', AssumeRolePolicyDocument: trust }),
      'ValidationError',
    ],
    [
      'attaching a policy that is not there',
      () => new AttachRolePolicyCommand({ RoleName: 'one', PolicyArn: 'arn:aws:iam::000000000000:policy/none' }),
      'NoSuchEntityException',
    ],
  ])('refuses %s', async (_what, command, name) => {
    await expect(iam.send(command() as GetRoleCommand)).rejects.toMatchObject({ name });
  });

  it.each([
    ['a role', 'role/absent'],
    ['the role itself', 'role/trusting'],
    ['a role on another path', 'role/team/one'],
    ['a user', 'user/ada'],
  ])('refuses to trust %s of this account that is not there', async (_what, name) => {
    const missing = `arn:aws:iam::000000000000:${name}`;
    const AWS = ['arn:aws:iam::111122223333:role/of-others', missing];
    const document = policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
    const refused = {
      name: 'MalformedPolicyDocumentException',
      message: `Invalid principal in policy: "AWS":"${missing}"`,
    };
    const create = new CreateRoleCommand({ RoleName: 'trusting', AssumeRolePolicyDocument: document });
    await expect(iam.send(create)).rejects.toMatchObject(refused);
    const update = new UpdateAssumeRolePolicyCommand({ RoleName: 'one', PolicyDocument: document });
    await expect(iam.send(update)).rejects.toMatchObject(refused);
  });

  it('attaches a managed policy, and lets neither go while they hold each other', async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'managed', PolicyDocument: readOnly }));
    const PolicyArn = Policy?.Arn;
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'one', PolicyArn }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'one', PolicyName: 'p' }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: 'one' }))).rejects.toMatchObject({
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({ Code: 'DeleteConflict' });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'one', PolicyArn }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'one' }));
    expect((await iam.send(new ListRolesCommand({}))).Roles).toEqual([]);
  });

  it('bounds what a role may do by a policy, from its creation or later', async () => {
    const document = policy({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' });
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'bound', PolicyDocument: document }));
    const PermissionsBoundary = Policy?.Arn;
    const RoleName = 'bounded';
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, PermissionsBoundary }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'all',
        PolicyDocument: policy({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }),
      }),
    );
    const may = (action: string) =>
      engine.engine.denialOf({ roleArn: Role?.Arn ?? '', action: `dynamodb:${action}`, resource: '*' }) === undefined;
    const boundary = async () => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary;
    const uses = async () =>
      (await iam.send(new GetPolicyCommand({ PolicyArn: PermissionsBoundary }))).Policy?.PermissionsBoundaryUsageCount;
    expect(await boundary()).toEqual({
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: PermissionsBoundary,
    });
    expect([may('GetItem'), may('PutItem'), await uses()]).toEqual([true, false, 1]);
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
    expect([may('PutItem'), await boundary(), await uses()]).toEqual([true, undefined, 0]);
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    expect([may('GetItem'), may('PutItem')]).toEqual([true, false]);
    const none = 'arn:aws:iam::000000000000:policy/none';
    await expect(
      iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: none })),
    ).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Scope ARN: ${none} does not exist or is not attachable.`,
    });
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'all' }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await iam.send(new DeletePolicyCommand({ PolicyArn: PermissionsBoundary }));
  });

  it('pages', async () => {
    for (const RoleName of ['a', 'b', 'c']) {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    }
    const first = await iam.send(new ListRolesCommand({ MaxItems: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    const second = await iam.send(new ListRolesCommand({ MaxItems: 2, Marker: first.Marker }));
    expect(second.Roles?.map(({ RoleName }) => RoleName)).toEqual(['c']);
  });
});

describe('IAM in an account', () => {
  it('throttles by the code and status of its own', async () => {
    const nowMs = Date.now();
    const engine = await startEngine({ scale: 0.001, clock: () => nowMs });
    const iam = new IAMClient({ ...engine.clientConfig, maxAttempts: 1 });
    const calls = await Promise.allSettled(Array.from({ length: 31 }, () => iam.send(new ListRolesCommand({}))));
    const refused = calls.flatMap((call) => (call.status === 'rejected' ? call.reason : []));
    await engine.stop();
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('policy evaluation', () => {
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/mine';
  it.each([
    ['allowed by name', [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table }], true],
    [
      'by wildcards',
      [{ Effect: 'Allow', Action: 'dynamodb:*Item', Resource: 'arn:aws:dynamodb:*:*:table/m?ne' }],
      true,
    ],
    ['actions compare without case', [{ Effect: 'Allow', Action: 'DynamoDB:putitem', Resource: '*' }], true],
    ['another table', [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: `${table}2` }], false],
    ['nothing said', [], false],
    [
      'a deny wins',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'dynamodb:Put*', Resource: '*' },
      ],
      false,
    ],
    ['all but this action', [{ Effect: 'Allow', NotAction: 'dynamodb:PutItem', Resource: '*' }], false],
    ['all but other resources', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::*' }], true],
    [
      'an allow on a condition that is not evaluated',
      [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { Bool: {} } }],
      false,
    ],
    [
      'a deny on a condition that is not evaluated',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: {} } },
      ],
      false,
    ],
  ])('%s', (_what, Statement, expected) => {
    const document = parsePolicy(JSON.stringify({ Statement }));
    expect(rulingOf([document], { action: 'dynamodb:PutItem', resource: table }) === 'allow').toBe(expected);
  });

  it('matches patterns in linear time', () => {
    expect(matches('*a*a*a*a*a*a*a*a*b', 'a'.repeat(50_000))).toBe(false);
    expect(matches('a?c*', 'abcdef')).toBe(true);
  });

  it('knows whom a role trusts', () => {
    expect(trusts(trust, { service: 'lambda.amazonaws.com' })).toBe(true);
    expect(trusts(trust, { service: 'ec2.amazonaws.com' })).toBe(false);
  });

  it.each([
    ['one', { StringEquals: { 'sts:ExternalId': 'a' } }, { a: true, b: false }],
    [
      'one of several, in any case of the key',
      { StringEquals: { 'STS:externalid': ['b', 'a'] } },
      { a: true, c: false },
    ],
    ['nothing of the kind', { StringEquals: { 'aws:SourceAccount': '1' } }, { a: true }],
  ])('asks for the external ID that a trust policy names: %s', (_which, Condition, expected) => {
    const { Statement } = JSON.parse(trust);
    const document = JSON.stringify({ Statement: [Statement].flat().map((one: object) => ({ ...one, Condition })) });
    for (const [externalId, isTrusted] of Object.entries(expected))
      expect(trusts(document, { service: 'lambda.amazonaws.com', externalId })).toBe(isTrusted);
    const asksForNone = !JSON.stringify(Condition).toLowerCase().includes('externalid');
    expect(trusts(document, { service: 'lambda.amazonaws.com' })).toBe(asksForNone);
  });
});
