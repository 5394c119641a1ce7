import { AddPermissionCommand, GetPolicyCommand, LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import { differences, type Existing, type Resource } from './resource.ts';

export interface DesiredPermission {
  functionName: string;
  statementId: string;
  /** `arn:…:execute-api:REGION:ACCOUNT:API, any stage, POST, path` */
  sourceArn: string;
}

export interface ActualPermission extends Existing {
  functionName: string;
  statementId: string;
  sourceArn: string | null;
  /** What else it asks of a caller. */
  otherConditions: Record<string, unknown>;
  action: string;
  principal: string;
}

interface Statement {
  Sid?: string;
  Action?: string;
  Principal?: { Service?: string } | string;
  Condition?: Record<string, Record<string, unknown>>;
}

export const granted = { action: 'lambda:InvokeFunction', principal: 'apigateway.amazonaws.com' };

async function read(aws: Aws, desired: DesiredPermission): Promise<ActualPermission | undefined> {
  const { functionName, statementId } = desired;
  const command = new GetPolicyCommand({ FunctionName: functionName });
  const found = await aws.call(LambdaClient, command).catch(ignoreMissing);
  // A policy that Lambda itself wrote.
  const policy = JSON.parse(found?.Policy ?? '{}') as { Statement?: Statement[] };
  const statement = policy.Statement?.find(({ Sid }) => Sid === statementId);
  if (!statement) return undefined;
  const { Principal, Condition = {}, Action = '' } = statement;
  const { 'AWS:SourceArn': source, ...moreArns } = Condition.ArnLike ?? {};
  const { ArnLike: _read, ...others } = Condition;
  return {
    id: statementId,
    functionName,
    statementId,
    sourceArn: typeof source === 'string' ? source : null,
    otherConditions: { ...others, ...(Object.keys(moreArns).length > 0 && { ArnLike: moreArns }) },
    action: Action,
    principal: (typeof Principal === 'string' ? Principal : Principal?.Service) ?? '',
  };
}

function compare(desired: DesiredPermission, actual: ActualPermission): Change[] {
  return differences({ ...granted, sourceArn: desired.sourceArn, otherConditions: {} }, { ...actual });
}

async function create(aws: Aws, desired: DesiredPermission): Promise<ActualPermission> {
  const { functionName, statementId, sourceArn } = desired;
  await aws.call(
    LambdaClient,
    new AddPermissionCommand({
      FunctionName: functionName,
      StatementId: statementId,
      Action: granted.action,
      Principal: granted.principal,
      SourceArn: sourceArn,
    }),
  );
  return { id: statementId, functionName, statementId, sourceArn, otherConditions: {}, ...granted };
}

async function update(
  aws: Aws,
  { desired, actual }: { desired: DesiredPermission; actual: ActualPermission },
): Promise<ActualPermission> {
  await remove(aws, actual);
  return create(aws, desired);
}

async function remove(aws: Aws, { functionName, statementId }: ActualPermission): Promise<void> {
  const command = new RemovePermissionCommand({ FunctionName: functionName, StatementId: statementId });
  await aws.call(LambdaClient, command).catch(ignoreMissing);
}

export const permission: Resource<DesiredPermission, ActualPermission> = { read, compare, create, update, remove };
