import type { AttributeValue, DescribeTableOutput, ScanOutput } from '@aws-sdk/client-dynamodb';
import type { DescribeStreamOutput, GetRecordsOutput, GetShardIteratorOutput } from '@aws-sdk/client-dynamodb-streams';
import { expect } from 'vitest';
import { type JsonClient, jsonClient } from './json-client.ts';
import type { ClientConfig, KilledEngine } from './killed-engine.ts';
import { onDemandTable } from './table.ts';

type Item = Record<string, AttributeValue>;

const TableName = 'durable';
const writers = 16;
const acknowledgedARound = 300;

/** What a writer knows of its items: as the last acknowledged write left them, or as one under way would. */
interface Knowledge {
  certain: Map<string, Item | undefined>;
  /** By the call that the kill cut off. */
  possible: Map<string, Item | undefined>;
  acknowledged: number;
}

const keyOf = (id: string) => ({ id: { S: id }, part: { N: '1' } });
const itemOf = (id: string, kind: string, count = 1): Item => ({
  ...keyOf(id),
  kind: { S: kind },
  rank: { N: String(count) },
  count: { N: String(count) },
});

/**
 * Writers of every kind of write, each to items of its own, while the engine is killed; after every start, what was
 * acknowledged is there, no transaction is there by half, and indexes, counts and stream tell what the table tells. Answers how
 * many writes were acknowledged, and how many a kill cut off.
 */
export async function killRounds(
  engine: KilledEngine,
  { rounds }: { rounds: number },
): Promise<{ acknowledged: number; cutOff: number }> {
  let client = dynamodb(await engine.start());
  await createTable(client);
  const known = Array.from(
    { length: writers },
    (): Knowledge => ({ certain: new Map(), possible: new Map(), acknowledged: 0 }),
  );
  let cutOff = 0;
  for (let round = 0; round < rounds; round += 1) {
    const acknowledged = () => known.reduce((sum, each) => sum + each.acknowledged, 0);
    const goal = acknowledged() + acknowledgedARound;
    const work = known.map((knowledge, writer) => write(client, knowledge, { writer, round }));
    await expect.poll(acknowledged, { timeout: 60_000, interval: 5 }).toBeGreaterThan(goal);
    await engine.kill();
    await Promise.all(work);
    cutOff += known.filter(({ possible }) => possible.size > 0).length;
    client.destroy();
    const restarted = await engine.start();
    client = dynamodb(restarted);
    const streams = jsonClient(restarted, 'DynamoDBStreams_20120810');
    await check(client, streams, known);
    streams.destroy();
  }
  client.destroy();
  return {
    acknowledged: known.reduce((sum, each) => sum + each.acknowledged, 0),
    cutOff,
  };
}

const dynamodb = (engine: ClientConfig) => jsonClient(engine, 'DynamoDB_20120810');

