import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda, zip } from './lambda/function.ts';
import { refusal } from './refusal.ts';

/** What can be tagged: by its creation under a new name, and afterwards. */
interface Taggable {
  create(name: string, tags: Record<string, string>): Promise<unknown>;
  tag(tags: Record<string, string>): Promise<unknown>;
  read(): Promise<Record<string, string>>;
}

let fixture: LambdaFixture;
let taggable: Record<string, Taggable>;

const pairs = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const unpaired = (tags: { Key?: string | undefined; Value?: string | undefined }[] = []) =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

beforeAll(async () => {
  fixture = await startLambda();
  const config = { ...fixture.engine.clientConfig, maxAttempts: 1 };
  const [iam, logs, lambda] = [new IAM(config), new CloudWatchLogs(config), new Lambda(config)];
  const [cognito, gateway, dynamodb] = [
    new CognitoIdentityProvider(config),
    new APIGateway(config),
    new DynamoDB(config),
  ];
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
  const AssumeRolePolicyDocument = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const code = { Runtime: 'nodejs22.x' as const, Handler: 'index.handler', Role: fixture.roleArn };
  const Code = { ZipFile: zip({ 'index.js': 'exports.handler = async () => 1;' }) };
  const table = {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
    BillingMode: 'PAY_PER_REQUEST' as const,
  };
  await iam.createRole({ RoleName: 'tagged', AssumeRolePolicyDocument });
  const { Policy } = await iam.createPolicy({ PolicyName: 'tagged', PolicyDocument });
  await logs.createLogGroup({ logGroupName: 'tagged' });
  const { FunctionArn } = await lambda.createFunction({ FunctionName: 'tagged', ...code, Code });
  const { UserPool } = await cognito.createUserPool({ PoolName: 'tagged' });
  const { id: restApiId, rootResourceId: resourceId } = await gateway.createRestApi({ name: 'tagged' });
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await gateway.putMethod({ ...method, authorizationType: 'NONE' });
  await gateway.putIntegration({ ...method, type: 'MOCK' });
  const { id: deploymentId } = await gateway.createDeployment({ restApiId, stageName: 'tagged' });
  const { TableDescription } = await dynamodb.createTable({ TableName: 'tagged', ...table });
  const [PolicyArn, poolArn, tableArn] = [Policy?.Arn, UserPool?.Arn, TableDescription?.TableArn];
  const logGroupArn = `arn:aws:logs:us-east-1:000000000000:log-group:tagged`;
  const apiArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`;
  taggable = {
    role: {
      create: (RoleName, tags) => iam.createRole({ RoleName, AssumeRolePolicyDocument, Tags: pairs(tags) }),
      tag: (tags) => iam.tagRole({ RoleName: 'tagged', Tags: pairs(tags) }),
      read: async () => unpaired((await iam.listRoleTags({ RoleName: 'tagged' })).Tags),
    },
    policy: {
      create: (PolicyName, tags) => iam.createPolicy({ PolicyName, PolicyDocument, Tags: pairs(tags) }),
      tag: (tags) => iam.tagPolicy({ PolicyArn, Tags: pairs(tags) }),
      read: async () => unpaired((await iam.listPolicyTags({ PolicyArn })).Tags),
    },
    'log group': {
      create: (logGroupName, tags) => logs.createLogGroup({ logGroupName, tags }),
      tag: (tags) => logs.tagResource({ resourceArn: logGroupArn, tags }),
      read: async () => (await logs.listTagsForResource({ resourceArn: logGroupArn })).tags ?? {},
    },
    'log group, by the former call': {
      create: (logGroupName, tags) => logs.createLogGroup({ logGroupName: `${logGroupName}-2`, tags }),
      tag: (tags) => logs.tagLogGroup({ logGroupName: 'tagged', tags }),
      read: async () => (await logs.listTagsLogGroup({ logGroupName: 'tagged' })).tags ?? {},
    },
    function: {
      create: (FunctionName, Tags) => lambda.createFunction({ FunctionName, ...code, Code, Tags }),
      tag: (Tags) => lambda.tagResource({ Resource: FunctionArn, Tags }),
      read: async () => (await lambda.listTags({ Resource: FunctionArn })).Tags ?? {},
    },
    pool: {
      create: (PoolName, UserPoolTags) => cognito.createUserPool({ PoolName, UserPoolTags }),
      tag: (Tags) => cognito.tagResource({ ResourceArn: poolArn, Tags }),
      read: async () => (await cognito.listTagsForResource({ ResourceArn: poolArn })).Tags ?? {},
    },
    API: {
      create: (name, tags) => gateway.createRestApi({ name, tags }),
      tag: (tags) => gateway.tagResource({ resourceArn: apiArn, tags }),
      read: async () => (await gateway.getTags({ resourceArn: apiArn })).tags ?? {},
    },
    stage: {
      create: (stageName, tags) => gateway.createStage({ restApiId, deploymentId, stageName, tags }),
      tag: (tags) => gateway.tagResource({ resourceArn: `${apiArn}/stages/tagged`, tags }),
      read: async () => (await gateway.getTags({ resourceArn: `${apiArn}/stages/tagged` })).tags ?? {},
    },
    table: {
      create: (TableName, tags) => dynamodb.createTable({ TableName, ...table, Tags: pairs(tags) }),
      tag: (tags) => dynamodb.tagResource({ ResourceArn: tableArn, Tags: pairs(tags) }),
      read: async () => unpaired((await dynamodb.listTagsOfResource({ ResourceArn: tableArn })).Tags),
    },
  };
});
afterAll(() => fixture?.engine.stop());

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '']));
const bad: Record<string, Record<string, string>> = {
  reserved: { ok: '1', 'aws:x': '1' },
  'reserved, in other case': { 'AWS:x': '1' },
  'long key': { ['k'.repeat(129)]: '1' },
  'long value': { k: 'v'.repeat(257) },
  'odd key': { 'a&b': '1' },
  'odd value': { ok: '1', k: 'a, b' },
  'too many': many(51),
};

/** By which error each service refuses what; undefined: it is not known to look. */
interface Errors {
  reserved: string;
  length: string;
  characters: string | undefined;
  count: string;
}
const iamErrors: Errors = {
  reserved: 'InvalidInputException',
  length: 'ValidationError',
  characters: 'ValidationError',
  count: 'ValidationError',
};
const logsErrors: Errors = {
  reserved: 'InvalidParameterException',
  length: 'InvalidParameterException',
  characters: 'InvalidParameterException',
  count: 'InvalidParameterException',
};
const gatewayErrors: Errors = {
  reserved: 'BadRequestException',
  length: 'BadRequestException',
  characters: undefined,
  count: 'LimitExceededException',
};
const errors: Record<string, Errors> = {
  role: iamErrors,
  policy: iamErrors,
  'log group': logsErrors,
  'log group, by the former call': logsErrors,
  function: {
    reserved: 'InvalidParameterValueException',
    length: 'ValidationException',
    characters: 'ValidationException',
    count: 'InvalidParameterValueException',
  },
  pool: {
    reserved: 'InvalidParameterException',
    length: 'InvalidParameterException',
    characters: undefined,
    count: 'InvalidParameterException',
  },
  API: gatewayErrors,
  stage: gatewayErrors,
  table: {
    reserved: 'ValidationException',
    length: 'ValidationException',
    characters: 'ValidationException',
    count: 'ValidationException',
  },
};

describe.each(Object.keys(errors))('tags of a %s', (kind) => {
  const subject = () => {
    const found = taggable[kind];
    if (!found) throw new Error(`nothing makes a ${kind}`);
    return found;
  };

  it('may be letters of any script, blanks and a few signs, up to 128 and 256 characters', async () => {
    const tags = { [`Ключ .:/=+-@_ é表${'k'.repeat(112)}`]: 'v'.repeat(256), empty: '' };
    await subject().tag(tags);
    expect(await subject().read()).toEqual(tags);
  });

  it.each(Object.keys(bad))('%s: refused, when it is made and afterwards, with nothing changed', async (what) => {
    const rule = /^(reserved|too|long)/.exec(what)?.[0] ?? 'characters';
    const by = errors[kind];
    const name = { reserved: by?.reserved, too: by?.count, long: by?.length, characters: by?.characters }[rule];
    const tags = bad[what] ?? {};
    const before = await subject().read();
    if (name === undefined) {
      await subject().create(`lenient-${what.replaceAll(' ', '-')}`, tags);
      return;
    }
    expect(await refusal(subject().tag(tags))).toMatchObject({ name });
    expect(await refusal(subject().create('refused', tags))).toMatchObject({ name });
    expect(await subject().read()).toEqual(before);
  });
});

describe('tags that are too many together', () => {
  it.each([
    ['role', 'LimitExceededException'],
    ['policy', 'LimitExceededException'],
    ['log group', 'TooManyTagsException'],
    ['function', 'InvalidParameterValueException'],
    ['API', 'LimitExceededException'],
  ])('of a %s are refused, though each call has few', async (kind, name) => {
    const [first, second] = [30, 45].map((count) => many(count));
    const subject = taggable[kind];
    const renamed = Object.fromEntries(Object.entries(second ?? {}).map(([key, value]) => [`other-${key}`, value]));
    await subject?.tag(first ?? {});
    expect(await refusal(subject?.tag(renamed) ?? Promise.resolve())).toMatchObject({ name });
  });
});

describe('the words of a refusal', () => {
  it.each<[string, string, RegExp]>([
    [
      'role',
      'odd value',
      /^1 validation error detected: Value at 'tags\.2\.member\.value' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\p\{L\}\\p\{Z\}\\p\{N\}_\.:\/=\+\\-@\]\*$/,
    ],
    ['role', 'long key', /at 'tags\.1\.member\.key' .* Member must have length less than or equal to 128$/],
    [
      'function',
      'odd value',
      /^1 validation error detected: Value '\{ok=1, k=a, b\}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 256, .*\^\(\[.*\]\*\)\$\]$/,
    ],
    ['API', 'reserved', /^Invalid tag key\. Tag keys cannot start with 'aws:' \(case insensitive\)$/],
    ['table', 'reserved', /^Tag Key cannot be prefixed with aws:, Key: aws:x$/],
    ['table', 'odd value', /^The Tag Value provided is invalid, Value: a, b$/],
    ['table', 'odd key', /^The Tag Key provided is invalid, Key: a&b$/],
  ])('%s, %s', async (kind, what, message) => {
    const call = taggable[kind]?.tag(bad[what] ?? {});
    expect(await refusal(call ?? Promise.resolve())).toMatchObject({ message: expect.stringMatching(message) });
  });
});
