import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { ensurePrivateFolder, hasCode, writeSecret } from './folders.ts';

/*
 * Files that dynops wrote for itself. Another user's, or one that others could have written to, is not believed: it could
 * hold made-up addresses to send secrets to.
 */

/** More than any of them has. */
const mostFileBytes = 64 * 1024 * 1024;

/** The text of a file of this user's that nobody else can write to; undefined where there is none, or something else. */
export async function readOwn(file: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    // A pipe in its place would be waited for without end.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO')) return undefined;
    throw error;
  }
  try {
    const found = await handle.stat();
    const isOwn = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    return isOwn && found.isFile() && found.size <= mostFileBytes ? await handle.readFile('utf8') : undefined;
  } finally {
    await handle.close();
  }
}

/** A file that is not as it was written counts as missing: everything kept here can be had again. */
export async function readOwnJson<Value>(
  file: string,
  isWhole: (value: object) => value is Value & object,
): Promise<Value | undefined> {
  const content = await readOwn(file);
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(content);
    return value !== null && typeof value === 'object' && isWhole(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads, decides and writes as one: no other command does so between. */
export async function updateOwnJson<Value>(
  file: string,
  isWhole: (value: object) => value is Value & object,
  change: (found: Value | undefined) => Value,
): Promise<void> {
  await ensurePrivateFolder(dirname(file));
  await withFileLock(`${file}.lock`, async () => {
    await writeSecret(file, JSON.stringify(change(await readOwnJson(file, isWhole))));
  });
}
