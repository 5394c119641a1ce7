import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Connection, createConnection } from '../../../src/measure/load/connection.ts';
import { type LoadPlan, type LoadRun, runLoad } from '../../../src/measure/load/generator.ts';
import { levelAt, profileNames, profileOf } from '../../../src/measure/load/profile.ts';
import { compileScenario } from '../../../src/measure/load/scenario.ts';
import { machineNowMs, type Plan, type Served, startKnownServer } from './known-server.ts';

const ping = compileScenario([{ name: 'ping', weight: undefined, body: '{"operation":"ping"}' }]);

interface Measured {
  run: LoadRun;
  served: Served;
  /** The run began after the first and before the second, in `machineNowMs`. */
  began: [number, number];
}

const answerOf = (statusLine: string) => `${statusLine}\r\nContent-Length: 2\r\n\r\nok`;

const defaults: Omit<LoadPlan, 'url'> = {
  model: { kind: 'closed', users: 8 },
  profile: profileOf('fixed'),
  durationMs: 1_500,
  scenario: ping,
  token: () => 'token',
  userAgent: 'test',
  requestTimeoutMs: 5_000,
  signal: new AbortController().signal,
  onInterval: () => undefined,
};

async function measure(plan: Plan, load: Partial<LoadPlan>): Promise<Measured> {
  const server = await startKnownServer(plan);
  try {
    const beforeMs = machineNowMs();
    const running = runLoad({ ...defaults, url: server.url, ...load });
    const afterMs = machineNowMs();
    return { run: await running, served: await server.served(), began: [beforeMs, afterMs] };
  } finally {
    await server.stop();
  }
}

/** The share's value among the server's own times. */
function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const tookMs = ({ requests }: Served) =>
  requests.flatMap(({ arrivedMs, answeredMs }) => (answeredMs === undefined ? [] : [answeredMs - arrivedMs]));

/**
 * The stated error of the generator's latencies: 5 ms and 5 % above the true ones, never below. Where the machine is so
 * busy that the server, which does next to nothing, was later than that itself, the generator may be so twice: it has
 * to be woken for the request and for the answer.
 */
function errorMs({ requests }: Served): number {
  const lateMs = requests.map((request) => request.lateMs);
  return Math.max(5, 2 * percentile(lateMs, 0.95));
}

function expectLatency(measuredMs: number, trueMs: number, error: { aboveMs: number; belowMs?: number }): void {
  expect(measuredMs).toBeGreaterThan(trueMs - 1 - (error.belowMs ?? 0));
  expect(measuredMs).toBeLessThan(trueMs * 1.05 + error.aboveMs);
}

function expectLatencies({ latencyMs }: LoadRun, served: Served): void {
  const took = tookMs(served);
  const error = { aboveMs: errorMs(served) };
  expectLatency(latencyMs.mean, took.reduce((sum, ms) => sum + ms, 0) / took.length, error);
  expectLatency(latencyMs.p50, percentile(took, 0.5), error);
  expectLatency(latencyMs.p90, percentile(took, 0.9), error);
  expectLatency(latencyMs.p95, percentile(took, 0.95), error);
  expectLatency(latencyMs.min, percentile(took, 0), error);
}

/** As many of the distribution are slower than about `ms` as of the true latencies, each within its error. */
function expectSlower(
  { distribution }: LoadRun,
  ms: number,
  { trueMs, aboveMs, belowMs = 0 }: { trueMs: number[]; aboveMs: number; belowMs?: number },
): void {
  const limitMs = Math.min(...distribution.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs >= ms));
  const slower = distribution.filter(({ fromMs }) => fromMs >= limitMs).reduce((sum, { count }) => sum + count, 0);
  expect(slower).toBeGreaterThanOrEqual(trueMs.filter((each) => each - 1 - belowMs >= limitMs).length);
  expect(slower).toBeLessThanOrEqual(trueMs.filter((each) => each * 1.05 + aboveMs >= limitMs).length);
}

