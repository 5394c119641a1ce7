import { randomUUID } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { EngineParts } from '../../engine-parts.ts';
import { findQualified } from '../functions.ts';
import type { InvokeInput, InvokeResult } from './invocation.ts';

/**
 * Asynchronous invocations: taken at once, tried three times where the function fails, and for six hours where it takes none, unless
 * the function's event invoke configuration says otherwise. They are kept on disk until they are done: one that an end of the engine
 * breaks off is tried again, as AWS may deliver an event more than once.
 * Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
 */
export interface EventQueue {
  /** Resolves when the event is kept. Throws AwsError TooManyRequestsException where too much waits already, and StorageError. */
  accept(input: InvokeInput): Promise<void>;
  /** Goes on with what an engine before this one left. */
  resume(): void;
  close(): void;
}

const usualRetries = 2;
const usualAgeSeconds = 6 * 3_600;
/** Too many run, or an alias was led to a version that is still pending. */
const passing: ReadonlySet<string> = new Set(['TooManyRequestsException', 'ResourceConflictException']);
const longestWaitMs = 300_000;
/** AWS's queue has no such bound that is told; it does not lie in the memory of one process. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** What one event takes beside its payload. */
const eventBytes = 4_096;

interface EventRecord {
  /** All tries have one. */
  requestId: string;
  region: string;
  functionName: string;
  qualifier?: string | undefined;
  /** Base64. */
  payload: string;
  sinceMs: number;
  /** When it is to be tried next. */
  dueMs: number;
  failures: number;
  refusals: number;
}

export function createEventQueue(
  getEngine: () => EngineParts,
  invoke: (input: InvokeInput) => Promise<InvokeResult>,
): EventQueue {
  const timers = new Set<NodeJS.Timeout>();
  let waitingBytes = 0;
  let isClosed = false;

  const sizeOf = ({ payload }: EventRecord) => payload.length + eventBytes;
  const ageMsOf = ({ sinceMs }: EventRecord) => getEngine().clock() - sinceMs;
  const kept = () => getEngine().store.collection<EventRecord>('lambda/events');

  function tryOnce(event: EventRecord): void {
    const { requestId, region, functionName, qualifier, payload } = event;
    invoke({ requestId, region, functionName, qualifier, payload: Buffer.from(payload, 'base64') }).then(
      ({ functionError }) => ended(() => (functionError ? failed(event) : drop(event))),
      (error: unknown) => ended(() => refused(event, error)),
    );
  }

  /** What the engine's own end broke off counts as not tried. */
  function ended(next: () => void): void {
    if (!isClosed) next();
  }

  /** As what is invoked is set up now. */
  function boundsOf({ region, functionName, qualifier }: EventRecord) {
    const { eventInvoke } = findQualified(getEngine(), region, functionName, qualifier) ?? {};
    const { maxRetries = usualRetries, maxAgeSeconds = usualAgeSeconds } = eventInvoke ?? {};
    return { maxRetries, maxAgeMs: maxAgeSeconds * 1_000 };
  }

  function failed(event: EventRecord): void {
    const tries = event.failures + 1;
    if (tries > boundsOf(event).maxRetries) drop(event, `its function failed ${tries} times`);
    else {
      const wait = event.failures === 0 ? 'lambda.first-retry' : 'lambda.second-retry';
      again({ ...event, failures: event.failures + 1 }, getEngine().simulation.delayMs(wait));
    }
  }

  function refused(event: EventRecord, error: unknown): void {
    if (!(error instanceof AwsError && passing.has(error.code))) drop(event, String(error));
    else if (ageMsOf(event) >= boundsOf(event).maxAgeMs)
      drop(event, `its function took no more for too long: ${error.code}`);
    else {
      again({ ...event, refusals: event.refusals + 1 }, Math.min(1_000 * 2 ** event.refusals, longestWaitMs));
    }
  }

  function again(event: EventRecord, waitMs: number): void {
    const due = { ...event, dueMs: getEngine().clock() + waitMs };
    noted(kept().put(due.requestId, due), due);
    later(due, waitMs);
  }

  function later(event: EventRecord, waitMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (ageMsOf(event) > boundsOf(event).maxAgeMs) drop(event, 'it is too old');
      else tryOnce(event);
    }, waitMs).unref();
    timers.add(timer);
  }

  function drop(event: EventRecord, why?: string): void {
    waitingBytes -= sizeOf(event);
    noted(kept().delete(event.requestId), event);
    if (why !== undefined) getEngine().log(`an event for ${event.functionName} is dropped: ${why}`);
  }

  /** A failing disk makes an event come once more after the next start. */
  function noted(writing: Promise<void>, { functionName }: EventRecord): void {
    writing.catch((error: unknown) => getEngine().log(`the state of an event for ${functionName}: ${String(error)}`));
  }

  return {
    async accept({ region, functionName, qualifier, payload }) {
      const nowMs = getEngine().clock();
      const event: EventRecord = {
        requestId: randomUUID(),
        region,
        functionName,
        qualifier,
        payload: Buffer.from(payload).toString('base64'),
        sinceMs: nowMs,
        dueMs: nowMs,
        failures: 0,
        refusals: 0,
      };
      if (waitingBytes + sizeOf(event) > maxWaitingBytes) {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
          members: { Reason: 'CallerRateLimitExceeded' },
        });
      }
      waitingBytes += sizeOf(event);
      try {
        await kept().put(event.requestId, event);
      } catch (error) {
        waitingBytes -= sizeOf(event);
        throw error;
      }
      if (!isClosed) tryOnce(event);
    },
    resume() {
      for (const event of kept().values()) {
        waitingBytes += sizeOf(event);
        // No wait is longer, but for a clock that was put back.
        later(event, Math.min(longestWaitMs, Math.max(0, event.dueMs - getEngine().clock())));
      }
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
