import { type ConsumedCapacity, DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

const keys = (hash: string, ...ranges: string[]) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...ranges.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' as const })),
];
const strings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

let engine: TestEngine;
let client: DynamoDB;
beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

// Measured on AWS by paritysuite/dynamodb-conformance (2026-08): an index costs what its own entry's change costs.
describe('the capacity that a DynamoDB call says it consumed', () => {
  const TableName = 'metered';
  const ReturnConsumedCapacity = 'INDEXES';
  const Key = { id: { S: 'x' }, sort: { S: '1' } };
  const units = (capacity: ConsumedCapacity | undefined) => [
    capacity?.CapacityUnits,
    capacity?.Table?.CapacityUnits,
    capacity?.GlobalSecondaryIndexes?.some?.CapacityUnits,
    capacity?.LocalSecondaryIndexes?.local?.CapacityUnits,
  ];
  beforeAll(async () => {
    await client.createTable(
      onDemandTable(TableName, {
        KeySchema: keys('id', 'sort'),
        AttributeDefinitions: strings('id', 'sort', 'kind', 'grade'),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'some',
            KeySchema: keys('kind'),
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['shown'] },
          },
        ],
        LocalSecondaryIndexes: [
          { IndexName: 'local', KeySchema: keys('id', 'grade'), Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    );
  });

  it('counts each index that a write changes, and none that it does not', async () => {
    const Item = { ...Key, kind: { S: 'k' }, grade: { S: 'r' }, shown: { S: 's' }, memo: { S: 'o' } };
    const put = async () => units((await client.putItem({ TableName, Item, ReturnConsumedCapacity })).ConsumedCapacity);
    const set = async (UpdateExpression: string) => {
      const values = UpdateExpression.includes(':v') && {
        ExpressionAttributeValues: { ':v': { S: UpdateExpression } },
      };
      const call = client.updateItem({ TableName, Key, UpdateExpression, ...values, ReturnConsumedCapacity });
      return units((await call).ConsumedCapacity);
    };
    expect(await put()).toEqual([3, 1, 1, 1]);
    expect(await put()).toEqual([1, 1, undefined, undefined]);
    expect(await set('SET memo = :v')).toEqual([2, 1, undefined, 1]);
    expect(await set('SET shown = :v')).toEqual([3, 1, 1, 1]);
    expect(await set('SET kind = :v')).toEqual([4, 1, 2, 1]);
    expect(await set('SET grade = :v')).toEqual([3, 1, undefined, 2]);
    expect(await set('REMOVE kind')).toEqual([3, 1, 1, 1]);
    const removed = await client.deleteItem({ TableName, Key, ReturnConsumedCapacity });
    expect(units(removed.ConsumedCapacity)).toEqual([2, 1, undefined, 1]);
    const nothing = await client.deleteItem({ TableName, Key, ReturnConsumedCapacity: 'TOTAL' });
    expect(nothing.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1 });
  });

  it('counts by kilobytes, halves eventual reads and doubles transactions', async () => {
    const Item = { ...Key, pad: { S: 'x'.repeat(4500) } };
    const put = await client.putItem({ TableName, Item, ReturnConsumedCapacity });
    expect(put.ConsumedCapacity?.CapacityUnits).toBe(5);
    const read = async (ConsistentRead: boolean) =>
      (await client.getItem({ TableName, Key, ConsistentRead, ReturnConsumedCapacity })).ConsumedCapacity
        ?.CapacityUnits;
    expect([await read(false), await read(true)]).toEqual([1, 2]);
    const missing = { ...Key, sort: { S: 'none' } };
    const got = await client.transactGetItems({
      TransactItems: [{ Get: { TableName, Key } }, { Get: { TableName, Key: missing } }],
      ReturnConsumedCapacity,
    });
    expect(got.ConsumedCapacity?.[0]).toMatchObject({ CapacityUnits: 6, Table: { ReadCapacityUnits: 6 } });
    const written = await client.transactWriteItems({
      TransactItems: [{ Put: { TableName, Item: missing } }],
      ReturnConsumedCapacity,
    });
    expect(written.ConsumedCapacity?.[0]).toMatchObject({ CapacityUnits: 2, Table: { WriteCapacityUnits: 2 } });
    const page = await client.scan({ TableName, ReturnConsumedCapacity });
    expect(page.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } });
    const batch = await client.batchGetItem({
      RequestItems: { [TableName]: { Keys: [Key, missing], ConsistentRead: true } },
      ReturnConsumedCapacity,
    });
    expect(batch.ConsumedCapacity?.[0]?.CapacityUnits).toBe(3);
  });

  it('comes with the item collection where the table has a local index', async () => {
    const ReturnItemCollectionMetrics = 'SIZE';
    const expected = { ItemCollectionKey: { id: { S: 'x' } }, SizeEstimateRangeGB: [0, 1] };
    await client.createTable(onDemandTable('without'));
    const put = await client.putItem({ TableName, Item: Key, ReturnItemCollectionMetrics });
    const update = await client.updateItem({ TableName, Key, ReturnItemCollectionMetrics });
    const removed = await client.deleteItem({ TableName, Key, ReturnItemCollectionMetrics });
    for (const { ItemCollectionMetrics } of [put, update, removed]) expect(ItemCollectionMetrics).toEqual(expected);
    const RequestItems = { [TableName]: [{ PutRequest: { Item: Key } }] };
    const batch = await client.batchWriteItem({ RequestItems, ReturnItemCollectionMetrics });
    const step = { Put: { TableName, Item: Key } };
    const transaction = await client.transactWriteItems({ TransactItems: [step], ReturnItemCollectionMetrics });
    for (const { ItemCollectionMetrics } of [batch, transaction]) {
      expect(ItemCollectionMetrics).toEqual({ [TableName]: [expected] });
    }
    const none = await client.putItem({ TableName: 'without', Item: { id: { S: 'x' } }, ReturnItemCollectionMetrics });
    expect(none.ItemCollectionMetrics).toBeUndefined();
  });
});

