import { IAM, type ListPoliciesCommandInput, paginateListPolicies } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsManagedPolicies } from '../../../src/local/iam/roles.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';

/** The policies of AWS and of the account, as lists tell them. */

const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const own = 'arn:aws:iam::000000000000:policy/team/own';
const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

let engine: TestEngine;
let iam: IAM;
beforeAll(async () => {
  engine = await startEngine();
  iam = new IAM(engine.clientConfig);
  const allowed = document({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' });
  await iam.createPolicy({ PolicyName: 'own', Path: '/team/', PolicyDocument: allowed });
  const trust = document({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  await iam.createRole({ RoleName: 'role', AssumeRolePolicyDocument: trust, PermissionsBoundary: own });
  await iam.attachRolePolicy({ RoleName: 'role', PolicyArn: basic });
});
afterAll(() => engine?.stop());

describe('ListPolicies', () => {
  const arnsOf = async (input: ListPoliciesCommandInput) =>
    ((await iam.listPolicies(input)).Policies ?? []).map(({ Arn }) => Arn);

  it.each([
    [{ Scope: 'AWS' }, Object.keys(awsManagedPolicies)],
    [{ Scope: 'Local' }, [own]],
    [{ Scope: 'All' }, [...Object.keys(awsManagedPolicies), own]],
    [{}, [...Object.keys(awsManagedPolicies), own]],
    [{ Scope: 'AWS', OnlyAttached: true }, [basic]],
    [{ PathPrefix: '/team/' }, [own]],
    [{ PolicyUsageFilter: 'PermissionsBoundary' }, [own]],
    [{ PolicyUsageFilter: 'PermissionsPolicy' }, [basic]],
  ] satisfies [ListPoliciesCommandInput, string[]][])('of %j', async (input, expected) => {
    expect((await arnsOf(input)).sort()).toEqual([...expected].sort());
  });

  it('tells what GetPolicy tells, without tags and description', async () => {
    const { Policies = [] } = await iam.listPolicies({ Scope: 'AWS' });
    expect(new Set(Policies.map(({ PolicyId }) => PolicyId)).size).toBe(Policies.length);
    for (const listed of Policies) {
      const { Policy } = await iam.getPolicy({ PolicyArn: listed.Arn });
      expect(Policy).toMatchObject(listed);
      expect(listed).toMatchObject({ IsAttachable: true, DefaultVersionId: 'v1' });
      const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: listed.Arn, VersionId: 'v1' });
      expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).toHaveProperty('Statement');
    }
    expect(Policies.find(({ Arn }) => Arn === basic)).toMatchObject({
      PolicyName: 'AWSLambdaBasicExecutionRole',
      Path: '/service-role/',
      AttachmentCount: 1,
    });
  });

  it('pages through both', async () => {
    const found: (string | undefined)[] = [];
    for await (const { Policies = [] } of paginateListPolicies({ client: iam, pageSize: 2 }, {})) {
      expect(Policies.length).toBeLessThanOrEqual(2);
      found.push(...Policies.map(({ Arn }) => Arn));
    }
    expect(found.sort()).toEqual(await arnsOf({}).then((arns) => arns.sort()));
  });

  // Recorded: localstack test_list_policies_only_attached (2026-02-12).
  it('has whatever policy of AWS a role has', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceRole';
    await iam.attachRolePolicy({ RoleName: 'role', PolicyArn });
    expect((await arnsOf({ OnlyAttached: true })).sort()).toEqual([basic, PolicyArn].sort());
    const { Policy } = await iam.getPolicy({ PolicyArn });
    expect(Policy).toMatchObject({
      PolicyName: 'AmazonElasticMapReduceRole',
      Path: '/service-role/',
      AttachmentCount: 1,
    });
    expect((await refusal(iam.getPolicyVersion({ PolicyArn, VersionId: 'v1' }))).name).toBe('NoSuchEntityException');
    await iam.detachRolePolicy({ RoleName: 'role', PolicyArn });
    expect(await arnsOf({ OnlyAttached: true })).toEqual([basic]);
    expect((await refusal(iam.getPolicy({ PolicyArn }))).name).toBe('NoSuchEntityException');
  });

  it('has a policy of AWS that is a boundary alone', async () => {
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const found = iam.getPolicy({ PolicyArn: PermissionsBoundary });
    expect((await refusal(found)).name).toBe('NoSuchEntityException');
    await iam.putRolePermissionsBoundary({ RoleName: 'role', PermissionsBoundary });
    expect((await iam.getPolicy({ PolicyArn: PermissionsBoundary })).Policy).toMatchObject({
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 1,
    });
    expect(await arnsOf({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual([PermissionsBoundary]);
    await iam.putRolePermissionsBoundary({ RoleName: 'role', PermissionsBoundary: own });
  });

  // They were once looked at for each policy, twice and three times.
  it('looks at the roles once, however many policies there are', async () => {
    const collection = vi.spyOn(engine.engine.store, 'collection');
    const readsOfRoles = () => collection.mock.calls.filter(([name]) => name === 'iam/roles').length;
    await iam.listPolicies({ MaxItems: 1 });
    await iam.getPolicy({ PolicyArn: own });
    expect(readsOfRoles()).toBe(2);
    collection.mockRestore();
  });

  it('refuses a scope that there is not', async () => {
    const asked = iam.listPolicies({ Scope: 'Mine' as 'All' });
    expect((await refusal(asked)).name).toBe('ValidationError');
  });
});

describe('CreatePolicy', () => {
  it('refuses a name that there is, whatever its path and the case of its letters', async () => {
    const PolicyDocument = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    expect(await refusal(iam.createPolicy({ PolicyName: 'OWN', PolicyDocument }))).toMatchObject({
      name: 'EntityAlreadyExistsException',
      status: 409,
    });
  });
});

describe('what is no text in a policy', () => {
  const syntax = { name: 'MalformedPolicyDocumentException', message: 'Syntax errors in policy.', status: 400 };

  it.each([[{ AWS: { toString: 1 } }], [{ Service: [['lambda.amazonaws.com']] }]])(
    'is no principal: %j',
    async (Principal) => {
      const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
      expect(await refusal(iam.createRole({ RoleName: 'odd', AssumeRolePolicyDocument: trust }))).toEqual(syntax);
    },
  );

  it('is no value of a condition', async () => {
    const Condition = { DateLessThan: { 'aws:CurrentTime': [[{ toString: 1 }]] } };
    const odd = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition });
    expect(await refusal(iam.createPolicy({ PolicyName: 'odd', PolicyDocument: odd }))).toEqual(syntax);
  });
});
