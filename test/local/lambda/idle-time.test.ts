import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBusyCheck } from '../../../src/local/lambda/runtime/idle-time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('processors are busy that had next to no idle time lately; what was long ago says nothing', () => {
  const times = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 };
  const pass = (ms: number, idleShare: number) => {
    vi.advanceTimersByTime(ms);
    times.idle += ms * idleShare;
    times.user += ms * (1 - idleShare);
  };
  const isBusy = createBusyCheck(() => [{ ...times }]);
  pass(60_000, 1);
  expect(isBusy()).toBe(true);
  pass(100, 1);
  expect(isBusy()).toBe(false);
  pass(50, 0);
  expect(isBusy()).toBe(false);
  pass(950, 0.05);
  expect(isBusy()).toBe(true);
});
