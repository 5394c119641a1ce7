import { cp, mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSecret } from '../../src/home/folders.ts';
import { call, type Installation, install, type Outcome, until } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  await call(dynops, 'create', '--item', '{"id":"kept"}');
});
afterAll(() => dynops.remove());

const at = (path: string) => join(dynops.home, 'dynops', path);
async function ids(): Promise<string[]> {
  const { Items } = (await call(dynops, 'list')) as { Items: { id: string }[] };
  return Items.map(({ id }) => id).sort();
}

it('a snapshot brings back items, users with their passwords, and code', async () => {
  const saved = await dynops.json(['local', 'snapshot', 'save', 'one']);
  expect(saved).toMatchObject({ ok: true, name: 'one', bytes: expect.any(Number) });
  await call(dynops, 'create', '--item', '{"id":"later"}');
  await dynops.json(['down', '--yes']);
  const { stdout } = await dynops.run(['local', 'snapshot', 'load', 'one', '--yes', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, name: 'one' });
  await expect(dynops.json(['local', 'status'])).resolves.toMatchObject({ running: true });
  await expect(ids()).resolves.toEqual(['kept']);
  const token = await dynops.run(['token', '--refresh']);
  expect(token).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ey/) });
  await expect(dynops.json(['status'])).resolves.toMatchObject({ inSync: true });
});

it('is listed, has a name of its own, and is deleted only when that was said', async () => {
  const run = (...words: string[]) => dynops.run(['local', 'snapshot', ...words, '--json']);
  const list = async () => JSON.parse((await run('list')).stdout).snapshots.map(({ name }: { name: string }) => name);
  await expect(list()).resolves.toEqual(['one']);
  const again = await run('save', 'one');
  expect(again.status).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({ ok: false, error: { code: 'FileExists' } });
  await expect(run('save', 'one', '--replace')).resolves.toHaveProperty('status', 0);
  for (const words of [
    ['load', 'one'],
    ['delete', 'one'],
    ['save', '../x'],
    ['save', '.x'],
  ]) {
    const { status, stdout } = await run(...words);
    expect([words, status]).toEqual([words, 64]);
    expect(JSON.parse(stdout).ok).toBe(false);
  }
  const { status, stdout } = await run('load', 'onw', '--yes');
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'NoSnapshot', hint: 'Did you mean one?' } });
  expect(status).toBe(1);
  await run('save', 'two');
  await expect(run('delete', 'two', '--yes')).resolves.toHaveProperty('status', 0);
  await expect(list()).resolves.toEqual(['one']);
  expect(await readdir(at('snapshots'))).toEqual(['one']);
});

it.each<[string, (folder: string) => Promise<unknown>]>([
  ['lacks a folder', (folder) => rm(join(folder, 'data/items'), { recursive: true })],
  ['is cut off', (folder) => truncate(join(folder, 'data/items/CURRENT'), 3)],
  ['holds a link', (folder) => moveBehindLink(join(folder, 'data/items/CURRENT'))],
])('one that %s is not loaded', async (_how, damage) => {
  await dynops.json(['local', 'snapshot', 'save', 'damaged', '--replace']);
  await damage(at('snapshots/damaged'));
  const { status, stdout } = await dynops.run(['local', 'snapshot', 'load', 'damaged', '--yes', '--json']);
  expect([status, JSON.parse(stdout).error.code]).toEqual([1, 'SnapshotDamaged']);
  await expect(ids()).resolves.toEqual(['kept']);
  await dynops.json(['local', 'snapshot', 'delete', 'damaged', '--yes']);
});

async function moveBehindLink(file: string): Promise<void> {
  await rename(file, join(dynops.home, 'elsewhere'));
  await symlink(join(dynops.home, 'elsewhere'), file);
}

it('an import that was interrupted before a load begins anew after it', async () => {
  const items = Array.from({ length: 2_500 }, (_, index) => `{"id":{"S":"many-${index}"}}\n`).join('');
  await writeFile(join(dynops.home, 'many.jsonl'), items);
  const words = ['table', 'import', 'many.jsonl', '--json'];
  const notes = () => readdir(at('imports')).catch(() => []);
  let first: Outcome | undefined;
  // Until it was not done before the signal came.
  for (let round = 0; round < 20 && first?.status !== 130; round += 1) {
    first = await dynops.run(words, {
      // The place is written down after each thousand.
      onSpawn: (child) =>
        void until(async () => child.exitCode !== null || (await notes()).length > 0).then(() => child.kill('SIGINT')),
    });
  }
  expect([first?.status, (await notes()).length]).toEqual([130, 1]);
  await dynops.json(['local', 'snapshot', 'load', 'one', '--yes']);
  await expect(dynops.json(['table', 'import', 'many.jsonl'])).resolves.toMatchObject({ resumedAt: 0, items: 2_500 });
  const { stdout } = await dynops.run(['table', 'export', '--where', 'begins_with(id, "many-")']);
  expect(stdout.trim().split('\n')).toHaveLength(2_500);
  await dynops.json(['local', 'snapshot', 'load', 'one', '--yes']);
});

