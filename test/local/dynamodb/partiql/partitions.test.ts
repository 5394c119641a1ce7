import { DynamoDB, type ExecuteStatementInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../start-engine.ts';

/** Developer guide, "PartiQL select statements for DynamoDB": what names partitions by =, IN or OR is no scan. */

let engine: TestEngine;
let client: DynamoDB;
beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  const number = (AttributeName: string) => ({ AttributeName, AttributeType: 'N' as const });
  await client.createTable({
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'OrderID', KeyType: 'HASH' },
      { AttributeName: 'Line', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [number('OrderID'), number('Line'), number('Total')],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-total',
        KeySchema: [{ AttributeName: 'Total', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (let order = 1; order <= 12; order += 1) {
    for (const line of [1, 2, 3]) {
      const [OrderID, Line, Total] = [order, line, order * 100].map((N) => ({ N: String(N) }));
      await client.putItem({ TableName: 'Orders', Item: { OrderID, Line, Total } as never });
    }
  }
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

/** `1.2`: order and line. */
async function page(Statement: string, more: Partial<ExecuteStatementInput> = {}) {
  const { Items = [], NextToken } = await client.executeStatement({ Statement, ...more });
  return { found: Items.map(({ OrderID, Line }) => `${OrderID?.N}.${Line?.N}`), NextToken };
}

async function pages(Statement: string, Limit: number): Promise<string[][]> {
  const all: string[][] = [];
  let token: string | undefined;
  do {
    const { found, NextToken } = await page(Statement, { Limit, ...(token && { NextToken: token }) });
    all.push(found);
    token = NextToken;
  } while (token);
  return all;
}

const lines = (...orders: number[]) => orders.flatMap((order) => [1, 2, 3].map((line) => `${order}.${line}`));

describe('a SELECT of several partitions', () => {
  it.each([
    ['OrderID IN [1, 10, 2] ORDER BY OrderID DESC', lines(10, 2, 1)],
    ['OrderID IN [1, 10, 2] ORDER BY OrderID', lines(1, 2, 10)],
    ['OrderID = 3 OR OrderID = 11 ORDER BY OrderID DESC', lines(11, 3)],
    ['OrderID IN [2, 1] AND Line = 2 ORDER BY OrderID', ['1.2', '2.2']],
    ['OrderID IN [2, 1] AND Line >= 2 ORDER BY OrderID, Line DESC', ['1.3', '1.2', '2.3', '2.2']],
    ['OrderID IN [4, 4, 99] AND Total = 400 ORDER BY OrderID', lines(4)],
    ['OrderID IN [4, 5] AND Total = 500 ORDER BY OrderID', lines(5)],
  ])('is ordered by their keys: %s', async (where, expected) => {
    expect((await page(`SELECT * FROM Orders WHERE ${where}`)).found).toEqual(expected);
  });

  it('looks at nothing else, page by page, in either order and in an index', async () => {
    const wanted = lines(1, 2, 3);
    const sorted = (found: string[]) => [...found].sort();
    for (const where of ['OrderID IN [1, 2, 3]', 'OrderID = 1 OR OrderID = 2 OR OrderID = 3']) {
      const found = await pages(`SELECT * FROM Orders WHERE ${where}`, 2);
      // A page that looked at other partitions would hold less than it may.
      expect(found.slice(0, 4).map(({ length }) => length)).toEqual([2, 2, 2, 2]);
      expect(sorted(found.flat())).toEqual(wanted);
    }
    const descending = await pages('SELECT * FROM Orders WHERE OrderID IN [1, 2, 3] ORDER BY OrderID DESC', 4);
    expect(descending.flat()).toEqual(lines(3, 2, 1));
    const indexed = await pages('SELECT * FROM Orders."by-total" WHERE Total IN [100, 300] ORDER BY Total DESC', 4);
    expect(indexed.flat().map((each) => each[0])).toEqual(['3', '3', '3', '1', '1', '1']);
    expect(sorted(indexed.flat())).toEqual(sorted(lines(1, 3)));
  });

  it('takes its values from parameters too, and is paid for by what it reads', async () => {
    const { Items, ConsumedCapacity } = await client.executeStatement({
      Statement: 'SELECT * FROM Orders WHERE OrderID IN [?, ?] ORDER BY OrderID DESC',
      Parameters: [{ N: '6' }, { N: '7' }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(Items?.map(({ OrderID }) => OrderID?.N)).toEqual(['7', '7', '7', '6', '6', '6']);
    expect(ConsumedCapacity?.CapacityUnits).toBe(1);
  });
});
