import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Watch, watchEvery } from './watch.ts';

const intervalMs = 250;

/** Tells when a folder holds more than it may, where no file system of that size keeps it from growing. */
export function watchScratch(folder: string, watch: { limitMb: number; onExceeded: () => void }): Watch {
  let looking = false;
  return watchEvery(intervalMs, () => {
    if (looking) return;
    looking = true;
    bytesIn(folder)
      .then((bytes) => bytes > watch.limitMb * 1024 * 1024 && watch.onExceeded())
      .catch(() => undefined) // It went away while being looked at.
      .finally(() => {
        looking = false;
      });
  });
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => (entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
