import { zip } from './lambda/function.ts';

/** What the calls of `nothing-ignored.test.ts` need beside their required members. */

export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
export const ZipFile = zip({ 'index.js': 'exports.handler = async () => 2;' });
const Permission = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };

/** What makes a call a good one beyond its required members. */
export const bases: Record<string, Record<string, unknown>> = {
  CreateDeployment: { stageName: 'here' },
  PutIntegration: { type: 'MOCK' },
  AdminRespondToAuthChallenge: { ChallengeName: 'NEW_PASSWORD_REQUIRED', ChallengeResponses: { USERNAME: 'ada' } },
  RespondToAuthChallenge: { ChallengeName: 'NEW_PASSWORD_REQUIRED', ChallengeResponses: { USERNAME: 'ada' } },
  SignUp: { Username: 'eve', Password: 'Aa1!aaaa', UserAttributes: [{ Name: 'email', Value: 'a@b.c' }] },
  AdminCreateUser: { UserAttributes: [{ Name: 'email', Value: 'a@b.c' }] },
  CreateUserPool: { Schema: [{ Name: 'own', AttributeDataType: 'String' }] },
  AddCustomAttributes: { CustomAttributes: [{ Name: 'own', AttributeDataType: 'String' }] },
  'dynamodb CreateTable': { Tags: [{ Key: 'a', Value: 'b' }] },
  'dynamodb TagResource': { Tags: [{ Key: 'a', Value: 'b' }] },
  BatchGetItem: { RequestItems: { here: { Keys: [{ id: { S: 'x' } }] } } },
  CreateFunction: { Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile } },
  UpdateFunctionCode: { ZipFile },
  PutFunctionEventInvokeConfig: { MaximumRetryAttempts: 1 },
  UpdateFunctionEventInvokeConfig: { MaximumRetryAttempts: 1 },
  UpdateAssumeRolePolicy: { PolicyDocument: trust },
  DescribeLogStreams: { logGroupName: 'here' },
  FilterLogEvents: { logGroupName: 'here' },
  GetLogEvents: { logGroupName: 'here', logStreamName: 'here' },
};

/** Members that the models do not require, and the operation does: values by their names. */
export const needed: Record<string, string[]> = {
  UpdateManagedLoginBranding: ['UserPoolId', 'ManagedLoginBrandingId'],
};

/** What a call needs that was made before. */
export const before: Record<string, [operation: string, input: Record<string, unknown>]> = {
  UpdateFunctionEventInvokeConfig: ['PutFunctionEventInvokeConfig', { FunctionName: 'here', MaximumRetryAttempts: 1 }],
  UpdateAlias: ['CreateAlias', { FunctionName: 'here', Name: 'live', FunctionVersion: '$LATEST' }],
  RemovePermission: ['AddPermission', { FunctionName: 'here', ...Permission }],
};

/** What holds other things is taken away after them. */
export const rank = (operation: string) =>
  [
    '',
    'Delete',
    'DeleteUser DeleteRestApi DeleteRole DeletePolicy DeleteFunction DeleteLogGroup DeleteUserPool DeleteTable',
  ].findLastIndex((those, index) => (index < 2 ? operation.includes(those) : those.split(' ').includes(operation)));

/** What a call makes has a name of its own. */
const made =
  /^AdminCreateUser$|^SignUp$|^AddCustomAttributes$|^(Create|Put|Add)(Permission|RestApi|Resource|Stage|Model|Authorizer|Group|UserPool|Table|Role|Policy|Function|LogGroup|LogStream)$/;

let count = 0;

/** The input, of something that is not there yet where the operation makes it. */
export function renamed(operation: string, input: Record<string, unknown>): Record<string, unknown> {
  if (!made.test(operation)) return input;
  count += 1;
  const own = [
    'name',
    'pathPart',
    'stageName',
    'PoolName',
    'GroupName',
    'TableName',
    'RoleName',
    'PolicyName',
    'FunctionName',
    'logGroupName',
    'logStreamName',
    'StatementId',
    'Username',
  ];
  if (operation === 'AddCustomAttributes') {
    const [first = {}] = input.CustomAttributes as object[];
    return { ...input, CustomAttributes: [{ ...typed(first), Name: `own${count}` }] };
  }
  if (operation === 'CreateUserPool') {
    return { ...input, Schema: (input.Schema as object[]).map(typed), PoolName: `new${count}` };
  }
  const [member] = own.filter((each) => each in input).slice(-1);
  return member === undefined || operation === 'PutRolePolicy' ? input : { ...input, [member]: `new${count}` };
}

/** Bounds are of numbers alone. */
const typed = (attribute: object) => ({
  ...attribute,
  ...('NumberAttributeConstraints' in attribute && { AttributeDataType: 'Number' }),
});
