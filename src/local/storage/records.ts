import { ClassicLevel } from 'classic-level';

/**
 * The control plane's records: held in memory, written through to LevelDB.
 * `put` and `delete` change memory at once and resolve when the change would survive `kill -9`: await them before answering.
 * Values are plain JSON and are shared, so treat what `get` returns as immutable and put a changed copy.
 */
export interface Collection<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
  /** Values whose key starts with `prefix`, in key order. */
  values(prefix?: string): T[];
  keys(prefix?: string): string[];
}

export interface Store {
  /** `name`: `iam/roles`, `lambda/functions`… The caller of a name decides its type. Regional records put the region in the key. */
  collection<T>(name: string): Collection<T>;
  close(): Promise<void>;
}

/** Not in any collection name or key. */
const separator = '\u0000';

/** Opens (or makes) the store in `folder`. Throws LEVEL_DATABASE_NOT_OPEN when another process holds it. */
export async function openStore(folder: string): Promise<Store> {
  const database = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  await database.open();
  const collections = new Map<string, Map<string, unknown>>();
  for await (const [path, value] of database.iterator()) {
    const at = path.indexOf(separator);
    recordsOf(path.slice(0, at)).set(path.slice(at + 1), value);
  }

  function recordsOf(name: string): Map<string, unknown> {
    let records = collections.get(name);
    if (!records) {
      records = new Map();
      collections.set(name, records);
    }
    return records;
  }

  return {
    collection<T>(name: string): Collection<T> {
      // What was stored under this name was put there through a collection of the same type.
      const records = recordsOf(name) as Map<string, T>;
      const matching = (prefix: string) => [...records.keys()].filter((key) => key.startsWith(prefix)).sort();
      return {
        get: (key) => records.get(key),
        async put(key, value) {
          records.set(key, value);
          await database.put(name + separator + key, value);
        },
        async delete(key) {
          records.delete(key);
          await database.del(name + separator + key);
        },
        keys: (prefix = '') => matching(prefix),
        values: (prefix = '') => matching(prefix).flatMap((key) => records.get(key) ?? []),
      };
    },
    close: () => database.close(),
  };
}
