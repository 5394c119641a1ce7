import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LogStore, openLogStore } from '../../../src/local/logs/log-store.ts';

let folder: string;
let logs: LogStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-logs-'));
  logs = await openLogStore(folder, { clock: Date.now });
});
afterEach(async () => {
  await logs.close();
  await rm(folder, { recursive: true, force: true });
});

it('takes thousands of invocations a second without waiting for the disk', async () => {
  const beganAt = performance.now();
  for (let number = 0; number < 20_000; number += 1) {
    const events = [{ timestamp: Date.now(), message: 'x'.repeat(100) }];
    logs.append('us-east-1', `/load-${number % 4}`, 'stream', events);
  }
  const elapsedMs = performance.now() - beganAt;
  // Ten times slower than measured on a busy machine.
  expect(elapsedMs).toBeLessThan(2_000);
});