describe('UpdateItem', () => {
  const TableName = 'updated';
  const Key = { id: { S: 'x' } };
  beforeAll(async () => {
    await client.createTable(onDemandTable(TableName));
  });

  it('makes no item by taking away from one that is not there, and makes one otherwise', async () => {
    const Gone = { id: { S: 'gone' } };
    const exists = async () => (await client.getItem({ TableName, Key: Gone })).Item !== undefined;
    await client.updateItem({ TableName, Key: Gone, UpdateExpression: 'REMOVE a, b[0]', ReturnValues: 'ALL_NEW' });
    await client.updateItem({ TableName, Key: Gone, AttributeUpdates: { a: { Action: 'DELETE' } } });
    const ExpressionAttributeValues = { ':s': { SS: ['x'] } };
    await client.updateItem({ TableName, Key: Gone, UpdateExpression: 'DELETE a :s', ExpressionAttributeValues });
    expect(await exists()).toBe(false);
    await client.updateItem({ TableName, Key: Gone });
    expect(await exists()).toBe(true);
  });

  it('answers what was there and what is there now, and nothing where nothing is', async () => {
    const update = async (UpdateExpression: string, ReturnValues: 'UPDATED_OLD' | 'UPDATED_NEW') => {
      const values = UpdateExpression.includes(':v') && { ExpressionAttributeValues: { ':v': { N: '1' } } };
      return (await client.updateItem({ TableName, Key, UpdateExpression, ...values, ReturnValues })).Attributes;
    };
    expect(await update('SET a = :v', 'UPDATED_OLD')).toBeUndefined();
    expect(await update('SET b = :v', 'UPDATED_NEW')).toEqual({ b: { N: '1' } });
    expect(await update('ADD a :v', 'UPDATED_OLD')).toEqual({ a: { N: '1' } });
    expect(await update('REMOVE b', 'UPDATED_OLD')).toEqual({ b: { N: '1' } });
    expect(await update('REMOVE a', 'UPDATED_NEW')).toBeUndefined();
  });
});

