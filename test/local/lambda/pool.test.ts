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
    end: () => () => '',
  },
  rest: () => undefined,
  initMs: () => 1,
  ready: Promise.resolve(undefined),
  run: () => undefined,
  queues: () => true,
  alive: () => true,
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
