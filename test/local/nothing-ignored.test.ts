import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service as apigateway } from '../../src/local/apigateway/service.ts';
import { service as cognito } from '../../src/local/cognito/service.ts';
import { service as dynamodb } from '../../src/local/dynamodb/service.ts';
import { service as streams } from '../../src/local/dynamodb/streams/service.ts';
import { service as iam } from '../../src/local/iam/service.ts';
import { service as lambda } from '../../src/local/lambda/service.ts';
import { service as logs } from '../../src/local/logs/service.ts';
import type { Call, Service } from '../../src/local/service.ts';
import { service as sts } from '../../src/local/sts/service.ts';
import { buildCatalog } from '../../src/local/wire/catalog.ts';
import { service as xray } from '../../src/local/xray/service.ts';
import { addSmsRole } from './cognito/pool-fixture.ts';
import { type Names, probesOf, required, watched } from './every-input.ts';
import { type LambdaFixture, startLambda } from './lambda/function.ts';
import { bases, before, needed, rank, renamed, trust, ZipFile } from './nothing-ignored-inputs.ts';
import { unread } from './nothing-ignored-reasons.ts';

/**
 * Every member of every served operation's input is sent, one at a time, with what the call needs; what the operation neither
 * reads nor refuses by name is taken and ignored, and has to have a reason.
 */

const services: Record<string, Service> = { apigateway, cognito, dynamodb, lambda, iam, logs, streams, sts, xray };

let fixture: LambdaFixture;
let names: Record<string, Names>;
const all: string[] = [];
beforeAll(async () => {
  fixture = await startLambda();
  await fixture.create('here', 'exports.handler = async () => 1;');
  const config = { ...fixture.engine.clientConfig, maxAttempts: 1 };
  names = await namesOf(config);
});
afterAll(() => fixture?.engine.stop());

