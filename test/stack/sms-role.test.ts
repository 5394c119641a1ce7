import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStep, deleteStep, showStep } from '../../src/stack/step.ts';
import { listAccount } from '../faults/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open } from './account.ts';

const RoleName = 'serverlesspool-sms';

let engine: TestEngine;
let cognito: CognitoIdentityProviderClient;
let iam: IAMClient;
beforeAll(async () => {
  engine = await startEngine();
  cognito = new CognitoIdentityProviderClient(engine.clientConfig);
  iam = new IAMClient(engine.clientConfig);
});
afterAll(() => engine.stop());

/** Runs one step on a stack of the default name. */
async function step(settings: { smsRole?: boolean } = {}, mustStand = false) {
  const { aws, options, events } = await open(engine);
  const report = await createStep(aws, 'pool', { ...options, mustStand, settings: { stack: 'default', ...settings } });
  return { report, notes: events.flatMap((event) => (event.kind === 'note' ? [event] : [])) };
}

const smsOf = async (UserPoolId: string | null) =>
  (await cognito.send(new DescribeUserPoolCommand({ UserPoolId: UserPoolId ?? '' }))).UserPool?.SmsConfiguration;

const whenRoleIsGone = () =>
  expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });

describe('the role for text messages', () => {
  it('is left out by the step of the pool, which says so', async () => {
    const { report, notes } = await step();
    expect(actions(report)).toEqual({ pool: 'created' });
    expect(notes).toMatchObject([{ about: 'no-sms-role' }]);
    expect(await smsOf(report.userPoolId)).toBeUndefined();
    await whenRoleIsGone();
  });

  it('is made by the step where it is asked for, given to the pool that stands, and remembered', async () => {
    const { report, notes } = await step({ smsRole: true }, true);
    expect(actions(report)).toEqual({ 'sms-role': 'created', pool: 'updated' });
    expect(notes).toEqual([]);
    expect(await smsOf(report.userPoolId)).toEqual({
      SnsCallerArn: `arn:aws:iam::000000000000:role/${RoleName}`,
      ExternalId: 'serverlesspool-000000000000-us-east-1',
    });
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cognito-idp.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'serverlesspool-000000000000-us-east-1' } },
      },
    ]);
    expect(actions((await step()).report)).toEqual({ 'sms-role': 'unchanged', pool: 'unchanged' });
    const { aws, options } = await open(engine);
    const shown = await showStep(aws, 'pool', { ...options, settings: { stack: 'default' } });
    expect(shown.resources).toMatchObject([
      { type: 'sms-role', state: 'present' },
      { type: 'pool', state: 'present' },
    ]);
    const up = await (await open(engine)).up();
    expect(actions(up)).toMatchObject({ 'sms-role': 'unchanged', pool: 'unchanged', client: 'created' });
    expect(up.resources).toHaveLength(14);
  });

  it('is repaired where the pool lost it, and where it trusts somebody else', async () => {
    const { userPoolId } = await (await open(engine)).status();
    await cognito.send(
      new UpdateUserPoolCommand({ UserPoolId: userPoolId ?? '', UserPoolTags: await tagsOf(userPoolId) }),
    );
    const lost = (await (await open(engine)).status()).resources.find(({ type }) => type === 'pool');
    expect(lost?.drift?.map(({ property }) => property)).toContain('sms');
    expect(actions(await (await open(engine)).up())).toMatchObject({ pool: 'updated', 'sms-role': 'unchanged' });
    expect(await smsOf(userPoolId)).toMatchObject({ ExternalId: 'serverlesspool-000000000000-us-east-1' });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    expect(actions(await (await open(engine)).up())).toMatchObject({ pool: 'unchanged', 'sms-role': 'updated' });
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
  });

  it('stays with a pool that is kept, and is taken back when it is not asked for any more', async () => {
    const kept = await (await open(engine)).down({ keepData: true });
    expect(actions(kept)).toMatchObject({ pool: 'kept', 'sms-role': 'kept' });
    const { report } = await step({ smsRole: false }, true);
    expect(actions(report)).toEqual({ 'sms-role': 'deleted', pool: 'updated' });
    expect(await smsOf(report.userPoolId)).toBeUndefined();
    await whenRoleIsGone();
    expect(actions((await step()).report)).toEqual({ pool: 'unchanged' });
  });

  it('goes with the pool, by its step and by down, and is no part of a stack without it', async () => {
    await step({ smsRole: true });
    const { aws, options } = await open(engine);
    const gone = await deleteStep(aws, 'pool', { ...options, settings: { stack: 'default' } });
    expect(actions(gone)).toMatchObject({ pool: 'deleted', 'sms-role': 'deleted' });
    await (await open(engine)).up({ settings: { stack: 'default', smsRole: true } });
    expect(actions(await (await open(engine)).down())).toMatchObject({ pool: 'deleted', 'sms-role': 'deleted' });
    expect(await listAccount(engine.clientConfig)).toEqual([]);
    expect(actions(await (await open(engine)).down())).not.toHaveProperty('sms-role');
  });

  it('that a killed command left behind is found without being asked for', async () => {
    await step({ smsRole: true });
    const { aws, options } = await open(engine);
    // As when the command ended between the pool's deletion and the role's.
    const { resources } = await deleteStep(aws, 'pool', { ...options, settings: { stack: 'default' } });
    expect(resources).toHaveLength(2);
    const Tags = [
      { Key: 'dynops:stack', Value: 'default' },
      { Key: 'dynops:region', Value: 'us-east-1' },
    ];
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, Tags }));
    expect(actions(await (await open(engine)).down())).toMatchObject({ 'sms-role': 'deleted' });
    await whenRoleIsGone();
  });

  it('of somebody else is refused before anything is made, and left alone', async () => {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await expect(step({ smsRole: true })).rejects.toMatchObject({ code: 'ForeignResource' });
    expect(actions((await step()).report)).toEqual({ pool: 'created' });
    expect(actions(await (await open(engine)).down())).toMatchObject({ pool: 'deleted' });
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });
});

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'cognito-idp.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

async function tagsOf(UserPoolId: string | null) {
  return (await cognito.send(new DescribeUserPoolCommand({ UserPoolId: UserPoolId ?? '' }))).UserPool?.UserPoolTags;
}
