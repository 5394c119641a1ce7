import { mkdir } from 'node:fs/promises';
import { beginChanges, type Changes } from '../storage/changes.ts';
import { type Database, type KeyRange, openDatabase } from '../storage/database.ts';
import { groupCommits } from '../storage/group-commit.ts';
import { loadRecords, type Watch } from '../storage/records.ts';
import { type TableRecord, withoutIndex } from './table-record.ts';

/** Key → text on disk, and the tables' records beside it: the storage behind the engine's DynamoDB. */
export interface Items {
  /** Of every region, in memory. */
  readonly tables: { get(key: string): TableRecord | undefined; values(): TableRecord[]; keys(): string[] };
  putTable(key: string, record: TableRecord): Promise<void>;
  /** Forgets the table at once; its items are cleared away in the background, or at the next start. */
  dropTable(key: string): Promise<void>;
  begin(): Changes;
  /** Stored values in key order (or its reverse), some hundreds at a time, all as they were at one moment. */
  values(range: KeyRange): AsyncGenerator<string[]>;
  /** Deletes every key that starts with `prefix`. */
  clear(prefix: string): Promise<void>;
  /** For answers that tell of tables. */
  watch(): Watch;
  /** As `Database.hold`. */
  hold(): Promise<() => void>;
  close(): Promise<void>;
}

const itemPrefix = 'item!';
/** Sorts after everything that a key of ours may go on with. */
const last = '\u00ff';

/** Where the items of a table, or of one of its indexes, are kept. Index names hold neither `!` nor `%`. */
export function spacePrefix(tableId: string, indexName = ''): string {
  return `${itemPrefix}${tableId}!${indexName}!`;
}

/** Where the count and size of a space are kept, as `COUNT BYTES`. */
export function sizeKey(tableId: string, indexName = ''): string {
  return `${itemPrefix}${tableId}!%${indexName}`;
}

export function parseSize(text = '0 0'): { count: number; bytes: number } {
  const [count = 0, bytes = 0] = text.split(' ').map(Number);
  return { count, bytes };
}

/**
 * Opens (or makes) the storage in `folder`; a table whose deletion a kill interrupted is cleared away.
 * Throws StorageError.
 */
export async function openItems(
  folder: string,
  { clock, log }: { clock: () => number; log?: (line: string) => void },
): Promise<Items> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = await openDatabase(folder, log ? { log } : {});
  const writes = groupCommits(database);
  const records = await loadRecords(database, writes, { name: 'table', separator: '!' });
  const tables = records.collection<TableRecord>('table');
  const clearing = new Set<Promise<void>>();

  async function clear(prefix: string): Promise<void> {
    await writes.settled();
    await database.clear({ gte: prefix, lt: prefix + last });
  }

  async function dropTable(key: string): Promise<void> {
    const record = tables.get(key);
    if (!record) return;
    await tables.delete(key);
    const cleared = clear(`${itemPrefix}${record.id}!`);
    const done = () => clearing.delete(cleared);
    clearing.add(cleared);
    // What a failure leaves behind is cleared at the next start.
    cleared.then(done, done);
  }

  for (const key of tables.keys()) {
    const record = tables.get(key);
    if (!record) continue;
    if (record.goneAtMs !== undefined && record.goneAtMs <= clock()) await tables.delete(key);
    else if (record.fillingIndex) await tables.put(key, withoutIndex(record, record.fillingIndex));
  }
  await clearLeftovers(database, new Set(tables.values().map(({ id }) => id)));

  return {
    tables,
    putTable: (key, record) => tables.put(key, record),
    dropTable,
    clear,
    watch: () => records.watch(),
    begin: () => beginChanges(writes),
    values: (range) => database.values(range),
    hold: database.hold,
    async close() {
      await Promise.allSettled(clearing);
      await writes.settled();
      await database.close();
    },
  };
}

/** Clears the items of tables that have no record any more. */
async function clearLeftovers(database: Database, known: Set<string>): Promise<void> {
  let from = itemPrefix;
  for (;;) {
    const key = await database.firstKey({ gte: from, lt: itemPrefix + last });
    if (key === undefined) return;
    const owner = key.slice(0, key.indexOf('!', itemPrefix.length) + 1);
    if (!known.has(owner.slice(itemPrefix.length, -1))) await database.clear({ gte: owner, lt: owner + last });
    from = owner + last;
  }
}
