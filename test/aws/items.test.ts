import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { itemJson, itemOf } from '../../src/aws/item-json.ts';
import { batchWriter, countStored, readItems, scanPages, tableFacts } from '../../src/aws/items.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, inputs, mockAws } from './mocks.ts';

const dynamodb = mockClient(DynamoDBClient);
afterEach(() => dynamodb.reset());

const item = (id: string) => ({ id: { S: id } });
const put = (id: string) => ({ PutRequest: { Item: item(id) } });
const facts = {
  name: 'demo',
  arn: 'arn',
  id: 'id',
  key: [{ name: 'id', type: 'S' }],
  provisioned: { read: 10, write: 5 },
};

describe('items', () => {
  it('an empty page is not the last one', async () => {
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({ Items: [], LastEvaluatedKey: item('0') })
      .resolvesOnce({ Items: [item('1')], LastEvaluatedKey: item('1') })
      .resolvesOnce({ Items: [item('2')] });
    const read = await readItems(await mockAws(), { table: 'demo', limit: 5 });
    expect(read).toEqual({ items: [item('1'), item('2')], more: false });
    expect(inputs(dynamodb, 'Scan')).toMatchObject([
      { TableName: 'demo', Limit: 5 },
      { Limit: 5, ExclusiveStartKey: item('0') },
      { Limit: 5, ExclusiveStartKey: item('1') },
    ]);
  });

  it.each([{}, { Count: 3 }, { LastEvaluatedKey: item('0') }])('an answer without items is none: %j', async (page) => {
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({ Items: [item('1')], LastEvaluatedKey: item('1') })
      .resolves(page);
    const read = readItems(await mockAws(), { table: 'demo', limit: 5 });
    await expect(read).rejects.toMatchObject({ code: 'UnreadableAnswer', exitStatus: 1 });
  });

  it('no more than the limit are read, and that there are more is said', async () => {
    dynamodb.on(ScanCommand).resolves({ Items: [item('1'), item('2')], LastEvaluatedKey: item('2') });
    const read = await readItems(await mockAws(), { table: 'demo', limit: 2 });
    expect(read).toEqual({ items: [item('1'), item('2')], more: true });
    expect(dynamodb.calls()).toHaveLength(1);
  });

  it('of a page with as many as a megabyte holds are all read', async () => {
    const many = Array.from({ length: 250_000 }, (_, at) => item(String(at)));
    dynamodb.on(ScanCommand).resolves({ Items: many });
    const read = await readItems(await mockAws(), { table: 'demo', limit: 250_000 });
    expect(read.items.length).toBe(250_000);
  });

  it('that match are looked for in whole pages', async () => {
    dynamodb.on(ScanCommand).resolves({ Items: [item('1'), item('2'), item('3')] });
    const filter = { FilterExpression: 'size(#n0) = :v0' };
    const read = await readItems(await mockAws(), { table: 'demo', limit: 2, filter });
    expect(read).toEqual({ items: [item('1'), item('2')], more: true });
    expect(inputs(dynamodb, 'Scan')).toEqual([
      { TableName: 'demo', ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL', ...filter },
    ]);
  });
});

it.each(['constructor', 'valueOf'])('a table that is called %s is written to and counted', async (name) => {
  dynamodb.on(BatchWriteItemCommand).resolves({ UnprocessedItems: {} });
  dynamodb.on(BatchGetItemCommand).resolves({ Responses: {}, UnprocessedKeys: {} });
  const aws = await mockAws();
  await batchWriter(aws, { name, provisioned: undefined })([put('1')]);
  await expect(countStored(aws, { ...facts, name }, [item('1')])).resolves.toBe(0);
  expect(dynamodb.calls()).toHaveLength(2);
});

describe("DynamoDB's JSON", () => {
  it('holds every type, binary values in base64, wherever they are', () => {
    const B = new Uint8Array([1, 2, 255]);
    const whole = { b: { B }, m: { M: { l: { L: [{ BS: [B, B] }, { NULL: true as const }, { NS: ['1', '2e3'] }] } } } };
    const json = itemJson(whole);
    expect(JSON.parse(JSON.stringify(json))).toEqual({
      b: { B: 'AQL/' },
      m: { M: { l: { L: [{ BS: ['AQL/', 'AQL/'] }, { NULL: true }, { NS: ['1', '2e3'] }] } } },
    });
    expect(itemOf(JSON.parse(JSON.stringify(json)))).toEqual(whole);
  });

  it.each([
    ['1', 'an item is an object'],
    ['[]', 'an item is an object'],
    ['{"id":"1"}', '"id" is "1", but a value must name its type'],
    ['{"id":{"X":"1"}}', '"id" is {"X":"1"}'],
    ['{"id":{"S":"1","N":"1"}}', 'but a value must name its type'],
    ['{"n":{"N":1}}', 'a value of type N looks like {"N": "1.5"}'],
    ['{"n":{"N":"one"}}', 'a value of type N'],
    ['{"b":{"B":"?"}}', 'a value of type B'],
    ['{"s":{"SS":[]}}', 'a value of type SS'],
    ['{"l":{"L":[{"S":"x"},{"M":{"y":1}}]}}', '"l"[1]."y" is 1'],
    ['{"constructor":{"toString":1}}', '"constructor" is'],
  ])('%s is none', (json, message) => {
    expect(() => itemOf(JSON.parse(json))).toThrow(message);
  });
});

describe('a whole table', () => {
  it('is described by its key and what it was provisioned with', async () => {
    dynamodb.on(DescribeTableCommand).resolves({
      Table: {
        TableArn: 'arn',
        TableId: 'id',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
      } as never,
    });
    await expect(tableFacts(await mockAws(), 'demo')).resolves.toEqual(facts);
  });

  it('is written at four fifths of what was provisioned, and at any rate where nothing was', async () => {
    const written = { UnprocessedItems: {}, ConsumedCapacity: [{ CapacityUnits: 25 }] };
    dynamodb.on(BatchWriteItemCommand).resolves(written);
    const secondsFor = async (provisioned: typeof facts.provisioned | undefined): Promise<number> => {
      const aws = await mockAws();
      const startMs = aws.clock();
      const write = batchWriter(aws, { name: 'demo', provisioned });
      for (let batch = 0; batch < 4; batch += 1) await write([put('1')]);
      return (aws.clock() - startMs) / 1000;
    };
    // 100 units at 4 a second, less what is saved up.
    await expect(secondsFor(facts.provisioned)).resolves.toBeCloseTo(24.5, 1);
    await expect(secondsFor(undefined)).resolves.toBe(0);
  });

  it('has what was left unprocessed sent again, after waits that grow, and what was throttled', async () => {
    const left = { UnprocessedItems: { demo: [put('2')] } };
    dynamodb
      .on(BatchWriteItemCommand)
      .rejectsOnce(awsError('ProvisionedThroughputExceededException'))
      .resolvesOnce(left)
      .resolvesOnce(left)
      .resolvesOnce({ UnprocessedItems: {} });
    const aws = await mockAws();
    await batchWriter(aws, { name: 'demo', provisioned: undefined })([put('1'), put('2')]);
    expect(
      inputs(dynamodb, 'BatchWriteItem').map((input) => (input as { RequestItems: unknown }).RequestItems),
    ).toEqual([
      { demo: [put('1'), put('2')] },
      { demo: [put('1'), put('2')] },
      { demo: [put('2')] },
      { demo: [put('2')] },
    ]);
    expect(aws.pauses.slice(1)).toEqual([100, 200]);
  });

  it('is read in pages of what a second’s units are enough for', async () => {
    const page = { Items: [item('1')], ScannedCount: 10, ConsumedCapacity: { CapacityUnits: 20 } };
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({ ...page, LastEvaluatedKey: item('1') })
      .resolvesOnce(page);
    const aws = await mockAws();
    const pages = [];
    for await (const { items } of scanPages(aws, facts)) pages.push(items);
    expect(pages).toHaveLength(2);
    expect(inputs(dynamodb, 'Scan')).toMatchObject([{ Limit: 10 }, { Limit: 5 }]);
    expect(aws.pauses).toEqual([2_000]);
  });

  it('is counted by keys, those left unprocessed again', async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { demo: [item('1')] }, UnprocessedKeys: { demo: { Keys: [item('2')] } } })
      .resolvesOnce({ Responses: { demo: [] } });
    await expect(countStored(await mockAws(), facts, [item('1'), item('2')])).resolves.toBe(1);
    expect(inputs(dynamodb, 'BatchGetItem')).toHaveLength(2);
  });
});
