import { lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynopsError } from '../errors.ts';
import { hasCode, removeIfExists } from './folders.ts';
import { isOurLivingProcess } from './living-process.ts';

const pollMs = 20;
// Nobody holds a lock this long; a process id may have been given to another process meanwhile.
const longestHoldMs = 60_000;
const longestRemovalMs = 5_000;
/** A process id, in characters. */
const longestOwner = 20;

/**
 * Takes a lock that is a file holding the owner's process id, waiting until it is free. Answers how to release it.
 * The lock of a process that has died is taken over. Throws `Locked` after `deadlineMs`.
 */
export async function takeFileLock(file: string, deadlineMs: number): Promise<() => Promise<void>> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => release(file);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (await isStale(file)) await removeStale(file);
    else await sleep(pollMs);
    if (Date.now() > endMs) {
      throw new DynopsError({
        code: 'Locked',
        message: `Another dynops command has held ${file} for ${deadlineMs / 1000} s.`,
        hint: 'Wait for it, or end it.',
      });
    }
  }
}

/** Not what another has taken over meanwhile, from a process that slept. */
async function release(file: string): Promise<void> {
  const owner = await readFile(file, 'utf8').catch(() => '');
  if (owner === String(process.pid)) await removeIfExists(file);
}

const waitMs = 30_000;

/** Does something that no other command may do at the same time. Throws `Locked` when it cannot be had. */
export async function withFileLock<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  const release = await takeFileLock(file, waitMs);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const found = await stat(file);
    // What was not made above holds nobody out.
    if (!found.isFile() || found.size > longestOwner) return true;
    const owner = await readFile(file, 'utf8');
    const ageMs = Date.now() - found.mtimeMs;
    // Between making the file and writing into it, a living owner's lock is empty.
    if (owner === '') return ageMs > 2_000;
    return ageMs > longestHoldMs || !isOurLivingProcess(Number(owner));
  } catch (error) {
    // A link that leads nowhere is none of ours; a lock may have been released meanwhile.
    if (hasCode(error, 'ENOENT', 'ELOOP'))
      return lstat(file).then(
        (found) => found.isSymbolicLink(),
        () => false,
      );
    throw error;
  }
}

/**
 * One at a time, and only what is stale still then: of two who found it so, the slower would remove the lock that the
 * faster has taken meanwhile.
 */
async function removeStale(file: string): Promise<void> {
  const guard = `${file}.stale`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const made = await stat(guard).catch(() => undefined);
    // Whoever made it was killed.
    if (made && Date.now() - made.mtimeMs > longestRemovalMs) await removeIfExists(guard);
    else await sleep(pollMs);
    return;
  }
  try {
    if (await isStale(file)) await removeIfExists(file);
  } finally {
    await removeIfExists(guard);
  }
}
