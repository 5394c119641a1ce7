import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CodeKeeper, openCodeKeeper } from '../../../src/local/lambda/code-keeper.ts';
import { zip } from './function.ts';

describe('uploaded code', () => {
  let dataDir: string;
  let keeper: CodeKeeper;
  let used: string[];
  let nowMs: number;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dynops-code-'));
    used = [];
    nowMs = 0;
    keeper = openCodeKeeper(dataDir, { usedHashes: () => used, clock: () => nowMs, log: () => undefined });
  });
  afterEach(async () => {
    await keeper.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const folders = async () => (await readdir(join(dataDir, 'code'))).sort();
  const folderOf = (sha256: string) => Buffer.from(sha256, 'base64').toString('hex');

  it('is removed when no function refers to it any more', async () => {
    const [one, other] = await Promise.all([keeper.keep(zip({ 'a.js': '1' })), keeper.keep(zip({ 'a.js': '2' }))]);
    used = [one.sha256, other.sha256];
    nowMs += 60_000;
    await keeper.removeUnused();
    expect(await folders()).toHaveLength(2);
    used = [other.sha256];
    await keeper.removeUnused();
    expect(await folders()).toEqual([folderOf(other.sha256)]);
    await keeper.keep(zip({ 'a.js': '1' }));
    expect(await folders()).toHaveLength(2);
  });

  it('stays until the function that it was uploaded for is saved', async () => {
    const { sha256 } = await keeper.keep(zip({ 'a.js': '1' }));
    await keeper.removeUnused();
    expect(await folders()).toEqual([folderOf(sha256)]);
    nowMs += 60_000;
    await keeper.removeUnused();
    expect(await folders()).toEqual([]);
  });

  it('is whole when it is uploaded while the same code is being removed', async () => {
    const code = zip({ 'a.js': '1' });
    for (let round = 0; round < 20; round += 1) {
      const { sha256 } = await keeper.keep(code);
      nowMs += 60_000;
      const removed = keeper.removeUnused();
      await keeper.keep(code);
      used = [sha256];
      await removed;
      expect(await readdir(join(dataDir, 'code', folderOf(sha256)))).toEqual(['code.zip', 'package.json', 'task']);
      used = [];
    }
  });

  it('is removed by itself after the time that running invocations may take', async () => {
    await keeper.keep(zip({ 'a.js': '1' }));
    nowMs += 60_000;
    keeper.removeUnusedAfter(10);
    await expect.poll(folders).toEqual([]);
  });

  it('is removed by itself where no function was saved with it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await keeper.keep(zip({ 'a.js': '1' }));
      nowMs += 60_000;
      vi.advanceTimersByTime(60_000);
      await keeper.close();
      expect(await folders()).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves nothing of an upload that a kill cut short', async () => {
    const { sha256 } = await keeper.keep(zip({ 'a.js': '1' }));
    used = [sha256];
    nowMs += 60_000;
    await mkdir(join(dataDir, 'code', `${folderOf(sha256)}.0a1b`, 'task'), { recursive: true });
    await mkdir(join(dataDir, 'code', 'ffff.0a1b'), { recursive: true });
    await keeper.removeUnused();
    expect(await folders()).toEqual([folderOf(sha256)]);
  });
});
