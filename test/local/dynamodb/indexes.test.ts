import { DynamoDB, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

const keys = (hash: string, range?: string): KeySchemaElement[] => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];
const strings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

describe('DynamoDB indexes', () => {
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

  it('adds a global index to an on-demand table, filled with what is there and followed by what is written meanwhile', async () => {
    await client.createTable(onDemandTable('grown'));
    const put = (id: number, kind: string) =>
      client.putItem({
        TableName: 'grown',
        Item: { id: { S: String(id) }, kind: { S: kind }, big: { S: 'x'.repeat(50) } },
      });
    for (let id = 0; id < 600; id += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => put(id + n, 'old')));
    const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/grown';
    const [{ TableDescription: adding }] = await Promise.all([
      client.updateTable({
        TableName: 'grown',
        AttributeDefinitions: strings('kind'),
        GlobalSecondaryIndexUpdates: [
          { Create: { IndexName: 'by-kind', KeySchema: keys('kind'), Projection: { ProjectionType: 'KEYS_ONLY' } } },
        ],
      }),
      client.tagResource({ ResourceArn, Tags: [{ Key: 'while', Value: 'filling' }] }),
      ...Array.from({ length: 40 }, (_, id) => put(id, 'new')),
      ...Array.from({ length: 20 }, (_, id) =>
        client.deleteItem({ TableName: 'grown', Key: { id: { S: String(100 + id) } } }),
      ),
    ]);
    expect(adding?.TableStatus).toBe('UPDATING');
    expect((await client.listTagsOfResource({ ResourceArn })).Tags).toEqual([{ Key: 'while', Value: 'filling' }]);
    const count = async (kind: string) => {
      const { Count } = await client.query({
        TableName: 'grown',
        IndexName: 'by-kind',
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: kind } },
      });
      return Count;
    };
    expect(await count('new')).toBe(40);
    expect(await count('old')).toBe(540);
    const { Table: table } = await client.describeTable({ TableName: 'grown' });
    expect(table).toMatchObject({
      TableStatus: 'ACTIVE',
      ItemCount: 580,
      AttributeDefinitions: strings('id', 'kind'),
      GlobalSecondaryIndexes: [{ IndexName: 'by-kind', IndexStatus: 'ACTIVE', ItemCount: 580 }],
    });
  });

  it('takes an index away, and with it the definitions that only it needed', async () => {
    await client.createTable(
      onDemandTable('shrunk', {
        AttributeDefinitions: strings('id', 'kind'),
        GlobalSecondaryIndexes: [
          { IndexName: 'by-kind', KeySchema: keys('kind'), Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    );
    await client.putItem({ TableName: 'shrunk', Item: { id: { S: '1' }, kind: { S: 'x' } } });
    const remove = { TableName: 'shrunk', GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-kind' } }] };
    await client.updateTable(remove);
    const { Table: table } = await client.describeTable({ TableName: 'shrunk' });
    expect(table?.GlobalSecondaryIndexes).toBeUndefined();
    expect(table?.AttributeDefinitions).toEqual(strings('id'));
    expect(await failure(client.updateTable(remove))).toMatchObject({ name: 'ResourceNotFoundException' });
    const query = client.query({
      TableName: 'shrunk',
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'x' } },
    });
    expect((await failure(query)).message).toContain('does not have the specified index');
  });

  it('keeps an index in step with changes and deletions, also where it does not hold every attribute', async () => {
    await client.createTable(
      onDemandTable('stepped', {
        AttributeDefinitions: strings('id', 'kind'),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'some',
            KeySchema: keys('kind'),
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note', 'absent'] },
          },
        ],
      }),
    );
    const all = async () => (await client.scan({ TableName: 'stepped', IndexName: 'some' })).Items;
    await client.putItem({
      TableName: 'stepped',
      Item: { id: { S: '1' }, kind: { S: 'a' }, note: { S: 'n' }, rest: { S: 'r' } },
    });
    await client.putItem({ TableName: 'stepped', Item: { id: { S: '2' } } });
    expect(await all()).toEqual([{ id: { S: '1' }, kind: { S: 'a' }, note: { S: 'n' } }]);
    await client.updateItem({
      TableName: 'stepped',
      Key: { id: { S: '1' } },
      UpdateExpression: 'SET kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'b' } },
    });
    expect(await all()).toEqual([{ id: { S: '1' }, kind: { S: 'b' }, note: { S: 'n' } }]);
    await client.updateItem({ TableName: 'stepped', Key: { id: { S: '1' } }, UpdateExpression: 'REMOVE kind' });
    expect(await all()).toEqual([]);
    expect((await client.describeTable({ TableName: 'stepped' })).Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({
      ItemCount: 0,
      IndexSizeBytes: 0,
    });
  });

  it('reads whole items through a local index that holds only keys', async () => {
    await client.createTable({
      TableName: 'local-index',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys('id', 'sort'),
      AttributeDefinitions: strings('id', 'sort', 'colour'),
      LocalSecondaryIndexes: [
        { IndexName: 'by-colour', KeySchema: keys('id', 'colour'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    });
    for (const [sort, colour] of [
      ['1', 'c'],
      ['2', 'a'],
      ['3', 'b'],
    ] as const) {
      const Item = { id: { S: 'x' }, sort: { S: sort }, colour: { S: colour }, note: { S: `note ${sort}` } };
      await client.putItem({ TableName: 'local-index', Item });
    }
    const { Items } = await client.query({
      TableName: 'local-index',
      IndexName: 'by-colour',
      Select: 'ALL_ATTRIBUTES',
      KeyConditionExpression: 'id = :id AND colour > :colour',
      ExpressionAttributeValues: { ':id': { S: 'x' }, ':colour': { S: 'a' } },
    });
    expect(Items?.map((item) => item.note)).toEqual([{ S: 'note 3' }, { S: 'note 1' }]);
  });
});