// Another process may take the processor for a while: what is judged is the generator, and a wrong one fails every try.
describe('against a server with known delays', { retry: 5 }, () => {
  // The first tenth of a second, in which V8 compiles, is a large part of a short run.
  beforeAll(async () => {
    for (const model of [
      { kind: 'closed', users: 20 },
      { kind: 'open', ratePerSecond: 300, maxConnections: 100 },
    ] as const) {
      await measure({ delaysMs: [10] }, { model, durationMs: 500 });
    }
  });

  test.each(profileNames)('closed model, %s: users over time, counts, rates and latencies', async (name) => {
    const profile = profileOf(name);
    const durationMs = 1_200;
    const { run, served, began } = await measure(
      { delaysMs: Array.from({ length: 20 }, (_, index) => (index < 17 ? 20 : 60)) },
      { model: { kind: 'closed', users: 20 }, profile, durationMs },
    );
    expect(run.requests).toBe(served.requests.length);
    expect(run.failed).toBe(0);
    expect(run.requestsPerSecond).toBeCloseTo(run.requests / (run.elapsedMs / 1000), 6);
    expectLatencies(run, served);
    // Nothing is sent after the end, and the run ends with the last answer.
    const aboveMs = errorMs(served);
    const sinceBegan = (ms = Number.NaN) => ms - began[0];
    expect(sinceBegan(served.requests.at(-1)?.arrivedMs)).toBeLessThan(durationMs + aboveMs);
    const lastAnsweredMs = Math.max(...served.requests.map(({ answeredMs }) => sinceBegan(answeredMs)));
    expect(run.elapsedMs).toBeLessThan(lastAnsweredMs + aboveMs);
    for (const at of [0.05, 0.3, 0.5, 0.7, 0.95]) {
      const expected = Math.max(1, Math.round(20 * levelAt(profile, at)));
      // As many requests are being served as there are users; a moment around the instant is looked at.
      const momentMs = 45 + aboveMs;
      const seen = served.concurrency
        .filter(([ms]) => Math.abs(sinceBegan(ms) - at * durationMs) < momentMs)
        .map(([, users]) => users);
      const share = momentMs / durationMs;
      const slope = Math.abs(levelAt(profile, at + share) - levelAt(profile, at - share)) * 20;
      expect(Math.max(...seen, 0), `users at ${at}`).toBeGreaterThanOrEqual(expected - slope - 2);
      expect(Math.max(...seen, 0), `users at ${at}`).toBeLessThanOrEqual(expected + slope + 1);
    }
  });

  test.each(profileNames)('open model, %s: every arrival is sent, at its time', async (name) => {
    const profile = profileOf(name);
    const durationMs = 1_200;
    const { run, served, began } = await measure(
      { delaysMs: [10, 30] },
      { model: { kind: 'open', ratePerSecond: 300, maxConnections: 100 }, profile, durationMs },
    );
    const dueUntil = (ms: number) => {
      let due = 0;
      for (let step = 0; step < ms; step++) due += (levelAt(profile, (step + 0.5) / durationMs) * 300) / 1000;
      // Whole where it is all but whole: hundreds of fractions were added.
      return Math.round(due * 1e6) / 1e6;
    };
    expect(Math.abs(run.requests - dueUntil(durationMs))).toBeLessThanOrEqual(2);
    expect(served.requests).toHaveLength(run.requests);
    expect(run.unsent).toBe(0);
    expectLatencies(run, served);
    for (const at of [0.25, 0.5, 0.75]) {
      // None early, and late by no more than the error and what opening a connection takes.
      const arrived = served.requests.filter(({ arrivedMs }) => arrivedMs - began[1] <= at * durationMs).length;
      expect(arrived, `arrivals until ${at}`).toBeLessThanOrEqual(dueUntil(at * durationMs) + 2);
      const lateMs = errorMs(served) + run.connections.meanMs + 10;
      expect(arrived, `arrivals until ${at}`).toBeGreaterThan(dueUntil(at * durationMs - lateMs) - 3);
    }
  });

  test('open model: who waits behind a stalled server is measured from when it was due', async () => {
    const { run, served, began } = await measure(
      { delaysMs: [5], stall: { atMs: 500, ms: 600 } },
      { model: { kind: 'open', ratePerSecond: 200, maxConnections: 4 }, durationMs: 2_000 },
    );
    expect(run.requests).toBe(400);
    expect(served.requests).toHaveLength(400);
    // One is due every 5 ms, and they are sent in the order in which they are due.
    const sinceDue = (ms = Number.NaN, index = 0) => ms - began[0] - index * 5;
    const trueMs = served.requests.map(({ answeredMs }, index) => sinceDue(answeredMs, index));
    const error = { aboveMs: errorMs(served), belowMs: began[1] - began[0] };
    // 120 are due in the stall: they wait 600 ms to 0 ms and then for their turn, though the server has four of them wait.
    expect(trueMs.filter((ms) => ms > 100).length).toBeGreaterThan(90);
    expect(tookMs(served).filter((ms) => ms > 300).length).toBeLessThanOrEqual(4);
    expectSlower(run, 100, { trueMs, ...error });
    expectSlower(run, 316, { trueMs, ...error });
    expectLatency(run.latencyMs.mean, trueMs.reduce((sum, ms) => sum + ms, 0) / 400, error);
    expectLatency(run.latencyMs.max, Math.max(...trueMs), error);
    expectLatency(
      Math.max(...served.requests.map(({ arrivedMs }, index) => sinceDue(arrivedMs, index))),
      run.waitedMs.max,
      error,
    );
  });

  test('two humps in the latencies are both seen', async () => {
    const { run, served } = await measure({ delaysMs: [10, 10, 10, 10, 10, 10, 10, 80, 80, 80] }, {});
    expectLatencies(run, served);
    expect(run.distribution.reduce((sum, { count }) => sum + count, 0)).toBe(run.requests);
    expectSlower(run, 50, { trueMs: tookMs(served), aboveMs: errorMs(served) });
  });
});

