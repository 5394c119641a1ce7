import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeSnapshot } from '../../src/local/snapshot.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';

let folder: string;
let running: TestEngine;
let client: DynamoDBClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-snapshot-'));
  running = await startEngine({ dataDir: join(folder, 'data') });
  client = new DynamoDBClient(running.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await running.stop();
  await rm(folder, { recursive: true, force: true });
});

const createTable = (TableName: string, by = client) =>
  by.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    }),
  );

/** The ids that a table holds, and how many tables there are. */
async function contentOf(dataDir: string): Promise<{ ids: number[]; tables: number }> {
  const engine = await startEngine({ dataDir });
  const reader = new DynamoDBClient(engine.clientConfig);
  const ids: number[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await reader.send(
      new ScanCommand({
        TableName: 'items',
        ProjectionExpression: 'id',
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    ids.push(...(page.Items ?? []).map(({ id }) => Number(id?.N)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  const { TableNames = [] } = await reader.send(new ListTablesCommand({}));
  reader.destroy();
  await engine.stop();
  return { ids: ids.sort((a, b) => a - b), tables: TableNames.length };
}

it('a snapshot is taken while the engine writes, and holds all that was acknowledged, and nothing out of order', async () => {
  await createTable('items');
  let written = 0;
  let tables = 1;
  let goesOn = true;
  // Enough for LevelDB to write tables, and to merge them.
  const filler = 'x'.repeat(20_000);
  const writing = (async () => {
    while (goesOn) {
      const requests = Array.from({ length: 20 }, (_, index) => ({
        PutRequest: { Item: { id: { N: String(written + index) }, filler: { S: filler + (written + index) } } },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { items: requests } }));
      written += 20;
      if (written % 100 === 0) {
        await createTable(`table-${written}`);
        tables += 1;
      }
    }
  })();

  const snapshots: { at: { written: number; tables: number }; dataDir: string }[] = [];
  for (const enough of [200, 500, 800]) {
    while (written < enough) await new Promise((resolve) => setTimeout(resolve, 2));
    const at = { written, tables };
    const taken = await takeSnapshot(running.engine, process.pid);
    const dataDir = join(folder, `kept-${enough}`);
    await rename(taken, dataDir);
    snapshots.push({ at, dataDir });
  }
  goesOn = false;
  await writing;

  for (const { at, dataDir } of snapshots) {
    const { ids, tables: found } = await contentOf(dataDir);
    expect(ids.length).toBeGreaterThanOrEqual(at.written);
    // Written one batch after the other: what is there has no gap.
    expect(ids).toEqual(ids.map((_id, index) => index));
    // A table was made after each hundred.
    expect(found).toBeGreaterThanOrEqual(at.tables);
    expect(found).toBeLessThanOrEqual(1 + Math.floor(ids.length / 100));
  }
});

it('writes wait while it is taken, and go on after it', async () => {
  const goOn = await running.engine.holdWrites();
  const order: string[] = [];
  const made = createTable('waits').then(() => order.push('made'));
  // Asked often enough for the table to have been made, were it not held.
  for (let asked = 0; asked < 50; asked += 1) await fetch(`${running.endpoint}/_dynops/health`);
  order.push('held');
  goOn();
  await made;
  expect(order).toEqual(['held', 'made']);
});

it('what an earlier process of that id left is in none', async () => {
  const left = await takeSnapshot(running.engine, process.pid);
  await writeFile(join(left, 'left'), '');
  const taken = await takeSnapshot(running.engine, process.pid);
  expect(await readdir(taken)).not.toContain('left');
});
