import type { ChangeSet } from './database.ts';
import { type Group, type GroupCommit, refusedRead } from './group-commit.ts';

/** What one call reads and writes. Reads see the newest change of every call before it, and this call's own. */
export interface Changes {
  read(key: string): string | undefined;
  write(key: string, value: string | undefined): void;
  /** Stores what was written, all of it or nothing; resolves when that, and whatever was read, would survive `kill -9`. */
  commit(): Promise<void>;
  /** Forgets what was written; resolves when whatever was read would survive `kill -9`. */
  abandon(): Promise<void>;
}

/** `commit` and `abandon` reject with StorageError when a write that was read from, or the commit itself, was undone. */
export function beginChanges(commits: GroupCommit): Changes {
  const changes: ChangeSet = new Map();
  const seen = new Set<Group>();

  async function abandon(): Promise<void> {
    await Promise.all([...seen].map(({ landed }) => landed));
  }

  return {
    read(key) {
      if (changes.has(key)) return changes.get(key);
      const { value, group } = commits.read(key);
      if (group) seen.add(group);
      return value;
    },
    write: (key, value) => void changes.set(key, value),
    async commit() {
      if (changes.size === 0) return abandon();
      // A group that is still pending takes the commit down with it; one that has failed already is not in its way any more.
      if ([...seen].some(({ state }) => state === 'failed')) throw refusedRead();
      await commits.commit(changes).landed;
    },
    abandon,
  };
}
