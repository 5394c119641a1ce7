import {
  APIGatewayClient,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetPolicyCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';

export type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

/**
 * Everything an account holds, as a stranger lists it: no dynops code, no tags. One line a thing, ids replaced by names,
 * sorted, so that two accounts with the same things compare equal and a duplicate or an orphan shows as a line of its own.
 */
export async function listAccount(config: ClientConfig): Promise<string[]> {
  const lines = (
    await Promise.all([
      roles(config),
      tables(config),
      functions(config),
      logGroups(config),
      apis(config),
      pools(config),
    ])
  ).flat();
  return lines.sort();
}

async function roles(config: ClientConfig): Promise<string[]> {
  const iam = new IAMClient(config);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  return Promise.all(
    Roles.map(async ({ RoleName }) => {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      return `role ${RoleName} policies ${PolicyNames.join(',')}`;
    }),
  );
}

async function tables(config: ClientConfig): Promise<string[]> {
  const { TableNames = [] } = await new DynamoDBClient(config).send(new ListTablesCommand({}));
  return TableNames.map((name) => `table ${name}`);
}

async function functions(config: ClientConfig): Promise<string[]> {
  const lambda = new LambdaClient(config);
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  return Promise.all(
    Functions.map(async ({ FunctionName }) => {
      const policy = await lambda.send(new GetPolicyCommand({ FunctionName })).then(
        ({ Policy = '{}' }) => JSON.parse(Policy) as { Statement: { Sid: string }[] },
        (error: Error) => {
          if (error.name === 'ResourceNotFoundException') return { Statement: [] };
          throw error;
        },
      );
      return `function ${FunctionName} statements ${policy.Statement.length}`;
    }),
  );
}

async function logGroups(config: ClientConfig): Promise<string[]> {
  const { logGroups = [] } = await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}));
  return logGroups.map(({ logGroupName, retentionInDays }) => `log group ${logGroupName} days ${retentionInDays}`);
}

async function apis(config: ClientConfig): Promise<string[]> {
  const gateway = new APIGatewayClient(config);
  const { items = [] } = await gateway.send(new GetRestApisCommand({}));
  return Promise.all(
    items.map(async ({ id: restApiId, name }) => {
      const [resources, stages, deployments, authorizers] = await Promise.all([
        gateway.send(new GetResourcesCommand({ restApiId, embed: ['methods'] })),
        gateway.send(new GetStagesCommand({ restApiId })),
        gateway.send(new GetDeploymentsCommand({ restApiId })),
        gateway.send(new GetAuthorizersCommand({ restApiId })),
      ]);
      const methods = (resources.items ?? []).map(({ path, resourceMethods = {} }) => {
        const described = Object.entries(resourceMethods).map(
          ([verb, method]) =>
            `${verb}:${method.authorizationType}:${Object.keys(method.methodResponses ?? {}).join('/')}:${Object.keys(method.methodIntegration?.integrationResponses ?? {}).join('/')}`,
        );
        return `${path}(${described.join(',')})`;
      });
      return [
        `api ${name}`,
        methods.sort().join(' '),
        `stages ${(stages.item ?? []).map(({ stageName }) => stageName).join(',')}`,
        `deployments ${deployments.items?.length ?? 0}`,
        `authorizers ${(authorizers.items ?? []).map(({ name: called }) => called).join(',')}`,
      ].join(' | ');
    }),
  );
}

async function pools(config: ClientConfig): Promise<string[]> {
  const cognito = new CognitoIdentityProviderClient(config);
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  return Promise.all(
    UserPools.map(async ({ Id: UserPoolId, Name }) => {
      const [{ UserPool }, { UserPoolClients = [] }, { Users = [] }] = await Promise.all([
        cognito.send(new DescribeUserPoolCommand({ UserPoolId })),
        cognito.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 })),
        cognito.send(new ListUsersCommand({ UserPoolId })),
      ]);
      return [
        `pool ${Name}`,
        `domain ${UserPool?.Domain}`,
        `clients ${UserPoolClients.map(({ ClientName }) => ClientName).join(',')}`,
        `users ${Users.map(({ Username, UserStatus }) => `${Username}:${UserStatus}`).join(',')}`,
      ].join(' | ');
    }),
  );
}
