import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Installation, install } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});

afterAll(() => dynops.remove());

interface Failure {
  ok: boolean;
  error: { code: string; message: string; hint: string | null };
}

/** The one document of a failing `--json` command. */
async function failure(
  words: string[],
  options?: Parameters<Installation['run']>[1],
): Promise<Failure & { status: number | null }> {
  const { status, stdout } = await dynops.run([...words, '--json'], options);
  return { status, ...(JSON.parse(stdout) as Failure) };
}

describe('what needs nothing', () => {
  it('prints the version', async () => {
    await expect(dynops.run(['--version'])).resolves.toMatchObject({
      status: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });

  it('prints help on stdout', async () => {
    const { status, stdout, stderr } = await dynops.run(['call', '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Examples:');
  });
});

describe('a command line that cannot be acted on ends with 64', () => {
  it.each([
    [[], 'command'],
    [['upp'], 'upp'],
    [['up', '--jsn'], '--jsn'],
    [['up', '--aws', '--endpoint-url', 'http://127.0.0.1:1'], '--endpoint-url'],
    [['status', '--profile', 'dev'], '--profile'],
    [['call', 'create', '--item', '{'], '--item'],
    [['call', 'create', '--item', '@absent.json'], 'absent.json'],
    [['call', 'create', '--item', '{"n": 12345678901234567890}'], '12345678901234567890'],
    [['down'], 'Delete'],
    [['local', 'reset'], 'Delete'],
    [['local', 'logs', '--follow'], '--follow'],
  ])('%j', async (words, named) => {
    const { status, stdout, stderr } = await dynops.run(words.includes('--follow') ? [...words, '--json'] : words);
    expect(status).toBe(64);
    expect(words.includes('--follow') ? stdout : stderr).toContain(named);
    const document = await failure(words);
    expect(document).toMatchObject({ status: 64, ok: false, error: { code: expect.any(String) } });
    expect(document.error.message).toContain(named);
  });

  it('and says nothing on stdout without --json', async () => {
    await expect(dynops.run(['upp'])).resolves.toMatchObject({ stdout: '' });
  });

  it('names the file and the key of a wrong setting', async () => {
    const folder = join(dynops.home, 'folder');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'dynops.json'), '{"regoin": "eu-west-1"}');
    const { status, error } = await failure(['status'], { cwd: folder });
    expect(status).toBe(64);
    expect(error.message).toContain(join(folder, 'dynops.json'));
    expect(error.message).toContain('regoin');
  });

  it('also when the environment is wrong', async () => {
    await expect(failure(['status'], { env: { DYNOPS_STACK: '../x' } })).resolves.toMatchObject({ status: 64 });
    await expect(failure(['local', 'start'], { env: { DYNOPS_PORT: 'http' } })).resolves.toMatchObject({ status: 64 });
  });
});

describe('an endpoint that is not there', () => {
  it('fails with its address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const words = ['status', '--endpoint-url', `http://127.0.0.1:${port}`];
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const { status, error } = await failure(words, { env });
    expect(status).toBe(1);
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('ends at --timeout when it never answers', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const words = ['status', '--timeout', '1', '--json', '--endpoint-url', `http://127.0.0.1:${port}`];
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const startedAt = Date.now();
    const { status, stdout } = await dynops.run(words, { env });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Timeout' } });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    server.closeAllConnections();
    server.close();
  });
});

describe('credentials', () => {
  it('that are missing end with 4 and the command that mends it', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'true' };
    const { status, error } = await failure(['status', '--aws'], { env });
    expect(status).toBe(4);
    expect(error.hint).toContain('aws configure');
  });
});

describe('the output', () => {
  it('may be closed early', async () => {
    const { status, stderr } = await dynops.run(['completion', 'bash'], {
      onSpawn: (child) => child.stdout?.destroy(),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
