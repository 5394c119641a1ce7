import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { lstat, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Installation, install } from './dynops.ts';

/** Files that a person names for a result: whole or as they were, and never another's. */

const execute = promisify(execFile);
const dynops: Installation = await install();
const at = (name: string) => join(dynops.home, name);
beforeAll(async () => {
  await dynops.json(['up']);
  for (const id of ['1', '2', '3']) await call(dynops, 'create', '--item', JSON.stringify({ id, name: `n${id}` }));
});
afterAll(() => dynops.remove());

/** A real file system, to be filled; only the superuser may mount one. */
function mounted(): boolean {
  try {
    mkdirSync(at('disk'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('disk')], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const isMounted = mounted();

describe.skipIf(!isMounted)('what cannot be written whole (needs to mount a tmpfs)', () => {
  const disk = at('disk');
  afterAll(() => execFileSync('umount', [disk]));

  it.each([
    ['function.zip', ['export', 'aws-cli', '--zip']],
    ['function.zip', ['export', 'terraform', '--zip']],
    ['stack.svg', ['status', '--diagram']],
    ['load.html', ['load', '--operation', 'ping', '--users', '1', '--duration', '1s', '--report']],
  ])('leaves %s as it was, and says so: %j', async (name, words) => {
    for (const other of await readdir(disk)) await rm(join(disk, other));
    await writeFile(join(disk, name), 'what was there');
    await expect(writeFile(join(disk, 'fill'), Buffer.alloc(2 ** 21))).rejects.toThrow('ENOSPC');
    // Room for half of it.
    await truncate(join(disk, 'fill'), (await stat(join(disk, 'fill'))).size - 4_096);
    const { status, stderr } = await dynops.run([...words, join('disk', name)]);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('no space left on device') });
    expect(await readFile(join(disk, name), 'utf8')).toBe('what was there');
    expect(await readdir(disk)).toHaveLength(2);
  });
});

describe.skipIf(process.platform === 'win32')('table export', () => {
  const lines = (text: string) => text.trimEnd().split('\n').length;

  it('writes into a pipe, which stays one', async () => {
    await execute('mkfifo', [at('pipe')]);
    const [read, { status }] = await Promise.all([
      execute('cat', [at('pipe')]),
      dynops.run(['table', 'export', '--out', 'pipe']),
    ]);
    expect([status, lines(read.stdout)]).toEqual([0, 3]);
    expect((await lstat(at('pipe'))).isFIFO()).toBe(true);
  });

  it('writes through a link, which stays one', async () => {
    await writeFile(at('real.jsonl'), 'old');
    await symlink('real.jsonl', at('link.jsonl'));
    expect((await dynops.run(['table', 'export', '--out', 'link.jsonl'])).status).toBe(0);
    expect((await lstat(at('link.jsonl'))).isSymbolicLink()).toBe(true);
    expect(lines(await readFile(at('real.jsonl'), 'utf8'))).toBe(3);
  });

  it.each(['jsonl', 'csv'])('follows no link that stands where its unfinished %s is to be', async (format) => {
    await writeFile(at('victim'), 'untouched');
    const part = `out.${format}.part`;
    await symlink('victim', at(part));
    if (format === 'csv') await symlink('victim', at(`${part}.csv`));
    expect((await dynops.run(['table', 'export', '--out', `out.${format}`])).status).toBe(0);
    expect(await readFile(at('victim'), 'utf8')).toBe('untouched');
    expect((await lstat(at(`out.${format}`))).isFile()).toBe(true);
  });
});
