import { MessageChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { createAlarm } from '../../../src/local/lambda/runtime/alarm.ts';
import { eventually } from '../../eventually.ts';

const holdThread = (ms: number) => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

it('calls back once, when its last time has come', async () => {
  const due = vi.fn();
  const alarm = createAlarm(due);
  const startedAt = performance.now();
  alarm.set(5);
  alarm.set(40);
  await eventually(() => expect(due).toHaveBeenCalled());
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(due).toHaveBeenCalledTimes(1);
});

it('does not call back when it was cleared', async () => {
  const due = vi.fn();
  const alarm = createAlarm(due);
  alarm.set(5);
  alarm.clear();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(due).not.toHaveBeenCalled();
});

it('reads what came in time before it calls back, though the thread was held past its time', async () => {
  const due = vi.fn();
  const alarm = createAlarm(due);
  const { port1, port2 } = new MessageChannel();
  const read = new Promise<void>((resolve) =>
    port1.on('message', () => {
      alarm.clear();
      resolve();
    }),
  );
  // From the phase of immediates, timers come before what is to be read.
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      alarm.set(5);
      port2.postMessage('the answer');
      holdThread(30);
      resolve();
    }),
  );
  await read;
  await new Promise((resolve) => setTimeout(resolve, 30));
  port1.close();
  expect(due).not.toHaveBeenCalled();
});
