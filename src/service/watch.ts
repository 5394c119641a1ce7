import { type FSWatcher, statSync, type WatchListener, watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

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
  const watched = new Map<string, { close(): void; ifMoved(): void }>();
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

  /** Where it is watched; above itself while it is not there. */
  const placeOf = (folder: string): string => (markOf(folder) === undefined ? placeOf(dirname(folder)) : folder);

  const attach = (folder: string): void => {
    const place = placeOf(folder);
    const mark = markOf(place);
    const watcher = watchFolder(place, (_event, name) => {
      for (const look of [...watched.values()]) look.ifMoved();
      if (place === folder) onEvent(folder, name);
    });
    // Gone between the look and the watch.
    if (!watcher) {
      attach(folder);
      return;
    }
    // A folder that cannot be watched any more is tried again with the next list.
    watcher.on('error', () => {
      watcher.close();
      watched.delete(folder);
    });
    watched.set(folder, {
      close: () => watcher.close(),
      // A watch stays with a folder that is deleted or renamed, or that is within one, and sees nothing of what takes its place.
      ifMoved() {
        if (markOf(place) === mark && placeOf(folder) === place) return;
        watcher.close();
        attach(folder);
        onEvent(folder, null);
      },
    });
  };

  return {
    follow(files, { besides = false } = {}) {
      followed = new Set(files);
      isBesides = besides;
      const folders = foldersOf(files);
      for (const [folder, { close }] of watched) {
        if (folders.has(folder)) continue;
        close();
        watched.delete(folder);
      }
      for (const folder of folders) if (!watched.has(folder)) attach(folder);
    },
    close() {
      clearTimeout(timer);
      for (const { close } of watched.values()) close();
    },
  };
}

/** Those that the files are in, and those between them and the one that holds all: each of them may be renamed. */
function foldersOf(files: readonly string[]): Set<string> {
  const folders = new Set(files.map((file) => dirname(file)));
  const isAboveAll = (folder: string) => files.every((file) => file.startsWith(join(folder, sep)));
  for (const folder of folders) if (!isAboveAll(folder)) folders.add(dirname(folder));
  return folders;
}

/** undefined: there is none any more. */
function watchFolder(folder: string, onEvent: WatchListener<string>): FSWatcher | undefined {
  try {
    return watch(folder, onEvent);
  } catch (error) {
    if (markOf(folder) === undefined) return undefined;
    throw error;
  }
}

/** Tells a folder from another that had its name before; undefined: there is none. */
function markOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() ? `${found.ino} ${found.birthtimeMs}` : undefined;
}
