import { createHash } from 'node:crypto';
import type { DesiredMethod, MethodAnswer } from '../aws/method.ts';
import { canonical } from '../aws/resource.ts';
import type { PolicyDocument } from '../aws/role.ts';
import type { StackNames } from './names.ts';

/** Where the stack is. */
export interface Place {
  partition: string;
  region: string;
  accountId: string;
}

export const trustPolicy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const tableActions = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

/** The function's rights: on this table and this log group only, or as wide as the tutorial has them. */
export function rolePolicy(kind: 'least-privilege' | 'tutorial', place: Place, names: StackNames): PolicyDocument {
  const { partition, region, accountId } = place;
  const writeTraces = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
  if (kind === 'tutorial') {
    const logActions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
    return {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Stmt1428341300017', Effect: 'Allow', Action: tableActions, Resource: '*' },
        { Sid: '', Effect: 'Allow', Action: logActions, Resource: '*' },
        { Sid: 'Traces', Effect: 'Allow', Action: writeTraces, Resource: '*' },
      ],
    };
  }
  const table = `arn:${partition}:dynamodb:${region}:${accountId}:table/${names.table}`;
  const logs = `arn:${partition}:logs:${region}:${accountId}:log-group:${names.logGroup}:*`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Items', Effect: 'Allow', Action: tableActions, Resource: table },
      // No CreateLogGroup: a late log line would make the group anew after it was deleted.
      { Sid: 'Logs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logs },
      // X-Ray knows no resources to narrow these to.
      { Sid: 'Traces', Effect: 'Allow', Action: writeTraces, Resource: '*' },
    ],
  };
}

export function roleArn(place: Place, names: StackNames): string {
  return `arn:${place.partition}:iam::${place.accountId}:role/${names.role}`;
}

export function functionArn(place: Place, names: StackNames): string {
  return `arn:${place.partition}:lambda:${place.region}:${place.accountId}:function:${names.function}`;
}

export function integrationUri(place: Place, names: StackNames): string {
  const { partition, region } = place;
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn(place, names)}/invocations`;
}

/** This API's method and path, in any stage: the console's test button calls from a stage of its own. */
export function invokeSource(place: Place, names: StackNames, apiId: string): string {
  const { partition, region, accountId } = place;
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/*/POST/${names.path}`;
}

// The handler's message and nothing else: the stack trace stays in the log.
const messageOnly = { 'application/json': `{"message": $input.json('$.errorMessage')}` };

/**
 * What the caller gets. Patterns are Java regular expressions over `errorMessage`, written to mean the same whether
 * they must match the whole text or may match a part of it. Alternations with a star (`(.|\n)*`) overflow Java's stack
 * on long messages; `[\s\S]*` does not.
 */
export const methodAnswers: Record<string, MethodAnswer> = {
  '200': { selectionPattern: undefined, templates: {} },
  '400': { selectionPattern: '^\\[BadRequest\\][\\s\\S]*', templates: messageOnly },
  '500': { selectionPattern: '^(?!\\[BadRequest\\])[\\s\\S]+', templates: messageOnly },
};

/** Short hash of all that a deployment holds, tags left aside: when it changes, and only then, the API is deployed. */
export function definitionHash(definition: { method: Pick<DesiredMethod, 'tags'>; [part: string]: unknown }): string {
  const { tags: _tags, ...method } = definition.method;
  const text = canonical({ ...definition, method });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * The hosted domain's prefix: unique in a region over all accounts, so it is derived from what is unique, and the same
 * on every run. Hex digits cannot spell a reserved word (aws, amazon, cognito).
 */
export function derivedDomainPrefix(place: Place, stack: string): string {
  const identity = `${place.partition}/${place.accountId}/${place.region}/${stack}`;
  return `dynops-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

/** Loopback addresses on which `token --hosted-ui` may listen for the browser to come back. */
export const hostedSignInPorts = [42_841, 42_842, 42_843];

export const loopbackCallbacks = hostedSignInPorts.map((port) => `http://localhost:${port}/callback`);
