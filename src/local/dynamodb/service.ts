import * as sdk from '@aws-sdk/client-dynamodb';
import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError, type Call, type Service } from '../service.ts';
import { readJson, writeJson } from '../wire/json-shapes.ts';
import { checkNesting, type JsonObject } from './item-actions.ts';
import { itemOperations } from './item-operations.ts';
import { permission } from './permission.ts';
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
import { createTable, deleteTable, describeTableOperation, listTables } from './table-operations.ts';
import { listTagsOfResource, tagResource, untagResource } from './tag-operations.ts';
import { transactGetItems, transactWriteItems } from './transactions.ts';
import { updateTable } from './update-table.ts';

/** An operation on tables: few and small, so it has the SDK's types, dates and all. */
function typed<Input>(
  schema: readonly unknown[],
  operation: (input: Input, call: Call) => unknown,
): (input: JsonObject, call: Call) => Promise<JsonObject> {
  const [input, output] = schema.slice(-2).map((shape) => NormalizedSchema.of(shape as never));
  return async (json, call) => {
    checkNesting(json);
    if (hasNullEntry(json)) throw new AwsError('SerializationException', 'A list in the request holds a null');
    // The schema is that of the operation's own input.
    const result = await operation((input && readJson(input, json)) as Input, call);
    return output?.isStructSchema() && result ? (writeJson(output, result) as JsonObject) : {};
  };
}

function hasNullEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.values(value);
  return (Array.isArray(value) && members.includes(null)) || members.some(hasNullEntry);
}

export const service: Service = {
  signingName: 'dynamodb',
  protocol: 'json-1.0',
  targetPrefix: 'DynamoDB_20120810',
  sdk,
  rawJson: true,
  operations: {
    ...itemOperations,
    TransactWriteItems: transactWriteItems,
    TransactGetItems: transactGetItems,
    CreateTable: typed(sdk.CreateTable$, createTable),
    DescribeTable: typed(sdk.DescribeTable$, describeTableOperation),
    UpdateTable: typed(sdk.UpdateTable$, updateTable),
    DeleteTable: typed(sdk.DeleteTable$, deleteTable),
    ListTables: typed(sdk.ListTables$, listTables),
    TagResource: typed(sdk.TagResource$, tagResource),
    UntagResource: typed(sdk.UntagResource$, untagResource),
    ListTagsOfResource: typed(sdk.ListTagsOfResource$, listTagsOfResource),
    UpdateTimeToLive: typed(sdk.UpdateTimeToLive$, updateTimeToLive),
    DescribeTimeToLive: typed(sdk.DescribeTimeToLive$, describeTimeToLive),
    UpdateContinuousBackups: typed(sdk.UpdateContinuousBackups$, updateContinuousBackups),
    DescribeContinuousBackups: typed(sdk.DescribeContinuousBackups$, describeContinuousBackups),
    DescribeContributorInsights: typed(sdk.DescribeContributorInsights$, describeContributorInsights),
    DescribeKinesisStreamingDestination: typed(
      sdk.DescribeKinesisStreamingDestination$,
      describeKinesisStreamingDestination,
    ),
    GetResourcePolicy: typed(sdk.GetResourcePolicy$, getResourcePolicy),
    ListBackups: typed(sdk.ListBackups$, listBackups),
    DescribeLimits: typed(sdk.DescribeLimits$, describeLimits),
    DescribeEndpoints: typed(sdk.DescribeEndpoints$, describeEndpoints),
  },
  permission,
};
