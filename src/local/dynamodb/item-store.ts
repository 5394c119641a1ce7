import type { Call } from '../service.ts';
import type { Changes } from '../storage/changes.ts';
import { parseSize } from './items.ts';
import { keyText } from './keys.ts';
import { recordChange } from './streams/stream-records.ts';
import { attributesOf, type Index, type Space, type Table } from './table.ts';
import { equalValues } from './values/compare.ts';
import { itemSize } from './values/size.ts';
import { type AttributeValue, type Item, typeOf } from './values/types.ts';

/** Where an item is, or would be: its key and what it was before this call changed it. */
export interface Place {
  table: Table;
  key: string;
  before: Item | undefined;
}

/** Bytes written, for the capacity they cost: of the table, and of each index that the write changed. */
export interface Written {
  bytes: number;
  /** The sizes of the entries put and deleted. */
  indexes: Map<Index, number[]>;
}

/**
 * What one call reads and writes, in one turn: nothing comes between its reads and its writes, and what it writes is
 * kept all or not at all. The caller commits or abandons.
 */
export interface ItemStore {
  place(table: Table, key: Item): Place;
  /** Replaces what is there; an item of `undefined` deletes it. Indexes, counts and the stream follow. */
  write(place: Place, after: Item | undefined, by?: 'user' | 'time to live'): Written;
  readonly changes: Changes;
}

export function createItemStore(call: Call): ItemStore {
  const changes = call.engine.items.begin();
  return {
    changes,
    place(table, key) {
      const text = table.prefix + keyText(table.key, key);
      return { table, key: text, before: parseItem(changes.read(text)) };
    },
    write({ table, key, before }, after, by = 'user') {
      const sizes = { before: before ? itemSize(before) : 0, after: after ? itemSize(after) : 0 };
      const written: Written = { bytes: Math.max(sizes.before, sizes.after), indexes: new Map() };
      // Without this, writing the same again would leave a record in the stream, which it does not on AWS.
      if (before && after && equalValues({ M: before }, { M: after })) return written;
      if (!before && !after) return written;
      changes.write(key, after && JSON.stringify(after));
      count(changes, table, { before: before && sizes.before, after: after && sizes.after });
      for (const index of table.indexes) {
        const bytes = writeEntry(changes, { table, index }, { before, after });
        if (bytes.length > 0) written.indexes.set(index, bytes);
      }
      recordChange(call, { table, changes }, { before, after, by });
      return written;
    },
  };
}

/** Ends a call: what was written is committed, unless `run` throws; either way what was read would survive a kill. */
export async function committed<T>(store: ItemStore, run: () => T): Promise<T> {
  let result: T;
  try {
    result = run();
  } catch (error) {
    await store.changes.abandon();
    throw error;
  }
  await store.changes.commit();
  return result;
}

/** Stored text → item. Without a prototype: attributes may be called `constructor`. */
export function parseItem(text: string | undefined): Item | undefined {
  // Written by `write` above.
  return text === undefined ? undefined : (Object.setPrototypeOf(JSON.parse(text), null) as Item);
}

/** The item's entry in an index; none where it lacks one of the index's key attributes. */
function entryOf(table: Table, index: Index, item: Item | undefined): { key: string; item: Item } | undefined {
  if (!item) return undefined;
  for (const { name, type } of attributesOf(index.key)) {
    const value = item[name];
    // An index may be added over items that it cannot hold.
    if (!value || typeOf(value) !== type || isEmpty(value)) return undefined;
  }
  // The table's whole key, for many items may have one index key.
  const key = index.prefix + keyText(index.key, item) + keyText(table.key, item);
  if (!index.projected) return { key, item };
  const held: Item = Object.create(null);
  for (const name of index.projected) if (item[name]) held[name] = item[name];
  return { key, item: held };
}

const isEmpty = (value: AttributeValue) => ('S' in value && value.S === '') || ('B' in value && value.B === '');

/** The bytes of each entry deleted or put: none where nothing that the index holds has changed. */
function writeEntry(
  changes: Changes,
  { table, index }: { table: Table; index: Index },
  item: { before: Item | undefined; after: Item | undefined },
): number[] {
  const before = entryOf(table, index, item.before);
  const after = entryOf(table, index, item.after);
  if (!before && !after) return [];
  // An index that is being filled may not have the entry yet.
  const had = before && (table.record.fillingIndex !== index.name || changes.read(before.key) !== undefined);
  const sizes = { before: had ? itemSize(before.item) : undefined, after: after && itemSize(after.item) };
  const moved = before && after && before.key !== after.key;
  if (before && after && !moved && equalValues({ M: before.item }, { M: after.item })) return [];
  if (had && before.key !== after?.key) changes.write(before.key, undefined);
  if (after) changes.write(after.key, JSON.stringify(after.item));
  count(changes, index, sizes);
  if (moved) return [sizes.before ?? 0, sizes.after ?? 0];
  return [Math.max(sizes.before ?? 0, sizes.after ?? 0)];
}

/** Adds the item to an index that is being filled, unless a write has brought it there. */
export function fillEntry(changes: Changes, { table, index }: { table: Table; index: Index }, item: Item): void {
  const entry = entryOf(table, index, item);
  if (!entry || changes.read(entry.key) !== undefined) return;
  changes.write(entry.key, JSON.stringify(entry.item));
  count(changes, index, { before: undefined, after: itemSize(entry.item) });
}

function count(changes: Changes, space: Space, sizes: { before: number | undefined; after: number | undefined }): void {
  const { count: items, bytes } = parseSize(changes.read(space.sizeKey));
  const more = (sizes.after === undefined ? 0 : 1) - (sizes.before === undefined ? 0 : 1);
  changes.write(space.sizeKey, `${items + more} ${bytes + (sizes.after ?? 0) - (sizes.before ?? 0)}`);
}

/** Where an item's entry in the table or an index is: by `key`, the table's key and the index's. */
export function positionOf(table: Table, space: Space, key: Item): string {
  const own = space.prefix + keyText(space.key, key);
  return space === table || space.prefix === table.prefix ? own : own + keyText(table.key, key);
}
