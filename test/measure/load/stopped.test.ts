import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LoadRun } from '../../../src/measure/load/generator.ts';

const sender = new URL('send-load.ts', import.meta.url).pathname;

it('a load that was stopped, as by Ctrl-Z, tells for how long, and what was answered meanwhile is no timeout', async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['--import', 'tsx', sender, `http://127.0.0.1:${port}/`]);
  try {
    const printed = text(child.stdout);
    // It is sending.
    await once(server, 'request');
    child.kill('SIGSTOP');
    // Longer than its requests may take.
    await sleep(5_500);
    child.kill('SIGCONT');
    const run = JSON.parse(await printed) as LoadRun;
    expect(run.stoodStillMs).toBeGreaterThan(5_000);
    expect(run.stoodStillMs).toBeLessThan(run.elapsedMs);
    expect([run.failed, run.latencyMs.max > 5_000]).toEqual([0, true]);
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
});