describe('tables of DynamoDB', () => {
  const invalid = (text: string) => ({ name: 'ValidationException', message: expect.stringContaining(text) });
  const index = (IndexName: string, KeySchema: ReturnType<typeof keys>) => ({
    IndexName,
    KeySchema,
    Projection: { ProjectionType: 'ALL' as const },
  });

  it.each([
    [{ AttributeDefinitions: strings('id', 'unused') }, 'Number of attributes in KeySchema does not exactly match'],
    [
      { AttributeDefinitions: strings('id', 'a', 'unused'), GlobalSecondaryIndexes: [index('by-a', keys('a'))] },
      'Some AttributeDefinitions are not used. AttributeDefinitions: [id, a, unused], keys used: [id, a]',
    ],
    [
      { AttributeDefinitions: strings('id', 'a'), GlobalSecondaryIndexes: [index('by-b', keys('b'))] },
      'Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [id, a]',
    ],
    [
      {
        AttributeDefinitions: strings('id', 'a'),
        GlobalSecondaryIndexes: [index('twice', keys('a')), index('twice', keys('a'))],
      },
      'Duplicate index name: twice',
    ],
    [
      { AttributeDefinitions: strings('id', 'a'), LocalSecondaryIndexes: [index('by-a', keys('id', 'a'))] },
      'Table KeySchema does not have a range key',
    ],
    [{ WarmThroughput: { ReadUnitsPerSecond: 11_999 } }, 'decreasing WarmThroughput is not supported'],
    [{ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }, 'when BillingMode is PAY_PER_REQUEST'],
    [{ BillingMode: 'PROVISIONED' as const }, 'must both be specified when BillingMode is PROVISIONED'],
  ])('are not made with %j', async (more, message) => {
    expect(await failure(client.createTable(onDemandTable('refused', more)))).toMatchObject(invalid(message));
  });

  it('are not updated to what they are, nor to serve less', async () => {
    const TableName = '_provisioned';
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };
    await client.createTable(onDemandTable(TableName, { BillingMode: 'PROVISIONED', ProvisionedThroughput }));
    const same = client.updateTable({ TableName, ProvisionedThroughput });
    expect(await failure(same)).toMatchObject(invalid('The provisioned throughput for the table will not change.'));
    const nothing = client.updateTable({ TableName });
    expect(await failure(nothing)).toMatchObject(invalid('At least one of ProvisionedThroughput, BillingMode,'));
    await client.updateTable({ TableName, BillingMode: 'PAY_PER_REQUEST' });
    await client.updateTable({ TableName, BillingMode: 'PAY_PER_REQUEST' });
    await client.updateTable({ TableName, WarmThroughput: { ReadUnitsPerSecond: 13_000 } });
    const less = client.updateTable({ TableName, WarmThroughput: { ReadUnitsPerSecond: 12_000 } });
    expect(await failure(less)).toMatchObject(
      invalid('Requested ReadUnitsPerSecond for WarmThroughput for table is lower'),
    );
    expect((await client.describeTable({ TableName })).Table?.WarmThroughput).toMatchObject({
      ReadUnitsPerSecond: 13_000,
      WriteUnitsPerSecond: 4_000,
    });
  });

  it.each([
    'arn:aws:dynamodb:us-east-1:123456789012:table/theirs',
    'arn:aws:dynamodb:eu-west-1:000000000000:table/far',
  ])('of another account or region keep their tags to themselves: %s', async (ResourceArn) => {
    const calls = [
      client.listTagsOfResource({ ResourceArn }),
      client.tagResource({ ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] }),
      client.untagResource({ ResourceArn, TagKeys: ['a'] }),
    ];
    for (const call of calls) expect((await failure(call)).name).toBe('AccessDeniedException');
  });
});

