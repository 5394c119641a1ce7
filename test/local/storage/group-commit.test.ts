import { describe, expect, it } from 'vitest';
import type { ChangeSet } from '../../../src/local/storage/database.ts';
import { groupCommits } from '../../../src/local/storage/group-commit.ts';

/** A database whose batches end when the test says so. */
function heldDatabase() {
  const stored = new Map<string, string>();
  const batches: { keys: string[]; end(error?: Error): void }[] = [];
  return {
    batches,
    get: (key: string) => stored.get(key),
    write: (changes: ChangeSet) =>
      new Promise<void>((resolve, reject) => {
        batches.push({
          keys: [...changes.keys()],
          end(error) {
            if (error) return reject(error);
            for (const [key, value] of changes) value === undefined ? stored.delete(key) : stored.set(key, value);
            resolve();
          },
        });
      }),
  };
}

describe('groupCommits', () => {
  it('writes one batch at a time, and gathers what arrives meanwhile into the next', async () => {
    const database = heldDatabase();
    const writes = groupCommits(database);
    const first = writes.commit(new Map([['a', '1']])).landed;
    await expect.poll(() => database.batches.length).toBe(1);
    const others = [
      writes.commit(new Map([['b', '2']])).landed,
      writes.commit(
        new Map([
          ['a', undefined],
          ['c', '3'],
        ]),
      ).landed,
    ];
    expect(writes.read('a').value).toBeUndefined();
    expect(writes.read('b')).toMatchObject({ value: '2' });
    expect(database.get('b')).toBeUndefined();
    database.batches[0]?.end();
    await first;
    await expect.poll(() => database.batches.length).toBe(2);
    expect(database.batches[1]?.keys).toEqual(['b', 'a', 'c']);
    database.batches[1]?.end();
    await Promise.all(others);
    expect([writes.read('a'), writes.read('c')]).toEqual([
      { value: undefined, group: undefined },
      { value: '3', group: undefined },
    ]);
  });

  it('fails what may have been computed from a write that failed, and goes on after it', async () => {
    const database = heldDatabase();
    const writes = groupCommits(database);
    const first = writes.commit(new Map([['a', '1']])).landed;
    await expect.poll(() => database.batches.length).toBe(1);
    const second = writes.commit(new Map([['b', 'from a']])).landed;
    const outcomes = Promise.allSettled([first, second]);
    database.batches[0]?.end(new Error('disk full'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([writes.read('a').value, writes.read('b').value]).toEqual([undefined, undefined]);
    const third = writes.commit(new Map([['c', '1']])).landed;
    await expect.poll(() => database.batches.length).toBe(2);
    database.batches[1]?.end();
    await third;
    expect(writes.read('c').value).toBe('1');
  });
});
