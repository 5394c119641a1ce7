import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFileLock } from '../../src/home/file-lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-lock-'));
  file = join(folder, 'lock');
});

afterEach(() => rm(folder, { recursive: true }));

describe('a file lock', () => {
  it('is held by one at a time', async () => {
    const holders: number[] = [];
    let most = 0;
    const take = async (holder: number): Promise<void> => {
      const release = await takeFileLock(file, 10_000);
      holders.push(holder);
      most = Math.max(most, holders.length);
      await new Promise((resolve) => setImmediate(resolve));
      holders.splice(holders.indexOf(holder), 1);
      await release();
    };
    await Promise.all(Array.from({ length: 8 }, (_, holder) => take(holder)));
    expect(most).toBe(1);
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it('of a dead process is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    await writeFile(file, String(pid));
    const release = await takeFileLock(file, 20_000);
    await release();
  });

  it('of a dead process is taken over by one at a time, however many find it', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (let round = 0; round < 40; round += 1) {
      await writeFile(file, String(pid));
      let holders = 0;
      let most = 0;
      const take = async () => {
        const release = await takeFileLock(file, 20_000);
        holders += 1;
        most = Math.max(most, holders);
        await sleep(1);
        holders -= 1;
        await release();
      };
      await Promise.all(Array.from({ length: 10 }, take));
      expect(most).toBe(1);
    }
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it('is taken over although one who took over another was killed in it', async () => {
    await writeFile(file, '999999999');
    await mkdir(`${file}.stale`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.stale`, longAgo, longAgo);
    await (await takeFileLock(file, 20_000))();
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a folder', () => mkdir(file)],
    ['a link to nowhere', () => symlink(join(folder, 'none'), file)],
    ['a link to itself', () => symlink(file, file)],
    ['what no process id is', () => writeFile(file, 'x'.repeat(1_000))],
    ['a large file', () => writeFile(file, '').then(() => truncate(file, 3e9))],
  ])('has %s in its place taken away', async (_what, spoil) => {
    await spoil();
    await (await takeFileLock(file, 20_000))();
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it('that another has taken over, from a process that slept, is not released', async () => {
    const release = await takeFileLock(file, 20_000);
    await writeFile(file, '1');
    await release();
    await expect(readdir(folder)).resolves.toEqual(['lock']);
  });

  it('left empty by a crash is taken over', async () => {
    await writeFile(file, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(file, longAgo, longAgo);
    const release = await takeFileLock(file, 20_000);
    await release();
  });

  it('of a living process is not, and waiting for it ends', async () => {
    const release = await takeFileLock(file, 20_000);
    await expect(takeFileLock(file, 100)).rejects.toMatchObject({ code: 'Locked' });
    await release();
  });
});
