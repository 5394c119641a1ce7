import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';

/**
 * Replaces a file as a whole: a reader, a crash or a full disk never sees or leaves half of it. A link is followed. `mode`: of the
 * file; without it as that of the one that is replaced, else what the process gives to new ones.
 */
export async function replaceFile(file: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const place = await realpath(file).catch(() => file);
  const before = mode === undefined ? await stat(place).catch(() => undefined) : undefined;
  const unfinished = `${place}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(unfinished, 'wx', mode);
    try {
      // A disk that gets full takes a part of what it is given: this writes again until all is there, or throws.
      await handle.writeFile(content);
      if (before) await keepRights(handle, before);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function keepRights(handle: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  // Only the superuser can give a file away; whoever cannot is its owner already.
  if (process.getuid?.() === 0) await handle.chown(uid, gid);
  await handle.chmod(mode & 0o7777);
}
