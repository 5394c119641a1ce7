import { Stream } from 'node:stream';
import { itemSize } from 'dynalite/db/index.js';
import type { Call } from '../service.ts';
import type { Changes } from '../storage/changes.ts';
import type { KeyRange } from '../storage/database.ts';
import { parseSize, sizeKey, spacePrefix } from './items.ts';
import { type TableRecord, tableStatus } from './table-record.ts';
import { findTable } from './tables.ts';

export type Item = Record<string, Record<string, unknown>>;

/** 400 KB, the largest item (developer guide, "service quotas"). */
export const itemLimits = { maxItemSize: 409_600 };

/** The storage of one call in the shape that dynalite's actions ask for. */
export interface CallStore {
  options: typeof itemLimits;
  getTable(name: string, ...rest: [Callback] | [checkStatus: boolean, Callback]): void;
  getItemDb(name: string): Space;
  getIndexDb(type: string, name: string, indexName: string): Space;
  /** Where the item that was last read from a table is kept, and what it was. */
  lastRead(): { key: string; item: Item | undefined } | undefined;
}

type Callback = (error?: unknown, value?: unknown) => void;

interface Space {
  lock(key: string, run: (release: (done: Callback) => Callback) => void): void;
  get(key: string, done: Callback): void;
  put(key: string, item: Item, done: Callback): void;
  del(key: string, done: Callback): void;
  createValueStream(range: KeyRange): Stream;
}

/**
 * dynalite's own storage waits for each read in a callback, so an action that throws there ends the process and leaves
 * its key locked. Here reads are synchronous: an item action runs from start to end in one turn, needs no lock, and what
 * it throws comes out of it. `fail` hears what is thrown later, while a Query or Scan streams.
 */
export function createCallStore(call: Call, changes: Changes, fail: (error: unknown) => void): CallStore {
  let lastRead: { key: string; item: Item | undefined } | undefined;

  function guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      fail(error);
    }
  }

  function spaceOf(table: TableRecord, indexName?: string): Space {
    const prefix = spacePrefix(table.id, indexName);
    const known = new Map<string, Item | undefined>();

    function read(key: string): Item | undefined {
      if (known.has(key)) return known.get(key);
      const item = parseItem(changes.read(prefix + key));
      known.set(key, item);
      return item;
    }

    function replace(key: string, item: Item | undefined): void {
      const before = read(key);
      const size = parseSize(changes.read(sizeKey(table.id, indexName)));
      const count = size.count + (item ? 1 : 0) - (before ? 1 : 0);
      const bytes = size.bytes + (item ? itemSize(item) : 0) - (before ? itemSize(before) : 0);
      changes.write(sizeKey(table.id, indexName), `${count} ${bytes}`);
      changes.write(prefix + key, item && JSON.stringify(item));
      known.set(key, item);
    }

    return {
      lock: (_key, run) => run((done) => done),
      get(key, done) {
        const item = read(key);
        if (indexName === undefined) lastRead = { key: prefix + key, item };
        guarded(() => done(null, item));
      },
      put(key, item, done) {
        // An index's item names every attribute it could hold, the missing ones with no value.
        const held =
          indexName === undefined ? item : Object.fromEntries(Object.entries(item).filter(([, value]) => value));
        replace(key, held);
        guarded(() => done(null));
      },
      del(key, done) {
        replace(key, undefined);
        guarded(() => done(null));
      },
      createValueStream: (range) => streamItems(call, within(prefix, range), fail),
    };
  }

  function requireSpace(name: string, indexName?: string): Space {
    const table = findTable(call, name);
    if (!table) throw new Error(`no storage for table ${name}`);
    return spaceOf(table, indexName);
  }

  return {
    options: itemLimits,
    getTable(name, ...rest) {
      const done = rest[rest.length - 1] as Callback;
      const table = findTable(call, name);
      const status = table && tableStatus(table, call.engine.clock());
      const ready = status === 'ACTIVE' || status === 'UPDATING';
      guarded(() => (table && ready ? done(null, table.definition) : done(notFound())));
    },
    getItemDb: (name) => requireSpace(name),
    getIndexDb: (_type, name, indexName) => requireSpace(name, indexName),
    lastRead: () => lastRead,
  };
}

/** Stored text → item. Without a prototype: attributes may be called `constructor`. */
export function parseItem(text: string | undefined): Item | undefined {
  // Written by `put` above.
  return text === undefined ? undefined : (Object.setPrototypeOf(JSON.parse(text), null) as Item);
}

function notFound(): Error {
  const body = { __type: 'ResourceNotFoundException', message: 'Requested resource not found' };
  return Object.assign(new Error(body.message), { statusCode: 400, body });
}

/** dynalite gives bounds relative to the space; whichever it leaves out is the space's own. */
function within(prefix: string, { gt, gte, lt, lte, reverse = false, limit = -1 }: KeyRange): KeyRange {
  const lower = gte !== undefined ? { gte: prefix + gte } : { gt: prefix + (gt ?? '') };
  const upper = lte !== undefined ? { lte: prefix + lte } : { lt: prefix + (lt ?? '~') };
  return { ...lower, ...upper, reverse, limit };
}

/** A stream of the old kind (dynalite's `lazy` listens to `data` and `end`), which no listener can make throw into nowhere. */
function streamItems(call: Call, range: KeyRange, fail: (error: unknown) => void): Stream {
  let wanted = true;
  const stream = Object.assign(new Stream(), {
    destroy() {
      wanted = false;
    },
  });

  async function feed(): Promise<void> {
    for await (const texts of call.engine.items.values(range)) {
      for (const text of texts) {
        if (!wanted) return;
        stream.emit('data', parseItem(text));
      }
    }
    stream.emit('end');
  }

  feed().catch(fail);
  return stream;
}
