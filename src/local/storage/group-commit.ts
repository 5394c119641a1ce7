/** The two things that grouped writing asks of a database. */
interface Database {
  getSync(key: string): string | undefined;
  batch(operations: ({ type: 'put'; key: string; value: string } | { type: 'del'; key: string })[]): Promise<void>;
}

/** Keys and their new values; `undefined` deletes. */
export type ChangeSet = Map<string, string | undefined>;

export interface GroupCommit {
  /** The value that the newest change gave a key, whether or not it has reached the database, and when it will have. */
  read(key: string): { value: string | undefined; landed: Promise<void> | undefined };
  /** All of the changes or none. Resolves when they would survive `kill -9`. */
  commit(changes: ChangeSet): Promise<void>;
  /** Resolves when every commit made so far has landed or failed. */
  settled(): Promise<void>;
}

interface Group {
  changes: ChangeSet;
  landed: Promise<void>;
}

/**
 * Writes that arrive while a batch is being written become the next batch: one write at a time, in order, however many
 * callers there are. A group whose predecessor failed fails with it, for it may have been computed from what was lost.
 */
export function groupCommits(database: Database): GroupCommit {
  let flying: Group | undefined;
  let waiting: Group | undefined;

  function board(): Group {
    const changes: ChangeSet = new Map();
    const group: Group = { changes, landed: takeOff(changes, flying?.landed, () => group) };
    const done = () => {
      if (flying === group) flying = undefined;
      if (waiting === group) waiting = undefined;
    };
    group.landed.then(done, done);
    return group;
  }

  async function takeOff(changes: ChangeSet, before: Promise<void> | undefined, group: () => Group): Promise<void> {
    // At least one turn, so that the group is boarded before it leaves.
    await before;
    flying = group();
    waiting = undefined;
    await database.batch(
      [...changes].map(([key, value]) => (value === undefined ? { type: 'del', key } : { type: 'put', key, value })),
    );
  }

  return {
    read(key) {
      for (const group of [waiting, flying]) {
        if (group?.changes.has(key)) return { value: group.changes.get(key), landed: group.landed };
      }
      return { value: database.getSync(key), landed: undefined };
    },
    commit(changes) {
      waiting ??= board();
      for (const [key, value] of changes) waiting.changes.set(key, value);
      return waiting.landed;
    },
    async settled() {
      await Promise.allSettled([waiting?.landed, flying?.landed]);
    },
  };
}
