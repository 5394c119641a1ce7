import { DynamoDB, type StreamViewType } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreams, type GetRecordsCommandOutput } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepHouse } from '../../../src/local/dynamodb/housekeeping.ts';
import { getRecords } from '../../../src/local/dynamodb/streams/stream-operations.ts';
import { putItem } from '../../../src/local/dynamodb/write-operations.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable, rootCall } from './table.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('DynamoDB Streams', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  let streams: DynamoDBStreams;
  let laterMs = 0;
  beforeAll(async () => {
    engine = await startEngine({ clock: () => Date.now() + laterMs });
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    streams = new DynamoDBStreams({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    streams.destroy();
    await engine.stop();
  });

  async function create(TableName: string, StreamViewType: StreamViewType = 'NEW_AND_OLD_IMAGES'): Promise<string> {
    const StreamSpecification = { StreamEnabled: true, StreamViewType };
    const { TableDescription } = await client.createTable(onDemandTable(TableName, { StreamSpecification }));
    return TableDescription?.LatestStreamArn ?? '';
  }
  const shardOf = async (StreamArn: string) =>
    (await streams.describeStream({ StreamArn })).StreamDescription?.Shards?.[0]?.ShardId;
  const iterator = async (StreamArn: string, ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON') =>
    (await streams.getShardIterator({ StreamArn, ShardId: await shardOf(StreamArn), ShardIteratorType })).ShardIterator;
  const recordsOf = async (arn: string) =>
    (await streams.getRecords({ ShardIterator: await iterator(arn) })).Records ?? [];
  const key = (id: string) => ({ id: { S: id } });

  it('is described with its table, listed, and described by itself', async () => {
    const arn = await create('described');
    expect(arn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/described\/stream\/\d{4}-.*T.*\.\d{3}$/);
    expect((await client.describeTable({ TableName: 'described' })).Table).toMatchObject({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      LatestStreamArn: arn,
    });
    expect((await streams.listStreams({ TableName: 'described' })).Streams).toEqual([
      { StreamArn: arn, TableName: 'described', StreamLabel: arn.slice(-23) },
    ]);
    expect((await streams.describeStream({ StreamArn: arn })).StreamDescription).toMatchObject({
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName: 'described',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      Shards: [{ ShardId: expect.stringMatching(/^shardId-.{20,}$/) }],
    });
  });

  it('has a record of every change, in order, and none of what changes nothing', async () => {
    const TableName = 'followed';
    const arn = await create(TableName);
    await client.putItem({ TableName, Item: { ...key('a'), n: { N: '1' } } });
    await client.putItem({ TableName, Item: { ...key('a'), n: { N: '1.0' } } });
    await client.deleteItem({ TableName, Key: key('never') });
    await client.updateItem({ TableName, Key: key('a'), UpdateExpression: 'REMOVE n' });
    await client.transactWriteItems({
      TransactItems: [{ Put: { TableName, Item: key('b') } }, { Delete: { TableName, Key: key('a') } }],
    });
    await client.batchWriteItem({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: key('b') } }] } });
    const records = await recordsOf(arn);
    expect(
      records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.Keys, dynamodb?.OldImage, dynamodb?.NewImage]),
    ).toEqual([
      ['INSERT', key('a'), undefined, { ...key('a'), n: { N: '1' } }],
      ['MODIFY', key('a'), { ...key('a'), n: { N: '1' } }, key('a')],
      ['INSERT', key('b'), undefined, key('b')],
      ['REMOVE', key('a'), key('a'), undefined],
      ['REMOVE', key('b'), key('b'), undefined],
    ]);
    const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
    expect([...numbers].sort()).toEqual(numbers);
    expect(records[0]).toMatchObject({ eventSource: 'aws:dynamodb', eventVersion: '1.1', awsRegion: 'us-east-1' });
  });

  it.each([
    ['KEYS_ONLY', false, false],
    ['NEW_IMAGE', true, false],
    ['OLD_IMAGE', false, true],
  ] as const)('shows of an item what %s says', async (viewType, showsNew, showsOld) => {
    const TableName = `view-${viewType}`;
    const arn = await create(TableName, viewType);
    await client.putItem({ TableName, Item: { ...key('a'), n: { N: '1' } } });
    await client.putItem({ TableName, Item: { ...key('a'), n: { N: '2' } } });
    const [, changed] = await recordsOf(arn);
    expect(changed?.dynamodb).toMatchObject({ Keys: key('a'), StreamViewType: viewType });
    expect([changed?.dynamodb?.NewImage?.n, changed?.dynamodb?.OldImage?.n]).toEqual([
      showsNew ? { N: '2' } : undefined,
      showsOld ? { N: '1' } : undefined,
    ]);
  });

  it('is read by pages, from its newest record, and from a record on', async () => {
    const TableName = 'paged';
    const arn = await create(TableName);
    const latest = await iterator(arn, 'LATEST');
    for (const id of ['a', 'b', 'c']) await client.putItem({ TableName, Item: key(id) });
    const idsOf = ({ Records }: GetRecordsCommandOutput) => Records?.map(({ dynamodb }) => dynamodb?.Keys?.id?.S);
    const first = await streams.getRecords({ ShardIterator: await iterator(arn), Limit: 2 });
    expect(idsOf(first)).toEqual(['a', 'b']);
    const second = await streams.getRecords({ ShardIterator: first.NextShardIterator });
    expect(idsOf(second)).toEqual(['c']);
    expect(idsOf(await streams.getRecords({ ShardIterator: second.NextShardIterator }))).toEqual([]);
    expect(idsOf(await streams.getRecords({ ShardIterator: latest }))).toEqual(['a', 'b', 'c']);
    const from = {
      StreamArn: arn,
      ShardId: await shardOf(arn),
      SequenceNumber: first.Records?.[1]?.dynamodb?.SequenceNumber,
    };
    for (const [ShardIteratorType, ids] of [
      ['AT_SEQUENCE_NUMBER', ['b', 'c']],
      ['AFTER_SEQUENCE_NUMBER', ['c']],
    ] as const) {
      const { ShardIterator } = await streams.getShardIterator({ ...from, ShardIteratorType });
      expect(idsOf(await streams.getRecords({ ShardIterator }))).toEqual(ids);
    }
  });

  it.each([
    ['one byte', 'x'.repeat(300_000)],
    ['three bytes', '€'.repeat(100_000)],
  ])('answers at most 1 MB at a time, in characters of %s', async (characters, text) => {
    const TableName = `large-${characters.replace(' ', '-')}`;
    const arn = await create(TableName, 'NEW_IMAGE');
    for (const id of ['a', 'b', 'c', 'd']) await client.putItem({ TableName, Item: { ...key(id), text: { S: text } } });
    const first = await streams.getRecords({ ShardIterator: await iterator(arn) });
    expect(first.Records).toHaveLength(3);
    expect((await streams.getRecords({ ShardIterator: first.NextShardIterator })).Records).toHaveLength(1);
  });

  it('ends when it is switched off, and another begins when it is switched on', async () => {
    const TableName = 'switched';
    const first = await create(TableName);
    await client.putItem({ TableName, Item: key('a') });
    const on = { TableName, StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const } };
    const off = { TableName, StreamSpecification: { StreamEnabled: false } };
    expect((await failure(client.updateTable(on))).message).toBe(
      'Table already has an enabled stream: TableName: switched',
    );
    await client.updateTable(off);
    expect((await failure(client.updateTable(off))).name).toBe('ValidationException');
    await client.putItem({ TableName, Item: key('unseen') });
    const closed = await streams.getRecords({ ShardIterator: await iterator(first) });
    expect([closed.Records?.length, closed.NextShardIterator]).toEqual([1, undefined]);
    laterMs = 1000;
    const { TableDescription } = await client.updateTable(on);
    laterMs = 0;
    const second = TableDescription?.LatestStreamArn ?? '';
    expect(second).not.toBe(first);
    await client.putItem({ TableName, Item: key('b') });
    expect((await recordsOf(second)).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([key('b')]);
    expect((await streams.describeStream({ StreamArn: first })).StreamDescription?.StreamStatus).toBe('DISABLED');
  });

  it('keeps records for a day, and its iterators for a quarter of an hour', async () => {
    const TableName = 'aging';
    const arn = await create(TableName);
    await client.putItem({ TableName, Item: key('old') });
    const [old] = await recordsOf(arn);
    const early = { ShardIterator: await iterator(arn) };
    const ShardId = await shardOf(arn);
    // Past the server, whose clients could not sign for the days to come.
    const call = rootCall(engine.engine);
    laterMs = 16 * 60 * 1000;
    expect((await failure(getRecords(early, call))).code).toBe('ExpiredIteratorException');
    laterMs = dayMs + 1000;
    await putItem({ TableName, Item: key('new') }, call);
    await keepHouse(engine.engine);
    laterMs = 0;
    expect((await recordsOf(arn)).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([key('new')]);
    const trimmed = streams.getShardIterator({
      StreamArn: arn,
      ShardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: old?.dynamodb?.SequenceNumber,
    });
    expect((await failure(trimmed)).name).toBe('TrimmedDataAccessException');
  });

  it('names what is not there, and refuses what cannot be', async () => {
    const StreamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01T00:00:00.000';
    expect((await failure(streams.describeStream({ StreamArn }))).name).toBe('ResourceNotFoundException');
    const specifications = [
      { StreamEnabled: true },
      { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' as const },
      { StreamEnabled: true, StreamViewType: 'ALL' as never },
    ];
    for (const StreamSpecification of specifications) {
      expect((await failure(client.createTable(onDemandTable('refused', { StreamSpecification })))).name).toBe(
        'ValidationException',
      );
    }
    expect((await failure(streams.getRecords({ ShardIterator: 'x' }))).name).toBe('ValidationException');
  });

  it('deletes what has expired in the background, and says in the stream who did', async () => {
    const TableName = 'expiring';
    const arn = await create(TableName);
    await client.updateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
    const nowSeconds = Math.floor((Date.now() + laterMs) / 1000);
    const times = {
      expired: { N: String(nowSeconds - 10) },
      future: { N: String(nowSeconds + 1000) },
      ancient: { N: String(nowSeconds - 6 * 365 * 24 * 60 * 60) },
      text: { S: '1' },
    };
    for (const [id, ttl] of Object.entries(times)) await client.putItem({ TableName, Item: { ...key(id), ttl } });
    await keepHouse(engine.engine);
    const { Items } = await client.scan({ TableName });
    expect(Items?.map(({ id }) => id?.S).sort()).toEqual(['ancient', 'future', 'text']);
    expect((await recordsOf(arn)).at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: key('expired') },
    });
  });
});
