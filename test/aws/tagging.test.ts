import { readdirSync } from 'node:fs';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { lambdaFunction } from '../../src/aws/function.ts';
import { logGroup } from '../../src/aws/log-group.ts';
import type { Existing, Tagging } from '../../src/aws/resource.ts';
import { restApi } from '../../src/aws/rest-api.ts';
import { role } from '../../src/aws/role.ts';
import { table } from '../../src/aws/table.ts';
import { userPool } from '../../src/aws/user-pool.ts';
import { mockClient } from '../mock-client.ts';
import { mockAws, written } from './mocks.ts';

const mocks = {
  iam: mockClient(IAMClient),
  dynamodb: mockClient(DynamoDBClient),
  logs: mockClient(CloudWatchLogsClient),
  lambda: mockClient(LambdaClient),
  gateway: mockClient(APIGatewayClient),
  cognito: mockClient(CognitoIdentityProviderClient),
};
afterEach(() => {
  for (const mock of Object.values(mocks)) mock.reset();
});

const id = 'arn:of:it';
const list = [{ Key: 'dynops:memory', Value: '256' }];
const record = { 'dynops:memory': '256' };
const keys = ['dynops:old'];

const cases: [string, keyof typeof mocks, unknown, set: [string, object], remove: [string, object]][] = [
  [
    'role',
    'iam',
    role.tagging,
    ['TagRole', { RoleName: 'demo', Tags: list }],
    ['UntagRole', { RoleName: 'demo', TagKeys: keys }],
  ],
  [
    'table',
    'dynamodb',
    table.tagging,
    ['TagResource', { ResourceArn: id, Tags: list }],
    ['UntagResource', { ResourceArn: id, TagKeys: keys }],
  ],
  [
    'log group',
    'logs',
    logGroup.tagging,
    ['TagResource', { resourceArn: id, tags: record }],
    ['UntagResource', { resourceArn: id, tagKeys: keys }],
  ],
  [
    'function',
    'lambda',
    lambdaFunction.tagging,
    ['TagResource', { Resource: id, Tags: record }],
    ['UntagResource', { Resource: id, TagKeys: keys }],
  ],
  [
    'API',
    'gateway',
    restApi.tagging,
    ['TagResource', { resourceArn: id, tags: record }],
    ['UntagResource', { resourceArn: id, tagKeys: keys }],
  ],
  [
    'user pool',
    'cognito',
    userPool.tagging,
    ['TagResource', { ResourceArn: id, Tags: record }],
    ['UntagResource', { ResourceArn: id, TagKeys: keys }],
  ],
];

describe('tagging', () => {
  it('is tried here of every resource that carries tags', async () => {
    const files = readdirSync(new URL('../../src/aws', import.meta.url));
    const modules: object[] = await Promise.all(files.map((file) => import(`../../src/aws/${file}`)));
    const carriers = modules.flatMap((module) => Object.values(module)).filter((value) => Object(value).tagging);
    expect(carriers.length).toBeGreaterThan(5);
    expect(new Set(cases.map(([, , tagging]) => tagging))).toEqual(new Set(carriers.map(({ tagging }) => tagging)));
  });

  it.each(cases)('a %s sends the tags that change, and no others', async (_what, client, given, set, remove) => {
    const mock = mocks[client];
    // The mocks' own types have no call in common.
    (mock as { onAnyCommand(): { resolves(answer: object): unknown } }).onAnyCommand().resolves({});
    mocks.dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
    const tagging = given as Tagging<Existing & { name: string }>;
    const aws = await mockAws();
    const actual = { id, name: 'demo', tags: { 'dynops:old': '1', team: 'a' } };
    await tagging.set(aws, actual, record);
    await tagging.remove(aws, actual, keys);
    expect(written(mock)).toEqual([set, remove]);
  });

  it('a table is tagged once it is active: one that is being made takes no tags', async () => {
    mocks.dynamodb.onAnyCommand().resolves({});
    mocks.dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { TableStatus: 'CREATING' } })
      .resolves({ Table: { TableStatus: 'ACTIVE' } });
    const settings = { key: 'id (S)', billingMode: 'PAY_PER_REQUEST', itemCount: 0, indexes: {}, ttl: null };
    const actual = { id, name: 'demo', tags: {}, ...settings };
    const aws = await mockAws();
    await table.tagging?.set(aws, actual, record);
    expect(aws.pauses.length).toBeGreaterThan(0);
    expect(written(mocks.dynamodb)).toHaveLength(1);
  });
});
