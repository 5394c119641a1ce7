import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Items, openItems, spacePrefix } from '../../../src/local/dynamodb/items.ts';
import type { TableRecord } from '../../../src/local/dynamodb/table-record.ts';
import { groupCommits } from '../../../src/local/storage/group-commit.ts';

/** A database whose batches end when the test says so. */
function heldDatabase() {
  const stored = new Map<string, string>();
  const batches: { keys: string[]; end(error?: Error): void }[] = [];
  return {
    batches,
    getSync: (key: string) => stored.get(key),
    batch: (operations: ({ type: 'put'; key: string; value: string } | { type: 'del'; key: string })[]) =>
      new Promise<void>((resolve, reject) => {
        batches.push({
          keys: operations.map(({ key }) => key),
          end(error) {
            if (error) return reject(error);
            for (const each of operations)
              each.type === 'put' ? stored.set(each.key, each.value) : stored.delete(each.key);
            resolve();
          },
        });
      }),
  };
}

describe('groupCommits', () => {
  it('writes one batch at a time, and gathers what arrives meanwhile into the next', async () => {
    const database = heldDatabase();
    const writes = groupCommits(database);
    const first = writes.commit(new Map([['a', '1']]));
    await expect.poll(() => database.batches.length).toBe(1);
    const others = [
      writes.commit(new Map([['b', '2']])),
      writes.commit(
        new Map([
          ['a', undefined],
          ['c', '3'],
        ]),
      ),
    ];
    expect(writes.read('a').value).toBeUndefined();
    expect(writes.read('b')).toMatchObject({ value: '2' });
    expect(database.getSync('b')).toBeUndefined();
    database.batches[0]?.end();
    await first;
    await expect.poll(() => database.batches.length).toBe(2);
    expect(database.batches[1]?.keys).toEqual(['b', 'a', 'c']);
    database.batches[1]?.end();
    await Promise.all(others);
    expect([writes.read('a'), writes.read('c')]).toEqual([
      { value: undefined, landed: undefined },
      { value: '3', landed: undefined },
    ]);
  });

  it('fails what may have been computed from a write that failed, and goes on after it', async () => {
    const database = heldDatabase();
    const writes = groupCommits(database);
    const first = writes.commit(new Map([['a', '1']]));
    await expect.poll(() => database.batches.length).toBe(1);
    const second = writes.commit(new Map([['b', 'from a']]));
    const outcomes = Promise.allSettled([first, second]);
    database.batches[0]?.end(new Error('disk full'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([writes.read('a').value, writes.read('b').value]).toEqual([undefined, undefined]);
    const third = writes.commit(new Map([['c', '1']]));
    await expect.poll(() => database.batches.length).toBe(2);
    database.batches[1]?.end();
    await third;
    expect(writes.read('c').value).toBe('1');
  });
});

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
    await expect(openItems(folder, { clock: () => 0 })).rejects.toMatchObject({ code: 'LEVEL_DATABASE_NOT_OPEN' });
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
    expect(items.tables.size).toBe(0);
    expect(await stored(await reopen())).toEqual([]);
  });
});
