import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';

/** The sizes are those of documents without their white space. */

let engine: TestEngine;
let iam: IAM;
beforeAll(async () => {
  engine = await startEngine();
  iam = new IAM({ ...engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

const Version = '2012-10-17';
/** A document of so many characters, and as many spaces as one likes. */
function sized(statement: object, characters: number, indent = 0): string {
  const written = (Sid: string) => JSON.stringify({ Version, Statement: [{ Sid, ...statement }] }, null, indent);
  const bare = JSON.stringify({ Version, Statement: [{ Sid: '', ...statement }] }).length;
  return written('x'.repeat(characters - bare));
}
const identity = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' };
const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const makeRole = (RoleName: string) => iam.createRole({ RoleName, AssumeRolePolicyDocument: sized(trust, 200) });
const limit = (message: string) => ({ name: 'LimitExceededException', message, status: 409 });

describe('IAM’s quotas', () => {
  it('bound a trust policy, at its making and afterwards', async () => {
    const exceeded = limit('Cannot exceed quota for ACLSizePerRole: 2048');
    const create = (size: number) =>
      iam.createRole({ RoleName: 'trusting', AssumeRolePolicyDocument: sized(trust, size, 2) });
    expect(await refusal(create(2_049))).toEqual(exceeded);
    await create(2_048);
    const update = (size: number) =>
      iam.updateAssumeRolePolicy({ RoleName: 'trusting', PolicyDocument: sized(trust, size) });
    expect(await refusal(update(2_049))).toEqual(exceeded);
    await update(2_048);
  });

  it('bound what all of a role’s own policies are together', async () => {
    await makeRole('own');
    const put = (PolicyName: string, size: number) =>
      iam.putRolePolicy({ RoleName: 'own', PolicyName, PolicyDocument: sized(identity, size, 4) });
    const exceeded = limit('Maximum policy size of 10240 bytes exceeded for role own');
    expect(await refusal(put('one', 10_241))).toEqual(exceeded);
    await put('one', 6_000);
    expect(await refusal(put('two', 4_241))).toEqual(exceeded);
    await put('two', 4_240);
    // In its own place.
    await put('one', 5_999);
    expect((await iam.listRolePolicies({ RoleName: 'own' })).PolicyNames).toEqual(['one', 'two']);
  });

  it('bound a managed policy, and each of its versions', async () => {
    const exceeded = limit('Cannot exceed quota for PolicySize: 6144');
    const create = (PolicyName: string, size: number) =>
      iam.createPolicy({ PolicyName, PolicyDocument: sized(identity, size, 2) });
    expect(await refusal(create('managed', 6_145))).toEqual(exceeded);
    const { Policy } = await create('managed', 6_144);
    const version = (size: number) =>
      iam.createPolicyVersion({ PolicyArn: Policy?.Arn ?? '', PolicyDocument: sized(identity, size) });
    expect(await refusal(version(6_145))).toEqual(exceeded);
    await version(6_144);
  });

  it('bound how many managed policies a role has', async () => {
    await makeRole('attached');
    const attach = (n: number) =>
      iam.attachRolePolicy({ RoleName: 'attached', PolicyArn: `arn:aws:iam::aws:policy/Policy${n}` });
    for (let n = 1; n <= 10; n++) await attach(n);
    expect(await refusal(attach(11))).toEqual(limit('Cannot exceed quota for PoliciesPerRole: 10'));
    // One that is there already.
    await attach(10);
    expect((await iam.listAttachedRolePolicies({ RoleName: 'attached' })).AttachedPolicies).toHaveLength(10);
  });
});
