import { fillEntry, parseItem } from './item-store.ts';
import { type Items, spacePrefix } from './items.ts';
import { wholeSpace } from './key-range.ts';
import { layoutOf } from './table.ts';
import type { TableRecord } from './table-record.ts';
import { itemSize } from './values/size.ts';

/**
 * Brings tables that an earlier version wrote to the layout of this one: items stay where they are, while the entries
 * of indexes are made anew (two items could share one there) and sizes are counted in bytes (they were counted in
 * characters). A kill on the way leaves the table as it was, to be done again.
 */
export async function migrateTables(items: Items): Promise<void> {
  for (const key of items.tables.keys()) {
    const record = items.tables.get(key);
    if (!record || record.layout === 2) continue;
    await migrate(items, record);
    await items.putTable(key, { ...record, layout: 2 });
  }
}

async function migrate(items: Items, record: TableRecord): Promise<void> {
  const table = { record, ...layoutOf(record) };
  const emptied = items.begin();
  for (const index of table.indexes) {
    await items.clear(spacePrefix(record.id, index.name));
    emptied.write(index.sizeKey, undefined);
  }
  await emptied.commit();
  let count = 0;
  let bytes = 0;
  for await (const texts of items.values(wholeSpace(table))) {
    const changes = items.begin();
    for (const text of texts) {
      const item = parseItem(text);
      if (!item) continue;
      count += 1;
      bytes += itemSize(item);
      for (const index of table.indexes) fillEntry(changes, { table, index }, item);
    }
    await changes.commit();
  }
  const counted = items.begin();
  counted.write(table.sizeKey, count === 0 ? undefined : `${count} ${bytes}`);
  await counted.commit();
}
