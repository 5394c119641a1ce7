import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { openItems, spacePrefix } from '../../../../src/local/dynamodb/items.ts';
import { readZip } from '../../../../src/local/lambda/code.ts';
import { openCodeKeeper } from '../../../../src/local/lambda/code-keeper.ts';
import { eventsAfter, firstId } from '../../../../src/local/logs/events.ts';
import { newGroup, openLogStore } from '../../../../src/local/logs/log-store.ts';
import { openStore } from '../../../../src/local/storage/records.ts';

/**
 * `rounds.ts FOLDER CONTROL STEP`, with failing-writes.c preloaded: fails every STEPth change that the stores make to the disk,
 * once in each way, while all of them are written to; prints the counts as JSON, and what is wrong where something is.
 */

const [, , folder = '', controlFile = '', step = '1'] = process.argv;
const errno = constants.errno;
/** `error` 0: half is written, then the disk is full. */
const kinds = [
  { name: 'ENOSPC', error: errno.ENOSPC, length: 1 },
  { name: 'EIO', error: errno.EIO, length: 1 },
  { name: 'short write', error: 0, length: 2 },
  { name: 'ENOSPC for a while', error: errno.ENOSPC, length: 40 },
];
const control = openSync(controlFile, 'r+');
const counts = { rounds: 0, failed: 0, acknowledged: 0, refused: 0, restarts: 0, reopenings: 0 };
const wrong: string[] = [];

function arm({ error, length }: { error: number; length: number }, target: number): void {
  writeSync(control, Buffer.from(Int32Array.of(target, error, length, 0, 0).buffer), 0, 20, 0);
}
const disarm = () => writeSync(control, Buffer.from(Int32Array.of(0).buffer), 0, 4, 0);
function failures(): number {
  const read = Buffer.alloc(20);
  readSync(control, read, 0, 20, 0);
  return read.readInt32LE(16);
}

async function openAll(dataDir: string) {
  const clock = Date.now;
  // Not yet a folder's user: a store that cannot be opened is tried again, with all of them.
  const opened: { close(): Promise<void> }[] = [];
  try {
    const keep = async <T extends { close(): Promise<void> }>(store: Promise<T>) => {
      opened.push(await store);
      return store;
    };
    const records = await keep(openStore(join(dataDir, 'control')));
    const items = await keep(openItems(join(dataDir, 'items'), { clock }));
    const logs = await keep(openLogStore(join(dataDir, 'logs'), { clock }));
    const usedHashes = () => [...uploaded.values()].map(({ sha256 }) => sha256);
    const code = openCodeKeeper(dataDir, { usedHashes, clock, log: () => undefined });
    await code.removeUnused();
    const close = async () => {
      for (const store of [code, ...opened]) await store.close();
    };
    return { dataDir, code, roles: records.collection<string>('roles'), items, logs, close };
  } catch (error) {
    for (const store of opened) await store.close();
    throw error;
  }
}
type Stores = Awaited<ReturnType<typeof openAll>>;

/** What must be there: the last acknowledged value of each key; undefined: nothing. */
type Expected = Map<string, string | undefined>;

const group = (name: string) => ({ ...newGroup('us-east-1', name, 1), id: `id-of-${name}` });
const tableOf = (name: string) => ({
  region: 'us-east-1',
  name,
  id: name,
  createdAtMs: 0,
  visibleAtMs: 0,
  activeAtMs: 0,
  definition: { TableName: name, KeySchema: [], AttributeDefinitions: [] },
  indexActiveAtMs: {},
  billingMode: 'PAY_PER_REQUEST' as const,
  deletionProtection: false,
  tags: [],
});
const itemKey = (key: string) => `${spacePrefix('table')}${key}`;
/** By the key that was uploaded under: zips differ by their time. */
const uploaded = new Map<string, { sha256: string; value: string }>();

/** One write of each kind, by the key that it is about. Larger ones than a stream buffers go to the disk in other ways. */
const writes: Record<string, (stores: Stores, key: string, value: string | undefined) => Promise<unknown>> = {
  role: ({ roles }, key, value) => (value === undefined ? roles.delete(key) : roles.put(key, value)),
  item({ items }, key, value) {
    const changes = items.begin();
    changes.read(itemKey(key));
    changes.write(itemKey(key), value);
    return changes.commit();
  },
  table: ({ items }, key, value) =>
    value === undefined
      ? items.dropTable(key)
      : items.putTable(key, { ...tableOf(key), tags: [{ Key: 'v', Value: value }] }),
  group({ logs }, key, value) {
    const found = logs.findGroup('us-east-1', key);
    if (value !== undefined) return logs.putGroup({ ...group(key), ...found?.record, tags: { v: value } });
    return found ? logs.deleteGroup(found) : Promise.resolve();
  },
  async event({ logs }, key, value = 'event') {
    logs.append('us-east-1', 'events', 'stream', [{ timestamp: Date.now(), message: `${key}=${value}` }]);
    await logs.findGroup('us-east-1', 'events')?.segments.flush();
  },
  async code({ code }, key, value = '') {
    const { sha256 } = await code.keep(
      zipSync({ 'index.js': strToU8(key + value), 'more/a.js': strToU8('x'.repeat(5_000)) }),
    );
    uploaded.set(key, { sha256, value });
  },
};

