import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogGroupClass } from '@aws-sdk/client-cloudwatch-logs';
import { openStore, type Watch } from '../storage/records.ts';
import { type GatheredEvents, gatherEvents, type LogEvent } from './gathered-events.ts';
import { findSegments, openSegments, type Segment, type Segments } from './segments.ts';

export interface GroupRecord {
  /** Names its folder; a group made again under the same name has another. */
  id: string;
  region: string;
  name: string;
  createdAtMs: number;
  retentionDays?: number;
  logGroupClass: LogGroupClass;
  deletionProtection: boolean;
  /** How far ahead of its arrival an event was dated, in milliseconds; undefined: by an older version, as far as AWS allows. */
  aheadMs?: number;
  tags: Record<string, string>;
}

export interface StreamRecord {
  /** Stands in the stored lines; a stream made again under the same name has another. */
  id: string;
  name: string;
  createdAtMs: number;
  firstEventAtMs?: number;
  lastEventAtMs?: number;
  lastIngestedAtMs?: number;
}

/** What a line of a segment holds: events that arrived together. */
export interface StoredBatch {
  /** Stream id. */
  s: string;
  /** When they arrived, in milliseconds since the epoch. */
  i: number;
  /** The latest timestamp; missing in lines of earlier versions. */
  n?: number;
  /** Timestamp and message of each. */
  e: [number, string][];
}

export interface LogGroup {
  readonly record: GroupRecord;
  /** By name. */
  readonly streams: ReadonlyMap<string, StreamRecord>;
  readonly segments: Segments;
}

/** CloudWatch Logs' groups, streams and events, as the engine keeps them. */
export interface LogStore {
  /** Appends events to a stream, making the stream (and, as Lambda does when its role allows it, the group) where missing. */
  append(region: string, group: string, stream: string, events: LogEvent[]): void;
  findGroup(region: string, name: string): LogGroup | undefined;
  /** In order of their names. */
  groups(region: string): LogGroup[];
  /** Makes the group, or changes its record. */
  putGroup(record: GroupRecord): Promise<void>;
  deleteGroup(group: LogGroup): Promise<void>;
  putStream(group: LogGroup, record: StreamRecord): Promise<void>;
  deleteStream(group: LogGroup, name: string): Promise<void>;
  /** For answers that tell of groups and streams. */
  watch(): Watch;
  /** As `Database.hold`. */
  hold(): Promise<() => void>;
  close(): Promise<void>;
}

/** Per log group, on disk. */
const maxGroupBytes = 64 * 1024 * 1024;
/** Streams' times are on disk this soon; the events themselves are sooner. */
const streamSaveMs = 1_000;

