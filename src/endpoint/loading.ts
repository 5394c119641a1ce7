import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, removeIfExists, writeSecret } from '../home/folders.ts';
import { isOurLivingProcess } from '../home/living-process.ts';
import { readOwn } from '../home/own-files.ts';
import { engineFiles } from './engine.ts';

/** A snapshot that is to take the place of what the engine has: from the moment this folder is there it counts. */
export const loadedFolder = (home: string) => join(engineFiles(home).folder, 'loading');

/** In the engine's data, and in place with them: names the loading that they came by. */
const loadingName = 'loaded';

/** Tells the engine's data from those before a snapshot was loaded; undefined where none ever was. */
export const dataSince = (home: string): Promise<string | undefined> =>
  readOwn(join(engineFiles(home).folder, 'data', loadingName));

/** Makes the data of a snapshot that is about to be loaded others than all before. */
export const markLoading = (folder: string): Promise<void> =>
  writeSecret(join(folder, 'data', loadingName), randomUUID());

/** Addresses, tokens and passwords that the commands keep of the engine's stacks. */
export const stacksFolder = (home: string) => join(home, 'stacks', 'local');

/** Finishes what `local snapshot load` began, or one that was killed. For who holds the start lock, without an engine. */
export async function finishLoading(home: string): Promise<void> {
  const loaded = loadedFolder(home);
  for (const [part, place] of [
    ['stacks', stacksFolder(home)],
    ['data', join(engineFiles(home).folder, 'data')],
  ] as const) {
    const source = join(loaded, part);
    if (!(await stat(source).catch(() => undefined))) continue;
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await removeIfExists(place);
    await rename(source, place);
  }
  await removeIfExists(loaded);
  await removeCopies(home);
}

/** Removes whole copies of data that commands left beside it: of a snapshot to be loaded, and of one taken and not fetched. */
export const removeCopies = (home: string): Promise<void> =>
  removeUnfinished(engineFiles(home).folder, /^(?:loading|snapshot)\.(\d+)$/);

/** Removes what commands that were killed left behind: names that end in the process id of nobody. */
export async function removeUnfinished(folder: string, named: RegExp): Promise<void> {
  for (const name of await namesIn(folder)) {
    const pid = Number(named.exec(name)?.[1]);
    if (pid > 0 && !isOurLivingProcess(pid)) await removeIfExists(join(folder, name));
  }
}

export const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return [];
    throw error;
  });
