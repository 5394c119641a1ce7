import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../../src/local/storage/records.ts';

const folder = await mkdtemp(join(tmpdir(), 'dynops-full-'));
const disk = join(folder, 'disk');
await mkdir(disk);

/** A real file system that gets full; only the superuser may mount one. */
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const isMounted = mount();
afterAll(async () => {
  if (isMounted) execFileSync('umount', [disk]);
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!isMounted)('a store on a disk that is full for a while (needs to mount a tmpfs)', () => {
  it('keeps all that it acknowledges before, meanwhile and after, and nothing that it refuses', async () => {
    const acknowledged = new Map<string, number>();
    const refused: string[] = [];
    let store = await openStore(join(disk, 'store'));
    async function put(count: number, run: string): Promise<void> {
      const roles = store.collection<number>('roles');
      for (let number = 0; number < count; number += 1) {
        const key = `${run}-${number}-${'k'.repeat(1_000)}`;
        await roles.put(key, number).then(
          () => acknowledged.set(key, number),
          () => refused.push(key),
        );
      }
    }
    function check(found: Store): void {
      const roles = found.collection<number>('roles');
      expect([...acknowledged].filter(([key, value]) => roles.get(key) !== value)).toEqual([]);
      expect(refused.filter((key) => roles.get(key) !== undefined)).toEqual([]);
      expect(roles.keys()).toHaveLength(acknowledged.size);
    }

    await put(200, 'before');
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, 'filler'), Buffer.alloc(bavail * bsize, 1));
    await put(200, 'full');
    expect(refused.length).toBeGreaterThan(100);
    // What is there can still be read.
    check(store);
    await rm(join(disk, 'filler'));
    const refusedWhileFull = refused.length;
    await put(300, 'after');
    expect(refused).toHaveLength(refusedWhileFull);
    check(store);

    await cp(join(disk, 'store'), join(folder, 'killed'), { recursive: true });
    const killed = await openStore(join(folder, 'killed'));
    check(killed);
    await killed.close();
    await store.close();
    store = await openStore(join(disk, 'store'));
    check(store);
    await store.close();
  });
});