/** Opens (or makes) the log storage in `folder`. Throws StorageError. */
export async function openLogStore(
  folder: string,
  options: { clock: () => number; log?: (line: string) => void },
): Promise<LogStore> {
  const { clock, log = () => undefined } = options;
  const eventsFolder = join(folder, 'events');
  await mkdir(eventsFolder, { recursive: true, mode: 0o700 });
  const store = await openStore(join(folder, 'records'), { log });
  const groupRecords = store.collection<GroupRecord>('groups');
  const streamRecords = store.collection<StreamRecord>('streams');
  const groups = new Map<string, OpenGroup>();
  const onError = (error: unknown) => log(`log events were lost: ${error instanceof Error ? error.message : error}`);

  const keyOf = (region: string, name: string) => `${region}/${name}`;

  async function reopen(record: GroupRecord): Promise<void> {
    const streams = streamRecords
      .values(`${record.id}/`)
      .map((stream): [string, StreamRecord] => [stream.name, stream]);
    const segments = await findSegments(join(eventsFolder, record.id));
    addGroup(record, { streams: new Map(streams), segments });
  }

  function addGroup(
    record: GroupRecord,
    { streams, segments }: { streams: Map<string, StreamRecord>; segments: Segment[] },
  ): OpenGroup {
    const group: OpenGroup = {
      record,
      streams,
      savedAtMs: new Map(),
      waiting: new Map(),
      segments: openSegments(join(eventsFolder, record.id), { segments, maxBytes: maxGroupBytes, clock, onError }),
    };
    groups.set(keyOf(record.region, record.name), group);
    return group;
  }

  function findOpen(region: string, name: string): OpenGroup | undefined {
    return groups.get(keyOf(region, name));
  }

  /** Rejects as `done` does, once memory is what the records are again. */
  async function orUndo(done: Promise<unknown>, { region, name, id }: GroupRecord, group: OpenGroup): Promise<void> {
    try {
      await done;
    } catch (error) {
      const record = groupRecords.get(keyOf(region, name));
      if (record?.id !== id) groups.delete(keyOf(region, name));
      else groups.set(keyOf(region, name), Object.assign(group, { record }));
      const kept = new Set(streamRecords.keys(`${id}/`));
      for (const stream of group.streams.keys()) if (!kept.has(`${id}/${stream}`)) group.streams.delete(stream);
      for (const stream of streamRecords.values(`${id}/`)) {
        if (!group.streams.has(stream.name)) group.streams.set(stream.name, stream);
      }
      throw error;
    }
  }

  async function putGroup(record: GroupRecord): Promise<void> {
    const group = findOpen(record.region, record.name) ?? addGroup(record, { streams: new Map(), segments: [] });
    group.record = record;
    await orUndo(groupRecords.put(keyOf(record.region, record.name), record), record, group);
  }

  async function putStream({ record: { id, region, name } }: LogGroup, record: StreamRecord): Promise<void> {
    const group = findOpen(region, name);
    // Deleted meanwhile, and perhaps another made under its name.
    if (group?.record.id !== id) return;
    group.streams.set(record.name, record);
    group.savedAtMs.set(record.name, clock());
    await orUndo(streamRecords.put(`${group.record.id}/${record.name}`, record), group.record, group);
  }

  /** The stream after these events; saved when it is new, or was saved some time ago. */
  function touchStream(group: OpenGroup, name: string, events: GatheredEvents): StreamRecord {
    const now = clock();
    const known = group.streams.get(name);
    const { firstEventAtMs = Number.POSITIVE_INFINITY, lastEventAtMs = 0 } = known ?? {};
    const record: StreamRecord = {
      ...(known ?? newStream(name, now)),
      firstEventAtMs: Math.min(firstEventAtMs, events.firstMs()),
      lastEventAtMs: Math.max(lastEventAtMs, events.lastMs()),
      lastIngestedAtMs: now,
    };
    group.streams.set(name, record);
    if (now - (group.savedAtMs.get(name) ?? 0) >= streamSaveMs) putStream(group, record).catch(onError);
    return record;
  }

  /** Before the events are written: who looks for late ones needs to know how far ahead of its arrival one may be dated. */
  function noteAhead(group: OpenGroup, events: LogEvent[], arrivedAtMs: number): void {
    const { record } = group;
    const aheadMs = events.reduce(
      (most, { timestamp }) => Math.max(most, timestamp - arrivedAtMs),
      record.aheadMs ?? 0,
    );
    if (record.aheadMs !== undefined && aheadMs > record.aheadMs) putGroup({ ...record, aheadMs }).catch(onError);
  }

  await Promise.all(groupRecords.values().map(reopen));
  const known = new Set(groupRecords.values().map(({ id }) => id));
  for (const id of await readdir(eventsFolder)) {
    // Of a group whose deletion a kill interrupted.
    if (!known.has(id)) await rm(join(eventsFolder, id), { recursive: true, force: true });
  }

  return {
    append(region, name, stream, events) {
      if (events.length === 0) return;
      let group = findOpen(region, name);
      if (!group) {
        putGroup(newGroup(region, name, clock())).catch(onError);
        group = findOpen(region, name);
      }
      if (!group) return;
      noteAhead(group, events, clock());
      const waiting = group.waiting.get(stream);
      if (waiting) {
        waiting.add(events);
        return;
      }
      const gathered = gatherEvents();
      gathered.add(events);
      const into = group;
      const arrivedAtMs = clock();
      const { id } = touchStream(into, stream, gathered);
      into.waiting.set(stream, gathered);
      into.segments.append(() => {
        if (into.waiting.get(stream) === gathered) into.waiting.delete(stream);
        if (into.streams.get(stream)?.id === id) touchStream(into, stream, gathered);
        const newestMs = gathered.lastMs();
        // A StoredBatch, in this order: readers find the first three by their places.
        const head = `{"s":"${id}","i":${arrivedAtMs},"n":${newestMs},"e":[`;
        return { bytes: Buffer.concat([Buffer.from(head), gathered.json(), Buffer.from(']}\n')]), newestMs };
      });
    },
    findGroup: findOpen,
    groups: (region) =>
      [...groups.values()]
        .filter(({ record }) => record.region === region)
        .sort((one, other) => (one.record.name < other.record.name ? -1 : 1)),
    putGroup,
    async deleteGroup({ record }) {
      const { id, region, name } = record;
      const group = findOpen(region, name);
      if (!group) return;
      groups.delete(keyOf(region, name));
      // In one turn, and so all or none.
      const gone = [
        groupRecords.delete(keyOf(region, name)),
        ...[...group.streams.keys()].map((stream) => streamRecords.delete(`${id}/${stream}`)),
      ];
      await orUndo(Promise.all(gone), record, group);
      // What a failure leaves behind is removed at the next start.
      await group.segments.remove().catch(onError);
    },
    putStream,
    async deleteStream({ record }, stream) {
      const group = findOpen(record.region, record.name);
      if (!group) return;
      group.streams.delete(stream);
      group.waiting.delete(stream);
      // One made again under the name is saved with its first event.
      group.savedAtMs.delete(stream);
      await orUndo(streamRecords.delete(`${record.id}/${stream}`), record, group);
    },
    watch: () => store.watch(),
    hold: store.hold,
    async close() {
      const saved = [...groups.values()].flatMap((group) => [
        group.segments.flush(),
        ...[...group.streams.values()].map((stream) => putStream(group, stream)),
      ]);
      for (const outcome of await Promise.allSettled(saved)) if (outcome.status === 'rejected') onError(outcome.reason);
      await store.close();
    },
  };
}

export function newGroup(region: string, name: string, createdAtMs: number): GroupRecord {
  return {
    id: randomUUID(),
    region,
    name,
    createdAtMs,
    logGroupClass: 'STANDARD',
    deletionProtection: false,
    aheadMs: 0,
    tags: {},
  };
}

export function newStream(name: string, createdAtMs: number): StreamRecord {
  return { id: randomBytes(6).toString('hex'), name, createdAtMs };
}

interface OpenGroup extends LogGroup {
  record: GroupRecord;
  streams: Map<string, StreamRecord>;
  /** When each stream's record was last written. */
  savedAtMs: Map<string, number>;
  /** Events of each stream that are written together, soon. */
  waiting: Map<string, GatheredEvents>;
}
