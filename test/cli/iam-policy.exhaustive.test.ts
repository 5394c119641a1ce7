import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { type Installation, install } from './dynops.ts';

interface Policy {
  Statement: { Sid: string; Action: string[]; Resource: string[] }[];
}

let dynops: Installation;
let engine: TestEngine;
let iam: IAMClient;
let policy: Policy;

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

beforeAll(async () => {
  [dynops, engine] = await Promise.all([install(), startEngine()]);
  iam = new IAMClient(engine.clientConfig);
  const root = engine.credentials;
  policy = await dynops.json<Policy>(['export', 'iam-policy'], { env: environment(root) });
});

afterAll(() => Promise.all([dynops.remove(), engine.stop()]));

function environment(keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }) {
  return {
    DYNOPS_ENDPOINT_URL: engine.endpoint,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken && { AWS_SESSION_TOKEN: keys.sessionToken }),
  };
}

/** The environment of somebody who may do what a policy says and nothing else; the engine enforces it. */
async function operator(name: string, document: Policy): Promise<Record<string, string>> {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = JSON.stringify(document);
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'operator', PolicyDocument }));
  return environment(engine.engine.sessionCredentials.issue({ roleArn: Role?.Arn ?? '', name: 'operator' }));
}

/** Runs, and shows what went wrong. */
async function ran(env: Record<string, string>, words: string[]): Promise<[string, number | null, string]> {
  const { status, stderr } = await dynops.run(words, { env });
  return [words.join(' '), status, status === 0 ? '' : stderr];
}

describe('export iam-policy', () => {
  it('is enough to bring the stack up, change, call, measure and take it down', async () => {
    const env = await operator('operator', policy);
    const lines = [
      'up',
      'up --memory 256 --tracing --retention 7 --password-length 8 --callback-url https://example.org --policy tutorial',
      'status',
      'pool update --temporary-days 3 --sms-role',
      'call ping',
      'call create --item {"id":"1"}',
      'table items',
      'function test',
      'function config --memory 128',
      'load --users 1 --duration 1s',
      'logs',
      'trace list',
      'trace map',
      'authorizer test',
      'user create ada --temporary --password-stdin',
      'user list',
      'user disable ada',
      'user enable ada',
      'user delete ada --yes',
      'list',
      'down --yes',
    ];
    const outcomes: unknown[] = [];
    for (const line of lines) {
      const words = line.split(' ');
      const { status, stderr } = await dynops.run(words, { env, stdin: 'Passw0rd!' });
      outcomes.push([line, status, status === 0 ? '' : stderr]);
    }
    expect(outcomes).toEqual(lines.map((line) => [line, 0, '']));
  });

  it('is not enough for another stack', async () => {
    const env = await operator('stranger', policy);
    const [, status, said] = await ran(env, ['up', '--stack', 'other']);
    expect([status, said]).toEqual([
      4,
      expect.stringMatching(/not authorized to perform: \w+:\w+ on resource: \S+other-/),
    ]);
  });

  it('holds no statement to spare: without any of these not even a plan is made', async () => {
    const sids = ['IAMRole', 'LambdaFunction', 'DynamoDBTable', 'APIGatewayApi'];
    const outcomes = await Promise.all(
      sids.map(async (sid) => {
        const fewer = { ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== sid) };
        expect(fewer.Statement.length).toBe(policy.Statement.length - 1);
        return [sid, (await ran(await operator(`without-${sid}`, fewer), ['plan']))[1]];
      }),
    );
    expect(outcomes).toEqual(sids.map((sid) => [sid, 4]));
  });

  it('is narrowed to names, asks nothing with an account, and knows other partitions', async () => {
    const { Statement } = await dynops.json<Policy>([
      ...['export', 'iam-policy', '--account', '210987654321', '--region', 'cn-north-1', '--stack', 'blue'],
    ]);
    const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)?.Resource;
    expect(of('IAMRole')).toEqual([
      'arn:aws-cn:iam::210987654321:role/blue-lambda-apigateway-role',
      'arn:aws-cn:iam::210987654321:role/blue-serverlesspool-sms',
    ]);
    expect(of('LambdaFunction')).toEqual([
      'arn:aws-cn:lambda:cn-north-1:210987654321:function:blue-LambdaFunctionOverHttps',
    ]);
    expect(of('DynamoDBTable')).toEqual(['arn:aws-cn:dynamodb:cn-north-1:210987654321:table/blue-lambda-apigateway']);
    // IAM takes 6,144 characters without blanks in a managed policy.
    expect(JSON.stringify({ Version: '2012-10-17', Statement }).length).toBeLessThan(6_144);
  });
});
