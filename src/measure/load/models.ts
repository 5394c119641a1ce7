import { setImmediate as nextTurn, setTimeout as sleepFor } from 'node:timers/promises';
import { arrivalTimesMs } from './arrivals.ts';
import type { Connection } from './connection.ts';
import { type Profile, userSpans } from './profile.ts';
import type { NextRequest, Sender } from './sender.ts';

/** What both models work with. */
export interface Pace {
  sender: Sender;
  profile: Profile;
  durationMs: number;
  /** What a virtual user sends, one request after the other. */
  openSource: () => () => NextRequest;
  /** A request may need what an earlier one of its source was answered. */
  isChained: boolean;
  /** When the run began, on `performance.now()`'s clock. */
  startMs: number;
  requestTimeoutMs: number;
  /** Aborted: nothing more is sent. */
  stopped: AbortSignal;
  /** Told when a virtual user begins (1) and ends (-1) to work. */
  onUsers: (change: 1 | -1) => void;
}

/** A server that cannot be reached is not asked again at once. */
const failurePauseMs = 100;
/** Arrivals that are behind do not wait; answers, timers and Ctrl-C get their turn nevertheless. */
const mostBusyMs = 5;

/** Closed model: each virtual user sends, waits for the answer, and sends again, while the profile needs it. */
export async function runUsers(pace: Pace, users: number): Promise<void> {
  const { sender, profile, durationMs, startMs, stopped, onUsers } = pace;
  const isOver = (endMs: number, nowMs: number) => stopped.aborted || nowMs - startMs >= endMs;

  async function work({ startMs: beginMs, endMs }: { startMs: number; endMs: number }): Promise<void> {
    await pause(beginMs - (performance.now() - startMs), stopped);
    if (isOver(endMs, performance.now())) return;
    onUsers(1);
    const connection = sender.open();
    const next = pace.openSource();
    await new Promise<void>((resolve, reject) => {
      const ended = (answered: boolean, atMs: number) => {
        if (answered) send(atMs);
        else pause(failurePauseMs, stopped).then(() => send(performance.now()), reject);
      };
      const send = (nowMs: number) => {
        if (isOver(endMs, nowMs)) return resolve();
        try {
          sender.exchange(connection, next(), ended);
        } catch (error) {
          reject(error);
        }
      };
      send(performance.now());
    });
    connection.close();
    onUsers(-1);
  }

  await Promise.all(userSpans(profile, users, durationMs).map(work));
}

/** How the open model kept its times. */
export interface Waiting {
  /** Arrivals that found no connection before the run ended. */
  unsent: number;
  /** How long requests waited in the generator, which is part of their latency. */
  waitedMs: { mean: number; max: number };
}

interface Worker {
  connection: Connection;
  next: () => NextRequest;
}

/**
 * Open model: a request is due at each arrival, whatever became of the earlier ones; its latency counts from then, so
 * that a slow answer cannot hide the wait of those behind it ("coordinated omission").
 */
export async function runArrivals(
  pace: Pace,
  model: { ratePerSecond: number; maxConnections: number },
): Promise<Waiting> {
  const { sender, profile, durationMs, startMs, stopped, onUsers, isChained } = pace;
  const idle: Worker[] = [];
  const running = new Set<Promise<void>>();
  const shared = pace.openSource();
  const times = () => arrivalTimesMs(profile, model.ratePerSecond, durationMs);
  // They are sent in the order in which they arrive, so those that wait need not be kept: their times are counted again.
  const dueTimes = times();
  let [arrived, connections, sent, waitedMs, mostWaitedMs] = [0, 0, 0, 0, 0];
  let isClosed = false;

  function takeWaiting(): number | undefined {
    if (isClosed || stopped.aborted || sent === arrived) return undefined;
    sent++;
    return dueTimes.next().value ?? undefined;
  }

  async function work(worker: Worker): Promise<void> {
    const { connection, next } = worker;
    for (let dueMs = takeWaiting(); dueMs !== undefined; dueMs = takeWaiting()) {
      const lateMs = Math.max(0, performance.now() - startMs - dueMs);
      waitedMs += lateMs;
      mostWaitedMs = Math.max(mostWaitedMs, lateMs);
      const request = next();
      const dueAtMs = startMs + dueMs;
      await new Promise((ended) => sender.exchange(connection, request, ended, dueAtMs));
    }
    idle.push(worker);
  }

  function arrive(): void {
    arrived++;
    let worker = idle.pop();
    if (!worker && connections < model.maxConnections) {
      connections++;
      onUsers(1);
      // What was answered on a connection is known on it before it is used again.
      worker = { connection: sender.open(), next: isChained ? pace.openSource() : shared };
    }
    if (!worker) return;
    const working = work(worker).finally(() => running.delete(working));
    running.add(working);
  }

  let turnAtMs = performance.now();
  for (const dueMs of times()) {
    // Timers count whole milliseconds and come late, never early: what is due within one is sent now.
    const waitMs = Math.floor(dueMs - (performance.now() - startMs));
    if (waitMs > 0 || performance.now() - turnAtMs > mostBusyMs) {
      await (waitMs > 0 ? pause(waitMs, stopped) : nextTurn());
      turnAtMs = performance.now();
    }
    if (stopped.aborted) break;
    arrive();
  }
  const closing = setTimeout(() => {
    isClosed = true;
  }, pace.requestTimeoutMs);
  await Promise.all(running);
  clearTimeout(closing);
  for (const { connection } of idle) connection.close();
  return {
    unsent: arrived - sent,
    waitedMs: { mean: sent === 0 ? 0 : waitedMs / sent, max: mostWaitedMs },
  };
}

/** Returns early when stopped. */
async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (ms <= 0 || stopped.aborted) return;
  await sleepFor(ms, undefined, { signal: stopped }).catch(() => undefined);
}
