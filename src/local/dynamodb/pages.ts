import type * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { type Consumption, describeConsumption, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { matches } from './expressions/matches.ts';
import type { Condition } from './expressions/types.ts';
import { parseItem, positionOf } from './item-store.ts';
import type { Bounds } from './key-range.ts';
import { checkKey } from './key-rules.ts';
import { keyText } from './keys.ts';
import { projected } from './reads.ts';
import type { Selection } from './selection.ts';
import type { Wire } from './shapes.ts';
import { type Index, namesOf, type Table } from './table.ts';
import { itemSize } from './values/size.ts';
import type { Item } from './values/types.ts';

/** 1 MB of items read, before the filter (API reference, Query). */
export const maxPageBytes = 1024 * 1024;

export interface PageRequest {
  table: Table;
  /** Undefined: the table itself. */
  index: Index | undefined;
  bounds: Bounds;
  reverse: boolean;
  /** Where the page before it ended. */
  after: Item | undefined;
  limit: number | undefined;
  filter: Condition | undefined;
  selection: Selection;
  consistent: boolean | undefined;
}

export interface Page {
  items: Item[];
  count: number;
  scanned: number;
  /** Undefined: this was the last page. */
  lastKey: Item | undefined;
  /** The key of the last item read, whether or not there are more. */
  endKey: Item | undefined;
  bytes: number;
  consumption: Consumption;
}

/**
 * The answer to a query or scan: one page. Throws AwsError ValidationException where the start key does not fit; of one that
 * lies elsewhere it says `outside`.
 */
export async function answerPage(
  call: Call,
  input: Pick<Wire<sdk.ScanInput>, 'TableName' | 'Limit' | 'ConsistentRead' | 'ReturnConsumedCapacity'>,
  request: Omit<PageRequest, 'limit' | 'consistent'> & { outside: string },
): Promise<object> {
  if (request.after) checkStartKey(request.after, request);
  const page = await readPage(call, { ...request, limit: input.Limit, consistent: input.ConsistentRead });
  return {
    Items: request.selection.countOnly ? undefined : page.items,
    Count: page.count,
    ScannedCount: page.scanned,
    LastEvaluatedKey: page.lastKey,
    ConsumedCapacity: describeConsumption(page.consumption, {
      name: input.TableName ?? '',
      mode: input.ReturnConsumedCapacity,
    }),
  };
}

/** Reads items in the order of their keys, until the page is full. */
export async function readPage(call: Call, request: PageRequest): Promise<Page> {
  const { table, index, filter, selection, limit = Number.POSITIVE_INFINITY } = request;
  const page: Page = {
    items: [],
    count: 0,
    scanned: 0,
    lastKey: undefined,
    endKey: undefined,
    bytes: 0,
    consumption: { table: 0, indexes: new Map() },
  };
  let fetchUnits = 0;
  let last: Item | undefined;
  reading: for await (const texts of call.engine.items.values(rangeOf(request))) {
    for (const text of texts) {
      const entry = parseItem(text);
      if (!entry) continue;
      const size = itemSize(entry);
      if (page.scanned > 0 && page.bytes + size > maxPageBytes) {
        page.lastKey = last;
        break reading;
      }
      page.bytes += size;
      page.scanned += 1;
      last = entry;
      const item = selection.wholeItems ? fetch(entry) : entry;
      if (item && (!filter || matches(filter, item))) {
        page.count += 1;
        if (!selection.countOnly) page.items.push(projected(selection.projection, item));
      }
      if (page.scanned >= limit) {
        page.lastKey = last;
        break reading;
      }
    }
  }
  page.endKey = last && startKey(table, index, last);
  page.lastKey &&= page.endKey;
  const units = readUnits(page.bytes, request.consistent);
  if (index) page.consumption.indexes.set(index, units);
  page.consumption.table = index ? fetchUnits : units;
  return page;

  function fetch(entry: Item): Item | undefined {
    const item = parseItem(call.engine.items.begin().read(table.prefix + keyText(table.key, entry)));
    if (item) fetchUnits += readUnits(itemSize(item), request.consistent);
    return item;
  }
}

function rangeOf({ table, index, bounds, reverse, after, limit }: PageRequest) {
  const position = after && positionOf(table, index ?? table, after);
  const from = position !== undefined && !reverse ? { gt: position } : { gte: bounds.gte };
  const to = position !== undefined && reverse ? { lt: position } : { lt: bounds.lt };
  return { ...from, ...to, reverse, ...(limit !== undefined && { limit }) };
}

/** What says where an item is, in the table and in the index. */
function startKey(table: Table, index: Index | undefined, item: Item): Item {
  const key: Item = Object.create(null);
  for (const name of [...(index ? namesOf(index.key) : []), ...table.keyNames]) {
    const value = item[name];
    if (value) key[name] = value;
  }
  return key;
}

/**
 * An ExclusiveStartKey has the attributes of the table's key and of the index's, of their types, and lies where the
 * request reads. Throws AwsError ValidationException.
 */
export function checkStartKey(
  given: Item,
  { table, index, bounds, outside }: { table: Table; index: Index | undefined; bounds: Bounds; outside: string },
): void {
  const names = new Set([...table.keyNames, ...(index ? namesOf(index.key) : [])]);
  const space = index ?? table;
  const fit =
    Object.keys(given).length === names.size &&
    [...names].every((name) => given[name]) &&
    [...space.key.hash, ...space.key.range].every(({ name, type }) => type in (given[name] ?? {}));
  if (!fit) {
    throw invalid(
      index
        ? 'The provided starting key is invalid'
        : 'The provided starting key is invalid: The provided key element does not match the schema',
    );
  }
  const own: Item = Object.create(null);
  for (const name of table.keyNames) if (given[name]) own[name] = given[name];
  try {
    checkKey(table, own);
  } catch (error) {
    throw invalid(`The provided starting key is invalid: ${error instanceof Error ? error.message : ''}`);
  }
  const position = positionOf(table, space, given);
  if (position < bounds.gte || position >= bounds.lt) throw invalid(outside);
}
