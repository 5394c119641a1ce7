import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.ts';

/**
 * Copies all that the engine keeps, as it is at one moment, into a new folder beside its data; answers that folder.
 * Its name ends in the process id of the command that asked: where that is killed, the next command removes it.
 * Writes wait meanwhile, so every store is as `kill -9` would leave it then: with all that was acknowledged. Files that
 * never change are copied before, and by reference where the file system can do that.
 */
export async function takeSnapshot(engine: Pick<Engine, 'dataDir' | 'holdWrites'>, pid: number): Promise<string> {
  const { dataDir } = engine;
  const folder = join(dirname(dataDir), `snapshot.${pid}`);
  try {
    await rm(folder, { recursive: true, force: true });
    await copyFolder(dataDir, folder);
    const goOn = await engine.holdWrites();
    try {
      await copyFolder(dataDir, folder);
    } finally {
      goOn();
    }
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Working folders of functions' processes, what LevelDB locks by, and what it says of itself. */
const isLeftOut = (name: string) => ['scratch', 'LOCK', 'LOG', 'LOG.old'].includes(name);

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries = await readdir(from, { withFileTypes: true }).catch(onMissing([]));
  if (entries.some(({ name }) => name === 'CURRENT')) return copyDatabase(from, to);
  for (const entry of entries) {
    if (isLeftOut(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isFile()) await copyIfOther(source, target);
  }
}

/** LevelDB goes on merging its tables in the background for a while after the last write. */
const mostAttempts = 200;
const betweenAttemptsMs = 50;

/** The files of a database, which its manifest lists: a copy during which that changed is made again. */
async function copyDatabase(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await manifestOf(from);
    const names = (await readdir(from)).filter((name) => !isLeftOut(name));
    const copied = await Promise.all(names.map((name) => copyIfOther(join(from, name), join(to, name))));
    if (copied.every(Boolean) && before !== undefined && before === (await manifestOf(from))) {
      const gone = (await readdir(to)).filter((name) => !names.includes(name));
      await Promise.all(gone.map((name) => rm(join(to, name), { force: true })));
      return;
    }
    if (attempt === mostAttempts) throw new Error(`${from} did not come to rest`);
    await sleep(betweenAttemptsMs);
  }
}

/** Which manifest counts, and how long it is: it only grows. */
async function manifestOf(folder: string): Promise<string | undefined> {
  const name = await readFile(join(folder, 'CURRENT'), 'utf8').catch(onMissing(''));
  const { size } = await stat(join(folder, name.trim() || 'CURRENT')).catch(onMissing({ size: -1 }));
  return size < 0 ? undefined : `${name} ${size}`;
}

/** Tables and code never change once they are whole, so that one of the same size is the same; others are copied anew. */
async function copyIfOther(from: string, to: string): Promise<boolean> {
  const { size } = await stat(from).catch(onMissing({ size: -1 }));
  if (size < 0) return false;
  const copied = from.endsWith('.ldb') ? await stat(to).catch(onMissing({ size: -1 })) : { size: -1 };
  if (copied.size === size) return true;
  return copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true, onMissing(false));
}

/** For `catch`: what the engine removes meanwhile is not missed. */
function onMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
