import { DynamoDB, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, indexedTable, onDemandTable } from './table.ts';

/** Rules that hold in every operation they concern; messages as captured from AWS (paritysuite/dynamodb-conformance). */

const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];
const strings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const TableName = '_rules';
const key = (id: string, sort = 's') => ({ id: { S: id }, sort: { S: sort } });

let engine: TestEngine;
let client: DynamoDB;
beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  await client.createTable(indexedTable(TableName));
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const refused = (message: string) => ({ name: 'ValidationException', message });

describe('keys of a DynamoDB item', () => {
  const writesOf = (item: Record<string, never>) => ({
    PutItem: () => client.putItem({ TableName, Item: item }),
    BatchWriteItem: () => client.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: item } }] } }),
    TransactWriteItems: () => client.transactWriteItems({ TransactItems: [{ Put: { TableName, Item: item } }] }),
  });
  const item = (more: object) => ({ ...key('keys'), ...more }) as unknown as Record<string, never>;

  it.each([
    ['hash', { id: { S: 'ü'.repeat(1025) } }, 'Size of hashkey has exceeded the maximum size limit of2048 bytes'],
    [
      'range',
      { sort: { S: 'ü'.repeat(513) } },
      'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
    [
      'global index',
      { kind: { S: '🎈'.repeat(513) } },
      'Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'local index',
      { kind: { S: '€'.repeat(342) } },
      'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
  ])('are measured in bytes, as the key of the %s', async (_of, more, message) => {
    for (const write of Object.values(writesOf(item(more)))) {
      const error = await failure(write());
      const reasons = error.CancellationReasons as { Message: string }[] | undefined;
      expect(reasons?.[0]?.Message ?? error.message).toBe(`One or more parameter values were invalid: ${message}`);
    }
    const fits = 'ü'.repeat(512);
    await client.putItem({ TableName, Item: { ...key(fits + fits, fits), kind: { S: fits } } });
  });

  it.each([
    [
      'an empty string as index key',
      { kind: { S: '' } },
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: global, IndexKey: kind',
    ],
    [
      'an empty string as key',
      { id: { S: '' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id',
    ],
  ])('refuse %s, in every write', async (_what, more, message) => {
    for (const write of Object.values(writesOf(item(more))))
      expect(await failure(write())).toMatchObject(refused(message));
  });

  it.each([
    ['a number', { N: '5' }, 'N'],
    ['a list', { L: [{ S: 'x' }] }, 'L'],
    ['null', { NULL: true }, 'NULL'],
    ['a set', { SS: ['x'] }, 'SS'],
  ])('refuse %s as the key of an index of strings, in every write', async (_what, value, type) => {
    const message = `One or more parameter values were invalid: Type mismatch for Index Key kind Expected: S Actual: ${type} IndexName: global`;
    const { PutItem, BatchWriteItem, TransactWriteItems } = writesOf(item({ kind: value }));
    for (const write of [PutItem, BatchWriteItem]) expect(await failure(write())).toMatchObject(refused(message));
    const cancelled = {
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ValidationError', Message: message }],
    };
    expect(await failure(TransactWriteItems())).toMatchObject(cancelled);
    const update = {
      TableName,
      Key: key('keys'),
      UpdateExpression: 'SET kind = :v',
      ExpressionAttributeValues: { ':v': value } as never,
    };
    expect(await failure(client.updateItem(update))).toMatchObject(refused(message));
    expect(await failure(client.transactWriteItems({ TransactItems: [{ Update: update }] }))).toMatchObject(cancelled);
    const computed = { ...update, UpdateExpression: 'SET kind = if_not_exists(absent, :v)' };
    expect((await failure(client.updateItem(computed))).message).toBe(
      'The update expression attempted to update the secondary index key to unsupported type',
    );
  });

  it('cancel a transaction where they are missing or of another type, and refuse it at once where empty', async () => {
    const reasonOf = async (step: TransactWriteItem) => {
      const error = await failure(client.transactWriteItems({ TransactItems: [step] }));
      return (error.CancellationReasons as { Message: string }[] | undefined)?.[0]?.Message ?? error.message;
    };
    const invalid = 'One or more parameter values were invalid: ';
    expect(await reasonOf({ Put: { TableName, Item: { id: { S: 'x' } } } })).toBe(
      `${invalid}Missing the key sort in the item`,
    );
    expect(await reasonOf({ Put: { TableName, Item: { ...key('x'), sort: { N: '1' } } } })).toBe(
      `${invalid}Type mismatch for key sort expected: S actual: N`,
    );
    const mismatch = 'The provided key element does not match the schema';
    expect(await reasonOf({ Delete: { TableName, Key: { id: { S: 'x' } } } })).toBe(mismatch);
    expect(
      await reasonOf({
        ConditionCheck: {
          TableName,
          Key: { ...key('x'), more: { S: 'y' } },
          ConditionExpression: 'attribute_exists(id)',
        },
      }),
    ).toBe(mismatch);
    const get = client.transactGetItems({ TransactItems: [{ Get: { TableName, Key: { id: { S: 'x' } } } }] });
    expect(await failure(get)).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ValidationError', Message: mismatch }],
    });
  });

  it('leave items of another type out of an index that is added over them', async () => {
    await client.createTable(onDemandTable('mixed'));
    const kinds = [{ S: 'a' }, { N: '1' }, { S: '' }, { L: [] }, { S: 'b' }];
    for (const [number, kind] of kinds.entries())
      await client.putItem({ TableName: 'mixed', Item: { id: { S: String(number) }, kind } });
    await client.updateTable({
      TableName: 'mixed',
      AttributeDefinitions: strings('kind'),
      GlobalSecondaryIndexUpdates: [
        { Create: { IndexName: 'kinds', KeySchema: keys('kind'), Projection: { ProjectionType: 'ALL' } } },
      ],
    });
    const { Items } = await client.scan({ TableName: 'mixed', IndexName: 'kinds' });
    expect(Items?.map(({ id }) => id?.S).sort()).toEqual(['0', '4']);
    // Such an item can still be changed elsewhere, and mended.
    const Key = { id: { S: '1' } };
    const set = (value: { N: string } | { S: string }, name: string) =>
      client.updateItem({
        TableName: 'mixed',
        Key,
        UpdateExpression: `SET ${name} = :v`,
        ExpressionAttributeValues: { ':v': value },
      });
    await set({ N: '2' }, 'memo');
    await set({ S: 'c' }, 'kind');
    expect((await client.scan({ TableName: 'mixed', IndexName: 'kinds', Select: 'COUNT' })).Count).toBe(3);
  });

  it('name one item once in a batch or a transaction', async () => {
    const Key = key('twice');
    const duplicates = 'Provided list of item keys contains duplicates';
    const several = 'Transaction request cannot include multiple operations on one item';
    const calls: [Promise<unknown>, string][] = [
      [client.batchGetItem({ RequestItems: { [TableName]: { Keys: [Key, Key] } } }), duplicates],
      [
        client.batchWriteItem({
          RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key } }] },
        }),
        duplicates,
      ],
      [client.transactGetItems({ TransactItems: [{ Get: { TableName, Key } }, { Get: { TableName, Key } }] }), several],
      [
        client.transactWriteItems({
          TransactItems: [
            { Put: { TableName, Item: Key } },
            { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_not_exists(id)' } },
          ],
        }),
        several,
      ],
    ];
    for (const [call, message] of calls) expect(await failure(call)).toMatchObject(refused(message));
  });
});
