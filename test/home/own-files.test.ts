import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOwn, readOwnJson, updateOwnJson } from '../../src/home/own-files.ts';
import { isTrusted, trust } from '../../src/home/trust.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-own-'));
  file = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

const isCount = (value: object): value is { count: number } => 'count' in value && typeof value.count === 'number';

describe('a file of our own', () => {
  it('is read; a missing one is none', async () => {
    await writeFile(file, 'x', { mode: 0o600 });
    await expect(readOwn(file)).resolves.toBe('x');
    await expect(readOwn(join(folder, 'none'))).resolves.toBeUndefined();
    await expect(readOwn(join(file, 'below'))).resolves.toBeUndefined();
  });

  it.each([0o620, 0o602, 0o666, 0o777])('is not believed where others could have written it: %o', async (mode) => {
    await writeFile(file, '{"count": 1}');
    await chmod(file, mode);
    await expect(readOwn(file)).resolves.toBeUndefined();
    await expect(readOwnJson(file, isCount)).resolves.toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)(
    'is not believed where it is another user’s (needs root to be shown)',
    async () => {
      await writeFile(file, '{"count": 1}', { mode: 0o600 });
      await chown(file, 12345, 12345);
      await expect(readOwnJson(file, isCount)).resolves.toBeUndefined();
    },
  );

  it.each(['', '{', '[]', 'null', '{"count": "many"}'])(
    'that is not as it was written is none: %j',
    async (content) => {
      await writeFile(file, content, { mode: 0o600 });
      await expect(readOwnJson(file, isCount)).resolves.toBeUndefined();
    },
  );

  it.each<[string, () => unknown]>([
    ['a folder', () => mkdir(join(file, 'deeper'), { recursive: true })],
    ['a pipe', () => execFileSync('mkfifo', [file])],
    ['a link to nowhere', () => symlink(join(folder, 'none'), file)],
    ['a link to itself', () => symlink(file, file)],
    ['a file of gigabytes', () => writeFile(file, '{"count": 1').then(() => truncate(file, 3e9))],
  ])('that is %s is none, at once, and is replaced by the next that is written', async (_what, spoil) => {
    await spoil();
    await expect(readOwn(file)).resolves.toBeUndefined();
    await updateOwnJson(file, isCount, (found) => ({ count: (found?.count ?? 0) + 1 }));
    await expect(readOwnJson(file, isCount)).resolves.toEqual({ count: 1 });
  });

  it('is changed by one at a time: no change is lost', async () => {
    const add = () => updateOwnJson(file, isCount, (found) => ({ count: (found?.count ?? 0) + 1 }));
    await Promise.all(Array.from({ length: 12 }, add));
    await expect(readOwnJson(file, isCount)).resolves.toEqual({ count: 12 });
  });
});

describe('trust', () => {
  it('is in one file with one content, and stays beside others', async () => {
    const [one, other] = [
      { file: '/a/dynops.json', content: '{"target": "aws"}' },
      { file: '/b/dynops.json', content: '{"target": "aws"}' },
    ];
    await expect(isTrusted(folder, one)).resolves.toBe(false);
    await Promise.all([trust(folder, one), trust(folder, other)]);
    await expect(isTrusted(folder, one)).resolves.toBe(true);
    await expect(isTrusted(folder, other)).resolves.toBe(true);
    await expect(isTrusted(folder, { ...one, content: '{"target": "aws" }' })).resolves.toBe(false);
    await expect(isTrusted(folder, { ...one, file: '/c/dynops.json' })).resolves.toBe(false);
  });
});