it.each<[string, () => Promise<unknown>]>([
  ['a snapshot is loaded', () => dynops.json(['local', 'snapshot', 'load', 'one', '--yes'])],
  [
    'the table is made anew',
    async () => {
      await dynops.json(['table', 'delete', '--yes']);
      await dynops.json(['table', 'create']);
    },
  ],
])('an import during which %s does not count what was written before', async (_what, replace) => {
  const { endpoint } = await dynops.json<{ endpoint: string }>(['local', 'status']);
  const lines = (from: string) =>
    Array.from({ length: 30 }, (_, index) => `{"id":{"S":"${from}-${index}"}}\n`).join('');
  const { status, stdout } = await dynops.run(['table', 'import', '-', '--verify', '--json'], {
    keepStdin: true,
    onSpawn: ({ stdin }) => {
      stdin?.write(lines('before'));
      // A batch is full, and written, while the next is waited for.
      void until(async () => (await dynops.run(['table', 'export'])).stdout.includes('before-'))
        .then(replace)
        .finally(() => stdin?.end(lines('after')));
    },
  });
  expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'ContentReplaced']);
  // Who was told the address before finds the engine there still.
  await expect(dynops.json(['local', 'status'])).resolves.toMatchObject({ endpoint });
  await dynops.json(['local', 'snapshot', 'load', 'one', '--yes']);
});

it('one that was to be replaced is there still where the other never came', async () => {
  // The id of no process.
  await rename(at('snapshots/one'), at('snapshots/.one.99999999.old'));
  await mkdir(at('snapshots/.one.99999999'));
  await mkdir(at('snapshots/.two.99999999.gone'));
  const { snapshots } = await dynops.json<{ snapshots: unknown[] }>(['local', 'snapshot', 'list']);
  expect(snapshots).toMatchObject([{ name: 'one' }]);
  expect(await readdir(at('snapshots'))).toEqual(['one']);
});

it('the copy of a save that was killed is removed while the engine runs, and that of a living one is not', async () => {
  const copies = async () => (await readdir(at('engine'))).filter((name) => name.startsWith('snapshot.'));
  // The id of no process.
  for (const pid of [99999999, process.pid]) await mkdir(at(`engine/snapshot.${pid}/control`), { recursive: true });
  await dynops.json(['local', 'snapshot', 'list']);
  expect(await copies()).toEqual([`snapshot.${process.pid}`]);
  await rm(at(`engine/snapshot.${process.pid}`), { recursive: true });
  await dynops.json(['local', 'snapshot', 'save', 'two']);
  await dynops.json(['local', 'snapshot', 'delete', 'two', '--yes']);
  expect(await copies()).toEqual([]);
});

it('a load that was killed before its whole copy was in place changes nothing', async () => {
  await call(dynops, 'create', '--item', '{"id":"later"}');
  await dynops.run(['local', 'stop']);
  // The id of no process.
  await mkdir(at('engine/loading.99999999/data'), { recursive: true });
  await writeFile(at('engine/loading.99999999/data/half'), '');
  await expect(ids()).resolves.toEqual(['kept', 'later']);
  expect(await readdir(at('engine'))).not.toContain('loading.99999999');
});

it.each(['stacks', 'data'])(
  'one that was killed after that, before the %s were in place, is finished',
  async (left) => {
    await call(dynops, 'create', '--item', '{"id":"later"}');
    await dynops.run(['local', 'stop']);
    await cp(at('snapshots/one'), at('engine/loading'), { recursive: true });
    if (left === 'data') await rename(at('engine/loading/stacks'), at('stacks/moved'));
    await expect(ids()).resolves.toEqual(['kept']);
    expect(await readdir(at('engine'))).not.toContain('loading');
  },
);

it('one is saved while commands keep tokens of its stacks', async () => {
  const kept = at('stacks/local/000000000000/us-east-1/default/tokens/another.json');
  let isSaved = false;
  const writing = (async () => {
    while (!isSaved) await writeSecret(kept, '{}');
  })();
  try {
    for (let round = 0; round < 6; round += 1)
      await dynops.json(['local', 'snapshot', 'save', 'meanwhile', '--replace']);
  } finally {
    isSaved = true;
    await writing;
  }
});
