import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownersAnswer } from '../../src/endpoint/owner.ts';

/** An engine that does something when it is asked, with the process that its record names. */
async function asked(whenAsked: (end: () => Promise<unknown>) => Promise<unknown>): Promise<unknown> {
  const home = await mkdtemp(join(tmpdir(), 'dynops-owner-'));
  const engine = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const end = async () => {
    if (engine.exitCode !== null || engine.signalCode !== null) return;
    engine.kill('SIGKILL');
    await once(engine, 'exit');
  };
  const server = createServer((request) => void whenAsked(end).then(() => request.destroy()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const folder = join(home, 'engine');
    await mkdir(folder, { mode: 0o700 });
    const own = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value), { mode: 0o600 });
    const endpoint = `http://127.0.0.1:${port}`;
    await own('engine.json', { pid: engine.pid, port, endpoint, version: '1', scale: 0, startedAtMs: 0 });
    await own('credentials.json', { accessKeyId: 'a', secretAccessKey: 'b' });
    return await ownersAnswer(home, '/_dynops/snapshot', { method: 'POST' });
  } finally {
    await end();
    server.close();
    await rm(home, { recursive: true, force: true });
  }
}

it('an engine that ends while it is asked has no answer', async () => {
  await expect(asked((end) => end())).resolves.toBeUndefined();
});

it('one that lives and breaks off is told', async () => {
  await expect(asked(async () => undefined)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
