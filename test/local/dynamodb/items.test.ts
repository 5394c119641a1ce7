import { type AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable, scanAll } from './table.ts';

const table = 'items';
const key = (id: string) => ({ id: { S: id } });

describe('DynamoDB items', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    await client.createTable(onDemandTable(table));
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const get = async (id: string) => (await client.getItem({ TableName: table, Key: key(id) })).Item;

  it('gives back every type exactly as it was put', async () => {
    const item = {
      ...key('types'),
      number: { N: '12345678901234567890123456789012345678' },
      small: { N: '-0.00000000000000000000000000000000000001' },
      binary: { B: new Uint8Array([0, 255, 7]) },
      binaries: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
      strings: { SS: ['a', 'b'] },
      numbers: { NS: ['1', '2.5'] },
      empty: { S: '' },
      nothing: { NULL: true },
      yes: { BOOL: true },
      nested: { M: { list: { L: [{ S: 'x' }, { M: {} }, { L: [] }] } } },
      constructor: { S: 'an attribute like any other' },
      'Ünïcode 🎈': { S: '🎈\u0000\ud800' },
    };
    await client.putItem({ TableName: table, Item: item });
    expect(await get('types')).toEqual(item);
  });

  it('takes a table’s ARN for its name, in single calls and in batches', async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
    await client.putItem({ TableName: arn, Item: { ...key('by-arn'), a: { S: 'b' } } });
    const batch = await client.batchGetItem({ RequestItems: { [arn]: { Keys: [key('by-arn')] } } });
    expect(batch.Responses).toEqual({ [arn]: [{ ...key('by-arn'), a: { S: 'b' } }] });
    const elsewhere = arn.replace('us-east-1', 'eu-west-1');
    expect(await failure(client.getItem({ TableName: elsewhere, Key: key('by-arn') }))).toMatchObject({
      name: 'ValidationException',
    });
  });

  it('takes a table for the same by its name and its ARN, and gives nothing of another account', async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
    const put = { PutRequest: { Item: key('by-both') } };
    const twice = { name: 'ValidationException', message: 'Provided list of item keys contains duplicates' };
    expect(await failure(client.batchWriteItem({ RequestItems: { [arn]: [put], [table]: [put] } }))).toMatchObject(
      twice,
    );
    const Keys = [key('by-both')];
    const reading = client.batchGetItem({ RequestItems: { [arn]: { Keys }, [table]: { Keys } } });
    expect(await failure(reading)).toMatchObject(twice);
    // Developer guide, "cross-account access": without a resource-based policy there is none.
    const theirs = arn.replace('000000000000', '111111111111');
    for (const call of [
      client.getItem({ TableName: theirs, Key: key('x') }),
      client.putItem({ TableName: theirs, Item: key('x') }),
      client.describeTable({ TableName: theirs }),
      client.transactWriteItems({ TransactItems: [{ Delete: { TableName: theirs, Key: key('x') } }] }),
      client.executeStatement({ Statement: `SELECT * FROM "${theirs}"` }),
    ]) {
      expect(await failure(call)).toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
    }
  });

  it('counts exactly under concurrent updates of one item', async () => {
    const add = () =>
      client.updateItem({
        TableName: table,
        Key: key('counter'),
        UpdateExpression: 'ADD hits :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      });
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 32 }, add));
    expect((await get('counter'))?.hits).toEqual({ N: '320' });
  });

  it('lets exactly one of many conditional creations win', async () => {
    const claims = await Promise.allSettled(
      Array.from({ length: 32 }, (_, by) =>
        client.putItem({
          TableName: table,
          Item: { ...key('claimed'), by: { N: String(by) } },
          ConditionExpression: 'attribute_not_exists(id)',
        }),
      ),
    );
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('shows the item that failed a condition when asked to, binary values included', async () => {
    const item = { ...key('shown'), data: { B: new Uint8Array([1, 2, 3]) } };
    await client.putItem({ TableName: table, Item: item });
    const put = { TableName: table, Item: key('shown'), ConditionExpression: 'attribute_not_exists(id)' };
    const shown = await failure(client.putItem({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
    expect(shown).toMatchObject({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' });
    expect(shown.Item).toEqual(item);
    expect((await failure(client.putItem(put))).Item).toBeUndefined();
  });

  it('takes a comparison with what is not there for false, where the storage’s library would break', async () => {
    await client.putItem({ TableName: table, Item: { ...key('conditions'), a: { S: 'x' } } });
    const holds = async (ConditionExpression: string) => {
      try {
        await client.deleteItem({
          TableName: table,
          Key: key('conditions'),
          ConditionExpression: `(${ConditionExpression}) AND a = :v`,
          ExpressionAttributeValues: { ':v': { S: 'x' } },
        });
        await client.putItem({ TableName: table, Item: { ...key('conditions'), a: { S: 'x' } } });
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    };
    for (const condition of [
      ':v IN (absent)',
      'absent IN (gone, :v)',
      ':v BETWEEN :v AND absent',
      'absent BETWEEN gone AND gone',
      'begins_with(absent, gone)',
      'absent = gone',
      'absent <= gone',
      'size(absent) = size(gone)',
      'contains(absent, :v)',
    ]) {
      expect([condition, await holds(condition)]).toEqual([condition, false]);
      expect([condition, await holds(`NOT (${condition})`)]).toEqual([condition, true]);
    }
    for (const condition of [':v IN (absent, a)', 'a BETWEEN :v AND :v', 'begins_with(a, :v)', 'absent <> a']) {
      expect([condition, await holds(condition)]).toEqual([condition, true]);
    }
  });

  it('orders strings, numbers and binaries, and nothing else, whatever its members are called', async () => {
    const map = { M: { toString: { S: 'x' } } };
    const put = { TableName: table, Item: { ...key('ordered'), a: map, b: map } };
    await client.putItem(put);
    for (const ConditionExpression of ['a < b', 'a >= b', 'a BETWEEN b AND b', 'NOT (a <= b OR b <= a) AND a < b']) {
      await expect(client.putItem({ ...put, ConditionExpression })).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
      });
    }
    await client.putItem({ ...put, ConditionExpression: 'NOT (a < b)' });
    for (const ConditionExpression of ['a < :v', 'NOT (:v >= a)', 'a BETWEEN :v AND b']) {
      const ExpressionAttributeValues = { ':v': map };
      await expect(client.putItem({ ...put, ConditionExpression, ExpressionAttributeValues })).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(
          /^1 validation error detected: Invalid ConditionExpression: Incorrect operand type .*, operand type: M$/,
        ),
      });
    }
  });

  it('copies the values that an update takes from the item', async () => {
    await client.putItem({ TableName: table, Item: { ...key('copies'), a: { M: { x: { S: 'old' } } } } });
    const { Attributes } = await client.updateItem({
      TableName: table,
      Key: key('copies'),
      UpdateExpression: 'SET b = a, a.x = :new, a.own = a',
      ExpressionAttributeValues: { ':new': { S: 'new' } },
      ReturnValues: 'ALL_NEW',
    });
    expect(Attributes).toEqual({
      ...key('copies'),
      a: { M: { x: { S: 'new' }, own: { M: { x: { S: 'old' } } } } },
      b: { M: { x: { S: 'old' } } },
    });
  });

  it('pages through queries and scans without losing or repeating an item', async () => {
    await client.createTable(onDemandTable('paged'));
    const ids = Array.from({ length: 95 }, (_, id) => `id-${id}`);
    for (let at = 0; at < ids.length; at += 25) {
      const requests = ids
        .slice(at, at + 25)
        .map((id) => ({ PutRequest: { Item: { ...key(id), pad: { S: 'x'.repeat(30_000) } } } }));
      await client.batchWriteItem({ RequestItems: { paged: requests } });
    }
    // 2.8 MB: three pages of a megabyte.
    const found = await scanAll(client, 'paged');
    expect(found).toHaveLength(ids.length);
    expect(new Set(found.map((item) => JSON.stringify(item.id))).size).toBe(ids.length);
    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) =>
        client.scan({
          TableName: 'paged',
          Segment,
          TotalSegments: 4,
          Select: 'COUNT',
          ProjectionExpression: undefined,
        }),
      ),
    );
    expect(segments.reduce((sum, { Count = 0 }) => sum + Count, 0)).toBe(ids.length);
  });

  it('queries a range of sort keys in both directions', async () => {
    await client.createTable({
      TableName: 'sorted',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
    });
    for (const at of ['10', '-1', '2', '0.5', '100'])
      await client.putItem({ TableName: 'sorted', Item: { ...key('x'), at: { N: at } } });
    const query = async (ScanIndexForward: boolean, Limit?: number) => {
      const { Items = [] } = await client.query({
        TableName: 'sorted',
        KeyConditionExpression: 'id = :id AND #at BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':id': { S: 'x' }, ':from': { N: '0' }, ':to': { N: '50' } },
        ScanIndexForward,
        ...(Limit && { Limit }),
      });
      return Items.map((item) => item.at?.N);
    };
    expect(await query(true)).toEqual(['0.5', '2', '10']);
    expect(await query(false, 2)).toEqual(['10', '2']);
  });

  it('refuses what it could not keep, instead of keeping something else', async () => {
    const deep = (levels: number): AttributeValue => (levels === 0 ? { S: 'end' } : { L: [deep(levels - 1)] });
    await client.putItem({ TableName: table, Item: { ...key('deep'), deep: deep(31) } });
    expect(
      (await failure(client.putItem({ TableName: table, Item: { ...key('deep'), deep: deep(60) } }))).message,
    ).toContain('Nesting Levels');
    const tooBig = { ...key('big'), big: { S: 'x'.repeat(400 * 1024) } };
    expect((await failure(client.putItem({ TableName: table, Item: tooBig }))).message).toBe(
      'Item size has exceeded the maximum allowed size',
    );
    expect(
      (await failure(client.putItem({ TableName: table, Item: { ...key('n'), n: { N: '1'.repeat(39) } } }))).message,
    ).toContain('38 significant digits');
  });
});
