import { constants, createReadStream } from 'node:fs';
import { access, chmod, lstat, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { boundedText } from '../bounded.ts';
import type { Environment } from '../environment.ts';
import { DynopsError, reasonOf } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';

/** Where dynops keeps engine data, engine credentials, cached outputs and tokens: DYNOPS_HOME, else XDG's data folder. */
export function homeFolder(env: Environment): string {
  if (env.DYNOPS_HOME) return env.DYNOPS_HOME;
  return join(env.XDG_DATA_HOME || join(userFolder(env), '.local', 'share'), 'dynops');
}

/** How far interrupted imports of tables came. */
export const importsFolder = (home: string): string => join(home, 'imports');

/** The user's settings file; it is theirs, so DYNOPS_HOME does not move it. */
export function userConfigFile(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(userFolder(env), '.config'), 'dynops', 'config.json');
}

export function userFolder(env: Environment): string {
  return env.HOME || homedir();
}

/** Makes a folder (and its missing parents) that only this user can enter. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  await refuseForeignFolder(folder);
  const { mode } = await stat(folder);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Step by step: Node's own recursive `mkdir` never ends where a parent refuses with ENOENT, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  try {
    if (parent !== folder && !(await isThere(parent))) await makeFolder(parent);
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return;
    if (cause instanceof DynopsError) throw cause;
    throw new DynopsError({
      code: 'NoFolder',
      message: `${folder} cannot be created: ${reasonOf(cause)}.`,
      hint: 'Choose another folder with DYNOPS_HOME.',
      cause,
    });
  }
}

/**
 * Refuses a folder of somebody else, or a link that somebody else made or that leads to none; a missing one is fine.
 * In a shared place such as /tmp it could be a trap laid for secrets, or hold made-up addresses to send them to.
 */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const there = await lstat(folder).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (there === undefined) return;
  const found = there.isSymbolicLink() ? await stat(folder).catch(() => undefined) : there;
  const userId = process.getuid?.() ?? there.uid;
  if (!found?.isDirectory() || found.uid !== userId || ![userId, 0].includes(there.uid)) throw unsafe(folder);
}

function unsafe(path: string): DynopsError {
  return new DynopsError({
    code: 'UnsafeFolder',
    message: `${path} is not a folder of this user, so no secret is stored in it.`,
    hint: 'Choose another folder with DYNOPS_HOME.',
  });
}

/**
 * Closes the folder that everything is kept in to other users, where it stands. Where they could write into it until now,
 * nothing in it may be theirs: throws `UnsafeFolder`.
 */
export async function closeFolder(folder: string): Promise<void> {
  await refuseForeignFolder(folder);
  if (process.getuid === undefined || !(await isThere(folder))) return;
  const { mode } = await stat(folder);
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
  if ((mode & 0o022) === 0) return;
  for (const name of await readdir(folder)) {
    if ((await lstat(join(folder, name))).uid !== process.getuid()) throw unsafe(join(folder, name));
  }
}

/** Replaces a file of ours as a whole, in a folder that is ours alone. */
export async function writeSecret(file: string, text: string): Promise<void> {
  await ensurePrivateFolder(dirname(file));
  await removeUnlessFile(file);
  await replaceFile(file, text, 0o600);
}

/**
 * Writes a file that the user named. Where that fails, as on a full disk, what was there stays: half a file would look whole.
 * What is no file, as a pipe or a device, is written to, and not replaced.
 */
export async function writeNamedFile(file: string, content: string | Uint8Array): Promise<void> {
  if (await canBeReplaced(file)) await replaceFile(file, content);
  else await writeFile(file, content);
}

/** Whether another file may take the place of this one, or there is none yet. */
export async function canBeReplaced(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return true;
  return (
    found.isFile() &&
    (await access(dirname(file), constants.W_OK).then(
      () => true,
      () => false,
    ))
  );
}

/** Removes what stands in the place of a file of ours and is none, or a link to none: nothing could be written there. */
export async function removeUnlessFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) await removeIfExists(path);
}

/** A file's text, without the byte order mark that some editors begin one with. Throws a usage error where it is too long. */
export async function readText(file: string): Promise<string> {
  return boundedText(createReadStream(file), file);
}

/** The file's text; undefined where there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function removeIfExists(path: string): Promise<void> {
  try {
    // Another process may be removing it too, or still be writing into it.
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    // What should be a folder on the way there is none.
    if (!hasCode(error, 'ENOTDIR', 'ELOOP')) throw error;
  }
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    (error: unknown) => !isMissing(error),
  );

const isMissing = (error: unknown) => hasCode(error, 'ENOENT', 'ENOTDIR');

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
