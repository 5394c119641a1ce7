import {
  DynamoDB,
  type QueryCommandInput,
  type ScanCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, indexedTable, onDemandTable } from './table.ts';

/** Rules that hold in every operation they concern; messages as captured from AWS (paritysuite/dynamodb-conformance). */

const TableName = 'requests';
const key = (id: string, sort = 's') => ({ id: { S: id }, sort: { S: sort } });

let engine: TestEngine;
let client: DynamoDB;
beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  await client.createTable(indexedTable(TableName));
  await client.createTable(onDemandTable('plain'));
  await client.createTable(onDemandTable('limited'));
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const refused = (message: string) => ({ name: 'ValidationException', message });

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

  it.each([2 ** 32, 2 ** 32 + 1, 1e300])('with the limit %d leaves nothing out', async (Limit) => {
    for (const id of ['a', 'b', 'c']) await client.putItem({ TableName: 'limited', Item: { id: { S: id } } });
    expect(await client.scan({ TableName: 'limited', Limit })).toMatchObject({ Count: 3 });
    const found = await client.executeStatement({ Statement: 'SELECT * FROM limited', Limit });
    expect(found.Items).toHaveLength(3);
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
