import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const most = { packages: 30, bytes: 25 * 2 ** 20 };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-install-'));
  // Built already, by the tests' set-up.
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', packing, { cwd: root });
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is installed for users is small', async () => {
  const { packages } = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  expect(Object.keys(packages).length).toBeLessThanOrEqual(most.packages);
  const files = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const stats = await Promise.all(files.map((file) => lstat(join(file.parentPath, file.name))));
  // esbuild's program stands in two places, as one file.
  const sizes = new Map(stats.map(({ ino, size }) => [ino, size]));
  expect([...sizes.values()].reduce((sum, size) => sum + size)).toBeLessThanOrEqual(most.bytes);
});

test('the installed program brings a stack up, calls it and takes it away, without its source', async () => {
  const env = { PATH: process.env.PATH, HOME: folder, DYNOPS_HOME: join(folder, 'home'), DYNOPS_PORT: '0' };
  const dynops = (...words: string[]) => run(join(folder, 'node_modules/.bin/dynops'), words, { cwd: folder, env });
  try {
    await dynops('up', '--quiet');
    expect((await dynops('call', 'ping')).stdout).toBe('"pong"\n');
    await dynops('down', '--yes', '--quiet');
  } finally {
    await dynops('local', 'stop');
  }
});
