import { appendFile, cp as copyFolder, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsAfter, eventsBefore, firstId, lastId } from '../../../src/local/logs/events.ts';
import { type LogStore, openLogStore } from '../../../src/local/logs/log-store.ts';

describe('the log store', () => {
  let folder: string;
  let store: LogStore | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-logs-'));
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<LogStore> {
    await store?.close();
    store = await openLogStore(folder, { clock: Date.now });
    return store;
  }
  async function messages(logs: LogStore, name: string): Promise<string[]> {
    const group = logs.findGroup('us-east-1', name);
    if (!group) throw new Error(`no group ${name}`);
    const everything = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY };
    const found: string[] = [];
    for await (const events of eventsAfter(group, everything, firstId))
      found.push(...events.map(({ message }) => message));
    return found;
  }
  const append = (logs: LogStore, group: string, message: string) =>
    logs.append('us-east-1', group, 'stream', [{ timestamp: Date.now(), message }]);

  it('has everything again after it was closed, and goes on', async () => {
    let logs = await open();
    append(logs, '/a', 'one');
    logs = await open();
    append(logs, '/a', 'two');
    expect(await messages(logs, '/a')).toEqual(['one', 'two']);
    logs = await open();
    expect(await messages(logs, '/a')).toEqual(['one', 'two']);
    expect(logs.findGroup('us-east-1', '/a')?.streams.get('stream')?.lastEventAtMs).toBeTypeOf('number');
  });

  it('opens no file whose events are all dated before what is asked for, however late they arrived', async () => {
    const logs = await open();
    const now = Date.now();
    const add = async (agoMs: number) => {
      logs.append('us-east-1', '/a', 'stream', [{ timestamp: now - agoMs, message: 'x' }]);
      await logs.findGroup('us-east-1', '/a')?.segments.flush();
    };
    await add(600_000);
    await add(900_000);
    const group = logs.findGroup('us-east-1', '/a');
    if (!group) throw new Error('the group was made');
    const opened = vi.spyOn(group.segments, 'lines');
    const found = async (fromMs: number) => {
      const query = { fromMs, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY };
      let count = 0;
      for await (const events of eventsAfter(group, query, firstId)) count += events.length;
      return count;
    };
    expect(await found(now - 60_000)).toBe(0);
    expect(opened).not.toHaveBeenCalled();
    expect(await found(now - 600_000)).toBe(1);
    await add(30_000);
    await add(700_000);
    expect(await found(now - 60_000)).toBe(1);
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it('parses no line whose events are all dated before what is asked for, nor misses one that does not say so', async () => {
    let logs = await open();
    const now = Date.now();
    for (const [stream, agoMs] of [
      ['old', 600_000],
      ['new', 0],
    ] as const) {
      logs.append('us-east-1', '/a', stream, [{ timestamp: now - agoMs, message: stream }]);
    }
    await logs.findGroup('us-east-1', '/a')?.segments.flush();
    const id = logs.findGroup('us-east-1', '/a')?.record.id ?? '';
    const [file = ''] = await readdir(join(folder, 'events', id));
    const path = join(folder, 'events', id, file);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).n)).toEqual([now - 600_000, now]);
    await logs.close();
    store = undefined;
    // As an earlier version wrote it.
    await appendFile(path, `${lines[1]?.replace(/"n":\d+,/, '').replace('"new"', '"earlier"')}\n`);
    logs = await open();
    const group = logs.findGroup('us-east-1', '/a');
    if (!group) throw new Error('the group was made');
    const query = { fromMs: now - 60_000, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY };
    const parsed = vi.spyOn(JSON, 'parse');
    const found: string[] = [];
    for await (const events of eventsAfter(group, query, firstId)) found.push(...events.map(({ message }) => message));
    expect(found).toEqual(['new', 'earlier']);
    expect(parsed).toHaveBeenCalledTimes(2);
    parsed.mockRestore();
  });

  it('reads past a line that a kill cut short', async () => {
    let logs = await open();
    append(logs, '/a', 'whole');
    const id = logs.findGroup('us-east-1', '/a')?.record.id ?? '';
    await logs.close();
    store = undefined;
    const [file = ''] = await readdir(join(folder, 'events', id));
    await appendFile(join(folder, 'events', id, file), '{"s":"0123456789ab","i":1,"e":[[1,"cu');
    logs = await open();
    append(logs, '/a', 'after');
    expect(await messages(logs, '/a')).toEqual(['whole', 'after']);
  });

  it('keeps at most 64 MB of a group, the latest', async () => {
    const logs = await open();
    const group = () => logs.findGroup('us-east-1', '/big');
    for (let number = 0; number < 72; number += 1) {
      append(logs, '/big', `${number} ${'x'.repeat(1024 * 1024)}`);
      await group()?.segments.flush();
    }
    const bytes =
      group()
        ?.segments.list()
        .reduce((sum, segment) => sum + segment.bytes, 0) ?? 0;
    expect(bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(56 * 1024 * 1024);
    const kept = (await messages(logs, '/big')).map((message) => Number.parseInt(message, 10));
    expect(kept.at(-1)).toBe(71);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 72 - kept.length + at));
    expect(await readdir(join(folder, 'events', group()?.record.id ?? ''))).toHaveLength(
      group()?.segments.list().length ?? -1,
    );
  });

  it('reads what a function wrote in one moment from its end, however many lines', async () => {
    const logs = await open();
    const events = Array.from({ length: 200_000 }, (_, timestamp) => ({ timestamp, message: '' }));
    logs.append('us-east-1', '/burst', 'stream', events);
    const group = logs.findGroup('us-east-1', '/burst');
    if (!group) throw new Error('the group was made');
    const query = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY };
    for await (const found of eventsBefore(group, query, lastId)) expect(found).toHaveLength(200_000);
    expect.assertions(1);
  });

  it('lets others in between where messages take long to be looked at', async () => {
    const logs = await open();
    for (const message of ['first', 'between', 'last']) append(logs, '/slow', message);
    const group = logs.findGroup('us-east-1', '/slow');
    if (!group) throw new Error('the group was made');
    const seen: string[] = [];
    const matches = (message: string) => {
      if (message === 'first') setImmediate(() => seen.push('another request'));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      seen.push(message);
      return true;
    };
    const query = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, arrivedUntilMs: Number.POSITIVE_INFINITY, matches };
    for await (const events of eventsAfter(group, query, firstId)) expect(events).toHaveLength(3);
    expect(seen).toEqual(['first', 'another request', 'between', 'last']);
  });

  it('keeps a stream that was made again right after its deletion, and no deleted group’s', async () => {
    const logs = await openLogStore(folder, { clock: () => 1_000_000 });
    append(logs, '/a', 'old');
    const group = logs.findGroup('us-east-1', '/a');
    if (!group) throw new Error('the group was made');
    await logs.deleteStream(group, 'stream');
    append(logs, '/a', 'new');
    await group.segments.flush();
    append(logs, '/b', 'old');
    const former = logs.findGroup('us-east-1', '/b');
    if (!former) throw new Error('the group was made');
    await logs.deleteGroup(former);
    append(logs, '/b', 'new');
    await logs.putStream(former, { id: '0'.repeat(12), name: 'of the former', createdAtMs: 0 });
    expect([...(logs.findGroup('us-east-1', '/b')?.streams.keys() ?? [])]).toEqual(['stream']);
    // As a kill leaves it: closing would save what was not.
    await copyFolder(folder, `${folder}-left`, { recursive: true });
    await logs.close();
    const left = await openLogStore(`${folder}-left`, { clock: Date.now });
    expect(await messages(left, '/a')).toEqual(['new']);
    await left.close();
    await rm(`${folder}-left`, { recursive: true });
  });

  it('forgets a deleted group’s events, also for a new group of the same name', async () => {
    let logs = await open();
    append(logs, '/a', 'old');
    const group = logs.findGroup('us-east-1', '/a');
    if (group) await logs.deleteGroup(group);
    expect(await readdir(join(folder, 'events'))).toEqual([]);
    append(logs, '/a', 'new');
    expect(await messages(logs, '/a')).toEqual(['new']);
    logs = await open();
    expect(await messages(logs, '/a')).toEqual(['new']);
  });
});
