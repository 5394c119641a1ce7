import { randomUUID } from 'node:crypto';
import type {
  AddPermissionCommandInput,
  DeleteFunctionConcurrencyCommandInput,
  GetAccountSettingsCommandInput,
  GetFunctionCodeSigningConfigCommandInput,
  GetFunctionConcurrencyCommandInput,
  GetPolicyCommandInput,
  GetRuntimeManagementConfigCommandInput,
  Lambda,
  ListEventSourceMappingsCommandInput,
  PutFunctionConcurrencyCommandInput,
  RemovePermissionCommandInput,
} from '@aws-sdk/client-lambda';
import { isMissing } from '../iam/roles.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { describeRule, violationError } from '../wire/violations.ts';
import constraints from './constraints.json' with { type: 'json' };
import {
  allVersions,
  findFunction,
  findQualified,
  functionsOf,
  latest,
  type Qualified,
  requireFunction,
  requireVersion,
  save,
} from './functions.ts';
import { askedArn, functionArn, notFound, qualifiedArn, readTarget } from './names.ts';
import { page } from './paging.ts';
import type { PermissionStatement } from './resource-policy.ts';
import { maxConcurrency } from './runtime/pool.ts';

/** Of a function, a version or an alias: docs/aws-facts.md#fact-5-13. */
const maxPolicySize = 20_480;
/** What Lambda leaves to the functions that reserve nothing. */
const minUnreserved = 100;

async function addPermission(input: AddPermissionCommandInput, { engine, region }: Call) {
  const record = requirePolicyOwner(input, { engine, region });
  const { StatementId: Sid = '', Principal = '', Action = '' } = input;
  checkRevision(input.RevisionId, record.policyRevision);
  if (!isAction(Action)) {
    // How AWS words it is not confirmed: after its words for a principal.
    throw new AwsError(
      'InvalidParameterValueException',
      'The provided action was invalid. Please check the action and try again.',
    );
  }
  if (record.statements.some((statement) => statement.Sid === Sid)) {
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  // Alexa's are Amazon's, all others AWS's. Which there are is not known: `anything.amazonaws.com` is taken.
  const isService = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(Principal);
  const isOne = Principal === '*' || isService || /^(\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:\S+)$/.test(Principal);
  // A role of this account has to exist: hashicorp/terraform-provider-aws#41617.
  if (!isOne || isMissing(engine, Principal)) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The provided principal was invalid. Please check the principal and try again.',
    );
  }
  const equal = {
    ...(input.SourceAccount && { 'AWS:SourceAccount': input.SourceAccount }),
    ...(input.PrincipalOrgID && { 'aws:PrincipalOrgID': input.PrincipalOrgID }),
    ...(input.EventSourceToken && { 'lambda:EventSourceToken': input.EventSourceToken }),
    ...(input.FunctionUrlAuthType && { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType }),
  };
  const isNarrowed = Object.keys(equal).length > 0;
  const isByUrl = input.InvokedViaFunctionUrl;
  const statement: PermissionStatement = {
    Sid,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : isService ? { Service: Principal } : { AWS: accountArn(Principal) },
    Action,
    Resource: record.arn,
    ...((input.SourceArn || isNarrowed || isByUrl !== undefined) && {
      Condition: {
        ...(isNarrowed && { StringEquals: equal }),
        ...(isByUrl !== undefined && { Bool: { 'lambda:InvokedViaFunctionUrl': String(isByUrl) } }),
        ...(input.SourceArn && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
      },
    }),
  };
  const statements = [...record.statements, statement];
  const size = policyOf(statements).length;
  if (size > maxPolicySize) {
    const message = `The final policy size (${size}) is bigger than the limit (${maxPolicySize}).`;
    throw new AwsError('PolicyLengthExceededException', message);
  }
  await save(engine, { ...record, statements, policyRevision: randomUUID() });
  return { Statement: JSON.stringify(statement) };
}

/** Those of Lambda are called as its operations, but for calls; their case does not matter. */
const isAction = (action: string) => action.includes('*') || actions.has(action.replace('lambda:', '').toLowerCase());

const actions: ReadonlySet<string> = new Set(
  ['InvokeFunction', 'InvokeFunctionUrl', ...Object.keys(constraints.inputs)]
    .filter((name) => !['Invoke', 'InvokeWithResponseStream'].includes(name))
    .map((name) => name.toLowerCase()),
);

/** What a policy is or will be of: a function, a version or an alias. */
function requirePolicyOwner(
  input: { FunctionName: string | undefined; Qualifier?: string | undefined },
  { engine, region }: Pick<Call, 'engine' | 'region'>,
): Qualified {
  const { name, qualifier } = readTarget(engine, region, input);
  if (qualifier === latest) {
    throw new AwsError('InvalidParameterValueException', 'We currently do not support adding policies for $LATEST.');
  }
  const { arn } = requireFunction(engine, region, name);
  const found = findQualified(engine, region, name, qualifier);
  if (found) return found;
  const isAliasName = qualifier !== undefined && /^(?!\d+$)[\w-]+$/.test(qualifier);
  throw notFound(`${isAliasName ? 'Cannot find alias arn' : 'Function not found'}: ${qualifiedArn(arn, qualifier)}`);
}