async function readBack(stores: Stores, expected: Expected): Promise<Expected> {
  const { roles, items, logs, dataDir } = stores;
  const events = new Map<string, string>();
  const eventGroup = logs.findGroup('us-east-1', 'events');
  const all = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY };
  if (eventGroup) {
    for await (const page of eventsAfter(eventGroup, all, firstId)) {
      for (const { message } of page) {
        const at = message.indexOf('=');
        events.set(message.slice(0, at), message.slice(at + 1));
      }
    }
  }
  const read: Record<string, (key: string) => string | undefined | Promise<string | undefined>> = {
    role: (key) => roles.get(key),
    item(key) {
      return items.begin().read(itemKey(key));
    },
    table: (key) => items.tables.get(key)?.tags[0]?.Value,
    group: (key) => logs.findGroup('us-east-1', key)?.record.tags.v,
    event: (key) => events.get(key),
    async code(key) {
      const { sha256 = '', value } = uploaded.get(key) ?? {};
      return (await readZip(dataDir, sha256)) === undefined ? undefined : value;
    },
  };
  const found: Expected = new Map();
  for (const name of expected.keys()) {
    const [kind = '', key = ''] = name.split(' ');
    found.set(name, await read[kind]?.(key));
  }
  return found;
}

async function check(what: string, stores: Stores, expected: Expected): Promise<void> {
  const found = await readBack(stores, expected);
  for (const [name, value] of expected) {
    const is = found.get(name);
    if (is !== value) wrong.push(`${what}: ${name} is ${is?.slice(0, 40)}, not ${value?.slice(0, 40)}`);
  }
  if (!what.endsWith('data')) return;
  const leftovers = (await readdir(join(stores.dataDir, 'code')).catch(() => [])).filter((name) => name.includes('.'));
  if (leftovers.length > 0) wrong.push(`${what}: ${leftovers.length} unfinished uploads`);
}

/** Writes of every kind side by side, several keys each, several values a key; what is acknowledged is noted in `expected`. */
async function load(stores: Stores, { expected, run, bytes }: { expected: Expected; run: string; bytes: number }) {
  const work = Object.entries(writes).flatMap(([kind, write]) =>
    ['a', 'b'].map(async (writer) => {
      for (let turn = 0; turn < 4; turn += 1) {
        // Events and code are new each time; the others are made, changed, removed and made again.
        const isNew = kind === 'event' || kind === 'code';
        const key = isNew ? `${run}-${writer}-${turn}` : writer;
        const value = turn === 2 && !isNew ? undefined : `${run}-${turn}-${'x'.repeat(bytes)}`;
        if (!expected.has(`${kind} ${key}`)) expected.set(`${kind} ${key}`, undefined);
        try {
          await write(stores, key, value);
          expected.set(`${kind} ${key}`, value);
          counts.acknowledged += 1;
        } catch {
          counts.refused += 1;
        }
      }
    }),
  );
  await Promise.all(work);
}

async function round(kind: (typeof kinds)[number], target: number, bytes: number): Promise<boolean> {
  const what = `${kind.name} at ${target} of ${bytes}`;
  const at = join(folder, `${counts.rounds}`);
  await mkdir(at, { recursive: true });
  let stores = await openAll(join(at, 'data'));
  const expected: Expected = new Map();
  await stores.logs.putGroup(group('events'));
  await stores.items.putTable('table', tableOf('table'));
  uploaded.clear();
  await load(stores, { expected, run: 'before', bytes: 10 });

  arm(kind, target);
  await load(stores, { expected, run: 'under', bytes });
  const failedHere = failures();
  counts.failed += failedHere;
  if (failedHere < kind.length) arm(kind, 0);
  disarm();
  // What only a kill could show: the files as they are now.
  await cp(join(at, 'data'), join(at, 'killed'), { recursive: true });
  const killed = await openAll(join(at, 'killed'));
  counts.restarts += 1;
  await check(`${what}, killed`, killed, expected);
  await killed.close();

  const refusedBefore = counts.refused;
  await load(stores, { expected, run: 'after', bytes });
  if (counts.refused > refusedBefore) wrong.push(`${what}: ${counts.refused - refusedBefore} refused afterwards`);
  await check(`${what}, going on`, stores, expected);
  await cp(join(at, 'data'), join(at, 'killed-later'), { recursive: true });
  await stores.close();

  for (const name of ['killed-later', 'data']) {
    // Opening fails at one of its own writes, and then does not.
    arm(kind, 1 + (target % 24));
    const tried = await openAll(join(at, name)).catch(() => undefined);
    disarm();
    if (tried) await tried.close();
    else counts.reopenings += 1;
    stores = await openAll(join(at, name));
    counts.restarts += 1;
    await check(`${what}, ${name}`, stores, expected);
    await stores.close();
  }
  await rm(at, { recursive: true });
  counts.rounds += 1;
  return failedHere > 0;
}

for (const bytes of [100, 90_000]) {
  for (const [index, kind] of kinds.entries()) {
    for (let target = 1 + (index % Number(step)); await round(kind, target, bytes); target += Number(step)) {
      if (wrong.length > 20) break;
    }
  }
}
closeSync(control);
process.stdout.write(`${JSON.stringify({ ...counts, wrong: wrong.slice(0, 20) })}\n`);