// Developer guide, "multi-attribute keys" (November 2025); refusals as captured by paritysuite/dynamodb-conformance.
describe('an index whose key has several attributes', () => {
  const TableName = 'matches';
  const at = { TableName, IndexName: 'by-round' };
  const query = async (KeyConditionExpression: string, more: object = {}) => {
    const all = { ':c': { S: 'cup' }, ':r': { N: '2' }, ':s': { N: '10' }, ':p': { S: 'a' }, ':y': { N: '2025' } };
    const used = Object.entries(all).filter(([name]) => KeyConditionExpression.includes(name));
    const ExpressionAttributeValues = Object.fromEntries(used);
    return client.query({ ...at, KeyConditionExpression, ExpressionAttributeValues, ...more });
  };
  const idsOf = ({ Items }: { Items?: Record<string, { S?: string }>[] | undefined }) => Items?.map(({ id }) => id?.S);
  beforeAll(async () => {
    await client.createTable(
      onDemandTable(TableName, {
        AttributeDefinitions: [
          ...strings('id', 'cup', 'place'),
          ...['year', 'round', 'score'].map((AttributeName) => ({ AttributeName, AttributeType: 'N' as const })),
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-round',
            KeySchema: [
              ...keys('cup'),
              { AttributeName: 'year', KeyType: 'HASH' },
              ...keys('', 'round', 'score', 'place').slice(1),
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    const rows = [
      ['1', '2', '10', 'ab'],
      ['2', '2', '9', 'a'],
      ['3', '10', '1', 'a'],
      ['4', '2', '10', 'b'],
      ['5', '-1', '3', 'a'],
    ];
    for (const [id = '', round = '', score = '', place = ''] of rows) {
      const Item = {
        id: { S: id },
        cup: { S: 'cup' },
        year: { N: '2025' },
        round: { N: round },
        score: { N: score },
        place: { S: place },
      };
      await client.putItem({ TableName, Item });
    }
    await client.putItem({ TableName, Item: { id: { S: 'without' }, cup: { S: 'cup' }, year: { N: '2025' } } });
  });

  it('sorts by one after the other, each by its own type', async () => {
    const named = { ExpressionAttributeNames: { '#y': 'year' } };
    const all = await query('cup = :c AND #y = :y', named);
    expect(idsOf(all)).toEqual(['5', '2', '1', '4', '3']);
    expect(idsOf(await query('cup = :c AND #y = :y AND round = :r', named))).toEqual(['2', '1', '4']);
    expect(idsOf(await query('cup = :c AND #y = :y AND round = :r AND score < :s', named))).toEqual(['2']);
    const prefix = 'cup = :c AND #y = :y AND round = :r AND score = :s AND begins_with(place, :p)';
    expect(idsOf(await query(prefix, named))).toEqual(['1']);
    const page = await query('cup = :c AND #y = :y', { ...named, Limit: 2 });
    expect(Object.keys(page.LastEvaluatedKey ?? {}).sort()).toEqual(['cup', 'id', 'place', 'round', 'score', 'year']);
    const next = await query('cup = :c AND #y = :y', { ...named, ExclusiveStartKey: page.LastEvaluatedKey });
    expect(idsOf(next)).toEqual(['1', '4', '3']);
  });

  it('needs every attribute of the partition, and no gap before the last that is named', async () => {
    const named = { ExpressionAttributeNames: { '#y': 'year' } };
    expect((await failure(query('cup = :c'))).message).toBe('Query condition missed key schema element: year');
    expect((await failure(query('cup = :c AND #y = :y AND score = :s', named))).message).toBe(
      'RANGE key attributes round must have equality conditions specified in the query because a condition is present on key attribute score',
    );
  });
});
