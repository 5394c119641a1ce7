import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { anyZip, type Known } from './api-mutants.ts';

/** Resources beside the stack's, which malformed requests may change, and the members by which requests name them. */
export async function makeVictims(config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}): Promise<Known> {
  const gateway = new APIGateway(config);
  const logs = new CloudWatchLogs(config);
  const cognito = new CognitoIdentityProvider(config);
  const dynamodb = new DynamoDB(config);
  const iam = new IAM(config);
  const lambda = new Lambda(config);

  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const { Role: role } = await iam.createRole({ RoleName: 'victim', AssumeRolePolicyDocument: trust });
  const permissions = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }],
  });
  const { Policy: policy } = await iam.createPolicy({ PolicyName: 'victim', PolicyDocument: permissions });
  const made = await lambda.createFunction({
    FunctionName: 'victim',
    Role: role?.Arn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: zipSync({ 'index.js': Buffer.from('exports.handler = async (event) => event;') }) },
  });
  const table = await dynamodb.createTable({
    TableName: 'victim',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  await logs.createLogGroup({ logGroupName: 'victim' });
  await logs.createLogStream({ logGroupName: 'victim', logStreamName: 'victim' });

  const { UserPool: pool } = await cognito.createUserPool({ PoolName: 'victim' });
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: pool?.Id,
    ClientName: 'victim',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const user = { UserPoolId: pool?.Id, Username: 'victim' };
  await cognito.adminCreateUser({ ...user, MessageAction: 'SUPPRESS' });
  await cognito.adminSetUserPassword({ ...user, Password: 'Victim-1', Permanent: true });
  await cognito.createGroup({ UserPoolId: pool?.Id, GroupName: 'victim' });
  const { AuthenticationResult: tokens } = await cognito.initiateAuth({
    ClientId: client?.ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'victim', PASSWORD: 'Victim-1' },
  });

  const { id: restApiId = '', rootResourceId } = await gateway.createRestApi({ name: 'victim' });
  const { id: resourceId } = await gateway.createResource({ restApiId, parentId: rootResourceId, pathPart: 'victim' });
  const method = { restApiId, resourceId, httpMethod: 'POST' };
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${made.FunctionArn}/invocations`;
  await gateway.putMethod({ ...method, authorizationType: 'NONE' });
  await gateway.putMethodResponse({ ...method, statusCode: '200' });
  await gateway.putIntegration({ ...method, type: 'AWS', integrationHttpMethod: 'POST', uri });
  await gateway.putIntegrationResponse({ ...method, statusCode: '200' });
  const { id: authorizerId } = await gateway.createAuthorizer({
    restApiId,
    name: 'victim',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [pool?.Arn ?? ''],
    identitySource: 'method.request.header.Authorization',
  });
  const { id: deploymentId } = await gateway.createDeployment({ restApiId, stageName: 'victim' });
  const arns = [
    made.FunctionArn,
    table.TableDescription?.TableArn,
    pool?.Arn,
    `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`,
    'arn:aws:logs:us-east-1:000000000000:log-group:victim',
  ];

  const always = (value: unknown) => () => value;
  const oneOf =
    (...values: unknown[]) =>
    (random: () => number) =>
      values[Math.floor(random() * values.length)];
  const item = {
    id: { S: 'victim' },
    a: { M: { toString: { S: 'a' }, constructor: { L: [{ N: '1' }] } } },
    b: { NS: ['1', '2'] },
  };
  return {
    restApiId: always(restApiId),
    resourceId: oneOf(resourceId, rootResourceId),
    parentId: always(rootResourceId),
    httpMethod: oneOf('POST', 'POST', 'GET', 'ANY', '__proto__'),
    statusCode: oneOf('200', '400', 'constructor'),
    stageName: always('victim'),
    deploymentId: always(deploymentId),
    authorizerId: always(authorizerId),
    authorizationType: oneOf('NONE', 'COGNITO_USER_POOLS', 'AWS_IAM'),
    uri: always(uri),
    // Patch operations, by their own member names.
    op: oneOf('replace', 'add', 'remove', 'copy', 'move', 'test'),
    path: oneOf(
      '/name',
      '/description',
      '/variables/x',
      '/variables/__proto__',
      '/constructor/prototype/x',
      '/__proto__/x',
      '/*/*/throttling/rateLimit',
      '/~1victim/POST/throttling/burstLimit',
      '/requestTemplates/application~1json',
      '/requestParameters/toString',
      '/binaryMediaTypes/a~1b',
      '/authorizationType',
      '/providerARNs',
      '/policy',
      '/deploymentId',
      '/tracingEnabled',
      '',
      '/',
      '~',
    ),
    UserPoolId: always(pool?.Id),
    ClientId: always(client?.ClientId),
    Username: always('victim'),
    GroupName: always('victim'),
    Password: oneOf('Victim-1', 'x'),
    AccessToken: always(tokens?.AccessToken),
    RefreshToken: always(tokens?.RefreshToken),
    AuthParameters: oneOf(
      { USERNAME: 'victim', PASSWORD: 'Victim-1' },
      { USERNAME: 'victim', SRP_A: 'ff'.repeat(200) },
      { USERNAME: 'victim', SRP_A: '0' },
      { REFRESH_TOKEN: tokens?.RefreshToken },
      { USERNAME: '__proto__' },
    ),
    Filter: oneOf('username = "victim"', 'email ^= "a"', '"', 'constructor = "x"'),
    FunctionName: always('victim'),
    Role: always(role?.Arn),
    Handler: oneOf('index.handler', '../x.handler', 'index.__proto__', ''),
    ZipFile: anyZip,
    Payload: oneOf(Buffer.from('{"a":1}'), Buffer.from('{'), Buffer.from('"x"')),
    RoleName: always('victim'),
    PolicyName: always('victim'),
    PolicyArn: always(policy?.Arn),
    PolicyDocument: oneOf(permissions, '{"Statement":{"Effect":[]}}', '{"__proto__":1}', '[]', permissions.slice(5)),
    AssumeRolePolicyDocument: oneOf(trust, 'null', '{"Statement":[[]]}'),
    TableName: oneOf('victim', 'victim', 'victim', 'toString'),
    Key: oneOf({ id: { S: 'victim' } }, { id: { N: '1' } }, {}),
    Item: oneOf(item, { ...item, deep: { M: { toString: { NULL: true } } } }),
    UpdateExpression: oneOf('SET a = :a', 'SET #a = list_append(b, :a)', 'ADD b :a', 'REMOVE a.#a', 'SET ='),
    ConditionExpression: oneOf(
      'a = :a',
      'a < :a',
      'attribute_exists(#a)',
      'a.#a <> :a AND size(b) > :a',
      '(',
      'a IN (:a)',
    ),
    FilterExpression: oneOf('a = :a', 'contains(b, :a)', '#a BETWEEN :a AND :a', ''),
    KeyConditionExpression: oneOf('id = :a', '#a = :a AND begins_with(id, :a)'),
    ProjectionExpression: oneOf('a, #a', 'toString', 'a.constructor', ',', 'a[0].__proto__'),
    ExpressionAttributeNames: oneOf(
      { '#a': 'a' },
      { '#a': 'toString' },
      { '#a': '__proto__' },
      { '#constructor': 'a' },
    ),
    ExpressionAttributeValues: oneOf(
      { ':a': { M: { constructor: { S: 'x' } } } },
      { ':a': { M: { a: { S: 'x' } } } },
      { ':a': { S: 'victim' } },
      { ':constructor': { N: '1' } },
    ),
    RequestItems: oneOf(
      { victim: { Keys: [{ id: { S: 'victim' } }] } },
      { victim: [{ PutRequest: { Item: item } }] },
      { toString: [{ DeleteRequest: {} }] },
    ),
    logGroupName: always('victim'),
    logGroupIdentifier: always('victim'),
    logStreamName: always('victim'),
    filterPattern: oneOf('{ $.a = 1 }', '[a, b]', '{ ((((', '"x', '?a ?b -c', '{ $.constructor.x = * }'),
    timestamp: oneOf(Date.now(), -1, 1e18),
    ResourceArn: oneOf(...arns),
    resourceArn: oneOf(...arns),
    Resource: oneOf(...arns),
    TraceIds: oneOf(['1-5f84c7a1-000000000000000000000000'], ['x']),
    TraceSegmentDocuments: oneOf(
      ['{"trace_id":"1-5f84c7a1-000000000000000000000000","id":"0000000000000001","start_time":1,"name":"x"}'],
      ['{"trace_id":{},"subsegments":[[]]}', '{', 'null'],
    ),
    StartTime: oneOf(new Date(), new Date(0)),
    EndTime: oneOf(new Date(), new Date(8.64e15)),
  };
}
