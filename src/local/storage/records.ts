import { mkdir } from 'node:fs/promises';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { type GroupCommit, groupCommits, refusedRead } from './group-commit.ts';

/**
 * Records held in memory, written through to a database. An operation reads, decides and puts without waiting in between,
 * so `get` shows at once what `put` was given; a put that fails is undone. Whoever answers from what it read waits for
 * `watch` first, so that nothing is shown that the disk does not have.
 * Values are plain JSON and are shared, so treat what `get` returns as immutable and put a changed copy.
 */
export interface Collection<T> {
  get(key: string): T | undefined;
  /** Resolves when the change would survive `kill -9`; await it before answering. Rejects when it was undone. */
  put(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
  /** Values whose key starts with `prefix`, in key order. */
  values(prefix?: string): T[];
  keys(prefix?: string): string[];
}

/** To be called before an answer is given; rejects with StorageError when a record that may have been read was undone. */
export type Watch = () => Promise<void>;

export interface Records {
  /** The caller of a name decides its type. */
  collection<T>(name: string): Collection<T>;
  /** From now on; see `Watch`. */
  watch(): Watch;
}

export interface Store extends Records {
  /** As `Database.hold`. */
  hold(): Promise<() => void>;
  close(): Promise<void>;
}

/** Not in any collection name or key. */
const separator = '\u0000';

/** A value, and the one it replaces for as long as it may be undone. `undefined`: deleted. */
interface Version {
  value: unknown;
  before: Version | undefined;
}

/** Opens (or makes) the store in `folder`. Throws StorageError. */
export async function openStore(folder: string, options: DatabaseOptions = {}): Promise<Store> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = await openDatabase(folder, options);
  const commits = groupCommits(database);
  return {
    ...(await loadRecords(database, commits, { separator })),
    hold: database.hold,
    async close() {
      await commits.settled();
      await database.close();
    },
  };
}

/** The records among a database's entries: those whose key is a collection's name, the separator and the record's own key. */
export async function loadRecords(
  database: Database,
  commits: GroupCommit,
  { name: only = '', separator }: { name?: string; separator: string },
): Promise<Records> {
  const collections = new Map<string, Map<string, Version>>();
  const made = new Map<string, Collection<unknown>>();
  const pending = new Set<Promise<void>>();
  let failures = 0;

  function versionsOf(name: string): Map<string, Version> {
    const known = collections.get(name);
    if (known) return known;
    const versions = new Map<string, Version>();
    collections.set(name, versions);
    return versions;
  }

  const from = only + (only && separator);
  for await (const page of database.entries({ gte: from, lt: `${from}\u{10ffff}` })) {
    for (const [path, text] of page) {
      const at = path.indexOf(separator);
      versionsOf(path.slice(0, at)).set(path.slice(at + 1), { value: JSON.parse(text), before: undefined });
    }
  }

  function change(name: string, key: string, value: unknown): Promise<void> {
    const versions = versionsOf(name);
    const version: Version = { value, before: versions.get(key) };
    versions.set(key, version);
    const text = value === undefined ? undefined : JSON.stringify(value);
    const { landed } = commits.commit(new Map([[name + separator + key, text]]));
    const done = landed.then(
      () => {
        version.before = undefined;
        if (value === undefined && versions.get(key) === version) versions.delete(key);
      },
      (error: unknown) => {
        failures += 1;
        undo(versions, key, version);
        throw error;
      },
    );
    pending.add(done);
    const forget = () => pending.delete(done);
    done.then(forget, forget);
    return done;
  }

  function makeCollection(name: string): Collection<unknown> {
    const versions = versionsOf(name);
    const get = (key: string) => versions.get(key)?.value;
    const keys = (prefix = '') =>
      [...versions.keys()].filter((key) => key.startsWith(prefix) && get(key) !== undefined).sort();
    return {
      get,
      keys,
      values: (prefix) => keys(prefix).flatMap((key) => get(key) ?? []),
      put: (key, value) => change(name, key, value),
      delete: (key) => change(name, key, undefined),
    };
  }

  return {
    collection<T>(name: string): Collection<T> {
      const known = made.get(name) ?? makeCollection(name);
      made.set(name, known);
      // What was stored under this name was put there through a collection of the same type.
      return known as Collection<T>;
    },
    watch() {
      const before = failures;
      return async () => {
        if (pending.size > 0) await Promise.allSettled(pending);
        if (failures !== before) throw refusedRead();
      };
    },
  };
}

/** Takes a version out of the line of those that a key has had. */
function undo(versions: Map<string, Version>, key: string, version: Version): void {
  const newest = versions.get(key);
  if (newest === version) {
    if (version.before) versions.set(key, version.before);
    else versions.delete(key);
    return;
  }
  for (let later = newest; later; later = later.before) {
    if (later.before === version) later.before = version.before;
  }
}
