import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRequestValidatorCommand,
  DeleteAuthorizerCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteResourceCommand,
  DeleteStageCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  type Op,
  type PatchOperation,
  PutIntegrationResponseCommand,
  UntagResourceCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  UpdateMethodCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DeleteTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  DeleteFunctionCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackReport } from '../../src/stack/types.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open } from './account.ts';

let engine: TestEngine;
let report: StackReport;
let iam: IAMClient;
let lambda: LambdaClient;
let gateway: APIGatewayClient;
let cognito: CognitoIdentityProviderClient;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  engine = await startEngine();
  report = await (await open(engine)).up();
  const config = engine.clientConfig;
  [iam, lambda, gateway, cognito, dynamodb] = [
    new IAMClient(config),
    new LambdaClient(config),
    new APIGatewayClient(config),
    new CognitoIdentityProviderClient(config),
    new DynamoDBClient(config),
  ];
});
afterAll(() => engine.stop());

const RoleName = 'lambda-apigateway-role';
const FunctionName = 'LambdaFunctionOverHttps';
const TableName = 'lambda-apigateway';
const open2 = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

async function method() {
  const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
  const restApiId = apis[0]?.id;
  const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
  return { restApiId, resourceId: items.find(({ path }) => path !== '/')?.id, httpMethod: 'POST' };
}

async function patchApi(op: Op, path: string, value?: string) {
  const { restApiId } = await method();
  await gateway.send(new UpdateRestApiCommand({ restApiId, patchOperations: [{ op, path, value }] }));
}

async function patchStage(...patchOperations: PatchOperation[]) {
  const { restApiId } = await method();
  await gateway.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }));
}

const pool = () => ({ UserPoolId: report.userPoolId ?? '' });
const client = () => ({ ...pool(), ClientId: report.clientId ?? '' });

