import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { createPool } from '../../../src/local/lambda/runtime/pool.ts';
import type { Worker } from '../../../src/local/lambda/runtime/worker.ts';

afterEach(() => {
  vi.useRealTimers();
});

const worker = (): Worker => ({
  log: {
    start: () => undefined,
    begun: () => undefined,
    abandon: () => undefined,
    line: () => undefined,
    event: () => undefined,
    end: () => () => '',
  },
  rest: () => undefined,
  initMs: () => 1,
  ready: Promise.resolve(undefined),
  run: () => undefined,
  queues: () => true,
  alive: () => true,
  isSpent: () => false,
  end: () => undefined,
});

test('no more processes start at once than there are cores, and every invocation gets one', async () => {
  const cores = availableParallelism();
  const starting: (() => void)[] = [];
  let most = 0;
  const pool = createPool(
    () =>
      new Promise((resolve) => {
        starting.push(() => resolve(worker()));
        most = Math.max(most, starting.length);
      }),
  );
  const wanted = 5 * cores;
  let served = 0;
  const leases = Array.from({ length: wanted }, async () => {
    const lease = await pool.take(false);
    served += 1;
    return lease;
  });
  // Long enough for impatience to set in, were it allowed.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(most).toBe(cores);
  while (served < wanted) {
    starting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const workers = (await Promise.all(leases)).map((lease) => lease.worker);
  expect(new Set(workers).size).toBe(wanted);
  expect(most).toBeLessThanOrEqual(cores);
  for (const each of workers) pool.giveBack(each);
  pool.retire();
  expect(pool.load()).toBe(0);
});

test.each([
  { isBusy: false, afterMs: 30 },
  { isBusy: true, afterMs: 1_100 },
])('beyond one a core, a process starts when waiting took long: busy machine $isBusy', async ({ isBusy, afterMs }) => {
  vi.useFakeTimers();
  const cores = availableParallelism();
  let started = 0;
  const pool = createPool(
    async () => {
      started += 1;
      return worker();
    },
    () => isBusy,
  );
  for (let each = 0; each < cores; each += 1) await pool.take(false);
  const waits = pool.take(false);
  await vi.advanceTimersByTimeAsync(afterMs / 2);
  expect(started).toBe(cores);
  await vi.advanceTimersByTimeAsync(afterMs / 2);
  expect(started).toBe(cores + 1);
  expect((await waits).cold).toBe(true);
  pool.retire();
});

test('a crowd on a busy machine starts no more than one process a core, however slow the first invocations were', async () => {
  vi.useFakeTimers();
  const cores = availableParallelism();
  let started = 0;
  let isBusy = true;
  const pool = createPool(
    async () => {
      started += 1;
      return worker();
    },
    () => isBusy,
  );
  const first = await Promise.all(Array.from({ length: cores }, () => pool.take(false)));
  for (let each = 0; each < 7 * cores; each += 1) pool.take(false);
  const giveBack = async (durationMs: number) => {
    await vi.advanceTimersByTimeAsync(durationMs);
    for (const { worker: each } of first) pool.giveBack(each, durationMs);
  };
  await giveBack(100);
  expect(started).toBe(cores);
  isBusy = false;
  await giveBack(100);
  expect(started).toBeGreaterThan(cores);
});

test('of a function whose invocations are quick, one process takes them all and the others end soon', async () => {
  vi.useFakeTimers();
  const ended: Worker[] = [];
  const pool = createPool(
    async () => {
      const made: Worker = { ...worker(), end: () => ended.push(made) };
      return made;
    },
    () => false,
  );
  const first = await Promise.all([pool.take(true), pool.take(true)]);
  for (const { worker: each } of first) pool.giveBack(each, 0.05);
  const leases = await Promise.all(Array.from({ length: 8 }, () => pool.take(true)));
  expect(new Set(leases.map((lease) => lease.worker)).size).toBe(1);
  // One that must not wait behind others gets a process of its own.
  const apart = await pool.take(false);
  expect(leases[0]?.worker).not.toBe(apart.worker);
  for (const { worker: each } of [...leases, apart]) pool.giveBack(each, 0.05);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(ended.length).toBe(1);
  await vi.advanceTimersByTimeAsync(280_000);
  expect(ended.length).toBe(1);
  pool.retire();
  expect(pool.load()).toBe(0);
});

test('of brief invocations some lie with each process, given several at once, and nobody overtakes who waits', async () => {
  vi.useFakeTimers();
  const cores = availableParallelism();
  const pool = createPool(
    async () => worker(),
    () => true,
  );
  const first = await Promise.all(Array.from({ length: cores }, () => pool.take(false)));
  for (const { worker: each } of first) pool.giveBack(each, 2);

  const given = new Map<Worker, number>();
  const order: string[] = [];
  const take = async (name: string, mayQueue = true) => {
    const lease = await pool.take(mayQueue);
    order.push(name);
    given.set(lease.worker, (given.get(lease.worker) ?? 0) + 1);
    return lease.worker;
  };
  const taken = Array.from({ length: 4 * cores }, (_, index) => take(`${index}`));
  await vi.advanceTimersByTimeAsync(0);
  expect([...given.values()]).toEqual(Array.from({ length: cores }, () => 4));
  const [one] = await Promise.all(taken);
  if (!one) throw new Error('nothing was given');

  for (const name of ['a', 'b', 'c']) take(name);
  take('alone', false);
  take('last');
  const giveBack = async () => {
    pool.giveBack(one, 2);
    await vi.advanceTimersByTimeAsync(0);
    return order.slice(4 * cores);
  };
  // Not before all but one of what it had have ended.
  expect(await giveBack()).toEqual([]);
  expect(await giveBack()).toEqual([]);
  expect(await giveBack()).toEqual(['a', 'b', 'c']);
  expect(await giveBack()).toEqual(['a', 'b', 'c']);
  for (let ended = 0; ended < 2; ended += 1) await giveBack();
  expect(order.slice(4 * cores)).toEqual(['a', 'b', 'c']);
  expect(await giveBack()).toEqual(['a', 'b', 'c', 'alone', 'last']);
  pool.retire();
});

test.each([
  { what: 'quick', durationMs: 2, within: 1, after: 2 },
  { what: 'slow', durationMs: 200, within: 2, after: 2 },
])('a second process of a $what function', async ({ durationMs, within, after }) => {
  vi.useFakeTimers();
  let started = 0;
  const pool = createPool(
    async () => {
      started += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return worker();
    },
    () => true,
  );
  const first = pool.take(true);
  await vi.advanceTimersByTimeAsync(100);
  pool.giveBack((await first).worker, durationMs);
  const leases = [pool.take(true), pool.take(true)];
  await vi.advanceTimersByTimeAsync(20);
  expect(started).toBe(within);
  // The first one hangs.
  await vi.advanceTimersByTimeAsync(20);
  expect(started).toBe(after);
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all(leases);
  pool.retire();
});

test.each(['idle', 'busy', 'busy, and others wait'])('a process that is too old ends, once it is %s', async (what) => {
  let isSpent = false;
  const made: Worker[] = [];
  const ended: Worker[] = [];
  const pool = createPool(
    async () => {
      const one: Worker = { ...worker(), isSpent: () => isSpent && one === made[0], end: () => ended.push(one) };
      made.push(one);
      return one;
    },
    () => false,
  );
  const { worker: first } = await pool.take(false);
  const give = () => pool.giveBack(first, 0.05);
  if (what === 'idle') give();
  isSpent = true;
  const waits = what === 'busy' ? undefined : pool.take(what !== 'idle');
  if (what !== 'idle') give();
  const next = (await (waits ?? pool.take(true))).worker;
  expect([made.length, ended]).toEqual([2, [first]]);
  expect(next).toBe(made[1]);
  pool.giveBack(next, 0.05);
  expect((await pool.take(true)).worker).toBe(next);
  pool.retire();
});
