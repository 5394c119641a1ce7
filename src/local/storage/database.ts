import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { StorageError } from './storage-error.ts';

export interface KeyRange {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  /** -1: no limit. */
  limit?: number;
}

/** Keys and their new values; `undefined` deletes. */
export type ChangeSet = Map<string, string | undefined>;

/**
 * Key → text on disk. A failed write is repaired before the next one is tried: LevelDB's log is damaged from there on, and
 * whatever is appended to it afterwards is acknowledged and lost at the next start.
 */
export interface Database {
  /** Throws StorageError while the database cannot be opened again. */
  get(key: string): string | undefined;
  /** All of the changes or none. Resolves when they would survive `kill -9`; rejects when they are undone. */
  write(changes: ChangeSet): Promise<void>;
  /** Deletes every key of the range; a failure may leave some. */
  clear(range: KeyRange): Promise<void>;
  /** In key order (or its reverse), some hundreds at a time, all as they were at one moment. */
  entries(range: KeyRange): AsyncGenerator<[key: string, value: string][]>;
  values(range: KeyRange): AsyncGenerator<string[]>;
  firstKey(range: KeyRange): Promise<string | undefined>;
  /** Resolves when nothing is being written, and nothing will be until the answer is called. Throws StorageError. */
  hold(): Promise<() => void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Hears of failed writes and of repairs. */
  log?: (line: string) => void;
}

const entriesAtOnce = 256;
/** Opening again writes the log's content to a table, and some small files. */
const roomBeyondLogBytes = 256 * 1024;

/** Opens (or makes) the database in `folder`. Throws StorageError; its cause has the code LEVEL_LOCKED when another process holds it. */
export async function openDatabase(folder: string, { log = () => undefined }: DatabaseOptions = {}): Promise<Database> {
  let level = await openLevel(folder);
  await finishUndo(level).catch(async (error: unknown) => {
    await level.close();
    fail(error);
  });
  /** What the keys of a failed write held before it, to be put back; undefined: nothing failed. */
  let toUndo: ChangeSet | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = writing.then(work);
    writing = done.catch(() => undefined);
    return done;
  }

  /**
   * Goes back to what is durable, and writes to it once, so that a database that still fails is not taken for a good one.
   * A refused write may be on disk all the same, since closing writes what LevelDB has buffered: it is undone, even if the
   * process is killed on the way.
   */
  async function repair(undo: ChangeSet): Promise<void> {
    if (level.status === 'open') {
      // A database that cannot be written can still be read, so it is closed only when it can probably be opened again.
      await requireRoom(folder);
      await saveUndo(folder, undo);
      await level.close();
    }
    level = await openLevel(folder);
    await finishUndo(level);
    toUndo = undefined;
    log(`storage: ${folder} was repaired after a failed write`);
  }

  async function change(work: () => Promise<void>, before: () => ChangeSet): Promise<void> {
    if (toUndo) await repair(toUndo).catch(fail);
    try {
      await work();
    } catch (error) {
      toUndo = before();
      log(`storage: ${folder} could not be written: ${reason(error)}`);
      await repair(toUndo).catch((again: unknown) => log(`storage: ${folder} refuses writes: ${reason(again)}`));
      fail(error);
    }
  }

  function readable(): ClassicLevel<string, string> {
    if (level.status === 'open') return level;
    if (toUndo) inTurn(async () => toUndo && repair(toUndo)).catch(() => undefined);
    throw new StorageError(`The engine's data cannot be read: ${folder} is being repaired`);
  }

  return {
    get: (key) => readable().getSync(key),
    write: (changes) =>
      inTurn(() =>
        change(
          () => level.batch(operations(changes)),
          () => heldBefore(level, changes),
        ),
      ),
    clear: (range) =>
      inTurn(() =>
        change(
          () => level.clear(range),
          () => new Map(),
        ),
      ),
    async *entries(range) {
      const iterator = readable().iterator(range);
      yield* pages(iterator);
    },
    async *values(range) {
      const iterator = readable().values(range);
      yield* pages(iterator);
    },
    async firstKey(range) {
      const [key] = await readable()
        .keys({ ...range, limit: 1 })
        .all();
      return key;
    },
    hold: () =>
      new Promise((resolve, reject) => {
        inTurn(async () => {
          if (toUndo) await repair(toUndo).catch(fail);
          await new Promise<void>((goOn) => resolve(goOn));
        }).catch(reject);
      }),
    close: () =>
      inTurn(async () => {
        if (toUndo)
          await repair(toUndo).catch((error: unknown) => log(`storage: ${folder} stays as it is: ${reason(error)}`));
        await level.close();
      }),
  };
}

function fail(error: unknown): never {
  throw new StorageError(`The engine's data cannot be written: ${reason(error)}`, { cause: error });
}

async function* pages<T>(iterator: { nextv(size: number): Promise<T[]>; close(): Promise<void> }): AsyncGenerator<T[]> {
  try {
    for (;;) {
      const page = await iterator.nextv(entriesAtOnce);
      if (page.length === 0) return;
      yield page;
    }
  } finally {
    await iterator.close();
  }
}

async function openLevel(folder: string): Promise<ClassicLevel<string, string>> {
  const level = new ClassicLevel<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await level.open();
    return level;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    throw new StorageError(`The database ${folder} cannot be opened: ${reason(cause ?? error)}`, { cause });
  }
}

function operations(
  changes: ChangeSet,
): ({ type: 'put'; key: string; value: string } | { type: 'del'; key: string })[] {
  return [...changes].map(([key, value]) => (value === undefined ? { type: 'del', key } : { type: 'put', key, value }));
}

/** Empty where it cannot be read: such a write is not undone, should it be on disk in spite of its failure. */
function heldBefore(level: ClassicLevel<string, string>, changes: ChangeSet): ChangeSet {
  try {
    return new Map([...changes.keys()].map((key) => [key, level.getSync(key)]));
  } catch {
    return new Map();
  }
}

/** Throws where the disk has no room for what opening the database writes. */
async function requireRoom(folder: string): Promise<void> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const sizes = await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size));
  const probe = join(folder, 'room');
  try {
    await writeFile(
      probe,
      Buffer.alloc(
        sizes.reduce((sum, size) => sum + size, roomBeyondLogBytes),
        1,
      ),
    );
  } finally {
    await rm(probe, { force: true });
  }
}

const undoFile = (folder: string) => join(folder, 'undo.json');

async function saveUndo(folder: string, undo: ChangeSet): Promise<void> {
  const unfinished = `${undoFile(folder)}.tmp`;
  const values = [...undo].map(([key, value]) => [key, value ?? null]);
  await writeFile(unfinished, JSON.stringify(values), { mode: 0o600 });
  await rename(unfinished, undoFile(folder));
}

/** Puts back what a failed write of this process, or of one that was killed since, would have changed. */
async function finishUndo(level: ClassicLevel<string, string>): Promise<void> {
  const file = undoFile(level.location);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return;
  // Written whole by saveUndo.
  const values = JSON.parse(text) as [string, string | null][];
  await level.batch(operations(new Map(values.map(([key, value]) => [key, value ?? undefined]))));
  // Left behind, it would undo what is acknowledged from now on.
  await rm(file);
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
