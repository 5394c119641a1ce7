import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

const TableName = 'scalars';
const Key = { id: { S: 'x' } };
const refusal = (kind: string) =>
  `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}`;

// dynalite's and ScyllaDB's alternator tests, run against AWS.
describe('paths into the attributes of keys', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    await client.createTable(
      onDemandTable(TableName, {
        AttributeDefinitions: ['id', 'g'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-g',
            KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const condition = (name: string) => ({ ConditionExpression: `attribute_exists(${name}.x)` });
  const requests: [string, (name: string) => Promise<unknown>][] = [
    ['GetItem', (name) => client.getItem({ TableName, Key, ProjectionExpression: `${name}[0]` })],
    [
      'BatchGetItem',
      (name) =>
        client.batchGetItem({ RequestItems: { [TableName]: { Keys: [Key], ProjectionExpression: `a, ${name}.x` } } }),
    ],
    [
      'TransactGetItems',
      (name) =>
        client.transactGetItems({ TransactItems: [{ Get: { TableName, Key, ProjectionExpression: `${name}.x` } }] }),
    ],
    ['Scan', (name) => client.scan({ TableName, FilterExpression: `size(${name}.x) < a` })],
    [
      'Query',
      (name) =>
        client.query({
          TableName,
          KeyConditionExpression: 'id = :v',
          ProjectionExpression: `a, ${name}[1]`,
          ExpressionAttributeValues: { ':v': { S: 'x' } },
        }),
    ],
    ['PutItem', (name) => client.putItem({ TableName, Item: Key, ...condition(name) })],
    ['DeleteItem', (name) => client.deleteItem({ TableName, Key, ...condition(name) })],
    [
      'UpdateItem',
      (name) => client.updateItem({ TableName, Key, UpdateExpression: `SET a = if_not_exists(${name}.x, b)` }),
    ],
  ];

  it.each(requests)('are refused by %s', async (_operation, request) => {
    expect((await failure(request('id'))).message).toContain(refusal('Key: id'));
    expect((await failure(request('g'))).message).toContain(refusal('IndexKey: g'));
  });

  it('are refused where an update changes them', async () => {
    expect((await failure(client.updateItem({ TableName, Key, UpdateExpression: 'REMOVE g.x' }))).message).toBe(
      refusal('IndexKey: g'),
    );
  });
});
