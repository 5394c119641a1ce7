import type { ChangeSet } from './database.ts';
import { StorageError } from './storage-error.ts';

/** The two things that grouped writing asks of a database. */
interface Writable {
  get(key: string): string | undefined;
  write(changes: ChangeSet): Promise<void>;
}

/** Changes that are written together. */
export interface Group {
  readonly landed: Promise<void>;
  readonly state: 'pending' | 'landed' | 'failed';
}

export interface GroupCommit {
  /** The value that the newest change gave a key, and the group of that change while it has not reached the database. */
  read(key: string): { value: string | undefined; group: Group | undefined };
  /** All of the changes or none; `landed` resolves when they would survive `kill -9`. */
  commit(changes: ChangeSet): Group;
  /** Resolves when every commit made so far has landed or failed. */
  settled(): Promise<void>;
}

interface OpenGroup extends Group {
  changes: ChangeSet;
  state: Group['state'];
}

/**
 * Writes that arrive while a batch is being written become the next batch: one write at a time, in order, however many
 * callers there are. A group whose predecessor failed fails with it, for it may have been computed from what was lost.
 */
export function groupCommits(database: Writable): GroupCommit {
  let flying: OpenGroup | undefined;
  let waiting: OpenGroup | undefined;

  function openGroup(): OpenGroup {
    const changes: ChangeSet = new Map();
    const group: OpenGroup = { changes, state: 'pending', landed: write(changes, flying?.landed, () => group) };
    const end = (state: Group['state']) => {
      group.state = state;
      if (flying === group) flying = undefined;
      if (waiting === group) waiting = undefined;
    };
    group.landed.then(
      () => end('landed'),
      () => end('failed'),
    );
    return group;
  }

  async function write(changes: ChangeSet, before: Promise<void> | undefined, group: () => OpenGroup): Promise<void> {
    // At least one turn, so that the group is filled before it is written.
    await before;
    flying = group();
    waiting = undefined;
    await database.write(changes);
  }

  return {
    read(key) {
      for (const group of [waiting, flying]) {
        if (group?.changes.has(key)) return { value: group.changes.get(key), group };
      }
      return { value: database.get(key), group: undefined };
    },
    commit(changes) {
      waiting ??= openGroup();
      for (const [key, value] of changes) waiting.changes.set(key, value);
      return waiting;
    },
    async settled() {
      await Promise.allSettled([waiting?.landed, flying?.landed]);
    },
  };
}

/** For what was read from a write that failed meanwhile. */
export function refusedRead(): StorageError {
  return new StorageError('What this request read could not be written, and was undone');
}
