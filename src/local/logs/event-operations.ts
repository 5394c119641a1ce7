import type * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import {
  type EventQuery,
  eventsAfter,
  eventsBefore,
  type FoundEvent,
  firstId,
  keptSinceMs,
  lastId,
  maxFutureMs,
} from './events.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { invalidParameter, requireGroup, requireIdentified, requireStream } from './groups.ts';
import type { LogGroup } from './log-store.ts';

/** Events and bytes of one answer (API reference, FilterLogEvents and GetLogEvents). */
const maxPageEvents = 10_000;
const maxPageBytes = 1024 * 1024;
/** Of what is put at once (API reference, PutLogEvents). */
const maxBatchBytes = 1024 * 1024;
/** What AWS counts for each event besides its message. */
const eventOverheadBytes = 26;
const dayMs = 24 * 60 * 60 * 1000;
const maxPastMs = 14 * dayMs;

async function putLogEvents(input: sdk.PutLogEventsRequest, call: Call): Promise<sdk.PutLogEventsResponse> {
  if (input.entity) throw invalidParameter('This endpoint does not serve entities (entity).');
  const group = requireGroup(call, input.logGroupName);
  const stream = requireStream(group, input.logStreamName);
  const events = (input.logEvents ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  if (events.length < 1 || events.length > maxPageEvents) {
    throw invalidParameter(`A batch must have 1 to ${maxPageEvents} log events.`);
  }
  // Words of both refusals: vectordotdev/vector#2394, aws-greengrass/aws-greengrass-log-manager#59.
  const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > maxBatchBytes)
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBatchBytes}`);
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const now = call.engine.clock();
  const expired = countBefore(events, keptSinceMs(group, now));
  const tooOld = countBefore(events, now - maxPastMs);
  const tooNew = countBefore(events, now + maxFutureMs + 1);
  const kept = events.slice(Math.max(expired, tooOld), tooNew);
  if ((kept.at(-1)?.timestamp ?? 0) - (kept[0]?.timestamp ?? 0) > dayMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  call.engine.logs.append(call.region, group.record.name, stream.name, kept);
  await group.segments.flush();
  const rejected = kept.length < events.length;
  return {
    nextSequenceToken: stream.id,
    ...(rejected && {
      rejectedLogEventsInfo: {
        ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
        ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
        ...(expired > 0 && { expiredLogEventEndIndex: expired }),
      },
    }),
  };
}

async function getLogEvents(input: sdk.GetLogEventsRequest, call: Call): Promise<sdk.GetLogEventsResponse> {
  const group = requireIdentified(call, input);
  const stream = requireStream(group, input.logStreamName);
  const limit = input.limit ?? maxPageEvents;
  const query = queryOf(call, group, {
    streams: new Set([stream.name]),
    startTime: input.startTime,
    // Unlike FilterLogEvents', this end is exclusive.
    endTime: input.endTime === undefined ? undefined : input.endTime - 1,
  });
  const token = readToken(input.nextToken);
  const forward = token ? token.forward : (input.startFromHead ?? false);
  const events = forward
    ? (await takeFirst(eventsAfter(group, query, token?.id ?? firstId), limit)).events
    : await takeLast(eventsBefore(group, query, token?.id ?? lastId), limit);
  const first = events[0]?.id ?? (token ? token.id : firstId);
  const last = events.at(-1)?.id ?? (token ? token.id : firstId);
  return {
    events: events
      .sort((one, other) => one.timestamp - other.timestamp)
      .map(({ timestamp, message, ingestedAtMs }) => ({ timestamp, message, ingestionTime: ingestedAtMs })),
    nextForwardToken: `f/${last}/s`,
    nextBackwardToken: `b/${first}/s`,
  };
}

async function filterLogEvents(input: sdk.FilterLogEventsRequest, call: Call): Promise<sdk.FilterLogEventsResponse> {
  const group = requireIdentified(call, input);
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (input.startFromHead === false) {
    throw invalidParameter('This endpoint does not serve the newest events first (startFromHead).');
  }
  if (names && prefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  for (const name of names ?? []) requireStream(group, name);
  const chosen = prefix === undefined ? names : [...group.streams.keys()].filter((name) => name.startsWith(prefix));
  const query = queryOf(call, group, {
    streams: chosen && new Set(chosen),
    startTime: input.startTime,
    endTime: input.endTime,
    matches: input.filterPattern ? parseFilterPattern(input.filterPattern) : undefined,
  });
  const after = input.nextToken ?? firstId;
  if (!/^\d{56}$/.test(after)) throw invalidParameter('The specified nextToken is invalid.');
  const { events, complete } = await takeFirst(eventsAfter(group, query, after), input.limit ?? maxPageEvents);
  const nextToken = complete ? undefined : events.at(-1)?.id;
  return {
    events: events
      .sort((one, other) => one.timestamp - other.timestamp)
      .map(({ id, stream, timestamp, message, ingestedAtMs }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime: ingestedAtMs,
        eventId: id,
      })),
    searchedLogStreams: [],
    nextToken,
  };
}

function queryOf(
  call: Call,
  group: LogGroup,
  asked: {
    streams: ReadonlySet<string> | undefined;
    startTime: number | undefined;
    endTime: number | undefined;
    matches?: EventQuery['matches'];
  },
): EventQuery {
  const now = call.engine.clock();
  const lagMs = call.engine.simulation.delayMs('logs.visible');
  return {
    streams: asked.streams,
    fromMs: Math.max(asked.startTime ?? 0, keptSinceMs(group, now)),
    toMs: asked.endTime ?? Number.POSITIVE_INFINITY,
    // Where they show at once, those too that arrived before the clock was put back.
    arrivedUntilMs: lagMs === 0 ? Number.POSITIVE_INFINITY : now - lagMs,
    matches: asked.matches,
  };
}

/** The first events that fit an answer. `complete`: there are no more. */
async function takeFirst(
  pages: AsyncGenerator<FoundEvent[]>,
  limit: number,
): Promise<{ events: FoundEvent[]; complete: boolean }> {
  const events: FoundEvent[] = [];
  let bytes = 0;
  for await (const found of pages) {
    for (const event of found) {
      bytes += sizeOf(event);
      if (events.length === limit || (events.length > 0 && bytes > maxPageBytes)) return { events, complete: false };
      events.push(event);
    }
  }
  return { events, complete: true };
}

/** The last events that fit an answer, in the order they arrived. */
async function takeLast(pages: AsyncGenerator<FoundEvent[]>, limit: number): Promise<FoundEvent[]> {
  const events: FoundEvent[] = [];
  let bytes = 0;
  for await (const found of pages) {
    for (const event of found.reverse()) {
      bytes += sizeOf(event);
      if (events.length === limit || (events.length > 0 && bytes > maxPageBytes)) return events.reverse();
      events.push(event);
    }
  }
  return events.reverse();
}

const sizeOf = ({ message }: { message: string }) => Buffer.byteLength(message) + eventOverheadBytes;

/** How many of the (chronological) events are before a time. */
function countBefore(events: { timestamp: number }[], timeMs: number): number {
  const index = events.findIndex(({ timestamp }) => timestamp >= timeMs);
  return index < 0 ? events.length : index;
}

function readToken(token: string | undefined): { forward: boolean; id: string } | undefined {
  if (token === undefined) return undefined;
  const [, direction, id] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (direction === undefined || id === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return { forward: direction === 'f', id };
}

export const eventOperations = {
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  PutLogEvents: putLogEvents,
} satisfies Operations<sdk.CloudWatchLogs>;