/** What somebody does behind dynops's back, and the resource whose drift must be told and repaired. */
const drifts: [what: string, type: string, change: () => Promise<unknown>][] = [
  [
    'the role’s policy is widened',
    'role',
    () =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'lambda-apigateway-policy', PolicyDocument: open2 })),
  ],
  [
    'the role’s policy is deleted',
    'role',
    () => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'lambda-apigateway-policy' })),
  ],
  [
    'the role gets a second policy',
    'role',
    () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'more', PolicyDocument: open2 })),
  ],
  [
    'the role gets a managed policy',
    'role',
    () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })),
  ],
  [
    'the role trusts another',
    'role',
    () =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          }),
        }),
      ),
  ],
  [
    'the memory size is changed',
    'function',
    () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 192 })),
  ],
  [
    'the timeout is changed',
    'function',
    () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 77 })),
  ],
  [
    'the runtime is changed',
    'function',
    () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Runtime: 'nodejs22.x' })),
  ],
  [
    'tracing is switched on',
    'function',
    () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, TracingConfig: { Mode: 'Active' } })),
  ],
  [
    'other code is uploaded',
    'function',
    () =>
      lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName,
          ZipFile: zipSync({ 'index.js': Buffer.from('exports.handler = async () => 1') }),
        }),
      ),
  ],
  [
    'the function is given variables',
    'function',
    () =>
      lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { AWS_MAX_ATTEMPTS: '0' } } }),
      ),
  ],
  [
    'the function may not run at all',
    'function',
    () => lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 })),
  ],
  [
    'the function may run once at a time',
    'function',
    () => lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 })),
  ],
  [
    'the function may run a hundred times at a time',
    'function',
    () => lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 100 })),
  ],
  [
    'the function logs elsewhere',
    'function',
    () =>
      lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig: { LogGroup: '/aws/lambda/elsewhere' } }),
      ),
  ],
  ['the function is deleted', 'function', () => lambda.send(new DeleteFunctionCommand({ FunctionName }))],
  [
    'the permission is removed',
    'permission',
    () => lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'dynops-api-gateway' })),
  ],
  [
    'the permission asks for more',
    'permission',
    async () => {
      const { restApiId } = await method();
      const StatementId = 'dynops-api-gateway';
      await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
      await lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId,
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/*/POST/DynamoDBManager`,
          SourceAccount: '111111111111',
        }),
      );
    },
  ],
  [
    'the log group is deleted',
    'log-group',
    () =>
      new CloudWatchLogsClient(engine.clientConfig).send(
        new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${FunctionName}` }),
      ),
  ],
  [
    'the retention is changed',
    'log-group',
    () =>
      new CloudWatchLogsClient(engine.clientConfig).send(
        new PutRetentionPolicyCommand({ logGroupName: `/aws/lambda/${FunctionName}`, retentionInDays: 1 }),
      ),
  ],
  ['the table is deleted', 'table', () => dynamodb.send(new DeleteTableCommand({ TableName }))],
  [
    'items of the table expire',
    'table',
    () =>
      dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName: 'createdAt', Enabled: true },
        }),
      ),
  ],
  [
    'items of the table expire by an attribute of their own',
    'table',
    () =>
      dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        }),
      ),
  ],
  [
    'the table is written once a second',
    'table',
    () => dynamodb.send(new UpdateTableCommand({ TableName, OnDemandThroughput: { MaxWriteRequestUnits: 1 } })),
  ],
  [
    'the table is read once a second',
    'table',
    () => dynamodb.send(new UpdateTableCommand({ TableName, OnDemandThroughput: { MaxReadRequestUnits: 1 } })),
  ],
  [
    'the method is opened',
    'method',
    async () =>
      gateway.send(
        new UpdateMethodCommand({
          ...(await method()),
          patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }],
        }),
      ),
  ],
  [
    'an answer’s mapping is deleted',
    'method',
    async () => gateway.send(new DeleteIntegrationResponseCommand({ ...(await method()), statusCode: '400' })),
  ],
  [
    'an answer’s mapping is changed',
    'method',
    async () =>
      gateway.send(
        new PutIntegrationResponseCommand({ ...(await method()), statusCode: '500', selectionPattern: 'never' }),
      ),
  ],
  ['the method is deleted', 'method', async () => gateway.send(new DeleteMethodCommand(await method()))],
  ['the resource is deleted', 'api', async () => gateway.send(new DeleteResourceCommand(await method()))],
  [
    'the authorizer is deleted',
    'authorizer',
    async () => {
      const { restApiId, ...where } = await method();
      await gateway.send(
        new UpdateMethodCommand({
          restApiId,
          ...where,
          patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }],
        }),
      );
      const { items = [] } = await gateway.send(new GetAuthorizersCommand({ restApiId }));
      await gateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId: items[0]?.id }));
    },
  ],
  [
    'the authorizer takes the tokens of every client',
    'authorizer',
    async () => {
      const { restApiId } = await method();
      const { items = [] } = await gateway.send(new GetAuthorizersCommand({ restApiId }));
      const patchOperations = [{ op: 'replace' as const, path: '/identityValidationExpression', value: '.*' }];
      await gateway.send(new UpdateAuthorizerCommand({ restApiId, authorizerId: items[0]?.id, patchOperations }));
    },
  ],
  ['the API’s own address is switched off', 'api', () => patchApi('replace', '/disableExecuteApiEndpoint', 'true')],
  ['the API takes every body for binary', 'api', () => patchApi('add', '/binaryMediaTypes/*~1*')],
  [
    'requests are checked before the function sees them',
    'method',
    async () => {
      const place = await method();
      const { restApiId } = place;
      const { id = '' } = await gateway.send(
        new CreateRequestValidatorCommand({ restApiId, name: 'strict', validateRequestParameters: true }),
      );
      const patchOperations = [{ op: 'replace' as const, path: '/requestValidatorId', value: id }];
      await gateway.send(new UpdateMethodCommand({ ...place, patchOperations }));
    },
  ],
  [
    'the function gets less time to answer',
    'method',
    async () =>
      gateway.send(
        new UpdateIntegrationCommand({
          ...(await method()),
          patchOperations: [{ op: 'replace', path: '/timeoutInMillis', value: '50' }],
        }),
      ),
  ],
  [
    'an opened method is deployed',
    'stage',
    async () => {
      const { restApiId, ...where } = await method();
      await gateway.send(
        new UpdateMethodCommand({
          restApiId,
          ...where,
          patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }],
        }),
      );
      await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    },
  ],
  [
    'the stage is deleted',
    'stage',
    async () => gateway.send(new DeleteStageCommand({ restApiId: (await method()).restApiId, stageName: 'prod' })),
  ],
  [
    'the stage’s tracing is switched on',
    'stage',
    () => patchStage({ op: 'replace', path: '/tracingEnabled', value: 'true' }),
  ],
  [
    'the stage takes no request',
    'stage',
    () =>
      patchStage(
        { op: 'replace', path: '/*/*/throttling/rateLimit', value: '0' },
        { op: 'replace', path: '/*/*/throttling/burstLimit', value: '0' },
      ),
  ],
  [
    'one method takes one request at a time',
    'stage',
    () => patchStage({ op: 'replace', path: '/~1DynamoDBManager/POST/throttling/burstLimit', value: '1' }),
  ],
  [
    'the stage takes one request in two seconds',
    'stage',
    () => patchStage({ op: 'replace', path: '/*/*/throttling/rateLimit', value: '0.5' }),
  ],
  [
    'one method takes no request',
    'stage',
    () => patchStage({ op: 'replace', path: '/~1DynamoDBManager/POST/throttling/rateLimit', value: '0' }),
  ],
  [
    'the stage is given two variables',
    'stage',
    () =>
      patchStage(
        { op: 'replace', path: '/variables/table', value: 'other' },
        { op: 'replace', path: '/variables/under_scored', value: 'x' },
      ),
  ],
  [
    'the stage is given variables',
    'stage',
    () => patchStage({ op: 'replace', path: '/variables/function', value: 'other' }),
  ],
  [
    'a deployment is left over',
    'stage',
    async () =>
      gateway.send(new CreateDeploymentCommand({ restApiId: (await method()).restApiId, description: 'left over' })),
  ],
  [
    'the pool’s password policy is changed',
    'pool',
    () =>
      cognito.send(
        new UpdateUserPoolCommand({
          ...pool(),
          Policies: { PasswordPolicy: { MinimumLength: 20 } },
          // What it is not given it takes away.
          UserPoolTags: { 'dynops:stack': 'default' },
        }),
      ),
  ],
  [
    'the client’s callbacks are changed',
    'client',
    () => cognito.send(new UpdateUserPoolClientCommand({ ...client(), CallbackURLs: ['https://other.example'] })),
  ],
  [
    'the client’s refresh tokens get shorter',
    'client',
    async () => {
      const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(client()));
      const { ClientSecret: _none, LastModifiedDate: _then, CreationDate: _made, ...same } = UserPoolClient ?? {};
      await cognito.send(new UpdateUserPoolClientCommand({ ...same, ...client(), RefreshTokenValidity: 1 }));
    },
  ],
  ['the client is deleted', 'client', () => cognito.send(new DeleteUserPoolClientCommand(client()))],
  [
    'the domain is deleted',
    'domain',
    () =>
      cognito.send(
        new DeleteUserPoolDomainCommand({
          ...pool(),
          Domain: new URL(report.domainUrl ?? '').pathname.split('/').at(-1),
        }),
      ),
  ],
  [
    'the user is disabled',
    'user',
    () => cognito.send(new AdminDisableUserCommand({ ...pool(), Username: 'testuser' })),
  ],
  ['the user is deleted', 'user', () => cognito.send(new AdminDeleteUserCommand({ ...pool(), Username: 'testuser' }))],
];

