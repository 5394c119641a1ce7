import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeFolder, folderName, hashOf, type StoredCode, storeCode } from './code.ts';

/** The uploaded zips of an engine: kept while a function refers to them, and a little longer. */
export interface CodeKeeper {
  /** Keeps a zip, for a function that is saved with it at once. Throws as `storeCode` does. */
  keep(zip: Uint8Array): Promise<StoredCode>;
  /** Removes what nothing refers to, once the invocations that still run with it have reached their timeout. */
  removeUnusedAfter(timeoutMs: number): void;
  removeUnused(): Promise<void>;
  close(): Promise<void>;
}

/** From a zip's upload to the function's record that names it. */
const uploadMs = 5_000;

export function openCodeKeeper(
  dataDir: string,
  options: { usedHashes: () => string[]; clock: () => number; log: (line: string) => void },
): CodeKeeper {
  const { usedHashes, clock, log } = options;
  /** By folder; Infinity: not all of it is there yet. */
  const uploadedAtMs = new Map<string, number>();
  let removing: Promise<void> = Promise.resolve();
  let due: { atMs: number; timer: NodeJS.Timeout } | undefined;

  function removeUnusedAfter(timeoutMs: number): void {
    const atMs = clock() + timeoutMs;
    if (due && due.atMs >= atMs) return;
    clearTimeout(due?.timer);
    const timer = setTimeout(() => {
      due = undefined;
      removeUnused();
    }, timeoutMs);
    timer.unref();
    due = { atMs, timer };
  }

  async function remove(): Promise<void> {
    const found = await readdir(codeFolder(dataDir)).catch(() => []);
    // From here on in one turn, so that no upload comes in between.
    for (const [folder, atMs] of uploadedAtMs) if (clock() - atMs >= uploadMs) uploadedAtMs.delete(folder);
    if (uploadedAtMs.size > 0) removeUnusedAfter(uploadMs);
    const used = new Set(usedHashes().map(folderName));
    const isUsed = (name: string) => {
      // Code that is not all there is called as its folder will be, and something after a dot.
      const [folder = '', unfinished] = name.split('.');
      return uploadedAtMs.has(folder) || (unfinished === undefined && used.has(folder));
    };
    const unused = found.filter((name) => !isUsed(name));
    await Promise.all(unused.map((name) => rm(join(codeFolder(dataDir), name), { recursive: true, force: true })));
  }

  function removeUnused(): Promise<void> {
    removing = removing
      .then(remove)
      .catch((error: unknown) => log(`unused code could not be removed, and stays until the next start: ${error}`));
    return removing;
  }

  return {
    async keep(zip) {
      const sha256 = hashOf(zip);
      const folder = folderName(sha256);
      uploadedAtMs.set(folder, Number.POSITIVE_INFINITY);
      try {
        // A removal that has begun may be of this very code.
        await removing;
        return await storeCode(dataDir, zip, sha256);
      } finally {
        uploadedAtMs.set(folder, clock());
        // A dry run, or an update that was refused after all, names it nowhere.
        removeUnusedAfter(uploadMs);
      }
    },
    removeUnusedAfter,
    removeUnused,
    async close() {
      clearTimeout(due?.timer);
      await removing;
    },
  };
}
