import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a source may be made of; a log that is written beside them is not. */
const sourceName = /\.(?:[cm]?[jt]sx?|json|py)$/;

export interface FileWatch {
  /** From now on these files, and no others; with `besides`, also other sources in their folders, which may be what is missing. */
  follow(files: readonly string[], options?: { besides?: boolean }): void;
  close(): void;
}

/**
 * Tells which of some files have changed, once they have been quiet for `quietMs`. Folders are watched, not files: editors save
 * by writing another file and renaming it, and a file that is not there yet has no watch of its own.
 */
export function watchFiles(
  onChange: (changed: ReadonlySet<string>) => void,
  { quietMs }: { quietMs: number },
): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let followed = new Set<string>();
  let isBesides = false;
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = () => {
    const told = changed;
    changed = new Set();
    onChange(told);
  };
  const onEvent = (folder: string, name: string | null) => {
    // Where the system does not name the file, it may have been any of the folder's.
    const hit = [...followed].filter((file) => dirname(file) === folder && (name === null || basename(file) === name));
    if (hit.length === 0 && isBesides && name !== null && sourceName.test(name)) hit.push(join(folder, name));
    if (hit.length === 0) return;
    for (const file of hit) changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(tell, quietMs);
  };

  return {
    follow(files, { besides = false } = {}) {
      followed = new Set(files);
      isBesides = besides;
      const folders = new Set(files.map((file) => dirname(file)));
      for (const [folder, watcher] of watchers) {
        if (folders.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, (_event, name) => onEvent(folder, name));
        // A folder that is deleted is followed again with the next list.
        watcher.on('error', () => {
          watcher.close();
          watchers.delete(folder);
        });
        watchers.set(folder, watcher);
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