describe('drift', () => {
  it.each(drifts)('%s: told by status and plan, repaired by up', async (_what, type, change) => {
    await change();
    const status = await (await open(engine)).status();
    expect(status.inSync).toBe(false);
    const found = status.resources.find((resource) => resource.type === type);
    expect(['drifted', 'absent']).toContain(found?.state);
    const planning = await open(engine);
    const planned = actions(await planning.plan());
    expect(['updated', 'created']).toContain(planned[type]);
    expect(planning.mutations()).toEqual([]);
    const up = await (await open(engine)).up();
    expect(['updated', 'created']).toContain(actions(up)[type]);
    report = up;
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    const unauthenticated = await fetch(up.apiUrl ?? '', { method: 'POST', body: '{"operation":"ping"}' });
    expect(unauthenticated.status).toBe(401);
  });

  it('what else a pool is set to is left as it is when its own settings are repaired', async () => {
    const more: Omit<UpdateUserPoolCommandInput, 'UserPoolId'> = {
      DeletionProtection: 'ACTIVE',
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      EmailVerificationSubject: 'hello',
      UserPoolTags: { 'dynops:stack': 'default', team: 'a' },
    };
    const Policies = { PasswordPolicy: { MinimumLength: 20, PasswordHistorySize: 3 } };
    await cognito.send(new UpdateUserPoolCommand({ ...pool(), ...more, Policies }));
    expect(actions(await (await open(engine)).up())).toMatchObject({ pool: 'updated' });
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand(pool()));
    expect(UserPool).toMatchObject({ ...more, Policies: { PasswordPolicy: { MinimumLength: 6 } } });
    await cognito.send(new UpdateUserPoolCommand({ ...pool(), ...more, DeletionProtection: 'INACTIVE' }));
    await (await open(engine)).up();
  });

  it('an API without its tag is somebody else’s: a new one is made beside it', async () => {
    const { restApiId } = await method();
    await gateway.send(
      new UntagResourceCommand({
        resourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`,
        tagKeys: ['dynops:stack'],
      }),
    );
    const up = await (await open(engine)).up();
    expect(actions(up)).toMatchObject({ api: 'created', method: 'created', stage: 'created', permission: 'updated' });
    expect(up.apiUrl).not.toContain(restApiId);
  });
});

describe('the window', () => {
  it('from its first moment until up ends the API never answers 200 without a token', async () => {
    const fresh = await startEngine({ scale: 0.01 });
    try {
      const gatewayClient = new APIGatewayClient({ ...fresh.clientConfig, maxAttempts: 10 });
      const session = await open(fresh);
      let done = false;
      const running = session.up().finally(() => {
        done = true;
      });
      const seen = new Map<number, number>();
      while (!done) {
        const { items = [] } = await gatewayClient.send(new GetRestApisCommand({}));
        const id = items[0]?.id;
        if (!id) continue;
        const url = `${fresh.endpoint}/_aws/execute-api/${id}/prod/DynamoDBManager`;
        const { status } = await fetch(url, { method: 'POST', body: '{"operation":"ping"}' });
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }
      await running;
      expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
      expect([...seen.keys()].filter((status) => status < 400)).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });
});
