import {
  APIGatewayClient,
  CreateRestApiCommand,
  DeleteAuthorizerCommand,
  DeleteGatewayResponseCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteResourceCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminDeleteUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { ClientConfig } from './account.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** Somebody else's things beside the stack, some with the stack's own names where AWS allows two of a name. */
export async function plantForeignThings(config: ClientConfig): Promise<void> {
  await Promise.all([
    new IAMClient(config).send(new CreateRoleCommand({ RoleName: 'somebody-elses', AssumeRolePolicyDocument: trust })),
    new DynamoDBClient(config).send(
      new CreateTableCommand({
        TableName: 'somebody-elses',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    ),
    new APIGatewayClient(config).send(
      new CreateRestApiCommand({ name: 'DynamoDBOperations', description: 'not ours' }),
    ),
    new CognitoIdentityProviderClient(config).send(new CreateUserPoolCommand({ PoolName: 'serverlesspool' })),
  ]);
}

/** Changes made behind dynops's back: one of every kind that `up` repairs. */
export async function breakStack(config: ClientConfig): Promise<void> {
  const iam = new IAMClient(config);
  const lambda = new LambdaClient(config);
  const gateway = new APIGatewayClient(config);
  const cognito = new CognitoIdentityProviderClient(config);
  const ours = <T extends { tags?: Record<string, string> | undefined }>(items: T[] | undefined) =>
    (items ?? []).find(({ tags }) => tags?.['dynops:stack'] === 'default');

  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'lambda-apigateway-role',
      PolicyName: 'too-much',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
      }),
    }),
  );
  const FunctionName = 'LambdaFunctionOverHttps';
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 192 }));
  const { Policy = '{}' } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  for (const { Sid } of (JSON.parse(Policy) as { Statement: { Sid: string }[] }).Statement) {
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: Sid }));
  }
  await new CloudWatchLogsClient(config).send(
    new DeleteRetentionPolicyCommand({ logGroupName: '/aws/lambda/LambdaFunctionOverHttps' }),
  );

  const restApiId = ours((await gateway.send(new GetRestApisCommand({}))).items)?.id;
  const { items: resources = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
  const resourceId = resources.find(({ path }) => path === '/DynamoDBManager')?.id;
  const method = { restApiId, resourceId, httpMethod: 'POST' };
  await gateway.send(
    new UpdateMethodCommand({
      ...method,
      patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }],
    }),
  );
  await gateway.send(new DeleteIntegrationResponseCommand({ ...method, statusCode: '400' }));
  for (const { id: authorizerId } of (await gateway.send(new GetAuthorizersCommand({ restApiId }))).items ?? []) {
    await gateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }));
  }

  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  for (const { Id: UserPoolId } of UserPools) {
    const { UserPoolClients = [] } = await cognito.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }));
    const ClientId = UserPoolClients.find(({ ClientName }) => ClientName === 'serverless_app_client')?.ClientId;
    if (!ClientId) continue;
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, ClientName: 'serverless_app_client' }));
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'testuser' }));
  }
}

/** The same for the service of four functions, of those kinds that the tutorial has not. */
export async function breakService(config: ClientConfig): Promise<void> {
  const gateway = new APIGatewayClient(config);
  const dynamodb = new DynamoDBClient(config);
  const lambda = new LambdaClient(config);
  const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
  const restApiId = apis.find(({ tags }) => tags?.['dynops:stack'] === 'default')?.id;
  const { items: resources = [] } = await gateway.send(new GetResourcesCommand({ restApiId, limit: 500 }));
  const resourceId = (path: string) => resources.find((resource) => resource.path === path)?.id;
  const getOrders = { restApiId, resourceId: resourceId('/orders'), httpMethod: 'GET' };
  const getOrder = { restApiId, resourceId: resourceId('/orders/{id}'), httpMethod: 'GET' };
  const open = [{ op: 'replace' as const, path: '/authorizationType', value: 'NONE' }];
  await Promise.all([
    gateway.send(new DeleteGatewayResponseCommand({ restApiId, responseType: 'DEFAULT_4XX' })),
    gateway.send(new UpdateMethodCommand({ ...getOrder, patchOperations: open })),
    gateway.send(new DeleteMethodCommand(getOrders)),
    gateway.send(new DeleteResourceCommand({ restApiId, resourceId: resourceId('/calculate') })),
    new IAMClient(config).send(new DeleteRolePolicyCommand({ RoleName: 'report-role', PolicyName: 'report-policy' })),
    dynamodb.send(
      new UpdateTableCommand({
        TableName: 'customers',
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-city' } }],
      }),
    ),
    dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: 'orders',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: false },
      }),
    ),
    lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'orders',
        Environment: { Variables: { LOG_LEVEL: 'off' } },
      }),
    ),
    lambda.send(new DeleteFunctionCommand({ FunctionName: 'health' })),
    new CloudWatchLogsClient(config).send(new DeleteLogGroupCommand({ logGroupName: '/aws/lambda/customers' })),
  ]);
}
