import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { type ChangeSet, groupCommits } from '../storage/group-commit.ts';
import { type TableRecord, withoutIndex } from './table-record.ts';

/** What one call reads and writes. Reads see the newest change of every call before it, and this call's own. */
export interface Changes {
  read(key: string): string | undefined;
  write(key: string, value: string | undefined): void;
  /** Stores what was written, all of it or nothing; resolves when that, and whatever was read, would survive `kill -9`. */
  commit(): Promise<void>;
  /** Forgets what was written; resolves when whatever was read would survive `kill -9`. */
  abandon(): Promise<void>;
}

export interface KeyRange {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  /** -1: no limit. */
  limit?: number;
}

/** Key → text on disk, and the tables' records beside it: the storage behind the engine's DynamoDB. */
export interface Items {
  /** Of every region, in memory. */
  readonly tables: ReadonlyMap<string, TableRecord>;
  putTable(key: string, record: TableRecord): Promise<void>;
  /** Forgets the table at once; its items are cleared away in the background, or at the next start. */
  dropTable(key: string): Promise<void>;
  begin(): Changes;
  /** Stored values in key order (or its reverse), some hundreds at a time, all as they were at one moment. */
  values(range: KeyRange): AsyncGenerator<string[]>;
  /** Deletes every key that starts with `prefix`. */
  clear(prefix: string): Promise<void>;
  close(): Promise<void>;
}

const tablePrefix = 'table!';
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
 * Throws LEVEL_DATABASE_NOT_OPEN when another process holds the folder.
 */
export async function openItems(folder: string, options: { clock: () => number }): Promise<Items> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = new ClassicLevel<string, string>(folder, { valueEncoding: 'utf8' });
  await database.open();
  const writes = groupCommits(database);
  const tables = new Map<string, TableRecord>();
  const clearing = new Set<Promise<void>>();

  async function clear(prefix: string): Promise<void> {
    await writes.settled();
    await database.clear({ gte: prefix, lt: prefix + last });
  }

  async function dropTable(key: string): Promise<void> {
    const record = tables.get(key);
    if (!record) return;
    tables.delete(key);
    await writes.commit(new Map([[tablePrefix + key, undefined]]));
    const cleared = clear(`${itemPrefix}${record.id}!`);
    const done = () => clearing.delete(cleared);
    clearing.add(cleared);
    // What a failure leaves behind is cleared at the next start.
    cleared.then(done, done);
  }

  for await (const [key, text] of database.iterator({ gte: tablePrefix, lt: tablePrefix + last })) {
    // Written by putTable below.
    const record = JSON.parse(text) as TableRecord;
    if (record.goneAtMs !== undefined && record.goneAtMs <= options.clock()) await database.del(key);
    else
      tables.set(
        key.slice(tablePrefix.length),
        record.fillingIndex ? withoutIndex(record, record.fillingIndex) : record,
      );
  }
  await clearLeftovers(database, new Set([...tables.values()].map(({ id }) => id)));

  return {
    tables,
    async putTable(key, record) {
      tables.set(key, record);
      await writes.commit(new Map([[tablePrefix + key, JSON.stringify(record)]]));
    },
    dropTable,
    clear,
    begin() {
      const changes: ChangeSet = new Map();
      let seen: Promise<void> | undefined;
      return {
        read(key) {
          if (changes.has(key)) return changes.get(key);
          const { value, landed } = writes.read(key);
          seen = landed ?? seen;
          return value;
        },
        write: (key, value) => void changes.set(key, value),
        async commit() {
          await (changes.size > 0 ? writes.commit(changes) : seen);
        },
        async abandon() {
          await seen;
        },
      };
    },
    async *values(range) {
      const iterator = database.values(range);
      try {
        for (;;) {
          const texts = await iterator.nextv(256);
          if (texts.length === 0) return;
          yield texts;
        }
      } finally {
        await iterator.close();
      }
    },
    async close() {
      await Promise.allSettled(clearing);
      await writes.settled();
      await database.close();
    },
  };
}

/** Clears the items of tables that have no record any more. */
async function clearLeftovers(database: ClassicLevel<string, string>, known: Set<string>): Promise<void> {
  let from = itemPrefix;
  for (;;) {
    const [key] = await database.keys({ gte: from, lt: itemPrefix + last, limit: 1 }).all();
    if (key === undefined) return;
    const owner = key.slice(0, key.indexOf('!', itemPrefix.length) + 1);
    if (!known.has(owner.slice(itemPrefix.length, -1))) await database.clear({ gte: owner, lt: owner + last });
    from = owner + last;
  }
}