async function createTable(client: JsonClient): Promise<void> {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.call(
    'CreateTable',
    onDemandTable(TableName, {
      KeySchema: keys('id', 'part'),
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'part', AttributeType: 'N' },
        { AttributeName: 'kind', AttributeType: 'S' },
        { AttributeName: 'rank', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'by-kind', KeySchema: keys('kind', 'rank'), Projection: { ProjectionType: 'ALL' } },
      ],
      LocalSecondaryIndexes: [
        { IndexName: 'by-rank', KeySchema: keys('id', 'rank'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
}

/** Until the engine is killed under a call. */
async function write(
  client: JsonClient,
  knowledge: Knowledge,
  { writer, round }: { writer: number; round: number },
): Promise<void> {
  for (let number = 0; ; number += 1) {
    const ids = [0, 1, 2].map((more) => `${writer}/${round}/${number}/${more}`);
    const [one = '', two = '', three = ''] = ids;
    const kind = `kind-${number % 3}`;
    const steps: [Record<string, Item | undefined>, () => Promise<unknown>][] = [
      [{ [one]: itemOf(one, kind) }, () => client.call('PutItem', { TableName, Item: itemOf(one, kind) })],
      [
        { [one]: itemOf(one, 'moved', 2) },
        () =>
          client.call('UpdateItem', {
            TableName,
            Key: keyOf(one),
            UpdateExpression: 'SET kind = :kind, #rank = :two ADD #count :one',
            ExpressionAttributeNames: { '#rank': 'rank', '#count': 'count' },
            ExpressionAttributeValues: { ':kind': { S: 'moved' }, ':two': { N: '2' }, ':one': { N: '1' } },
          }),
      ],
      [
        { [two]: itemOf(two, kind), [three]: itemOf(three, kind) },
        () =>
          client.call('TransactWriteItems', {
            TransactItems: [two, three].map((id) => ({ Put: { TableName, Item: itemOf(id, kind) } })),
          }),
      ],
      [{ [one]: undefined }, () => client.call('DeleteItem', { TableName, Key: keyOf(one) })],
      [
        { [one]: itemOf(one, 'batch') },
        () =>
          client.call('BatchWriteItem', {
            RequestItems: { [TableName]: [{ PutRequest: { Item: itemOf(one, 'batch') } }] },
          }),
      ],
      [
        { [two]: undefined, [three]: undefined },
        () =>
          client.call('TransactWriteItems', {
            TransactItems: [two, three].map((id) => ({ Delete: { TableName, Key: keyOf(id) } })),
          }),
      ],
    ];
    // The last steps only now and then, so that each state is there when the engine is killed.
    for (const [outcome, step] of steps.slice(0, 1 + ((number + writer) % steps.length))) {
      knowledge.possible = new Map(Object.entries(outcome));
      try {
        await step();
      } catch {
        return;
      }
      for (const [id, item] of Object.entries(outcome)) knowledge.certain.set(id, item);
      knowledge.possible.clear();
      knowledge.acknowledged += 1;
    }
  }
}

const text = (item: Item | undefined) =>
  JSON.stringify(Object.entries(item ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)));

async function check(client: JsonClient, streams: JsonClient, known: Knowledge[]): Promise<void> {
  const items = await scan(client);
  const found = new Map(items.map((item) => [item.id?.S ?? '', item]));
  const wrong: [id: string, found: string, certain: string][] = [];
  for (const { certain, possible } of known) {
    // What was cut off may have been carried out, but then wholly.
    const carriedOut = [...possible].map(([id, item]) => text(found.get(id)) === text(item));
    const differs = [...possible.keys()].filter((id) => text(certain.get(id)) !== text(possible.get(id)));
    const isNew = differs.length > 0 && carriedOut.every(Boolean);
    for (const [id, item] of possible) if (isNew) certain.set(id, item);
    possible.clear();
    for (const [id, item] of certain) {
      if (text(found.get(id)) !== text(item)) wrong.push([id, text(found.get(id)), text(item)]);
    }
  }
  expect(wrong).toEqual([]);
  const all = items.map(text).sort();
  const indexed = await scan(client, 'by-kind');
  expect(indexed.map(text).sort()).toEqual(all);
  const keys = (await scan(client, 'by-rank')).map(({ id }) => id?.S).sort();
  expect(keys).toEqual([...found.keys()].sort());
  const { Table } = await client.call<DescribeTableOutput>('DescribeTable', { TableName });
  expect([
    Table?.ItemCount,
    Table?.GlobalSecondaryIndexes?.[0]?.ItemCount,
    Table?.LocalSecondaryIndexes?.[0]?.ItemCount,
  ]).toEqual([items.length, items.length, items.length]);
  expect((await replay(streams, Table?.LatestStreamArn ?? '')).map(text).sort()).toEqual(all);
}

/** All of the table, or of an index. */
async function scan(client: JsonClient, IndexName?: string): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.call<ScanOutput>('Scan', { TableName, IndexName, ExclusiveStartKey });
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** The table as its stream tells it. */
async function replay(streams: JsonClient, StreamArn: string): Promise<Item[]> {
  const { StreamDescription } = await streams.call<DescribeStreamOutput>('DescribeStream', { StreamArn });
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator } = await streams.call<GetShardIteratorOutput>('GetShardIterator', from);
  const items = new Map<string, Item>();
  for (;;) {
    const { Records = [], NextShardIterator } = await streams.call<GetRecordsOutput>('GetRecords', { ShardIterator });
    if (Records.length === 0) return [...items.values()];
    for (const { dynamodb: change } of Records) {
      const id = change?.Keys?.id?.S ?? '';
      if (change?.NewImage) items.set(id, change.NewImage as Item);
      else items.delete(id);
    }
    ShardIterator = NextShardIterator;
  }
}
