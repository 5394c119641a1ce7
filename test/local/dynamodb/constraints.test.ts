import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import constraints from '../../../src/local/dynamodb/constraints.json' with { type: 'json' };
import { service } from '../../../src/local/dynamodb/service.ts';
import streamConstraints from '../../../src/local/dynamodb/streams/constraints.json' with { type: 'json' };
import { service as streams } from '../../../src/local/dynamodb/streams/service.ts';
import type { Constraints } from '../../../src/local/wire/validate.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { breaches } from './breaches.ts';
import { failure, indexedTable } from './table.ts';

/** Everything that AWS's published models (botocore, in constraints.json) require of a request, one breach at a time. */

const TableName = 'constraints';
const Key = { id: { S: 'a' }, sort: { S: 'b' } };
const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
const isNull = { ComparisonOperator: 'NULL' };
const legacyCondition = { x: isNull, y: isNull };
const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
const projection = { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] };
const keys = [{ AttributeName: 'id', KeyType: 'HASH' }];
const byId = { id: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } };
const selected = 'SELECT * FROM constraints WHERE id = ? AND sort = ?';
const statement = {
  Statement: selected,
  Parameters: [{ S: 'a' }, { S: 'b' }],
  ReturnValuesOnConditionCheckFailure: 'NONE',
};
const answers = { ReturnConsumedCapacity: 'NONE', ReturnItemCollectionMetrics: 'NONE' };
const written = { ...answers, ReturnValues: 'NONE', ReturnValuesOnConditionCheckFailure: 'NONE' };
const conditional = { TableName, ...written, Expected: legacyCondition, ConditionalOperator: 'AND' };
const read = {
  TableName,
  IndexName: 'local',
  Select: 'ALL_ATTRIBUTES',
  Limit: 1,
  ConditionalOperator: 'AND',
  ReturnConsumedCapacity: 'NONE',
};
const transacted = (kind: string, more: object): [string, object] => [
  'TransactWriteItems',
  {
    TransactItems: [{ [kind]: { TableName, ReturnValuesOnConditionCheckFailure: 'NONE', ...more } }],
    ClientRequestToken: kind,
    ...answers,
  },
];

/** Requests that would do but for what each case breaks. */
const requests: [operation: string, request: object][] = [
  ['GetItem', { TableName, Key, ReturnConsumedCapacity: 'NONE', AttributesToGet: ['note'] }],
  ['PutItem', { ...conditional, Item: Key }],
  ['DeleteItem', { ...conditional, Key }],
  ['UpdateItem', { ...conditional, Key, AttributeUpdates: { z: { Action: 'PUT', Value: { S: 'a' } } } }],
  ['Query', { ...read, KeyConditions: byId, QueryFilter: legacyCondition }],
  ['Query', { TableName, KeyConditions: byId, AttributesToGet: ['note'] }],
  ['Scan', { ...read, ScanFilter: legacyCondition, Segment: 0, TotalSegments: 1 }],
  ['Scan', { TableName, AttributesToGet: ['note'] }],
  ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key], AttributesToGet: ['note'] } } }],
  ['BatchWriteItem', { RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }] }, ...answers }],
  ['BatchWriteItem', { RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }],
  ['TransactGetItems', { TransactItems: [{ Get: { TableName, Key } }], ReturnConsumedCapacity: 'NONE' }],
  transacted('Put', { Item: Key }),
  transacted('Delete', { Key }),
  transacted('Update', { Key, UpdateExpression: 'REMOVE z' }),
  transacted('ConditionCheck', { Key, ConditionExpression: 'attribute_not_exists(z)' }),
  ['ExecuteStatement', { ...statement, NextToken: 'x', ReturnConsumedCapacity: 'NONE', Limit: 1 }],
  ['BatchExecuteStatement', { Statements: [statement], ReturnConsumedCapacity: 'NONE' }],
  ['ExecuteTransaction', { TransactStatements: [statement], ClientRequestToken: 'x', ReturnConsumedCapacity: 'NONE' }],
  [
    'CreateTable',
    {
      TableName: 'another',
      KeySchema: [...keys, { AttributeName: 'sort', KeyType: 'RANGE' }],
      AttributeDefinitions: ['id', 'sort'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: throughput,
      LocalSecondaryIndexes: [
        {
          IndexName: 'local',
          KeySchema: [...keys, { AttributeName: 'sort', KeyType: 'RANGE' }],
          Projection: projection,
        },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'global', KeySchema: keys, Projection: projection, ProvisionedThroughput: throughput },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      TableClass: 'STANDARD',
      Tags: [{ Key: 'a', Value: 'b' }],
    },
  ],
  [
    'UpdateTable',
    {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'new', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'third',
            KeySchema: [{ AttributeName: 'new', KeyType: 'HASH' }],
            Projection: projection,
            ProvisionedThroughput: throughput,
          },
        },
      ],
    },
  ],
  [
    'UpdateTable',
    {
      TableName,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: throughput,
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', ProvisionedThroughput: throughput } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      TableClass: 'STANDARD',
    },
  ],
  ['UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'global' } }] }],
  ['DescribeTable', { TableName }],
  ['DeleteTable', { TableName }],
  ['ListTables', { Limit: 1, ExclusiveStartTableName: 'abc' }],
  ['TagResource', { ResourceArn: arn, Tags: [{ Key: 'a', Value: 'b' }] }],
  ['UntagResource', { ResourceArn: arn, TagKeys: ['a'] }],
  ['ListTagsOfResource', { ResourceArn: arn }],
  ['UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName: 'x', Enabled: true } }],
  ['DescribeTimeToLive', { TableName }],
  [
    'UpdateContinuousBackups',
    {
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 3 },
    },
  ],
  ['DescribeContinuousBackups', { TableName }],
  ['DescribeContributorInsights', { TableName, IndexName: 'global' }],
  ['DescribeKinesisStreamingDestination', { TableName }],
  ['GetResourcePolicy', { ResourceArn: arn }],
  [
    'ListBackups',
    {
      TableName,
      Limit: 1,
      BackupType: 'ALL',
      ExclusiveStartBackupArn: `${arn}/backup/01489602797149-73d8d5bc`,
    },
  ],
];

