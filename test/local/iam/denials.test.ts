import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';

/** The reason that a denial names, in the words of AWS's IAM user guide, "Troubleshoot access denied error messages". */

const account = '000000000000';
const arnOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const statement = (Effect: string, ...Action: string[]) => ({ Effect, Action, Resource: '*' });
const all = statement('Allow', '*');

let engine: TestEngine;
let iam: IAM;
beforeAll(async () => {
  engine = await startEngine();
  iam = new IAM(engine.clientConfig);
});
afterAll(() => engine?.stop());

/** Clients with a session of a role with these policies. */
async function callers(name: string, { own, bounds }: { own?: object[]; bounds?: object[] }) {
  const { Policy } = bounds
    ? await iam.createPolicy({ PolicyName: `of-${name}`, PolicyDocument: document(...bounds) })
    : {};
  const trust = document({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' });
  await iam.createRole({
    RoleName: name,
    AssumeRolePolicyDocument: trust,
    ...(Policy && { PermissionsBoundary: Policy.Arn }),
  });
  if (own) await iam.putRolePolicy({ RoleName: name, PolicyName: 'p', PolicyDocument: document(...own) });
  const sts = new STS(engine.clientConfig);
  const { Credentials } = await sts.assumeRole({ RoleArn: arnOf(name), RoleSessionName: 'session' });
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const config = { ...engine.clientConfig, credentials };
  return { dynamodb: new DynamoDB(config), iam: new IAM(config), lambda: new Lambda(config) };
}

const lists = statement('Allow', 'dynamodb:ListTables', 'iam:ListRoles', 'lambda:ListFunctions');
const refuses = statement('Deny', 'dynamodb:ListTables', 'iam:ListRoles', 'lambda:ListFunctions');
const silent = statement('Allow', 'xray:*');
const noOwn = /^because no identity-based policy allows the (\S+) action$/;
const noBounds = /^because no permissions boundary allows the (\S+) action$/;

it.each<[name: string, policies: { own?: object[]; bounds?: object[] }, reason: RegExp]>([
  ['without-a-policy', {}, noOwn],
  ['of-others', { own: [silent] }, noOwn],
  ['of-others-bounded', { own: [silent], bounds: [lists] }, noOwn],
  ['bounded', { own: [all], bounds: [silent] }, noBounds],
  ['denied', { own: [all, refuses] }, /^with an explicit deny in an identity-based policy$/],
  ['denied-by-bounds', { own: [all], bounds: [all, refuses] }, /^with an explicit deny in a permissions boundary$/],
  ['silent-and-denied', { bounds: [refuses] }, /^with an explicit deny in a permissions boundary$/],
])('a role %s is told why', async (name, policies, reason) => {
  const by = await callers(name, policies);
  const calls: [action: string, code: string, status: number, call: () => Promise<unknown>][] = [
    ['dynamodb:ListTables', 'AccessDeniedException', 400, () => by.dynamodb.listTables()],
    ['iam:ListRoles', 'AccessDenied', 403, () => by.iam.listRoles()],
    ['lambda:ListFunctions', 'AccessDeniedException', 403, () => by.lambda.listFunctions()],
  ];
  for (const [action, code, status, call] of calls) {
    const told = await refusal(call());
    expect(told).toMatchObject({ name: code, status });
    const start = `User: arn:aws:sts::${account}:assumed-role/${name}/session is not authorized to perform: ${action} on resource: `;
    expect(told.message.slice(0, start.length)).toBe(start);
    const [, context = ''] = /^\S+ (.*)$/.exec(told.message.slice(start.length)) ?? [];
    expect(context).toMatch(reason);
    expect(reason.exec(context)?.[1] ?? action).toBe(action);
  }
});

it('a role that both its policies and its boundary allow is let in', async () => {
  const { dynamodb } = await callers('allowed', { own: [lists], bounds: [statement('Allow', 'dynamodb:*')] });
  expect(await dynamodb.listTables()).toMatchObject({ TableNames: [] });
});
