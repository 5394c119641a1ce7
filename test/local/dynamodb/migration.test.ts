import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { scanAll } from './table.ts';

/** Written by the version before (dynalite's core, commit 434ec48): two tables, one with indexes. */
const folder = new URL('items-before-own-core', import.meta.url).pathname;

describe('a data folder of the version before', () => {
  let dataDir: string;
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dynops-migration-'));
    await mkdir(join(dataDir, 'items'));
    await cp(folder, join(dataDir, 'items'), { recursive: true });
    engine = await startEngine({ dataDir });
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('has its tables, tags and items still', async () => {
    expect((await client.listTables({})).TableNames).toEqual(['indexed', 'tutorial']);
    const ResourceArn = (await client.describeTable({ TableName: 'tutorial' })).Table?.TableArn;
    expect((await client.listTagsOfResource({ ResourceArn })).Tags).toEqual([
      { Key: 'dynops:stack', Value: 'default' },
    ]);
    for (const id of ['a', 'b', 'ü', '🎈']) {
      const { Item } = await client.getItem({ TableName: 'tutorial', Key: { id: { S: id } } });
      expect(Item).toEqual({ id: { S: id }, n: { N: '1.5' }, constructor: { S: 'x' } });
    }
    expect(await scanAll(client, 'indexed')).toHaveLength(12);
  });

  it('finds and changes items by keys of numbers and binaries', async () => {
    const Key = { h: { N: '-1.50' }, r: { B: new Uint8Array([255, 1]) } };
    expect((await client.getItem({ TableName: 'indexed', Key })).Item?.note).toEqual({ S: 'ü' });
    const query = await client.query({
      TableName: 'indexed',
      KeyConditionExpression: 'h = :h AND r > :r',
      ExpressionAttributeValues: { ':h': { N: '1E10' }, ':r': { B: new Uint8Array([0]) } },
    });
    expect(query.Items?.map(({ r }) => r?.B)).toEqual([new Uint8Array([1]), new Uint8Array([255, 1])]);
  });

  it('has one entry in its indexes for each item, and exact counts in bytes', async () => {
    const { Table } = await client.describeTable({ TableName: 'indexed' });
    const global = await client.scan({ TableName: 'indexed', IndexName: 'by-g' });
    const local = await client.query({
      TableName: 'indexed',
      IndexName: 'by-l',
      KeyConditionExpression: 'h = :h',
      ExpressionAttributeValues: { ':h': { N: '7' } },
    });
    expect([global.Count, local.Count, Table?.ItemCount]).toEqual([12, 3, 12]);
    expect(Table?.GlobalSecondaryIndexes?.[0]?.ItemCount).toBe(12);
    // Two bytes more for every ü than characters.
    const { Table: tutorial } = await client.describeTable({ TableName: 'tutorial' });
    // Names 2 + 1 + 11, one byte of `x`, the number’s 3, and the id's own 1, 1, 2 and 4 bytes.
    expect(tutorial?.TableSizeBytes).toBe(4 * (2 + 1 + 11 + 1 + 3) + 1 + 1 + 2 + 4);
    await client.deleteItem({ TableName: 'indexed', Key: { h: { N: '7' }, r: { B: new Uint8Array([0]) } } });
    expect((await client.scan({ TableName: 'indexed', IndexName: 'by-g', Select: 'COUNT' })).Count).toBe(11);
  });
});
