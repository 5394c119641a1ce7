import * as sdk from '@aws-sdk/client-dynamodb';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Call, Service } from '../service.ts';
import { writeJson } from '../wire/json-shapes.ts';
import { batchGetItem } from './batch-get-item.ts';
import { batchWriteItem } from './batch-write-item.ts';
import constraints from './constraints.json' with { type: 'json' };
import { getItem } from './get-item.ts';
import { batchExecuteStatement, executeStatement } from './partiql/execute-statement.ts';
import { executeTransaction } from './partiql/execute-transaction.ts';
import { permission } from './permission.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import {
  describeContinuousBackups,
  describeContributorInsights,
  describeEndpoints,
  describeKinesisStreamingDestination,
  describeLimits,
  describeTimeToLive,
  getResourcePolicy,
  listBackups,
  updateContinuousBackups,
  updateTimeToLive,
} from './settings-operations.ts';
import { readerOf } from './shapes.ts';
import { createTable, deleteTable, describeTableOperation, listTables } from './table-operations.ts';
import { listTagsOfResource, tagResource, untagResource } from './tag-operations.ts';
import { transactGetItems } from './transact-get-items.ts';
import { transactWriteItems } from './transact-write-items.ts';
import { updateTable } from './update-table.ts';
import { deleteItem, putItem, updateItem } from './write-operations.ts';

/** An operation on tables: few and small, so its answer has the SDK's types, dates and all. */
function typed<Input>(
  [input, output]: readonly [input: unknown, output: unknown],
  operation: (input: Input, call: Call) => unknown,
): (json: unknown, call: Call) => Promise<object> {
  const read = readerOf<Input>(input);
  const answer = NormalizedSchema.of(output as never);
  return async (json, call) => {
    // No input of these holds dates, binaries or attribute values, which alone are others on the wire.
    const result = await operation(read(json) as Input, call);
    return answer.isStructSchema() && result ? (writeJson(answer, result) as object) : {};
  };
}

const shapesOf = (schema: readonly unknown[]) => [schema.at(-2), schema.at(-1)] as const;

export const service: Service = {
  signingName: 'dynamodb',
  protocol: 'json-1.0',
  targetPrefix: 'DynamoDB_20120810',
  sdk,
  constraints,
  // All others are looked at by the operations, which word some of their faults, and order all of them, as DynamoDB does.
  validation: { code: 'ValidationException' },
  validated: new Set([
    'AttributesToGet',
    'BackupType',
    'ExclusiveStartBackupArn',
    'NextToken',
    'Parameters',
    'PointInTimeRecoverySpecification',
    'StreamSpecification',
    'TagKeys',
    'TimeToLiveSpecification',
  ]),
  rawJson: true,
  // API reference, "BatchWriteItem": 16 MB a request.
  maxBodyBytes: 16 * 1024 * 1024,
  operations: {
    PutItem: putItem,
    GetItem: getItem,
    UpdateItem: updateItem,
    DeleteItem: deleteItem,
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    Query: query,
    Scan: scan,
    TransactWriteItems: transactWriteItems,
    TransactGetItems: transactGetItems,
    ExecuteStatement: executeStatement,
    BatchExecuteStatement: batchExecuteStatement,
    ExecuteTransaction: executeTransaction,
    CreateTable: typed(shapesOf(sdk.CreateTable$), createTable),
    DescribeTable: typed(shapesOf(sdk.DescribeTable$), describeTableOperation),
    UpdateTable: typed(shapesOf(sdk.UpdateTable$), updateTable),
    DeleteTable: typed(shapesOf(sdk.DeleteTable$), deleteTable),
    ListTables: typed(shapesOf(sdk.ListTables$), listTables),
    TagResource: typed(shapesOf(sdk.TagResource$), tagResource),
    UntagResource: typed(shapesOf(sdk.UntagResource$), untagResource),
    ListTagsOfResource: typed(shapesOf(sdk.ListTagsOfResource$), listTagsOfResource),
    UpdateTimeToLive: typed(shapesOf(sdk.UpdateTimeToLive$), updateTimeToLive),
    DescribeTimeToLive: typed(shapesOf(sdk.DescribeTimeToLive$), describeTimeToLive),
    UpdateContinuousBackups: typed(shapesOf(sdk.UpdateContinuousBackups$), updateContinuousBackups),
    DescribeContinuousBackups: typed(shapesOf(sdk.DescribeContinuousBackups$), describeContinuousBackups),
    DescribeContributorInsights: typed(shapesOf(sdk.DescribeContributorInsights$), describeContributorInsights),
    DescribeKinesisStreamingDestination: typed(
      shapesOf(sdk.DescribeKinesisStreamingDestination$),
      describeKinesisStreamingDestination,
    ),
    GetResourcePolicy: typed(shapesOf(sdk.GetResourcePolicy$), getResourcePolicy),
    ListBackups: typed(shapesOf(sdk.ListBackups$), listBackups),
    DescribeLimits: typed(shapesOf(sdk.DescribeLimits$), describeLimits),
    DescribeEndpoints: typed(shapesOf(sdk.DescribeEndpoints$), describeEndpoints),
  },
  permission,
};
