import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';
import { type KilledEngine, killedEngine } from './killed-engine.ts';
import { onDemandTable } from './table.ts';

// A folder grows with every round, and each is read whole after it.
const folders = Array.from({ length: 20 }, (_, folder) => folder);
const rounds = 10;

describe('DynamoDB in an engine that is killed', () => {
  let engine: KilledEngine;
  const counts = { kills: 0, acknowledged: 0, cutOff: 0 };
  beforeEach(async () => {
    engine = await killedEngine();
  });
  afterAll(() => {
    process.stdout.write(`kill -9: ${JSON.stringify(counts)}\n`);
  });
  afterEach(async () => {
    await engine.remove();
  });

  it.each(folders)(
    `keeps every acknowledged write of every kind, whole, ${rounds} kills in a row (folder %i)`,
    async () => {
      const { acknowledged, cutOff } = await killRounds(engine, { rounds });
      counts.kills += rounds;
      counts.acknowledged += acknowledged;
      counts.cutOff += cutOff;
    },
    1_800_000,
  );

  it('leaves no table stuck when it is killed right after creating or deleting one', async () => {
    for (const name of ['first', 'second', 'third']) {
      let client = new DynamoDB(await engine.start());
      await client.createTable(onDemandTable(name));
      await engine.kill();
      client.destroy();
      client = new DynamoDB(await engine.start());
      expect((await client.describeTable({ TableName: name })).Table?.TableStatus).toBe('ACTIVE');
      await client.putItem({ TableName: name, Item: { id: { S: '1' } } });
      await client.deleteTable({ TableName: name });
      await engine.kill();
      client.destroy();
      client = new DynamoDB(await engine.start());
      expect((await client.listTables({})).TableNames).toEqual([]);
      await client.createTable(onDemandTable(name));
      expect((await client.scan({ TableName: name })).Count).toBe(0);
      await client.deleteTable({ TableName: name });
      await engine.kill();
      client.destroy();
    }
  });
});
