import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginChanges } from '../../../src/local/storage/changes.ts';
import type { ChangeSet, Database } from '../../../src/local/storage/database.ts';
import { groupCommits } from '../../../src/local/storage/group-commit.ts';
import { loadRecords, openStore, type Store } from '../../../src/local/storage/records.ts';

const separator = '\u0000';

/** A database in memory whose writes fail while `failing` says so. */
function memoryDatabase(entries: Record<string, string> = {}) {
  const stored = new Map(Object.entries(entries));
  const state = { failing: false };
  const database: Database = {
    get: (key) => stored.get(key),
    async write(changes: ChangeSet) {
      // The disk takes its time, so that more is put meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      if (state.failing) throw new Error('disk full');
      for (const [key, value] of changes) value === undefined ? stored.delete(key) : stored.set(key, value);
    },
    async *entries() {
      yield [...stored];
    },
    async *values() {
      yield [...stored.values()];
    },
    clear: async () => stored.clear(),
    hold: async () => () => undefined,
    firstKey: async () => [...stored.keys()].sort()[0],
    close: async () => undefined,
  };
  return { database, state, stored };
}

async function openRecords(entries?: Record<string, string>) {
  const memory = memoryDatabase(entries);
  const records = await loadRecords(memory.database, groupCommits(memory.database), { separator });
  return { ...memory, records, roles: records.collection<{ of: number }>('roles') };
}

describe('records', () => {
  it('show at once what is put, and undo it when it cannot be written', async () => {
    const { roles, state } = await openRecords({ [`roles${separator}kept`]: '{"of":1}' });
    state.failing = true;
    const made = roles.put('made', { of: 1 });
    const changed = roles.put('kept', { of: 2 });
    expect(roles.keys()).toEqual(['kept', 'made']);
    expect(roles.get('kept')).toEqual({ of: 2 });
    await expect(made).rejects.toThrow('disk full');
    await expect(changed).rejects.toThrow('disk full');
    expect(roles.keys()).toEqual(['kept']);
    expect(roles.get('kept')).toEqual({ of: 1 });
  });

  it('undo a deletion', async () => {
    const { roles, state } = await openRecords({ [`roles${separator}kept`]: '{"of":1}' });
    state.failing = true;
    const deleted = roles.delete('kept');
    expect(roles.values()).toEqual([]);
    await expect(deleted).rejects.toThrow('disk full');
    expect(roles.values()).toEqual([{ of: 1 }]);
  });

  it('undo what was put upon a change that failed, down to the last that is on disk', async () => {
    const { roles, state, stored } = await openRecords();
    await roles.put('role', { of: 1 });
    state.failing = true;
    const first = roles.put('role', { of: 2 });
    await new Promise((resolve) => process.nextTick(resolve));
    const outcomes = Promise.allSettled([first, roles.put('role', { of: 3 }), roles.put('role', { of: 4 })]);
    expect(roles.get('role')).toEqual({ of: 4 });
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(roles.get('role')).toEqual({ of: 1 });
    state.failing = false;
    await roles.put('role', { of: 5 });
    expect(stored.get(`roles${separator}role`)).toBe('{"of":5}');
  });

  it('keep every change of operations that read, decide and put at the same time', async () => {
    const { roles } = await openRecords();
    const add = async () => roles.put('count', { of: (roles.get('count')?.of ?? 0) + 1 });
    await Promise.all(Array.from({ length: 100 }, add));
    expect(roles.get('count')).toEqual({ of: 100 });
  });

  it('write what one turn puts together, all or none', async () => {
    const { records, roles, state, stored } = await openRecords();
    const policies = records.collection<number>('policies');
    state.failing = true;
    await Promise.allSettled([roles.put('a', { of: 1 }), policies.put('b', 1)]);
    expect(stored.size).toBe(0);
    state.failing = false;
    await Promise.all([roles.put('a', { of: 1 }), policies.put('b', 1)]);
    expect([...stored.keys()]).toEqual([`roles${separator}a`, `policies${separator}b`]);
  });

  it('hold an answer back until what it may tell is on disk, and refuse it when that was undone', async () => {
    const { records, roles, state, stored } = await openRecords();
    const watch = records.watch();
    const put = roles.put('role', { of: 1 });
    await watch();
    expect(stored.size).toBe(1);
    await put;

    state.failing = true;
    const refused = records.watch();
    const failed = roles.put('role', { of: 2 });
    await expect(refused()).rejects.toMatchObject({ name: 'StorageError' });
    await expect(failed).rejects.toThrow('disk full');
    // Also when it had failed before the answer was ready; not when it had before the request began.
    await expect(refused()).rejects.toMatchObject({ name: 'StorageError' });
    await records.watch()();
  });
});

describe('a store', () => {
  let folder: string;
  let store: Store | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-records-'));
  });
  afterEach(async () => {
    await store?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has its records again when it is opened again, by the prefix of their keys', async () => {
    store = await openStore(folder);
    const users = store.collection<string>('users');
    await Promise.all([users.put('pool-1/b', 'B'), users.put('pool-1/a', 'A'), users.put('pool-2/c', 'C')]);
    await users.delete('pool-2/c');
    await store.close();
    store = await openStore(folder);
    expect(store.collection('users').values('pool-1/')).toEqual(['A', 'B']);
    expect(store.collection('users').keys()).toEqual(['pool-1/a', 'pool-1/b']);
    expect(store.collection('roles').keys()).toEqual([]);
  });

  it('says which database cannot be opened', async () => {
    store = await openStore(folder);
    await expect(openStore(folder)).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringContaining(folder),
      cause: { code: 'LEVEL_LOCKED' },
    });
  });
});

describe('changes', () => {
  it('are refused when they were computed from a write that was undone meanwhile', async () => {
    const { database, state } = memoryDatabase({ a: '1' });
    const commits = groupCommits(database);
    state.failing = true;
    const failed = commits.commit(new Map([['a', '2']])).landed;
    const call = beginChanges(commits);
    expect(call.read('a')).toBe('2');
    await expect(failed).rejects.toThrow('disk full');
    state.failing = false;
    call.write('b', 'from 2');
    await expect(call.commit()).rejects.toMatchObject({ name: 'StorageError' });
    await expect(call.abandon()).rejects.toThrow('disk full');
    expect(database.get('b')).toBeUndefined();
  });
});
