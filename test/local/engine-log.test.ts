import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEngineLog } from '../../src/local/engine-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the engine's log", () => {
  it('keeps lines in order, each with its time', async () => {
    const log = openEngineLog(join(folder, 'log'), () => 0);
    log.line('one');
    log.line('two');
    await log.flushed();
    log.line('three');
    await log.flushed();
    const at = '1970-01-01T00:00:00.000Z';
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe(`${at} one\n${at} two\n${at} three\n`);
  });

  it('is bounded: one file, and one older one', async () => {
    const file = join(folder, 'log');
    const log = openEngineLog(file, () => 0);
    for (let number = 0; number < 30; number += 1) {
      log.line('x'.repeat(500_000));
      await log.flushed();
    }
    const sizes = await Promise.all([file, `${file}.1`].map(async (path) => (await stat(path)).size));
    for (const size of sizes) expect(size).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  it('throws at nobody when it cannot be written, and says afterwards how much is missing', async () => {
    const file = join(folder, 'log');
    // A folder in its place can be neither written nor, having content, replaced.
    await mkdir(join(file, 'in the way'), { recursive: true });
    const log = openEngineLog(file, () => 0);
    for (const line of ['one', 'two', 'three']) {
      log.line(line);
      await log.flushed();
    }
    await rm(file, { recursive: true });
    log.line('four');
    await log.flushed();
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/ 3 lines were lost\n.* four\n$/);
  });

  it('holds a bounded number of lines for a disk that is slow', async () => {
    const file = join(folder, 'log');
    const log = openEngineLog(file, () => 0);
    // In one turn, so that none is written meanwhile.
    for (let number = 0; number < 5_000; number += 1) log.line('x'.repeat(1_000));
    await log.flushed();
    expect((await stat(file)).size).toBeLessThan(1.2 * 1024 * 1024);
    expect(await readFile(file, 'utf8')).toMatch(/^\S+ \d{4} lines were lost\n/);
  });
});
