import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dynops, withStack } from '../../bench/dynops.ts';
import { processes } from '../../bench/processes.ts';
import { load } from '../../bench/requests.ts';

/** 127 to 182 MB where garbage waits for its collection; at its start it has 80. */
const mostMegabytes = 115;

it('keeps the engine small under load', async () => {
  const home = await mkdtemp(join(tmpdir(), 'dynops-memory-'));
  try {
    await withStack(home, async (url, token) => {
      const { pid } = JSON.parse((await dynops(home, 'local', 'status', '--json')).stdout) as { pid: number };
      const headers = { Authorization: token, 'Content-Type': 'application/json' };
      const echo = JSON.stringify({ operation: 'echo', payload: { hello: 'world' } });
      const item = { Item: { id: 'one', name: 'Ada', born: 1815 } };
      const create = JSON.stringify({ operation: 'create', tableName: 'lambda-apigateway', payload: item });
      for (const body of [echo, create, echo]) {
        await load({ url, requests: [{ headers, body }] }, 16, 4);
        const megabytes = async () => (await processes()).find((one) => one.pid === pid)?.megabytes;
        // The least of a while: a collection may be due just now, and come late on a busy machine.
        await expect.poll(megabytes, { timeout: 2_000, interval: 200 }).toBeLessThan(mostMegabytes);
      }
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
