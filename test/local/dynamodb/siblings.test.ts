import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, indexedTable, onDemandTable } from './table.ts';

/** Rules that an operation shares with its siblings: each is asked of all of them. */

let engine: TestEngine;
let client: DynamoDB;
beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  await client.createTable(indexedTable('siblings'));
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const TableName = 'siblings';

// Developer guide: "A filter expression is applied after a Query finishes, but before the results are returned"; a projection
// says which attributes of what is left are returned.
describe('a filter on a map together with a projection of its member', () => {
  const info = { M: { a: { N: '1' }, b: { N: '2' }, deep: { L: [{ M: { x: { S: 'y' } } }] } } };
  beforeAll(async () => {
    await client.putItem({ TableName, Item: { id: { S: 'map' }, sort: { S: '1' }, info } });
  });
  const values = { ':map': info, ':id': { S: 'map' }, ':a': { N: '1' } };
  const used = (text: string) => Object.fromEntries(Object.entries(values).filter(([name]) => text.includes(name)));

  it.each([
    ['info = :map', 'info.b', { info: { M: { b: { N: '2' } } } }],
    ['info.a = :a', 'info.b', { info: { M: { b: { N: '2' } } } }],
    ['attribute_exists(info.b) AND info.a = :a', 'info.a', { info: { M: { a: { N: '1' } } } }],
    ['contains(info.deep, info.deep[0]) AND info = :map', 'info.deep[0].x', { info: { M: { deep: info.M.deep } } }],
    ['size(info) > :a', 'info.gone', {}],
  ])('%s, %s', async (FilterExpression, ProjectionExpression, item) => {
    const both = { TableName, FilterExpression, ProjectionExpression };
    const KeyConditionExpression = 'id = :id';
    const scan = await client.scan({ ...both, ExpressionAttributeValues: used(FilterExpression) });
    const query = await client.query({
      ...both,
      KeyConditionExpression,
      ExpressionAttributeValues: used(`${FilterExpression} ${KeyConditionExpression}`),
    });
    for (const { Items } of [scan, query]) expect(Items).toEqual([item]);
  });

  it('in the legacy form', async () => {
    const condition = { ComparisonOperator: 'EQ' as const, AttributeValueList: [info] };
    const { Items } = await client.scan({ TableName, ScanFilter: { info: condition }, AttributesToGet: ['sort'] });
    expect(Items).toEqual([{ sort: { S: '1' } }]);
  });
});

// Developer guide, "naming rules and data types": strings are compared by the bytes of UTF-8, where U+FFFF is before U+1F600;
// by UTF-16 it is after it.
describe('strings are in the order of UTF-8', () => {
  const [lower, upper] = ['\uffff', '😀'];
  const ExpressionAttributeValues = { ':id': { S: 'order' }, ':l': { S: lower }, ':u': { S: upper } };
  beforeAll(async () => {
    for (const sort of [upper, lower, 'a']) {
      await client.putItem({ TableName, Item: { id: { S: 'order' }, sort: { S: sort }, kind: { S: sort } } });
    }
  });
  const found = async (more: object) => {
    const { Items = [] } = await client.query({
      TableName,
      KeyConditionExpression: 'id = :id AND sort >= :l',
      ExpressionAttributeValues: { ':id': { S: 'order' }, ':l': { S: lower } },
      ...more,
    });
    return Items.map(({ sort }) => sort?.S);
  };

  it('as sort keys, upwards and downwards, and as bounds', async () => {
    expect(await found({})).toEqual([lower, upper]);
    expect(await found({ ScanIndexForward: false })).toEqual([upper, lower]);
    const between = { KeyConditionExpression: 'id = :id AND sort BETWEEN :l AND :u', ExpressionAttributeValues };
    expect(await found(between)).toEqual([lower, upper]);
  });

  it('as keys of a local index', async () => {
    const local = { IndexName: 'local', KeyConditionExpression: 'id = :id AND kind > :l' };
    expect(await found(local)).toEqual([upper]);
  });

  it('in conditions', async () => {
    const Key = { id: { S: 'order' }, sort: { S: 'a' } };
    const holds = (ConditionExpression: string) =>
      client
        .updateItem({
          TableName,
          Key,
          UpdateExpression: 'SET memo = :id',
          ConditionExpression,
          ExpressionAttributeValues,
        })
        .then(
          () => true,
          ({ name }: Error) => name,
        );
    expect(await holds(':l < :u')).toBe(true);
    expect(await holds(':u <= :l')).toBe('ConditionalCheckFailedException');
    expect(await holds('NOT :u BETWEEN :l AND :l')).toBe(true);
  });

  it('but a range whose bounds are the wrong way round is none', async () => {
    const wrong = { KeyConditionExpression: 'id = :id AND sort BETWEEN :u AND :l', ExpressionAttributeValues };
    expect((await failure(found(wrong))).message).toContain(
      'requires upper bound to be greater than or equal to lower bound',
    );
  });
});

// Developer guide, "quotas": a request holds at most 16 MB.
describe('a body over 16 MB', () => {
  const big = { S: 'x'.repeat(17 * 1024 * 1024) };
  it.each<[string, () => Promise<unknown>]>([
    [
      'BatchWriteItem',
      () => client.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: { id: big } } }] } }),
    ],
    ['UpdateItem', () => client.updateItem({ TableName, Key: { id: big, sort: big } })],
    ['TransactWriteItems', () => client.transactWriteItems({ TransactItems: [{ Put: { TableName, Item: { big } } }] })],
    ['ExecuteStatement', () => client.executeStatement({ Statement: 'SELECT * FROM siblings', Parameters: [big] })],
  ])('is refused of %s, and the engine answers on', async (_name, call) => {
    expect(await failure(call())).toMatchObject({ $metadata: { httpStatusCode: 413 } });
    expect((await client.describeTable({ TableName })).Table?.TableStatus).toBe('ACTIVE');
  });
});

// API reference: names of tables and indexes are of a-z, A-Z, 0-9, '_', '-' and '.', from the first character on.
it.each(['_under', '-hyphen', '.dot', '___'])('a table and an index may be called %s', async (name) => {
  await client.createTable(
    onDemandTable(name, {
      AttributeDefinitions: ['id', '_kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: name,
          KeySchema: [{ AttributeName: '_kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await client.putItem({ TableName: name, Item: { id: { S: '1' }, _kind: { S: 'k' } } });
  const { Items } = await client.query({
    TableName: name,
    IndexName: name,
    KeyConditionExpression: '#kind = :k',
    ExpressionAttributeNames: { '#kind': '_kind' },
    ExpressionAttributeValues: { ':k': { S: 'k' } },
  });
  expect(Items).toHaveLength(1);
});
