import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Items, openItems, spacePrefix } from '../../../src/local/dynamodb/items.ts';
import type { TableRecord } from '../../../src/local/dynamodb/table-record.ts';

describe('openItems', () => {
  let folder: string;
  const opened: Items[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-items-'));
  });
  afterEach(async () => {
    for (const items of opened.splice(0)) await items.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(clock = () => 1_000): Promise<Items> {
    const items = await openItems(folder, { clock });
    opened.push(items);
    return items;
  }
  async function reopen(clock?: () => number): Promise<Items> {
    await opened.pop()?.close();
    return open(clock);
  }
  const record = (name: string, more: Partial<TableRecord> = {}): TableRecord => ({
    region: 'us-east-1',
    name,
    id: `id-of-${name}`,
    createdAtMs: 0,
    visibleAtMs: 0,
    activeAtMs: 0,
    definition: { TableName: name, KeySchema: [], AttributeDefinitions: [] },
    indexActiveAtMs: {},
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    tags: [],
    ...more,
  });
  async function store(items: Items, key: string, value: string): Promise<void> {
    const changes = items.begin();
    changes.write(key, value);
    await changes.commit();
  }
  async function stored(items: Items): Promise<string[]> {
    const found: string[] = [];
    for await (const values of items.values({ gte: 'item!', lt: 'item"' })) found.push(...values);
    return found;
  }

  it('refuses a folder that is already open', async () => {
    await open();
    await expect(openItems(folder, { clock: () => 0 })).rejects.toMatchObject({
      name: 'StorageError',
      cause: { code: 'LEVEL_LOCKED' },
    });
  });

  it('clears away the items of a table whose deletion was interrupted, and of no other', async () => {
    const items = await open();
    await items.putTable('us-east-1/kept', record('kept'));
    await store(items, `${spacePrefix('id-of-kept')}1`, 'kept');
    await store(items, `${spacePrefix('id-of-lost')}1`, 'lost');
    await store(items, `${spacePrefix('id-of-lost', 'by-kind')}1`, 'lost too');
    const again = await reopen();
    expect(await stored(again)).toEqual(['kept']);
    expect([...again.tables.keys()]).toEqual(['us-east-1/kept']);
  });

  it('forgets a table whose deletion has ended meanwhile, and keeps one that is still being deleted', async () => {
    const items = await open();
    await items.putTable('us-east-1/gone', record('gone', { goneAtMs: 5_000 }));
    await items.putTable('us-east-1/going', record('going', { goneAtMs: 9_000 }));
    const again = await reopen(() => 6_000);
    expect([...again.tables.keys()]).toEqual(['us-east-1/going']);
  });

  it('takes away an index that was still being filled', async () => {
    const items = await open();
    const definition = {
      TableName: 'filling',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' as const },
        { AttributeName: 'kind', AttributeType: 'S' as const },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' as const }],
          Projection: { ProjectionType: 'ALL' as const },
        },
      ],
    };
    await items.putTable('us-east-1/filling', record('filling', { definition, fillingIndex: 'by-kind' }));
    const table = (await reopen()).tables.get('us-east-1/filling');
    expect(table?.fillingIndex).toBeUndefined();
    expect(table?.definition).toEqual({
      TableName: 'filling',
      KeySchema: definition.KeySchema,
      AttributeDefinitions: definition.AttributeDefinitions.slice(0, 1),
    });
  });

  it('drops a table at once, and its items before it closes', async () => {
    const items = await open();
    await items.putTable('us-east-1/dropped', record('dropped'));
    for (let number = 0; number < 100; number += 1) await store(items, `${spacePrefix('id-of-dropped')}${number}`, 'x');
    await items.dropTable('us-east-1/dropped');
    expect(items.tables.keys()).toEqual([]);
    expect(await stored(await reopen())).toEqual([]);
  });
});
