import type { Engine } from '../engine.ts';
import type { Call } from '../service.ts';
import { createItemStore, parseItem } from './item-store.ts';
import { wholeSpace } from './key-range.ts';
import { countOf, newestCount, recordPrefix, type StoredRecord, trimmedKey } from './streams/stream-records.ts';
import { retentionMs } from './streams/switch-stream.ts';
import { tableOf } from './table.ts';
import { type TableRecord, tableStatus } from './table-record.ts';
import type { Item } from './values/types.ts';

/** AWS deletes expired items "within a few days"; whoever waits for it here looks after a minute. */
const pauseMs = 60_000;
/** How much of its time the engine may spend on it: a large table is looked through more seldom. */
const pauseFactor = 50;
/** Items older than this are taken for a wrong unit, not for expired (developer guide, "time to live"). */
const maxAgeSeconds = 5 * 365 * 24 * 60 * 60;
/** Beside the day that records are kept: what a table that changes all the time may leave on the disk. */
const maxRecords = 200_000;

/** Deletes what has expired, items and stream records, from time to time until it is stopped. */
export function startHousekeeping(
  engine: Engine,
  { sleep }: { sleep: (ms: number, signal: AbortSignal) => Promise<void> },
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  async function run(): Promise<void> {
    let tookMs = 0;
    for (;;) {
      await sleep(Math.max(pauseMs, tookMs * pauseFactor), stopped.signal);
      if (stopped.signal.aborted) return;
      const startedAtMs = engine.clock();
      await keepHouse(engine, stopped.signal).catch((error: unknown) => engine.log(`housekeeping failed: ${error}`));
      tookMs = engine.clock() - startedAtMs;
    }
  }
  const ended = run();
  return {
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}

/** One round over all tables. */
export async function keepHouse(engine: Engine, signal?: AbortSignal): Promise<void> {
  for (const record of engine.items.tables.values()) {
    if (signal?.aborted) return;
    if (tableStatus(record, engine.simulation) !== 'ACTIVE') continue;
    if (record.timeToLive?.enabled) await expireItems(engine, record, signal);
    if (record.streams) await trimStream(engine, record);
  }
}

async function expireItems(engine: Engine, record: TableRecord, signal: AbortSignal | undefined): Promise<void> {
  const call: Call = {
    engine,
    region: record.region,
    requestId: 'time to live',
    principal: { kind: 'root', arn: `arn:aws:iam::${engine.accountId}:root` },
  };
  const attribute = record.timeToLive?.attributeName ?? '';
  for await (const texts of engine.items.values(wholeSpace(tableOf(call, record)))) {
    const expired = texts.map(parseItem).filter((item) => item && isExpired(item, attribute, engine.clock()));
    // As it is now: an index may have come, and the table gone, since the reading began.
    const current = engine.items.tables.values().find(({ id }) => id === record.id);
    if (!current || signal?.aborted) return;
    if (expired.length === 0) continue;
    const table = tableOf(call, current);
    const store = createItemStore(call);
    for (const item of expired) {
      const place = item && store.place(table, item);
      if (place?.before && isExpired(place.before, attribute, engine.clock())) {
        store.write(place, undefined, 'time to live');
      }
    }
    await store.changes.commit();
  }
}

/** Only a number counts as a time, in seconds. */
function isExpired(item: Item, attribute: string, nowMs: number): boolean {
  const value = item[attribute];
  if (!value || !('N' in value)) return false;
  const seconds = Number(value.N);
  return seconds * 1000 <= nowMs && nowMs / 1000 - seconds <= maxAgeSeconds;
}

async function trimStream(engine: Engine, { id }: TableRecord): Promise<void> {
  const prefix = recordPrefix(id);
  const before = engine.clock() - retentionMs;
  const newest = newestCount(engine.items.begin(), id);
  for await (const texts of engine.items.values({ gte: prefix, lt: `${prefix}~` })) {
    const changes = engine.items.begin();
    let kept = 0;
    for (const text of texts) {
      // Written by recordChange.
      const { atMs, record } = JSON.parse(text) as StoredRecord & { record: { dynamodb: { SequenceNumber: string } } };
      const { SequenceNumber: sequence } = record.dynamodb;
      if (atMs >= before && countOf(sequence) > newest - maxRecords) {
        kept += 1;
        break;
      }
      changes.write(prefix + sequence, undefined);
      changes.write(trimmedKey(id), String(countOf(sequence)));
    }
    await changes.commit();
    if (kept > 0) return;
  }
}
