import { afterAll, beforeAll, expect, it } from 'vitest';
import { service as cognitoService } from '../../src/local/cognito/service.ts';
import { AwsError, type Operation } from '../../src/local/service.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { alike, held } from './effects/held.ts';
import type { Plan, Run } from './effects/plan.ts';
import { apigatewayPlan } from './effects/plan-apigateway.ts';
import { cognitoPlan } from './effects/plan-cognito.ts';
import { dynamodbPlan } from './effects/plan-dynamodb.ts';
import { iamPlan } from './effects/plan-iam.ts';
import { lambdaPlan } from './effects/plan-lambda.ts';
import { logsPlan } from './effects/plan-logs.ts';
import { streamsPlan } from './effects/plan-streams.ts';
import { stsPlan } from './effects/plan-sts.ts';
import { xrayPlan } from './effects/plan-xray.ts';
import { probe, runner } from './effects/probe.ts';
import { now, policyOf, trustOf } from './effects/reading.ts';
import { unread } from './nothing-ignored-reasons.ts';

let engine: TestEngine;
const pools: [string, string] = ['', ''];
let token = '';
const smsRole = { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms', ExternalId: 'its pool' };
beforeAll(async () => {
  engine = await startEngine({ clock: () => now });
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: '000000000000' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'sts:ExternalId': 'its' } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const cognito = runner(engine.engine, cognitoService);
  for (const index of [0, 1]) {
    const { UserPool } = await cognito('CreateUserPool', { PoolName: 'pool' });
    pools[index] = (UserPool as { Arn: string }).Arn;
    const UserPoolId = (UserPool as { Id: string }).Id;
    if (index === 0) token = await tokenOf(cognito, UserPoolId);
  }
  const iam = runner(engine.engine, iamPlan.service);
  await iam('CreateRole', { RoleName: 'role', AssumeRolePolicyDocument });
  const sms = {
    Effect: 'Allow',
    Principal: { Service: 'cognito-idp.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'its pool' } },
  };
  const smsTrust = JSON.stringify({ Version: '2012-10-17', Statement: [sms] });
  await iam('CreateRole', { RoleName: 'sms', AssumeRolePolicyDocument: smsTrust });
  await iam('PutRolePolicy', { RoleName: 'sms', PolicyName: 'p', PolicyDocument: policyOf('sns:Publish') });
  const AssumedByLambda = { AssumeRolePolicyDocument: trustOf('lambda.amazonaws.com') };
  for (const RoleName of ['lambda', 'lambda2']) await iam('CreateRole', { RoleName, ...AssumedByLambda });
  const AssumedByGateway = { AssumeRolePolicyDocument: trustOf('apigateway.amazonaws.com') };
  for (const RoleName of ['gateway', 'gateway2']) await iam('CreateRole', { RoleName, ...AssumedByGateway });
});
afterAll(() => engine?.stop());

const plans: Record<string, () => Plan> = {
  logs: () => logsPlan,
  sts: () => stsPlan('arn:aws:iam::000000000000:role/role'),
  xray: () => xrayPlan,
  lambda: () => lambdaPlan(['arn:aws:iam::000000000000:role/lambda', 'arn:aws:iam::000000000000:role/lambda2']),
  apigateway: () => apigatewayPlan(pools, () => token),
  dynamodb: () => dynamodbPlan,
  cognito: () => cognitoPlan(() => engine.engine, smsRole),
  streams: () => streamsPlan,
  iam: () => iamPlan,
};

const faulty: string[] = [];
const memberOf = (fault: string) => fault.replace(/: .*/s, '');
const excused = [...held, ...alike, ...unread].map(([member]) => member);

it.each(Object.entries(plans))(
  '%s: each member of an input has an effect, or is refused by name',
  async (name, made) => {
    const verdicts = await probe(engine.engine, made());
    const faults = verdicts.flatMap(({ member, fault }) =>
      fault === undefined ? [] : [`${name} ${member}: ${fault}`],
    );
    faulty.push(...faults.map(memberOf));
    expect(faults.filter((fault) => !excused.some((member) => member.test(memberOf(fault))))).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(10);
  },
);

it('finds what is ignored, and what is refused without being named', async () => {
  const plan = stsPlan('arn:aws:iam::000000000000:role/role');
  const only = (operation: Operation) => ({
    ...plan,
    service: { ...plan.service, operations: { AssumeRole: operation } },
  });
  const faultsOf = async (operation: Operation) =>
    Object.fromEntries((await probe(engine.engine, only(operation))).map(({ member, fault }) => [member, fault]));
  const real = plan.service.operations.AssumeRole;
  if (!real) throw new Error('AssumeRole');
  expect((await faultsOf(real))['AssumeRole.DurationSeconds']).toBeUndefined();
  const deaf = await faultsOf((input, call) => real({ ...input, DurationSeconds: 900 }, call));
  expect(deaf['AssumeRole.DurationSeconds']).toBe('900 and 901 do the same');
  const gruff = await faultsOf((input, call) => {
    if (input.DurationSeconds !== undefined) throw new AwsError('ValidationError', 'No.');
    return real(input, call);
  });
  expect(gruff['AssumeRole.DurationSeconds']).toMatch(/^900 is refused for another reason/);
  let count = 0;
  const moody = await faultsOf(() => ({ count: count++ }));
  expect(moody['AssumeRole.DurationSeconds']).toMatch(/^differs by itself/);
});

it('has an entry for nothing that has an effect after all', () => {
  const stale = [...held, ...alike].filter(([member]) => !faulty.some((fault) => member.test(fault)));
  expect(stale.map(([member]) => String(member))).toEqual([]);
});

async function tokenOf(run: Run, UserPoolId: string): Promise<string> {
  const [Username, Password] = ['ada', 'Aa1!aaaa'];
  const flows = { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] };
  const { UserPoolClient } = await run('CreateUserPoolClient', { UserPoolId, ClientName: 'c', ...flows });
  await run('AdminCreateUser', { UserPoolId, Username, MessageAction: 'SUPPRESS' });
  await run('AdminSetUserPassword', { UserPoolId, Username, Password, Permanent: true });
  const { AuthenticationResult } = await run('InitiateAuth', {
    ClientId: (UserPoolClient as { ClientId: string }).ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: Username, PASSWORD: Password },
  });
  return (AuthenticationResult as { IdToken: string }).IdToken;
}
