import { constants } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DynopsError } from '../errors.ts';
import { ensurePrivateFolder, hasCode, removeIfExists, writeSecret } from '../home/folders.ts';
import { isOurLivingProcess } from '../home/living-process.ts';
import { readOwnJson } from '../home/own-files.ts';
import { nearest } from '../settings/nearest.ts';
import { version } from '../version.ts';
import { engineFiles, engineState } from './engine.ts';
import { engineStopped, ensureEngine, type StartEngineOptions, withEngineStopped } from './engine-start.ts';
import {
  finishLoading,
  loadedFolder,
  markLoading,
  namesIn,
  removeCopies,
  removeUnfinished,
  stacksFolder,
} from './loading.ts';
import { ownersAnswer } from './owner.ts';

/** What is kept of a snapshot beside its files. */
export interface Snapshot {
  name: string;
  savedAt: string;
  /** Of the dynops that saved it. */
  version: string;
  bytes: number;
}

/** Files and folders of a snapshot, `<home>/snapshots/NAME/`: the engine's data, and what the commands know of its stacks. */
const about = 'snapshot.json';

const isSnapshot = (value: { [Name in keyof Snapshot]?: unknown }): value is Snapshot =>
  [value.name, value.savedAt, value.version].every((member) => typeof member === 'string') &&
  typeof value.bytes === 'number';

const snapshotsFolder = (home: string) => join(home, 'snapshots');
const folderOf = (home: string, name: string) => join(snapshotsFolder(home), name);

/** Saving a lot on a slow disk. */
const saveMs = 600_000;
/** By reference where the file system can do that. */
const byReference = { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true } as const;

/** Keeps all of the engine as it is now, while it runs. Throws `FileExists` where the name is taken. */
export async function saveSnapshot(start: StartEngineOptions, name: string, replace: boolean): Promise<Snapshot> {
  const { home } = start;
  const folder = folderOf(home, name);
  await ensurePrivateFolder(snapshotsFolder(home));
  await settle(home);
  if (!replace && (await isThere(folder))) throw taken(name);
  await ensureEngine(start);
  const answer = await ownersAnswer<{ folder: string }>(home, `/_dynops/snapshot?pid=${process.pid}`, {
    method: 'POST',
    timeoutMs: saveMs,
  });
  if (!answer) throw engineStopped();
  // What is not whole yet has a name that no snapshot can have.
  const unfinished = folderOf(home, `.${name}.${process.pid}`);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await rename(answer.folder, join(unfinished, 'data'));
    await copyStacks(stacksFolder(home), join(unfinished, 'stacks'));
    const snapshot = { name, savedAt: new Date().toISOString(), version, bytes: await bytesIn(unfinished) };
    await writeSecret(join(unfinished, about), JSON.stringify(snapshot));
    const old = replace ? await moveAway(home, name, 'old') : undefined;
    await rename(unfinished, folder).catch((error: unknown) => {
      throw hasCode(error, 'ENOTEMPTY', 'EEXIST') ? taken(name) : error;
    });
    if (old !== undefined) await removeIfExists(old);
    return snapshot;
  } finally {
    await removeIfExists(unfinished);
    await removeIfExists(answer.folder);
  }
}

/**
 * Puts a snapshot in the place of what the engine has. Killed on the way, it leaves the one or the other: the rename of the
 * whole copy decides, and the next start of the engine finishes what follows it.
 */
export async function loadSnapshot(start: StartEngineOptions, name: string): Promise<Snapshot> {
  const { home } = start;
  const snapshot = await findSnapshot(home, name);
  await ensurePrivateFolder(engineFiles(home).folder);
  const copy = `${loadedFolder(home)}.${process.pid}`;
  const state = await engineState(home);
  try {
    await removeIfExists(copy);
    await cp(folderOf(home, name), copy, byReference);
    // What cannot be opened would have taken the place of what the engine has.
    if ((await bytesIn(copy)) !== snapshot.bytes) throw damaged(name);
    await markLoading(copy);
    await withEngineStopped(home, async () => {
      await finishLoading(home);
      await rename(copy, loadedFolder(home));
      await finishLoading(home);
    });
  } finally {
    await removeIfExists(copy);
  }
  if (state.kind === 'running') await ensureEngine({ ...start, scale: state.engine.scale });
  return snapshot;
}

export async function listSnapshots(home: string): Promise<Snapshot[]> {
  await settle(home);
  const names = await namesIn(snapshotsFolder(home));
  const read = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => {
        const found = await readOwnJson(join(folderOf(home, name), about), isSnapshot);
        return found ? [{ ...found, name }] : [];
      }),
  );
  return read.flat().sort((a, b) => a.savedAt.localeCompare(b.savedAt));
}

export async function deleteSnapshot(home: string, name: string): Promise<void> {
  await findSnapshot(home, name);
  await removeIfExists(await moveAway(home, name, 'gone'));
}

/** Throws a usage error where there is none of that name. */
export async function findSnapshot(home: string, name: string): Promise<Snapshot> {
  const all = await listSnapshots(home);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const close = nearest(
    name,
    all.map((one) => one.name),
  );
  const hint = close === undefined ? '`dynops local snapshot list` lists them.' : `Did you mean ${close}?`;
  throw new DynopsError({ code: 'NoSnapshot', message: `There is no snapshot "${name}".`, hint });
}

/** In one step: a snapshot is there whole or not at all. Answers where it is now. `old`: until another has its name. */
async function moveAway(home: string, name: string, as: 'old' | 'gone'): Promise<string> {
  const away = folderOf(home, `.${name}.${process.pid}.${as}`);
  await rename(folderOf(home, name), away).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  return away;
}

/** Puts back what a command that was killed had moved away for a snapshot that never came, and removes what else it left. */
async function settle(home: string): Promise<void> {
  const folder = snapshotsFolder(home);
  const names = await namesIn(folder);
  for (const left of names) {
    const [, name = '', pid] = /^\.(.+)\.(\d+)\.old$/.exec(left) ?? [];
    if (pid === undefined || isOurLivingProcess(Number(pid)) || (await isThere(folderOf(home, name)))) continue;
    await rename(join(folder, left), folderOf(home, name));
  }
  await removeUnfinished(folder, /^\..*\.(\d+)(?:\.(?:old|gone))?$/);
  await removeCopies(home);
}

const mostCopies = 20;

/** Commands replace and remove files there meanwhile: what has gone between being listed and being copied is no reason to fail. */
async function copyStacks(from: string, to: string): Promise<void> {
  for (let copy = 1; ; copy += 1) {
    try {
      await mkdir(to, { mode: 0o700 });
      if (await isThere(from)) await cp(from, to, byReference);
      return;
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || copy === mostCopies) throw error;
      await removeIfExists(to);
    }
  }
}

/** In its files, without what is kept about it. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && join(entry.parentPath, entry.name) !== join(folder, about));
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const damaged = (name: string) =>
  new DynopsError({
    code: 'SnapshotDamaged',
    message: `The snapshot "${name}" is not as it was saved: files are missing, cut off or replaced. The engine is as it was.`,
    hint: 'Delete it, and load another.',
  });

const taken = (name: string) =>
  new DynopsError({
    code: 'FileExists',
    message: `The snapshot "${name}" already exists.`,
    hint: 'Choose another name, or replace it with --replace.',
  });