// What follows judges no latency, so it can run side by side.

/** For as many requests as are asked for, on a machine that has much else to do. */
const enoughMs = 2_000;
test.concurrent('each kind of failure is counted exactly, with a sample', async () => {
  const { run, served } = await measure(
    {
      delaysMs: [5],
      failures: [
        { every: 40, kind: 'reset' },
        { every: 20, kind: 'function-error' },
        { every: 10, kind: 500 },
        { every: 7, kind: 429 },
      ],
    },
    { model: { kind: 'closed', users: 4 }, durationMs: enoughMs },
  );
  const counts = { reset: 0, fn: 0, 500: 0, 429: 0 };
  for (let count = 1; count <= served.requests.length; count++) {
    if (count % 40 === 0) counts.reset++;
    else if (count % 20 === 0) counts.fn++;
    else if (count % 10 === 0) counts[500]++;
    else if (count % 7 === 0) counts[429]++;
  }
  expect(run.requests).toBe(served.requests.length);
  expect(run.failed).toBe(counts.reset + counts.fn + counts[500] + counts[429]);
  expect(run.errorRate).toBeCloseTo(run.failed / run.requests, 10);
  expect(Object.fromEntries(run.failures.map(({ kind, count }) => [kind, count]))).toEqual({
    ECONNRESET: counts.reset,
    'function error (HTTP 200)': counts.fn,
    'HTTP 500': counts[500],
    'HTTP 429': counts[429],
  });
  expect(run.failures.find(({ kind }) => kind.startsWith('function'))?.sample).toContain('it broke');
});

test.concurrent('a function error is one however long its trace is', async () => {
  const { run, served } = await measure(
    {
      delaysMs: [2],
      failures: [
        { every: 6, kind: 'long-function-error' },
        { every: 3, kind: 'long-answer' },
      ],
    },
    { model: { kind: 'closed', users: 2 }, durationMs: enoughMs },
  );
  expect(run.failures).toMatchObject([
    { kind: 'function error (HTTP 200)', count: Math.floor(served.requests.length / 6) },
  ]);
});

/** A server that answers each request so, on a port of its own, while `use` runs. */
async function against<Value>(answer: (socket: Socket) => void, use: (url: URL) => Promise<Value>): Promise<Value> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return use(new URL(`http://127.0.0.1:${port}/`)).finally(() => listening.close());
}

test.concurrent.each([
  ['ends each connection, as HTTP/1.0 has it', (socket: Socket) => socket.end(answerOf('HTTP/1.0 200 OK'))],
  [
    'answers twice',
    (socket: Socket) => socket.write(`${answerOf('HTTP/1.1 200 OK')}${answerOf('HTTP/1.1 500 Internal')}`),
  ],
])('a server that %s: each request gets its own answer', async (_name, answer) => {
  const plan = { model: { kind: 'closed', users: 2 }, durationMs: enoughMs } as const;
  const run = await against(answer, (url) => runLoad({ ...defaults, ...plan, url }));
  expect(run.requests).toBeGreaterThan(10);
  expect(run.failures).toEqual([]);
});

const answerTo = (connection: Connection) =>
  new Promise((settled) => connection.send('GET / HTTP/1.1\r\n\r\n', performance.now(), settled));

test.concurrent('what a server sends unasked is not the next answer: the connection is given up', async () => {
  const answer = (socket: Socket) => {
    socket.write(answerOf('HTTP/1.1 200 OK'));
    setTimeout(() => socket.write(answerOf('HTTP/1.1 500 Internal')), 10);
  };
  await against(answer, async (url) => {
    const connection = createConnection(url, 1_000);
    expect(await connection.open()).toBe('opened');
    expect(await answerTo(connection)).toMatchObject({ status: 200 });
    await expect.poll(() => connection.isOpen(performance.now()), { interval: 5 }).toBe(false);
    expect(await connection.open()).toBe('opened');
    expect(await answerTo(connection)).toMatchObject({ status: 200 });
    connection.close();
  });
});

