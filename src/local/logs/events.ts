import { setImmediate as nextRound } from 'node:timers/promises';
import type { LogGroup, StoredBatch } from './log-store.ts';
import type { Segment } from './segments.ts';

export interface FoundEvent {
  /** 56 digits; ordered as the events arrived. */
  id: string;
  stream: string;
  timestamp: number;
  message: string;
  ingestedAtMs: number;
}

export interface EventQuery {
  /** All of the group's where left out. */
  streams?: ReadonlySet<string> | undefined;
  /** Timestamps, both inclusive. */
  fromMs: number;
  toMs: number;
  /** Events that arrived later are not to be seen yet. */
  arrivedUntilMs: number;
  matches?: ((message: string) => boolean) | undefined;
}

/** Events may be dated this much into the future (API reference, PutLogEvents). */
export const maxFutureMs = 2 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** Matching events that arrived after the one with the id `after`, segment by segment. */
export async function* eventsAfter(group: LogGroup, query: EventQuery, after: string): AsyncGenerator<FoundEvent[]> {
  await flushed(group);
  for (const segment of [...group.segments.list()]) {
    if (eventId(segment.number, Number.MAX_SAFE_INTEGER, 0) <= after || isOlder(group, segment, query)) continue;
    for await (const events of eventsOf(group, segment, { ...query, after })) yield events;
  }
}

/** Matching events that arrived before the one with the id `before`, the latest segment first; in each the order of arrival. */
export async function* eventsBefore(group: LogGroup, query: EventQuery, before: string): AsyncGenerator<FoundEvent[]> {
  await flushed(group);
  for (const segment of [...group.segments.list()].reverse()) {
    if (eventId(segment.number, 0, 0) >= before || isOlder(group, segment, query)) continue;
    const found: FoundEvent[] = [];
    for await (const events of eventsOf(group, segment, query)) {
      // One by one: a function's lines of one moment can be more than a call takes as arguments.
      for (const event of events) if (event.id < before) found.push(event);
    }
    yield found;
  }
}

/** What cannot be written is not there to be read; its writer hears of it. */
async function flushed({ segments }: LogGroup): Promise<void> {
  await Promise.allSettled([segments.flush()]);
}

/** The oldest timestamp that the group's retention keeps. */
export function keptSinceMs({ record: { retentionDays } }: LogGroup, nowMs: number): number {
  return retentionDays === undefined ? 0 : nowMs - retentionDays * dayMs;
}

/** Whether all of a segment is dated before what is asked for. */
const isOlder = (group: LogGroup, { newestMs, writtenAtMs }: Segment, query: EventQuery) =>
  newestMs < query.fromMs || isTooOld(group, writtenAtMs, query);

/** Whether all that had arrived by then is dated before what is asked for. */
function isTooOld(
  { record: { aheadMs = maxFutureMs } }: LogGroup,
  arrivedAtMs: number,
  { fromMs }: EventQuery,
): boolean {
  return arrivedAtMs + aheadMs < fromMs;
}

/** A pattern may take long over each of thousands of messages: other requests come in between. */
const breathMs = 20;

/** So that a page of an answer does not wait for the whole segment. */
const chunkEvents = 1_000;

/** A segment's matching events, in chunks; those that arrived after the one with the id `after`. */
async function* eventsOf(
  group: LogGroup,
  segment: Segment,
  query: EventQuery & { after?: string },
): AsyncGenerator<FoundEvent[]> {
  const { after = firstId } = query;
  const names = new Map<string, string>();
  for (const { id, name } of group.streams.values()) {
    if (!query.streams || query.streams.has(name)) names.set(id, name);
  }
  let found: FoundEvent[] = [];
  let restedMs = performance.now();
  const lines = await group.segments.lines(segment.number);
  for (let line = lineAfter(segment, after); line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    // Stream, arrival and latest timestamp have their places in every line, so that others' and older lines need no parsing.
    const stream = names.get(text.slice(6, 18));
    if (stream === undefined || isTooOld(group, Number(text.slice(24, 37)), query)) continue;
    if (newestIn(text) < query.fromMs) continue;
    const batch = parseBatch(text);
    if (!batch || batch.i > query.arrivedUntilMs) continue;
    for (const [index, [timestamp, message]] of batch.e.entries()) {
      if (timestamp < query.fromMs || timestamp > query.toMs) continue;
      if (query.matches && performance.now() - restedMs > breathMs) {
        await nextRound();
        restedMs = performance.now();
      }
      if (query.matches && !query.matches(message)) continue;
      const id = eventId(segment.number, line, index);
      if (id > after) found.push({ id, stream, timestamp, message, ingestedAtMs: batch.i });
    }
    if (found.length < chunkEvents) continue;
    yield found;
    found = [];
  }
  yield found;
}

/** The line that the event `after` is in, where it is in this segment; otherwise the first. */
function lineAfter(segment: Segment, after: string): number {
  return after.startsWith(eventId(segment.number, 0, 0).slice(0, 18)) ? Number(after.slice(18, 38)) : 0;
}

/** Infinity where the line does not say it. */
function newestIn(text: string): number {
  const found = text.startsWith(',"n":', 37) ? Number(text.slice(42, text.indexOf(',', 42))) : Number.NaN;
  return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
}

/** undefined: a line that a kill cut short. */
function parseBatch(text: string): StoredBatch | undefined {
  try {
    // Written by the log store.
    return JSON.parse(text) as StoredBatch;
  } catch {
    return undefined;
  }
}

function eventId(segment: number, line: number, index: number): string {
  const digits = (number: number, width: number) => String(number).padStart(width, '0');
  return `3${digits(segment, 17)}${digits(line, 20)}${digits(index, 18)}`;
}

export const firstId = '0'.repeat(56);
export const lastId = '9'.repeat(56);
