import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FileWatch, watchFiles } from '../../src/service/watch.ts';
import { until } from '../cli/dynops.ts';

let folder: string;
let watching: FileWatch;
let told: string[];
const at = (path: string) => join(folder, path);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-watch-'));
  told = [];
  watching = watchFiles((changed) => told.push(...changed), { quietMs });
  await mkdir(at('src/deep'), { recursive: true });
  await writeFile(at('src/a.ts'), '');
  await writeFile(at('src/deep/b.ts'), '');
  watching.follow([at('src/a.ts'), at('src/deep/b.ts')]);
});
afterEach(async () => {
  watching.close();
  await rm(folder, { recursive: true, force: true });
});

const quietMs = 20;

/** Written again and again, as how soon a system watches is its own matter, with time to be quiet between. */
async function isSeen(path: string): Promise<void> {
  told.length = 0;
  await until(async () => {
    await writeFile(at(path), `${Date.now()}`);
    await sleep(5 * quietMs);
    return told.includes(at(path));
  });
}

it('tells of files of each folder, and of no others', async () => {
  await isSeen('src/a.ts');
  await isSeen('src/deep/b.ts');
  await writeFile(at('src/c.ts'), '');
  await isSeen('src/a.ts');
  expect(told).not.toContain(at('src/c.ts'));
});

it.each<[string, () => Promise<unknown>]>([
  ['deleted and made again', () => rm(at('src'), { recursive: true })],
  ['renamed, and another made', () => rename(at('src'), at('former'))],
  [
    'replaced by a link to another',
    async () => {
      await rm(at('src'), { recursive: true });
      await mkdir(at('elsewhere'));
      await symlink(at('elsewhere'), at('src'));
    },
  ],
])('goes on where a folder is %s', async (_how, replace) => {
  await isSeen('src/deep/b.ts');
  await replace();
  await mkdir(at('src/deep'), { recursive: true });
  await isSeen('src/a.ts');
  await isSeen('src/deep/b.ts');
});

it('tells of files that came back with their folder', async () => {
  await isSeen('src/a.ts');
  told.length = 0;
  await rename(at('src'), at('former'));
  await until(() => told.length > 0);
  told.length = 0;
  await rename(at('former'), at('src'));
  await until(() => told.includes(at('src/deep/b.ts')) && told.includes(at('src/a.ts')));
});

it('goes on where a folder is replaced that holds none of the files itself', async () => {
  watching.follow([at('src/deep/b.ts'), at('c.ts')]);
  await isSeen('src/deep/b.ts');
  await rename(at('src'), at('former'));
  await mkdir(at('src/deep'), { recursive: true });
  await isSeen('src/deep/b.ts');
});

it('follows files of a folder that is not there yet', async () => {
  watching.follow([at('later/on/c.ts')]);
  await mkdir(at('later/on'), { recursive: true });
  await isSeen('later/on/c.ts');
});