const shard = 'shardId-00000000000000000001-00000001';
const stream = `${arn}/stream/2026-11-29T00:00:00.000`;
const streamRequests: [operation: string, request: object][] = [
  ['ListStreams', { TableName, Limit: 1, ExclusiveStartStreamArn: stream }],
  [
    'DescribeStream',
    {
      StreamArn: stream,
      Limit: 1,
      ExclusiveStartShardId: shard,
      ShardFilter: { Type: 'CHILD_SHARDS', ShardId: shard },
    },
  ],
  [
    'GetShardIterator',
    {
      StreamArn: stream,
      ShardId: shard,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: '100000000000000000001',
    },
  ],
  ['GetRecords', { ShardIterator: 'x', Limit: 1 }],
];

let engine: TestEngine;
let clients: Record<string, Record<string, (request: object) => Promise<unknown>>>;
beforeAll(async () => {
  engine = await startEngine();
  const client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  await client.createTable(indexedTable(TableName));
  const streamClient = new DynamoDBStreams({ ...engine.clientConfig, maxAttempts: 1 });
  clients = { dynamodb: client, streams: streamClient } as unknown as typeof clients;
});
afterAll(() => engine.stop());

describe.each([
  ['dynamodb', constraints as Constraints, service, requests],
  ['streams', streamConstraints as Constraints, streams, streamRequests],
] as const)('the constraints of %s', (name, of, { operations }, asked) => {
  it('are those of all operations served', () => {
    const operationsAsked = new Set(asked.map(([operation]) => operation));
    expect(
      Object.keys(of.inputs).filter((operation) => operations[operation] && !operationsAsked.has(operation)),
    ).toEqual([]);
  });

  it.each(asked)('are kept by %s', async (operation, request) => {
    const cases = breaches(of, operation, request);
    const method = `${operation[0]?.toLowerCase()}${operation.slice(1)}`;
    for (const { what, broken } of cases) {
      const error = await failure(clients[name]?.[method]?.call(clients[name], broken) ?? Promise.resolve());
      expect({ what, error: error.name }).toEqual({ what, error: 'ValidationException' });
      expect(error.message, what).toMatch(
        /validation errors? detected|provided|required|can only contain|Invalid TableArn/,
      );
    }
  });
});