test.concurrent('arrivals faster than the machine: it can be stopped, and what was sent is told', async () => {
  const stop = new AbortController();
  const { run, served } = await measure(
    { delaysMs: [1] },
    {
      model: { kind: 'open', ratePerSecond: 5_000_000, maxConnections: 10 },
      durationMs: 60_000,
      signal: stop.signal,
      onInterval: () => stop.abort(),
    },
  );
  expect(run.interrupted).toBe(true);
  expect(run.elapsedMs).toBeLessThan(10_000);
  expect(run.requests).toBe(served.requests.length);
  expect(run.requests).toBeGreaterThan(10);
  expect(run.unsent).toBeGreaterThan(1_000);
});

test.concurrent('closed model: each user sends the requests in their order, over and over', async () => {
  // A row for each pass through the requests, as users on a busy machine overtake each other.
  const scenario = compileScenario(
    ['a', 'b', 'c'].map((name) => ({ name, weight: undefined, body: `{"operation":"${name}","payload":"{{pass}}"}` })),
    Array.from({ length: 5_000 }, (_, pass) => ({ pass: `${pass}` })),
  );
  const { run, served } = await measure(
    { delaysMs: [5] },
    { scenario, model: { kind: 'closed', users: 3 }, durationMs: enoughMs },
  );
  for (const { requests } of run.byRequest) {
    expect(Math.abs(requests - run.requests / 3)).toBeLessThanOrEqual(2);
  }
  const passes = new Map<string, string>();
  for (const body of served.bodies) {
    const { operation, payload } = JSON.parse(body);
    passes.set(payload, (passes.get(payload) ?? '') + operation);
  }
  const cutOff = [...passes.values()].filter((pass) => pass !== 'abc');
  expect(passes.size).toBeGreaterThan(6);
  expect(cutOff.length).toBeLessThanOrEqual(3);
  for (const pass of cutOff) expect(pass).toMatch(/^ab?$/);
});

test.concurrent('a request without an answer ends as a timeout', async () => {
  const { run } = await measure(
    { delaysMs: [1], failures: [{ every: 5, kind: 'silence' }] },
    { model: { kind: 'closed', users: 2 }, durationMs: enoughMs, requestTimeoutMs: 150 },
  );
  expect(run.failures.map(({ kind }) => kind)).toEqual(['timeout']);
  expect(run.failed).toBeGreaterThan(2);
});

test.concurrent('nobody listening: failures, not a flood of them', async () => {
  const url = new URL('http://127.0.0.1:1/');
  const run = await runLoad({ ...defaults, url, model: { kind: 'closed', users: 3 }, durationMs: 500 });
  expect(run.failures.map(({ kind }) => kind)).toEqual(['ECONNREFUSED']);
  expect(run.requests).toBeLessThan(40);
  expect(run.latencyMs.p50).toBe(0);
});

test.concurrent('stopped early: nothing more is sent, and what is in flight is still counted', async () => {
  const stop = new AbortController();
  const { run, served } = await measure(
    { delaysMs: [100] },
    {
      durationMs: 60_000,
      signal: stop.signal,
      onInterval: () => stop.abort(),
    },
  );
  expect(run.interrupted).toBe(true);
  expect(run.elapsedMs).toBeLessThan(5_000);
  expect(run.requests).toBe(served.requests.length);
  expect(run.abandoned).toBe(0);
});

test.concurrent('the token is asked for each request, and bodies vary as the scenario says', async () => {
  let [asked, drawn] = [0, 0];
  const token = () => (asked++ < 40 ? 'first' : 'second');
  const random = () => (drawn++ % 4) / 4;
  const scenario = compileScenario(
    [
      { name: 'often', weight: 3, body: '{"operation":"echo","payload":"{{$uuid}}"}' },
      { name: 'seldom', weight: 1, body: '{"operation":"ping"}' },
    ],
    [],
  );
  // Slowly enough for the server to keep each body.
  const { run, served } = await measure({ delaysMs: [5] }, { scenario, token, random, durationMs: enoughMs });
  expect(served.tokens.sort()).toEqual(['first', 'second']);
  expect(served.bodies).toHaveLength(run.requests);
  const echoes = served.bodies.filter((body) => body.includes('echo'));
  expect(new Set(echoes).size).toBe(echoes.length);
  const [often, seldom] = run.byRequest;
  expect([often?.requests, seldom?.requests]).toEqual([echoes.length, run.requests - echoes.length]);
  expect(Math.abs((often?.requests ?? 0) - run.requests * 0.75)).toBeLessThan(1);
});

test.concurrent('progress comes about once a second and adds up', async () => {
  const seen: number[] = [];
  const { run } = await measure(
    { delaysMs: [5] },
    { durationMs: 2_300, onInterval: ({ requests }) => seen.push(requests) },
  );
  expect(seen.length).toBe(run.series.length);
  expect(seen.length).toBeGreaterThanOrEqual(2);
  expect(run.series.every(({ users }) => users === 8)).toBe(true);
});
