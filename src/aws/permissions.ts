/*
 * What IAM must allow for each call that the files here make: `test/aws/permissions.test.ts` finds one that is missing or
 * is made no more. Source: AWS's service authorization reference.
 */

/** Of which resources a permission is: those of a type in the stack, or what has no type of its own there. */
export type Scope = 'role' | 'function' | 'table' | 'log-group' | 'any-log-group' | 'api' | 'api-tags' | 'pool' | 'any';

type Calls = Partial<Record<Scope, readonly string[]>>;

/** Operations by SDK client and scope; `apart`: IAM asks no permission for them, or nothing depends on them. */
export const calls: Record<string, Calls & { apart?: readonly string[] }> = {
  IAM: {
    role: [
      'CreateRole',
      'DeleteRole',
      'DeleteRolePolicy',
      'DetachRolePolicy',
      'GetRole',
      'GetRolePolicy',
      'ListAttachedRolePolicies',
      'ListRolePolicies',
      'PutRolePolicy',
      'TagRole',
      'UntagRole',
      'UpdateAssumeRolePolicy',
    ],
    // By it `doctor` asks for the others.
    apart: ['SimulatePrincipalPolicy'],
  },
  Lambda: {
    function: [
      'AddPermission',
      'CreateFunction',
      'DeleteFunction',
      'DeleteFunctionConcurrency',
      'GetFunction',
      'GetFunctionConfiguration',
      'GetPolicy',
      'Invoke',
      'RemovePermission',
      'TagResource',
      'UntagResource',
      'UpdateFunctionCode',
      'UpdateFunctionConfiguration',
    ],
    any: ['GetAccountSettings'],
  },
  DynamoDB: {
    table: [
      'BatchGetItem',
      'BatchWriteItem',
      'CreateTable',
      'DeleteTable',
      'DescribeTable',
      'DescribeTimeToLive',
      'ListTagsOfResource',
      'Scan',
      'TagResource',
      'UntagResource',
      'UpdateTable',
      'UpdateTimeToLive',
    ],
  },
  APIGateway: {
    api: [
      'CreateAuthorizer',
      'CreateDeployment',
      'CreateResource',
      'CreateRestApi',
      'CreateStage',
      'DeleteAuthorizer',
      'DeleteDeployment',
      'DeleteGatewayResponse',
      'DeleteIntegrationResponse',
      'DeleteMethod',
      'DeleteMethodResponse',
      'DeleteResource',
      'DeleteRestApi',
      'DeleteStage',
      'GetAuthorizers',
      'GetDeployments',
      'GetGatewayResponse',
      'GetMethod',
      'GetResources',
      'GetRestApis',
      'GetStages',
      'PutGatewayResponse',
      'PutIntegration',
      'PutIntegrationResponse',
      'PutMethod',
      'PutMethodResponse',
      'TestInvokeAuthorizer',
      'UpdateAuthorizer',
      'UpdateMethod',
      'UpdateRestApi',
      'UpdateStage',
    ],
    'api-tags': ['TagResource', 'UntagResource'],
  },
  CloudWatchLogs: {
    'log-group': [
      'CreateLogGroup',
      'DeleteLogGroup',
      'FilterLogEvents',
      'ListTagsForResource',
      'PutRetentionPolicy',
      'TagResource',
      'UntagResource',
    ],
    'any-log-group': ['DescribeLogGroups'],
  },
  CognitoIdentityProvider: {
    pool: [
      'AdminCreateUser',
      'AdminDeleteUser',
      'AdminDisableUser',
      'AdminEnableUser',
      'AdminGetUser',
      'AdminSetUserPassword',
      'CreateUserPoolClient',
      'CreateUserPoolDomain',
      'DeleteUserPool',
      'DeleteUserPoolClient',
      'DeleteUserPoolDomain',
      'DescribeUserPool',
      'DescribeUserPoolClient',
      'ListUserPoolClients',
      'ListUsers',
      'TagResource',
      'UntagResource',
      'UpdateUserPool',
      'UpdateUserPoolClient',
    ],
    any: ['CreateUserPool', 'DescribeUserPoolDomain', 'ListUserPools'],
    apart: ['InitiateAuth', 'RespondToAuthChallenge'],
  },
  XRay: { any: ['BatchGetTraces', 'GetServiceGraph', 'GetTraceSegmentDestination', 'GetTraceSummaries'] },
  STS: { apart: ['GetCallerIdentity'] },
};

const prefixes: Record<string, string> = {
  IAM: 'iam',
  Lambda: 'lambda',
  DynamoDB: 'dynamodb',
  APIGateway: 'apigateway',
  CloudWatchLogs: 'logs',
  CognitoIdentityProvider: 'cognito-idp',
  XRay: 'xray',
};

/** Where IAM calls an operation otherwise. */
const renamed: Record<string, string> = { Invoke: 'InvokeFunction' };

/** API Gateway's actions are HTTP's methods. */
function apiGatewayVerb(operation: string): string {
  if (operation.startsWith('Get')) return 'GET';
  if (/^(Delete|Untag)/.test(operation)) return 'DELETE';
  if (operation.startsWith('Update')) return 'PATCH';
  return /^(Put|Tag)/.test(operation) ? 'PUT' : 'POST';
}

/** What IAM is asked beside the calls: handing a role to a function, and a function's tags, which GetFunction leaves out without it. */
const besides: Partial<Record<Scope, readonly string[]>> = { role: ['PassRole'], function: ['ListTags'] };

/** What has to be allowed on a scope's resources. */
export function permissions(): { client: string; scope: Scope; actions: string[] }[] {
  return Object.entries(calls).flatMap(([client, { apart: _, ...byScope }]) =>
    Object.entries(byScope).map(([scope, operations]) => {
      const names = operations.map((operation) =>
        client === 'APIGateway' ? apiGatewayVerb(operation) : (renamed[operation] ?? operation),
      );
      const actions = [...new Set([...names, ...(besides[scope as Scope] ?? [])])]
        .sort()
        .map((name) => `${prefixes[client]}:${name}`);
      return { client, scope: scope as Scope, actions };
    }),
  );
}
