import { randomUUID } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { EngineParts } from '../../engine-parts.ts';
import type { InvokeInput, InvokeResult } from './invocation.ts';

/**
 * Asynchronous invocations: taken at once, tried three times where the function fails, and for six hours where it has no room.
 * Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
 */
export interface EventQueue {
  /** Throws AwsError TooManyRequestsException where too much waits already. */
  accept(input: InvokeInput): void;
  close(): void;
}

const maxRetries = 2;
const maxAgeMs = 6 * 3_600_000;
const longestWaitMs = 300_000;
/** AWS's queue has no such bound that is told; it does not lie in the memory of one process. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** What one event takes beside its payload. */
const eventBytes = 4_096;

interface Event {
  /** All tries have one request id. */
  input: InvokeInput & { requestId: string };
  sinceMs: number;
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

  const sizeOf = ({ payload }: InvokeInput) => payload.length + eventBytes;

  function tryOnce(event: Event): void {
    invoke(event.input).then(
      ({ functionError }) => (functionError ? failed(event) : drop(event)),
      (error: unknown) => refused(event, error),
    );
  }

  function failed(event: Event): void {
    if (event.failures === maxRetries) drop(event, 'its function failed three times');
    else {
      const wait = event.failures === 0 ? 'lambda.first-retry' : 'lambda.second-retry';
      later({ ...event, failures: event.failures + 1 }, getEngine().simulation.delayMs(wait));
    }
  }

  function refused(event: Event, error: unknown): void {
    const isThrottled = error instanceof AwsError && error.code === 'TooManyRequestsException';
    if (!isThrottled) drop(event, String(error));
    else if (getEngine().clock() - event.sinceMs >= maxAgeMs) drop(event, 'its function had no room for six hours');
    else {
      later({ ...event, refusals: event.refusals + 1 }, Math.min(1_000 * 2 ** event.refusals, longestWaitMs));
    }
  }

  function later(event: Event, waitMs: number): void {
    if (isClosed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      tryOnce(event);
    }, waitMs).unref();
    timers.add(timer);
  }

  function drop(event: Event, why?: string): void {
    waitingBytes -= sizeOf(event.input);
    if (why !== undefined) getEngine().log(`an event for ${event.input.functionName} is dropped: ${why}`);
  }

  return {
    accept(input) {
      if (waitingBytes + sizeOf(input) > maxWaitingBytes) {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
          members: { Reason: 'CallerRateLimitExceeded' },
        });
      }
      waitingBytes += sizeOf(input);
      const own = { ...input, payload: Buffer.from(input.payload), requestId: randomUUID() };
      tryOnce({ input: own, sinceMs: getEngine().clock(), failures: 0, refusals: 0 });
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