async function namesOf(config: object): Promise<Record<string, Names>> {
  const gateway = new APIGateway(config);
  const { id: restApiId = '', rootResourceId: resourceId = '' } = await gateway.createRestApi({ name: 'here' });
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await gateway.putMethod({ ...method, authorizationType: 'NONE' });
  await gateway.putIntegration({ ...method, type: 'MOCK' });
  await gateway.putMethodResponse({ ...method, statusCode: '200' });
  await gateway.putIntegrationResponse({ ...method, statusCode: '200' });
  const { id: deploymentId } = await gateway.createDeployment({ restApiId, stageName: 'here' });
  const { id: requestValidatorId } = await gateway.createRequestValidator({ restApiId, name: 'here' });
  const pool = new CognitoIdentityProvider(config);
  const { UserPool } = await pool.createUserPool({ PoolName: 'here' });
  const UserPoolId = UserPool?.Id ?? '';
  const flows = { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH' as const, 'ALLOW_REFRESH_TOKEN_AUTH' as const] };
  const { UserPoolClient } = await pool.createUserPoolClient({ UserPoolId, ClientName: 'here', ...flows });
  await pool.adminCreateUser({ UserPoolId, Username: 'ada' });
  await pool.adminSetUserPassword({ UserPoolId, Username: 'ada', Password: 'Aa1!aaaa', Permanent: true });
  const { AuthenticationResult } = await pool.initiateAuth({
    ClientId: UserPoolClient?.ClientId ?? '',
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'ada', PASSWORD: 'Aa1!aaaa' },
  });
  const { UserPoolClient: styled } = await pool.createUserPoolClient({ UserPoolId, ClientName: 'styled' });
  const { ManagedLoginBranding } = await pool.createManagedLoginBranding({
    UserPoolId,
    ClientId: styled?.ClientId ?? '',
    UseCognitoProvidedValues: true,
  });
  await pool.createGroup({ UserPoolId, GroupName: 'here' });
  const authorizer = await gateway.createAuthorizer({
    restApiId,
    name: 'here',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [UserPool?.Arn ?? ''],
    identitySource: 'method.request.header.Authorization',
  });
  const tables = new DynamoDB(config);
  const table = {
    TableName: 'here',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
    BillingMode: 'PAY_PER_REQUEST' as const,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' as const },
  };
  const { TableDescription } = await tables.createTable(table);
  const StreamArn = TableDescription?.LatestStreamArn ?? '';
  const { StreamDescription } = await new DynamoDBStreams(config).describeStream({ StreamArn });
  const roles = new IAM(config);
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' }],
  });
  const Tags = [{ Key: 'a', Value: 'b' }];
  const { Policy } = await roles.createPolicy({ PolicyName: 'here', PolicyDocument: document, Tags });
  await roles.tagRole({ RoleName: 'role', Tags });
  const groups = new CloudWatchLogs(config);
  await groups.createLogGroup({ logGroupName: 'here' });
  await groups.createLogStream({ logGroupName: 'here', logStreamName: 'here' });
  const Item = { id: { S: 'x' } };
  return {
    apigateway: {
      restApiId,
      resourceId,
      parentId: resourceId,
      deploymentId,
      requestValidatorId,
      authorizerId: authorizer.id,
      httpMethod: 'GET',
      statusCode: '200',
      stageName: 'here',
      modelName: 'Empty',
      responseType: 'THROTTLED',
      authorizationType: 'NONE',
      resourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`,
      patchOperations: [],
      position: undefined,
      schema: '{"type":"object"}',
    },
    cognito: {
      UserPoolId,
      ClientId: UserPoolClient?.ClientId,
      Username: 'ada',
      GroupName: 'here',
      ResourceArn: UserPool?.Arn,
      AccessToken: AuthenticationResult?.AccessToken,
      ...(await addSmsRole(fixture.engine, 'sms')),
      ManagedLoginBrandingId: ManagedLoginBranding?.ManagedLoginBrandingId,
    },
    dynamodb: {
      TableName: 'here',
      Item,
      Key: Item,
      ResourceArn: TableDescription?.TableArn,
      Statement: 'SELECT * FROM "here" WHERE id = \'x\'',
      RequestItems: { here: [{ PutRequest: { Item } }] },
      AttributeDefinitions: table.AttributeDefinitions,
      KeySchema: table.KeySchema,
      BillingMode: 'PAY_PER_REQUEST',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: 'x' } },
    },
    streams: { StreamArn, ShardId: StreamDescription?.Shards?.[0]?.ShardId, ShardIteratorType: 'TRIM_HORIZON' },
    iam: {
      RoleName: 'role',
      PolicyName: 'here',
      PolicyArn: Policy?.Arn,
      VersionId: 'v1',
      PolicyDocument: document,
      AssumeRolePolicyDocument: trust,
      UserName: 'ada',
      PermissionsBoundary: Policy?.Arn,
    },
    lambda: {
      FunctionName: 'here',
      Role: fixture.roleArn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      ZipFile,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      StatementId: 's',
      Resource: 'arn:aws:lambda:us-east-1:000000000000:function:here',
      Qualifier: '$LATEST',
      Name: 'live',
      FunctionVersion: '$LATEST',
      RevisionId: undefined,
    },
    logs: {
      logGroupName: 'here',
      logStreamName: 'here',
      resourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:here',
      logGroupIdentifier: 'here',
      logEvents: [{ timestamp: Date.now(), message: 'm' }],
      retentionInDays: 7,
    },
    sts: { RoleArn: fixture.roleArn },
    xray: {},
  };
}

const isPageToken = /^(next_?token|paginationtoken|marker|position)$/i;
/** What AWS's reference says it does not page yet. */
const takesAnyToken = /^apigateway GetTags$/;

describe.each(Object.entries(services))('%s', (name, service) => {
  it('refuses tokens of pages that it answered to nobody', async () => {
    const taken: string[] = [];
    for (const [operation, { input: schema }] of buildCatalog(service).operations) {
      const member = [...schema.structIterator()].map(([each]) => each).find((each) => isPageToken.test(each));
      if (member === undefined || takesAnyToken.test(`${name} ${operation}`)) continue;
      const of = { constraints: service.constraints, names: names[name] ?? {} };
      const least = required(of, schema, service.constraints.inputs[operation]);
      const input = { ...least, ...bases[operation], ...bases[`${name} ${operation}`], [member]: 'none of ours' };
      const refusal = await refusalOf(service, operation, input);
      if (!/token|marker|position/i.test(refusal)) taken.push(`${operation}.${member}: ${refusal}`);
    }
    expect(taken).toEqual([]);
  });
});

describe.each(Object.keys(services))('%s', (name) => {
  const service = services[name];
  if (!service) throw new Error(name);
  const catalog = buildCatalog(service);
  // Who holds a token calls first: what is done about the user ends it.
  const { inputs, shapes } = service.constraints;
  const order = (operation: string) =>
    shapes[inputs[operation] ?? '']?.members?.AccessToken && !/^(GlobalSignOut|DeleteUser)$/.test(operation)
      ? -1
      : rank(operation);
  const operations = Object.keys(service.operations).sort(
    (a, b) => order(a) - order(b) || (order(a) > 0 ? b.length - a.length : 0),
  );

  it('ignores no member of an input', async () => {
    const ignored: string[] = [];
    for (const operation of operations) {
      const run = service.operations[operation];
      const schema = catalog.operations.get(operation)?.input;
      if (!run || !schema) throw new Error(operation);
      const of = { constraints: service.constraints, names: names[name] ?? {} };
      const base = {
        ...bases[operation],
        ...bases[`${name} ${operation}`],
        ...Object.fromEntries((needed[operation] ?? []).map((member) => [member, of.names[member]])),
      };
      for (const { path, input } of probesOf(of, schema, { operation, base })) {
        const read = new Set<string>();
        const [earlier, given] = before[operation] ?? [];
        if (earlier !== undefined && given) await refusalOf(service, earlier, given);
        const refusal = await refusalOf(service, operation, watched(renamed(operation, input), read) as typeof input);
        const isNamed = namedIn(refusal, path);
        if (!read.has(path) && !isNamed) ignored.push(`${name} ${operation}.${path}`);
      }
    }
    all.push(...ignored);
    expect(ignored.filter((each) => !unread.some(([reason]) => reason.test(each)))).toEqual([]);
  });
});

/** Why a call is refused; nothing where it is not. */
async function refusalOf(service: Service, operation: string, input: Record<string, unknown>): Promise<string> {
  const call: Call = {
    engine: fixture.engine.engine,
    region: 'us-east-1',
    requestId: 'r',
    principal: { kind: 'root', arn: 'arn:aws:iam::000000000000:root' },
  };
  try {
    await service.operations[operation]?.(input, call);
    return '';
  } catch (error) {
    return String(error);
  }
}

/** What is refused is named itself, or what it is a part of; `cacheClusterEnabled` as "cache cluster enabled" too. */
function namedIn(refusal: string, path: string): boolean {
  const words = (text: string) =>
    ` ${text.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[^A-Za-z0-9]+/g, ' ')} `.toLowerCase();
  return path.split('.').some((part) => words(refusal).includes(words(part).trimEnd()));
}

it('has a reason for nothing that is read after all', () => {
  const stale = unread.filter(([reason]) => !all.some((each) => reason.test(each)));
  expect(stale.map(([reason]) => String(reason))).toEqual([]);
});
