import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = new URL('../../bin/dynops.js', import.meta.url).pathname;

/** On an endpoint that takes every call and answers none: whatever is seen was shown without waiting for it. */
describe.runIf(process.platform === 'linux')('a command that waits for the network', () => {
  let home: string;
  let server: Server;
  let url: string;
  let isCalled: () => void;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'dynops-waiting-'));
    server = createServer(() => isCalled?.());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true });
  });

  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
  const start = (command: string, args: string[], more: Record<string, string> = {}) => {
    const env = { PATH: process.env.PATH, HOME: home, DYNOPS_HOME: home, TERM: 'xterm', ...keys, ...more };
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let shown = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += chunk));
    return { child, shown: () => shown, ended: once(child, 'close').then(([status]) => status as number | null) };
  };
  const words = (line: string) => [program, ...line.split(' '), '--endpoint-url', url];
  /** On a terminal: `script` passes on what is typed, and the status. */
  const onTerminal = (line: string, more: Record<string, string> = {}) =>
    start(
      'script',
      ['-qec', `stty cols 80 && exec ${[process.execPath, ...words(line)].join(' ')}`, '/dev/null'],
      more,
    );

  it.each(['status', 'call ping', 'trace list', 'logs', 'up'])(
    '%s shows at once what it waits for, and nothing of it after Ctrl-C',
    async (line) => {
      const called = new Promise<void>((resolve) => {
        isCalled = resolve;
      });
      const { child, shown, ended } = onTerminal(line);
      await expect.poll(shown, { interval: 5 }).toContain(`⠋ ${url}…`);
      await called;
      child.stdin.write('\x03');
      await expect.poll(shown, { interval: 5 }).toContain('Finishing the current call');
      child.stdin.write('\x03');
      expect(await ended).toBe(130);
      // What was written since the line was erased last.
      const after = shown().split('\u001b[2K').at(-1);
      expect(after).toContain('Finishing');
      expect(after).not.toContain(url);
    },
  );

  it('shows nothing of that with --json, --quiet, CI or TERM=dumb, or where there is no terminal', async () => {
    const runs = [
      onTerminal('status --json'),
      onTerminal('status --quiet'),
      onTerminal('status', { CI: 'true' }),
      onTerminal('status', { TERM: 'dumb' }),
      start(process.execPath, words('status')),
    ];
    const called = new Promise<void>((resolve) => {
      let calls = 0;
      isCalled = () => {
        calls += 1;
        if (calls === runs.length) resolve();
      };
    });
    await called;
    expect(runs.map(({ shown }) => shown())).toEqual(runs.map(() => ''));
    for (const { child } of runs) child.kill('SIGKILL');
    await Promise.all(runs.map(({ ended }) => ended));
  });
});
