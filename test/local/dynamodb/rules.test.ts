import {
  DynamoDB,
  type QueryCommandInput,
  type ScanCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

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
  await client.createTable(
    onDemandTable(TableName, {
      KeySchema: keys('id', 'sort'),
      AttributeDefinitions: strings('id', 'sort', 'kind'),
      GlobalSecondaryIndexes: [
        { IndexName: 'global', KeySchema: keys('kind'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      LocalSecondaryIndexes: [
        { IndexName: 'local', KeySchema: keys('id', 'kind'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  );
  await client.createTable(onDemandTable('plain'));
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

describe('a DynamoDB request', () => {
  it.each([
    ['DeleteItem', 'ALL_NEW'],
    ['DeleteItem', 'UPDATED_OLD'],
    ['PutItem', 'ALL_NEW'],
    ['PutItem', 'UPDATED_NEW'],
  ] as const)('to %s returns no %s', async (operation, ReturnValues) => {
    const call =
      operation === 'PutItem'
        ? client.putItem({ TableName, Item: key('x'), ReturnValues })
        : client.deleteItem({ TableName, Key: key('x'), ReturnValues });
    expect((await failure(call)).message).toContain('ReturnValues can only be ALL_OLD or NONE');
  });

  const query = {
    TableName,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: 'x' } },
  };
  const scan = { TableName };
  const both = (more: Partial<QueryCommandInput & ScanCommandInput>) => [
    client.query({ ...query, ...more }),
    client.scan({ ...scan, ...more }),
  ];
  it.each<[Partial<ScanCommandInput>, string]>([
    [
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      { Select: 'COUNT', ProjectionExpression: 'id' },
      'Cannot specify the ProjectionExpression when choosing to get COUNT',
    ],
    [
      { Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
    [{ IndexName: 'none' }, 'The table does not have the specified index: none'],
  ])('to read %j is refused, by Query and Scan alike', async (more, message) => {
    for (const call of both(more)) expect((await failure(call)).message).toBe(message);
  });

  it('reads no global index consistently, nor what it does not hold', async () => {
    const of = { ':id': { S: 'x' } };
    const byKind = {
      TableName,
      IndexName: 'global',
      KeyConditionExpression: 'kind = :id',
      ExpressionAttributeValues: of,
    };
    const calls = (more: object) => [
      client.query({ ...byKind, ...more }),
      client.scan({ TableName, IndexName: 'global', ...more }),
    ];
    for (const call of calls({ ConsistentRead: true })) {
      expect(await failure(call)).toMatchObject(
        refused('Consistent reads are not supported on global secondary indexes'),
      );
    }
    for (const call of calls({ ProjectionExpression: 'id, note' })) {
      expect((await failure(call)).message).toBe(
        'One or more parameter values were invalid: Global secondary index global does not project [note]',
      );
    }
    for (const call of calls({ Select: 'ALL_ATTRIBUTES' })) {
      expect((await failure(call)).message).toContain('because its projection type is not ALL');
    }
    await client.scan({ TableName, IndexName: 'local', ConsistentRead: true });
  });

  it.each([
    [
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      { TotalSegments: 4 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [
      { Segment: 4, TotalSegments: 4 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than TotalSegments: 4',
    ],
    [
      { Segment: 0, TotalSegments: 0 },
      "1 validation error detected: Value '0' at 'totalSegments' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
  ])('to scan %j is refused', async (more, message) => {
    expect(await failure(client.scan({ TableName, ...more }))).toMatchObject(refused(message));
  });

  it('holds at most 16 MB, a transaction 4 MB, and the answer to a batch 16 MB', async () => {
    const big = { S: 'x'.repeat(390_000) };
    const put = (id: number): TransactWriteItem => ({
      Put: { TableName: 'plain', Item: { id: { S: `big-${id}` }, big } },
    });
    const eleven = Array.from({ length: 11 }, (_, id) => put(id));
    expect((await failure(client.transactWriteItems({ TransactItems: eleven }))).name).toBe('ValidationException');
    expect((await client.scan({ TableName: 'plain', Select: 'COUNT' })).Count).toBe(0);
    const ids = Array.from({ length: 50 }, (_, id) => id);
    for (const id of ids) await client.putItem({ TableName: 'plain', Item: { id: { S: `big-${id}` }, big } });
    const twelve = ids.slice(0, 12).map((id) => ({ Get: { TableName: 'plain', Key: { id: { S: `big-${id}` } } } }));
    expect((await failure(client.transactGetItems({ TransactItems: twelve }))).name).toBe('ValidationException');
    const { Responses, UnprocessedKeys } = await client.batchGetItem({
      RequestItems: { plain: { Keys: ids.map((id) => ({ id: { S: `big-${id}` } })) } },
    });
    expect((Responses?.plain?.length ?? 0) + (UnprocessedKeys?.plain?.Keys?.length ?? 0)).toBe(50);
    expect(UnprocessedKeys?.plain?.Keys?.length).toBeGreaterThan(0);
    const huge = client.putItem({ TableName: 'plain', Item: { id: { S: 'x'.repeat(17 * 1024 * 1024) } } });
    expect(await failure(huge)).toMatchObject({ $metadata: { httpStatusCode: 413 } });
  });
});
