import type * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { invalid } from './errors.ts';
import { above, below, lengthOutside, refuseFaults } from './parameters.ts';
import { indexNameFaults } from './query.ts';
import { validName } from './table-operations.ts';
import type { TableRecord } from './table-record.ts';
import { findTable, requireActiveTable, requireTable, saveTable } from './tables.ts';
import { taggedTable } from './tag-operations.ts';

/** Days that point-in-time recovery reaches back where nothing else is said. */
const recoveryDays = 35;
const dayMs = 24 * 60 * 60 * 1000;

export async function updateTimeToLive(
  input: sdk.UpdateTimeToLiveInput,
  call: Call,
): Promise<sdk.UpdateTimeToLiveOutput> {
  const record = requireActiveTable(call, validName(call, input));
  const { AttributeName: attributeName = '', Enabled: enabled = false } = input.TimeToLiveSpecification ?? {};
  const current = record.timeToLive;
  if (current?.enabled && current.attributeName !== attributeName) {
    throw invalid(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${current.attributeName}`,
    );
  }
  if ((current?.enabled ?? false) === enabled) {
    throw invalid(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
  }
  const settledAtMs = call.engine.clock() + call.engine.simulation.delayMs('dynamodb.creating');
  await saveTable(call, { ...record, timeToLive: { attributeName, enabled, settledAtMs } });
  return { TimeToLiveSpecification: { AttributeName: attributeName, Enabled: enabled } };
}

export function describeTimeToLive(input: sdk.DescribeTimeToLiveInput, call: Call): sdk.DescribeTimeToLiveOutput {
  const { timeToLive } = requireTable(call, validName(call, input));
  if (!timeToLive) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  const { attributeName: AttributeName, enabled, settledAtMs } = timeToLive;
  if (call.engine.simulation.lasts('dynamodb.creating', settledAtMs)) {
    return { TimeToLiveDescription: { TimeToLiveStatus: enabled ? 'ENABLING' : 'DISABLING', AttributeName } };
  }
  return {
    TimeToLiveDescription: enabled ? { TimeToLiveStatus: 'ENABLED', AttributeName } : { TimeToLiveStatus: 'DISABLED' },
  };
}

export async function updateContinuousBackups(
  input: sdk.UpdateContinuousBackupsInput,
  call: Call,
): Promise<sdk.UpdateContinuousBackupsOutput> {
  const record = requireBackedUpTable(call, input);
  const { PointInTimeRecoveryEnabled: enabled = false, RecoveryPeriodInDays: periodDays = recoveryDays } =
    input.PointInTimeRecoverySpecification ?? {};
  const { pointInTimeRecovery: current, ...rest } = record;
  const sinceMs = current?.sinceMs ?? call.engine.clock();
  const changed: TableRecord = enabled ? { ...rest, pointInTimeRecovery: { sinceMs, periodDays } } : rest;
  await saveTable(call, changed);
  return { ContinuousBackupsDescription: describeBackups(call, changed) };
}

export function describeContinuousBackups(
  input: sdk.DescribeContinuousBackupsInput,
  call: Call,
): sdk.DescribeContinuousBackupsOutput {
  return { ContinuousBackupsDescription: describeBackups(call, requireBackedUpTable(call, input)) };
}

function describeBackups(call: Call, { pointInTimeRecovery: recovery }: TableRecord): sdk.ContinuousBackupsDescription {
  const now = call.engine.clock();
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.periodDays,
          EarliestRestorableDateTime: new Date(Math.max(recovery.sinceMs, now - recovery.periodDays * dayMs)),
          LatestRestorableDateTime: new Date(now),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  };
}

function requireBackedUpTable(call: Call, input: { TableName?: string | undefined }): TableRecord {
  const name = validName(call, input);
  const record = findTable(call, name);
  if (record) return record;
  throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
}

/** The quotas of an AWS account that has raised none (developer guide, "service quotas"). */
export function describeLimits(): sdk.DescribeLimitsOutput {
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
}

export function describeEndpoints(_input: sdk.DescribeEndpointsRequest, call: Call): sdk.DescribeEndpointsResponse {
  return { Endpoints: [{ Address: new URL(call.engine.baseUrl).host, CachePeriodInMinutes: 1440 }] };
}

/** No table here has a resource policy. Throws ResourceNotFoundException, PolicyNotFoundException. */
export function getResourcePolicy(input: sdk.GetResourcePolicyInput, call: Call): never {
  taggedTable(call, input.ResourceArn, 'ResourcArn');
  const message = `Resource-based policy not found for the provided ResourceArn: ${input.ResourceArn}`;
  throw new AwsError('PolicyNotFoundException', message);
}

export function describeContributorInsights(
  input: sdk.DescribeContributorInsightsInput,
  call: Call,
): sdk.DescribeContributorInsightsOutput {
  refuseFaults([...indexNameFaults(input.IndexName)]);
  const { name, definition } = requireTable(call, validName(call, input));
  const indexes = [...(definition.GlobalSecondaryIndexes ?? []), ...(definition.LocalSecondaryIndexes ?? [])];
  if (input.IndexName !== undefined && !indexes.some((index) => index.IndexName === input.IndexName)) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Requested resource not found: Index: ${input.IndexName} not found`,
    );
  }
  return {
    TableName: name,
    ...(input.IndexName !== undefined && { IndexName: input.IndexName }),
    ContributorInsightsStatus: 'DISABLED',
  };
}

export function describeKinesisStreamingDestination(
  input: sdk.DescribeKinesisStreamingDestinationInput,
  call: Call,
): sdk.DescribeKinesisStreamingDestinationOutput {
  return { TableName: requireTable(call, validName(call, input)).name, KinesisDataStreamDestinations: [] };
}

/** Nothing here makes a backup. */
export function listBackups({ TableName: name, Limit: limit }: sdk.ListBackupsInput): sdk.ListBackupsOutput {
  refuseFaults([
    lengthOutside('tableName', name, { min: 1, max: 1024 }),
    below('limit', limit, 1),
    above('limit', limit, 100),
  ]);
  return { BackupSummaries: [] };
}
