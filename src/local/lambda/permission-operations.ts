import { randomUUID } from 'node:crypto';
import type {
  AddPermissionCommandInput,
  DeleteFunctionConcurrencyCommandInput,
  GetAccountSettingsCommandInput,
  GetFunctionCodeSigningConfigCommandInput,
  GetFunctionConcurrencyCommandInput,
  GetPolicyCommandInput,
  GetRuntimeManagementConfigCommandInput,
  ListEventSourceMappingsCommandInput,
  PutFunctionConcurrencyCommandInput,
  RemovePermissionCommandInput,
} from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../service.ts';
import { functionsOf, type PermissionStatement, requireFunction, saveFunction } from './functions.ts';
import { maxConcurrency } from './pool.ts';

async function addPermission(input: AddPermissionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  const { StatementId: Sid = '', Principal = '', Action = '' } = input;
  if (record.statements.some((statement) => statement.Sid === Sid)) {
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      { members: { Type: 'User' } },
    );
  }
  const isService = Principal.includes('.');
  const statement: PermissionStatement = {
    Sid,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : isService ? { Service: Principal } : { AWS: accountArn(Principal) },
    Action,
    Resource: record.arn,
    ...((input.SourceArn || input.SourceAccount) && {
      Condition: {
        ...(input.SourceAccount && { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } }),
        ...(input.SourceArn && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
      },
    }),
  };
  const statements = [...record.statements, statement];
  await saveFunction(engine, { ...record, statements, policyRevision: randomUUID() });
  return { Statement: JSON.stringify(statement) };
}

const accountArn = (principal: string) => (/^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal);

async function removePermission(input: RemovePermissionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  const statements = record.statements.filter(({ Sid }) => Sid !== input.StatementId);
  if (statements.length === record.statements.length) {
    throw new AwsError('ResourceNotFoundException', `Statement ${input.StatementId} is not found in resource policy.`, {
      members: { Type: 'User' },
    });
  }
  await saveFunction(engine, { ...record, statements, policyRevision: randomUUID() });
}

function getPolicy(input: GetPolicyCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  if (record.statements.length === 0) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      members: { Type: 'User' },
    });
  }
  const policy = { Version: '2012-10-17', Id: 'default', Statement: record.statements };
  return { Policy: JSON.stringify(policy), RevisionId: record.policyRevision };
}

function getFunctionConcurrency(input: GetFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const { reservedConcurrency } = requireFunction(engine, region, input.FunctionName);
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

async function putFunctionConcurrency(input: PutFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  const reservedConcurrency = input.ReservedConcurrentExecutions ?? 0;
  await saveFunction(engine, { ...record, reservedConcurrency });
  return { ReservedConcurrentExecutions: reservedConcurrency };
}

async function deleteFunctionConcurrency(input: DeleteFunctionConcurrencyCommandInput, { engine, region }: Call) {
  const { reservedConcurrency: _, ...record } = requireFunction(engine, region, input.FunctionName);
  await saveFunction(engine, record);
}

function getFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigCommandInput, { engine, region }: Call) {
  return { FunctionName: requireFunction(engine, region, input.FunctionName).name };
}

function getRuntimeManagementConfig(input: GetRuntimeManagementConfigCommandInput, { engine, region }: Call) {
  return { UpdateRuntimeOn: 'Auto', FunctionArn: requireFunction(engine, region, input.FunctionName).arn };
}

function listEventSourceMappings(_input: ListEventSourceMappingsCommandInput) {
  return { EventSourceMappings: [] };
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
      TotalCodeSize: functions.reduce((sum, { codeBytes }) => sum + codeBytes, 0),
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
};
