import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { noTerminal, onTerminal } from './terminal.ts';

interface State {
  running: boolean;
  endpoint: string;
  pid: number;
  awsLike: number | null;
}

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});

afterAll(() => dynops.remove());

const engineFile = (name: string): string => join(dynops.home, 'dynops', 'engine', name);
const start = (...words: string[]): Promise<State> => dynops.json<State>(['local', 'start', ...words]);

describe('the embedded engine', () => {
  it('does not run before it is needed', async () => {
    await expect(dynops.json(['local', 'status'])).resolves.toEqual({ ok: true, running: false });
    await expect(dynops.json(['local', 'stop'])).resolves.toEqual({ ok: true, stopped: false });
  });

  it('is started once by many commands at the same time', async () => {
    const states = await Promise.all(Array.from({ length: 6 }, () => start()));
    expect(new Set(states.map(({ pid }) => pid)).size).toBe(1);
    const log = await readFile(engineFile('engine.log'), 'utf8');
    expect(log.match(/listening on/g)).toHaveLength(1);
  });

  it('keeps its secrets to its user', async () => {
    for (const name of ['', 'credentials.json', 'engine.json', 'engine.log']) {
      const { mode } = await stat(engineFile(name));
      expect([name, (mode & 0o077).toString(8)]).toEqual([name, '0']);
    }
  });

  it('opens no debugger, whoever asks for one', async () => {
    const { pid, endpoint } = await start();
    process.kill(pid, 'SIGUSR1');
    // Answered after the signal was: the engine goes on, and nothing else listens.
    await expect(fetch(`${endpoint}/_dynops/health`)).resolves.toMatchObject({ status: 200 });
    await expect(fetch('http://127.0.0.1:9229/json/version')).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('answers any AWS client that has the exports', async () => {
    const { stdout } = await dynops.run(['local', 'env', '--region', 'eu-west-1']);
    const exports = new Map(
      [...stdout.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    expect([...exports.keys()]).toEqual([
      'AWS_ENDPOINT_URL',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ]);
    const client = new STSClient({
      endpoint: exports.get('AWS_ENDPOINT_URL') ?? '',
      region: exports.get('AWS_REGION') ?? '',
      credentials: {
        accessKeyId: exports.get('AWS_ACCESS_KEY_ID') ?? '',
        secretAccessKey: exports.get('AWS_SECRET_ACCESS_KEY') ?? '',
      },
    });
    await expect(client.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: '000000000000' });
    expect(exports.get('AWS_DEFAULT_REGION')).toBe('eu-west-1');
  });

  it('takes leftovers of another account out of the way', async () => {
    const { stdout } = await dynops.run(['local', 'env'], {
      env: { AWS_SESSION_TOKEN: 'x', AWS_PROFILE: 'y', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9', AWS_CA_BUNDLE: '' },
    });
    expect(stdout).toContain('unset AWS_SESSION_TOKEN\nunset AWS_PROFILE\nunset AWS_ENDPOINT_URL_SQS\n');
    expect(stdout).not.toContain('AWS_CA_BUNDLE');
  });

  it('is started anew after it was killed, and after a starter died with the lock', async () => {
    const { pid } = await start();
    process.kill(pid, 'SIGKILL');
    await writeFile(engineFile('start.lock'), String(pid));
    const next = await start();
    expect(next.pid).not.toBe(pid);
    await expect(dynops.json(['local', 'status'])).resolves.toMatchObject({ running: true, pid: next.pid });
  });

  it('is restarted when another simulation is asked for, or it is of another version', async () => {
    const slow = await start('--aws-like', '0.5');
    expect(slow.awsLike).toBe(0.5);
    const record = JSON.parse(await readFile(engineFile('engine.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(engineFile('engine.json'), JSON.stringify({ ...record, version: '0.0.0' }));
    await dynops.run(['local', 'env']);
    const renewed = await dynops.json<State>(['local', 'status']);
    expect(renewed).toMatchObject({ running: true, awsLike: 0.5 });
    expect(renewed.pid).not.toBe(slow.pid);
    const plain = await start();
    expect(plain).toMatchObject({ awsLike: null });
  });

  it('says why it cannot start', async () => {
    const other = await install();
    try {
      const { endpoint } = await start();
      await mkdir(join(other.home, 'dynops', 'engine'), { recursive: true });
      await writeFile(join(other.home, 'dynops', 'engine', 'engine.log'), 'of an earlier start\n');
      const { status, stderr } = await other.run(['local', 'start', '--port', new URL(endpoint).port]);
      expect(status).toBe(1);
      expect(stderr).toContain('EADDRINUSE');
      expect(stderr).not.toContain('of an earlier start');
      expect(stderr.trimEnd().split('\n').at(-1)).toContain('--port 0');
      // One that ran goes on as it was.
      const ran = await other.json<State>(['local', 'start', '--aws-like', '0.5']);
      for (const port of [new URL(endpoint).port, '80'])
        expect((await other.run(['local', 'start', '--port', port])).status, port).toBe(1);
      const { endpoint: at, awsLike } = ran;
      await expect(other.json(['local', 'status'])).resolves.toMatchObject({ running: true, endpoint: at, awsLike });
    } finally {
      await other.remove();
    }
  });

  it('is not the process that a stale record names', async () => {
    const { pid } = await start();
    await dynops.run(['local', 'stop']);
    // This test's own process stands for whoever has the id now.
    const record = {
      pid: process.pid,
      port: 1,
      endpoint: 'http://127.0.0.1:1',
      version: '0',
      scale: 0,
      startedAtMs: 0,
    };
    await writeFile(engineFile('engine.json'), JSON.stringify(record));
    await expect(dynops.json(['local', 'stop'])).resolves.toEqual({ ok: true, stopped: false });
    expect((await start()).pid).not.toBe(pid);
  });

  it('forgets everything by reset, and says its log before', async () => {
    const { stdout } = await dynops.run(['local', 'logs', '--lines', '1']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    await expect(dynops.run(['local', 'reset', '--yes'])).resolves.toMatchObject({ status: 0 });
    await expect(readdir(engineFile(''))).resolves.toEqual([]);
  });

  it('is found healthy by doctor', async () => {
    await start();
    const { ok, checks } = await dynops.json<{ ok: boolean; checks: { name: string; ok: boolean }[] }>(['doctor']);
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
  });

  it.skipIf(noTerminal !== '').each([40, 80, 120])(`is shown by doctor in %i columns${noTerminal}`, async (width) => {
    const { lines, status } = await onTerminal(dynops, ['doctor'], { columns: width });
    expect(status).toBe(0);
    // A path or an address is there to be copied whole.
    const wrapping = lines.filter((line) => line.length > width && /\S \S/.test(line.trim()));
    expect(wrapping).toEqual([]);
    expect(lines.filter((line) => line.startsWith('ok '))).toHaveLength(9);
  });

  it('is named by doctor when it cannot start, once', async () => {
    const other = await install();
    try {
      const { endpoint } = await start();
      const { status, stdout } = await other.run(['doctor', '--json'], {
        env: { DYNOPS_PORT: new URL(endpoint).port },
      });
      expect(status).toBe(3);
      const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] };
      const wrong = checks.filter(({ ok }) => !ok);
      expect(wrong.map(({ name, detail }) => [name, detail.includes('EADDRINUSE')])).toEqual([
        ['engine', true],
        ['credentials', false],
      ]);
    } finally {
      await other.remove();
    }
  });

  it('has no home where doctor says why it cannot be made, once', async () => {
    await writeFile(join(dynops.home, 'taken'), '');
    const env = { DYNOPS_HOME: join(dynops.home, 'taken', 'home') };
    const { status, stdout } = await dynops.run(['doctor', '--json'], { env });
    expect(status).toBe(3);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] };
    const wrong = checks
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => [name, detail.includes('cannot be created')]);
    expect(wrong).toEqual([
      ['files', true],
      ['disk', false],
      ['engine', false],
      ['credentials', false],
    ]);
  });

  it('is found open to others by doctor, with the command that closes it', async () => {
    const { chmod } = await import('node:fs/promises');
    await chmod(engineFile('credentials.json'), 0o644);
    const { status, stdout } = await dynops.run(['doctor']);
    expect(status).toBe(3);
    expect(stdout).toContain('chmod -R go=');
  });
});
