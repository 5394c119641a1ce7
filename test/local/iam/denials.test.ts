import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { type AddPermissionCommandInput, Lambda } from '@aws-sdk/client-lambda';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { zip } from '../lambda/function.ts';
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
  return { dynamodb: new DynamoDB(config), iam: new IAM(config), lambda: new Lambda(config), sts: new STS(config) };
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

describe("a resource's own policy", () => {
  const FunctionName = 'of-others';
  const sessionOf = (name: string) => `arn:aws:sts::${account}:assumed-role/${name}/session`;
  const noRights = { own: [silent] };

  beforeAll(async () => {
    const lambda = new Lambda(engine.clientConfig);
    const trust = document({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    await iam.createRole({ RoleName: 'of-function', AssumeRolePolicyDocument: trust });
    await lambda.createFunction({
      FunctionName,
      Role: arnOf('of-function'),
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip({ 'index.js': 'exports.handler = async () => 7;' }) },
    });
  });

  it('a function’s tags are told with it to a role that may list them', async () => {
    const owner = new Lambda(engine.clientConfig);
    const { FunctionArn: Resource } = await owner.getFunctionConfiguration({ FunctionName });
    await owner.tagResource({ Resource, Tags: { team: 'a' } });
    const gets = statement('Allow', 'lambda:GetFunction');
    const told = async (name: string, ...own: object[]) =>
      (await (await callers(name, { own })).lambda.getFunction({ FunctionName })).Tags;
    expect(await told('reader', gets)).toBeUndefined();
    expect(await told('tag-reader', gets, statement('Allow', 'lambda:ListTags'))).toEqual({ team: 'a' });
  });

  type Grant = Partial<AddPermissionCommandInput> & { Principal: string };
  it.each<[name: string, policies: { own?: object[]; bounds?: object[] }, grant: Grant, outcome: RegExp | undefined]>([
    ['its-role', noRights, { Principal: arnOf('its-role') }, undefined],
    ['its-role-bounded', { bounds: [all] }, { Principal: arnOf('its-role-bounded') }, undefined],
    ['its-role-out-of-bounds', { bounds: [silent] }, { Principal: arnOf('its-role-out-of-bounds') }, noBounds],
    ['its-session', { bounds: [silent] }, { Principal: sessionOf('its-session') }, undefined],
    ['everybody', noRights, { Principal: '*' }, undefined],
    ['every-action', noRights, { Principal: arnOf('every-action'), Action: 'lambda:*' }, undefined],
    ['the-account', noRights, { Principal: account }, noOwn],
    ['the-account-too', { own: [all] }, { Principal: account }, undefined],
    ['another-role', noRights, { Principal: arnOf('of-function') }, noOwn],
    ['another-action', noRights, { Principal: arnOf('another-action'), Action: 'lambda:GetFunction' }, noOwn],
    ['a-condition', noRights, { Principal: '*', PrincipalOrgID: 'o-1234567890' }, noOwn],
    ['a-source', noRights, { Principal: arnOf('a-source'), SourceArn: arnOf('of-function') }, noOwn],
    ['denied-itself', { own: [statement('Deny', 'lambda:*')] }, { Principal: '*' }, /explicit deny in an identity/],
  ])('of a function that names %s', async (name, policies, grant, outcome) => {
    const by = await callers(name, policies);
    const lambda = new Lambda(engine.clientConfig);
    await lambda.addPermission({ FunctionName, StatementId: 's', Action: 'lambda:InvokeFunction', ...grant });
    try {
      const invoked = by.lambda.invoke({ FunctionName });
      if (outcome === undefined) expect(Buffer.from((await invoked).Payload ?? []).toString()).toBe('7');
      else {
        const { message, ...refused } = await refusal(invoked);
        expect(refused).toEqual({ name: 'AccessDeniedException', status: 403 });
        expect(message.split('function:of-others ')[1]).toMatch(outcome);
      }
      // What is not granted stays so: the list is nobody's policy's.
      if (policies === noRights) expect((await refusal(by.lambda.listFunctions())).name).toBe('AccessDeniedException');
    } finally {
      await lambda.removePermission({ FunctionName, StatementId: 's' });
    }
  });

  it.each<[name: string, trusting: (caller: string) => object[], assumed: boolean]>([
    ['the-role', (caller) => [{ Principal: { AWS: arnOf(caller) } }], true],
    ['the-session', (caller) => [{ Principal: { AWS: [arnOf('of-function'), sessionOf(caller)] } }], true],
    ['anybody', () => [{ Principal: { AWS: '*' } }], true],
    ['its-account', () => [{ Principal: { AWS: account } }], false],
    ['somebody-else', () => [{ Principal: { AWS: arnOf('of-function') } }], false],
    ['all-but', (caller) => [{ Principal: '*' }, { Effect: 'Deny', Principal: { AWS: arnOf(caller) } }], false],
    ['an-id', (caller) => [{ Principal: { AWS: arnOf(caller) }, Condition: externalId('known') }], true],
    ['another-id', (caller) => [{ Principal: { AWS: arnOf(caller) }, Condition: externalId('other') }], false],
  ])('of a role that trusts %s', async (name, trusting, assumed) => {
    const by = await callers(`caller-of-${name}`, noRights);
    const trust = document(
      ...trusting(`caller-of-${name}`).map((more) => ({ Effect: 'Allow', Action: 'sts:assumerole', ...more })),
    );
    await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: trust });
    const assuming = by.sts.assumeRole({ RoleArn: arnOf(name), RoleSessionName: 'next', ExternalId: 'known' });
    if (assumed) expect((await assuming).AssumedRoleUser?.Arn).toBe(sessionOf(name).replace('/session', '/next'));
    else expect((await refusal(assuming)).name).toBe('AccessDenied');
  });

  it('that denies Lambda its role is heard', async () => {
    const lambda = new Lambda(engine.clientConfig);
    const Principal = { Service: ['lambda.amazonaws.com'] };
    const rule = (Effect: string) => ({ Effect, Principal, Action: 'sts:AssumeRole' });
    await iam.createRole({
      RoleName: 'withdrawn',
      AssumeRolePolicyDocument: document(rule('Allow'), rule('Deny')),
    });
    const taken = lambda.updateFunctionConfiguration({ FunctionName, Role: arnOf('withdrawn') });
    expect((await refusal(taken)).message).toBe('The role defined for the function cannot be assumed by Lambda.');
  });
});

const externalId = (id: string) => ({ StringEquals: { 'sts:ExternalId': id } });
