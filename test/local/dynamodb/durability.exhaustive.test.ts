import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onDemandTable, scanAll } from './table.ts';

const engineFile = new URL('../../../dist/engine.js', import.meta.url).pathname;
const table = 'durable';
const writers = 32;
const rounds = 3;

describe('DynamoDB in an engine that is killed', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-durability-'));
  });
  afterEach(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<DynamoDB> {
    const started = spawn(process.execPath, [engineFile, '--folder', folder, '--port', '0'], { stdio: 'inherit' });
    child = started;
    const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
    await expect
      .poll(async () => started.exitCode ?? (await read('engine.json')).pid, { timeout: 20_000, interval: 20 })
      .toBe(started.pid);
    const { endpoint } = await read('engine.json');
    return new DynamoDB({ endpoint, region: 'us-east-1', credentials: await read('credentials.json'), maxAttempts: 1 });
  }

  async function kill(): Promise<void> {
    const killed = child;
    child = undefined;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    const gone = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await gone;
  }

  it(`keeps every acknowledged write of ${writers} writers, ${rounds} kills in a row`, async () => {
    const acknowledged = new Set<string>();
    const deleted = new Set<string>();
    let client = await start();
    await client.createTable(onDemandTable(table));
    for (let round = 0; round < rounds; round += 1) {
      const goal = acknowledged.size + 500;
      const work = Array.from({ length: writers }, async (_, writer) => {
        for (let number = 0; ; number += 1) {
          const id = `${round}/${writer}/${number}`;
          try {
            await client.putItem({ TableName: table, Item: { id: { S: id }, round: { N: String(round) } } });
            acknowledged.add(id);
            if (number % 5 !== 0) continue;
            // Not known to be there or not until the deletion is acknowledged.
            acknowledged.delete(id);
            await client.deleteItem({ TableName: table, Key: { id: { S: id } } });
            deleted.add(id);
          } catch {
            // The engine was killed under this call; nothing was acknowledged.
            return;
          }
        }
      });
      await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 5 }).toBeGreaterThan(goal);
      await kill();
      await Promise.all(work);
      client.destroy();
      client = await start();
      const found = new Set((await scanAll(client, table)).map((item) => (item.id as { S: string }).S));
      expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
      expect([...deleted].filter((id) => found.has(id))).toEqual([]);
      expect((await client.describeTable({ TableName: table })).Table?.ItemCount).toBe(found.size);
    }
    expect(acknowledged.size).toBeGreaterThan(rounds * 500);
    client.destroy();
  });

  it('leaves no table stuck when it is killed right after creating or deleting one', async () => {
    for (const name of ['first', 'second', 'third']) {
      let client = await start();
      await client.createTable(onDemandTable(name));
      await kill();
      client.destroy();
      client = await start();
      expect((await client.describeTable({ TableName: name })).Table?.TableStatus).toBe('ACTIVE');
      await client.putItem({ TableName: name, Item: { id: { S: '1' } } });
      await client.deleteTable({ TableName: name });
      await kill();
      client.destroy();
      client = await start();
      expect((await client.listTables({})).TableNames).toEqual([]);
      await client.createTable(onDemandTable(name));
      expect((await client.scan({ TableName: name })).Count).toBe(0);
      await client.deleteTable({ TableName: name });
      await kill();
      client.destroy();
    }
  });
});