function checkRevision(asked: string | undefined, actual: string): void {
  if (asked === undefined || asked === actual) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
  );
}

/** docs/aws-facts.md#fact-11-29 */
const accountArn = (principal: string) => (/^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal);

async function removePermission(input: RemovePermissionCommandInput, { engine, region }: Call) {
  const { name } = readTarget(engine, region, input);
  if (!findFunction(engine, region, name)) {
    throw notFound(`No policy found for: ${functionArn(engine, region, name)}`);
  }
  const record = requirePolicyOwner(input, { engine, region });
  if (record.statements.length === 0) throw notFound('No policy is associated with the given resource.');
  checkRevision(input.RevisionId, record.policyRevision);
  const statements = record.statements.filter(({ Sid }) => Sid !== input.StatementId);
  if (statements.length === record.statements.length) {
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  }
  await save(engine, { ...record, statements, policyRevision: randomUUID() });
}

function getPolicy(input: GetPolicyCommandInput, { engine, region }: Call) {
  const { name, qualifier } = readTarget(engine, region, input);
  const record = findQualified(engine, region, name, qualifier);
  if (!record?.statements.length) throw notFound('The resource you requested does not exist.');
  return { Policy: policyOf(record.statements), RevisionId: record.policyRevision };
}

const policyOf = (Statement: PermissionStatement[]) =>
  JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });

function getFunctionConcurrency(input: GetFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const { reservedConcurrency } = requireFunction(engine, region, input.FunctionName);
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/** Recorded (2025): localstack `lambda_/test_lambda_api` test_function_concurrency_exceptions. */
function requireUnqualified(name: string | undefined, { engine, region }: Pick<Call, 'engine' | 'region'>) {
  if (readTarget(engine, region, { FunctionName: name }).qualifier === undefined) {
    return requireFunction(engine, region, name, latest);
  }
  throw new AwsError(
    'InvalidParameterValueException',
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}

async function putFunctionConcurrency(input: PutFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const record = requireUnqualified(input.FunctionName, { engine, region });
  const reservedConcurrency = input.ReservedConcurrentExecutions ?? 0;
  if (reservedConcurrency < 0) {
    const rule = describeRule({ kind: 'value-min', bound: 0 }, {});
    const violation = { at: 'reservedConcurrentExecutions', value: reservedConcurrency, rule };
    throw violationError({ code: 'ValidationException' }, [violation]);
  }
  const others = functionsOf(engine)
    .values(`${region}/`)
    .filter(({ name }) => name !== record.name)
    .reduce((sum, other) => sum + (other.reservedConcurrency ?? 0), 0);
  if (maxConcurrency - others - reservedConcurrency < minUnreserved) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${minUnreserved}].`,
    );
  }
  await save(engine, { ...record, reservedConcurrency });
  return { ReservedConcurrentExecutions: reservedConcurrency };
}

async function deleteFunctionConcurrency(input: DeleteFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const { reservedConcurrency: _, ...record } = requireFunction(engine, region, input.FunctionName);
  await save(engine, record);
}

function getFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigCommandInput, { engine, region }: Call) {
  const { name } = requireFunction(engine, region, input.FunctionName);
  return { CodeSigningConfigArn: undefined, FunctionName: name };
}

function getRuntimeManagementConfig(input: GetRuntimeManagementConfigCommandInput, { engine, region }: Call) {
  requireVersion(engine, region, input);
  return { UpdateRuntimeOn: 'Auto' as const, FunctionArn: askedArn(engine, region, input) };
}

function listEventSourceMappings(input: ListEventSourceMappingsCommandInput) {
  return { EventSourceMappings: page([], String, input).items };
}

function getAccountSettings(_input: GetAccountSettingsCommandInput, { engine, region }: Call) {
  const functions = functionsOf(engine).values(`${region}/`);
  const reserved = functions.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: maxConcurrency,
      UnreservedConcurrentExecutions: maxConcurrency - reserved,
    },
    AccountUsage: {
      TotalCodeSize: [...functions, ...allVersions(engine, region)].reduce((sum, { codeBytes }) => sum + codeBytes, 0),
      FunctionCount: functions.length,
    },
  };
}

export const permissionOperations = {
  AddPermission: addPermission,
  DeleteFunctionConcurrency: deleteFunctionConcurrency,
  GetAccountSettings: getAccountSettings,
  GetFunctionCodeSigningConfig: getFunctionCodeSigningConfig,
  GetFunctionConcurrency: getFunctionConcurrency,
  GetPolicy: getPolicy,
  GetRuntimeManagementConfig: getRuntimeManagementConfig,
  ListEventSourceMappings: listEventSourceMappings,
  PutFunctionConcurrency: putFunctionConcurrency,
  RemovePermission: removePermission,
} satisfies Operations<Lambda>;
