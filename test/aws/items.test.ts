import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { readItems } from '../../src/aws/items.ts';
import { mockClient } from '../mock-client.ts';
import { inputs, mockAws } from './mocks.ts';

const dynamodb = mockClient(DynamoDBClient);
afterEach(() => dynamodb.reset());

const item = (id: string) => ({ id: { S: id } });

describe('items', () => {
  it('an empty page is not the last one', async () => {
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({ Items: [], LastEvaluatedKey: item('0') })
      .resolvesOnce({ Items: [item('1')], LastEvaluatedKey: item('1') })
      .resolvesOnce({ Items: [item('2')] });
    const read = await readItems(await mockAws(), { table: 'demo', limit: 5 });
    expect(read).toEqual({ items: [item('1'), item('2')], more: false });
    expect(inputs(dynamodb, 'Scan')).toEqual([
      { TableName: 'demo', Limit: 5 },
      { TableName: 'demo', Limit: 5, ExclusiveStartKey: item('0') },
      { TableName: 'demo', Limit: 4, ExclusiveStartKey: item('1') },
    ]);
  });

  it('binary values are base64, wherever they are', async () => {
    const B = new Uint8Array([1, 2, 255]);
    dynamodb
      .on(ScanCommand)
      .resolves({ Items: [{ b: { B }, m: { M: { l: { L: [{ BS: [B, B] }, { NULL: true }] } } } }] });
    const { items } = await readItems(await mockAws(), { table: 'demo', limit: 1 });
    expect(JSON.parse(JSON.stringify(items))).toEqual([
      { b: { B: 'AQL/' }, m: { M: { l: { L: [{ BS: ['AQL/', 'AQL/'] }, { NULL: true }] } } } },
    ]);
  });

  it('no more than the limit are read, and that there are more is said', async () => {
    dynamodb.on(ScanCommand).resolves({ Items: [item('1'), item('2')], LastEvaluatedKey: item('2') });
    const read = await readItems(await mockAws(), { table: 'demo', limit: 2 });
    expect(read).toEqual({ items: [item('1'), item('2')], more: true });
    expect(dynamodb.calls()).toHaveLength(1);
  });
});
