import { setMaxListeners } from 'node:events';
import type { Way } from './connection.ts';
import { createRecorder, type Figures, type Interval } from './figures.ts';
import { runArrivals, runUsers, type Waiting } from './models.ts';
import type { Profile } from './profile.ts';
import { requestSources, type Scenario } from './scenario.ts';
import { createSender } from './sender.ts';

/** Virtual users who each wait for their answer, or arrivals that wait for nobody. */
export type LoadModel =
  | { kind: 'closed'; users: number }
  | { kind: 'open'; ratePerSecond: number; maxConnections: number };

export interface LoadPlan {
  /** Everything is sent there, or to what the scenario names below it, and nowhere else. */
  url: URL;
  way?: Way | undefined;
  model: LoadModel;
  profile: Profile;
  durationMs: number;
  scenario: Scenario;
  /** The Authorization header of the next request; undefined sends none. */
  token: () => string | undefined;
  userAgent: string;
  requestTimeoutMs: number;
  /** Aborted: nothing more is sent, and what is in flight has a few seconds. */
  signal: AbortSignal;
  /** About once a second: what happened since, and since the start. */
  onInterval: (interval: Interval, soFar: Figures) => void;
  random?: () => number;
}

export interface LoadRun extends Figures, Waiting {
  elapsedMs: number;
  requestsPerSecond: number;
  /** Stopped before its time. */
  interrupted: boolean;
  /** Requests in flight when the run was broken off: sent, their answers unknown, in no other figure. */
  abandoned: number;
  /** How long this program did not run though it should have: stopped, asleep, or without a processor. Part of latencies. */
  stoodStillMs: number;
  /** Connections made, and how long that took; in the closed model no part of any latency. */
  connections: { opened: number; meanMs: number };
}

/** The series stays small however long the run is. */
const mostIntervals = 600;
const sweepMs = 100;
/** A sweep that comes later than this tells of a program that was stopped; no work of its own takes as long. */
const mostLateMs = 250;
/** What a stopped run waits for its last answers. */
export const stopGraceMs = 5_000;

/** Sends the load. Resolves with what was measured, also when stopped early. */
export async function runLoad(plan: LoadPlan): Promise<LoadRun> {
  const { model, durationMs, scenario, signal, onInterval, random = Math.random } = plan;
  const recorder = createRecorder(scenario.requests.map(({ name }) => name));
  const sender = createSender({ ...plan, recorder, timeoutMs: plan.requestTimeoutMs });
  const startMs = performance.now();
  let [users, mostUsers] = [0, 0];
  let tickedAtMs = startMs;
  const tick = () => {
    tickedAtMs = performance.now();
    onInterval(recorder.tick(tickedAtMs - startMs, mostUsers), recorder.figures());
    mostUsers = users;
  };

  let [lookedAtMs, stoodStillMs] = [startMs, 0];
  /** Counts what has passed since the last look, where that is more than any work takes. */
  const look = () => {
    const nowMs = performance.now();
    const lateMs = nowMs - lookedAtMs - sweepMs;
    lookedAtMs = nowMs;
    if (lateMs > mostLateMs) stoodStillMs += lateMs;
  };

  const stopped = new AbortController();
  // Every virtual user that waits listens.
  setMaxListeners(0, stopped.signal);
  let grace: NodeJS.Timeout | undefined;
  const stop = () => {
    stopped.abort();
    grace = setTimeout(() => sender.abandon(), stopGraceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const intervalMs = Math.max(1000, durationMs / mostIntervals);
  const ticker = setInterval(tick, intervalMs);
  const sweeper = setInterval(() => {
    look();
    // Not before what has arrived is read: after a stop, timers come first.
    setImmediate(() => sender.expire());
  }, sweepMs);

  try {
    const pace = {
      ...plan,
      sender,
      startMs,
      openSource: requestSources(scenario, random),
      isChained: scenario.isChained,
      stopped: stopped.signal,
      onUsers: (change: number) => {
        users += change;
        mostUsers = Math.max(mostUsers, users);
      },
    };
    let waiting: Waiting = { unsent: 0, waitedMs: { mean: 0, max: 0 } };
    if (model.kind === 'open') waiting = await runArrivals(pace, model);
    else await runUsers(pace, model.users);
    look();
    const elapsedMs = performance.now() - startMs;
    // A last moment of a few milliseconds would look like a jump.
    if (tickedAtMs === startMs || performance.now() - tickedAtMs > intervalMs / 2) tick();
    const figures = recorder.figures();
    return {
      ...figures,
      ...waiting,
      elapsedMs,
      requestsPerSecond: (figures.requests * 1000) / elapsedMs,
      interrupted: stopped.signal.aborted,
      abandoned: sender.counts().abandoned,
      stoodStillMs,
      connections: sender.counts().connections,
    };
  } finally {
    clearInterval(ticker);
    clearInterval(sweeper);
    clearTimeout(grace);
    signal.removeEventListener('abort', stop);
  }
}
