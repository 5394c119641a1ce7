import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

// AWS's two ways to read numbers and to word duplicates, by operation: paritysuite/dynamodb-conformance, run against AWS on
// 9 October 2026.
const numeric = 'The parameter cannot be converted to a numeric value';
const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const wrong = 'One or more parameter values were invalid: Input collection';
const values = [
  { N: 'abc' },
  { N: '' },
  { N: '1e126' },
  { N: '1e2147483647' },
  { SS: ['b', 'a', 'b', 'c'] },
  { BS: [Buffer.from('/w==', 'base64'), Buffer.from('AA==', 'base64'), Buffer.from('AA==', 'base64')] },
  { NS: ['2', '1', '2'] },
];
const current = [
  `${numeric}: abc`,
  `${numeric}: `,
  overflow,
  overflow,
  `${wrong} ["a", "b", "b", "c"] contains duplicates.`,
  `${wrong} ["AA==","/w==","AA=="]of type BS contains duplicates.`,
  `${wrong} contains duplicates.`,
];
const older = [
  `${numeric}: abc`,
  numeric,
  overflow,
  underflow,
  `${wrong} [b, a, b, c] contains duplicates.`,
  `${wrong} [/w==, AA==, AA==]of type BS contains duplicates.`,
  'Input collection contains duplicates',
];
const enveloped = current.map((message) => `1 validation error detected: ${message}`);
const wrapped = older.map((message) => `ExpressionAttributeValues contains invalid value: ${message} for key :v`);

describe('a wrong number or a member that is there twice', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB(engine.clientConfig);
    await client.createTable(onDemandTable('layers'));
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const TableName = 'layers';
  const id = { id: { S: 'x' } };
  type Value = (typeof values)[number];
  const condition = (value: Value) => ({
    ConditionExpression: 'attribute_not_exists(id) OR a = :v',
    ExpressionAttributeValues: { ':v': value as never },
  });
  const key = (value: Value) => ({ TableName, Key: { id: value as never } });
  const transacted = (step: object) => client.transactWriteItems({ TransactItems: [step] });

  it.each<[string, string[], (value: Value) => Promise<unknown>]>([
    ['PutItem, in the item', enveloped, (a) => client.putItem({ TableName, Item: { ...id, a: a as never } })],
    [
      'PutItem, inside a map',
      enveloped,
      (a) => client.putItem({ TableName, Item: { ...id, m: { M: { l: { L: [a as never] } } } } }),
    ],
    ['PutItem, in a condition', enveloped, (a) => client.putItem({ TableName, Item: id, ...condition(a) })],
    [
      'PutItem, in Expected',
      enveloped,
      (a) => client.putItem({ TableName, Item: id, Expected: { a: { Value: a as never } } }),
    ],
    [
      'UpdateItem, in AttributeUpdates',
      enveloped,
      (a) => client.updateItem({ TableName, Key: id, AttributeUpdates: { a: { Value: a as never } } }),
    ],
    ['UpdateItem, in the key', enveloped, (a) => client.updateItem(key(a))],
    ['DeleteItem, in a condition', enveloped, (a) => client.deleteItem({ TableName, Key: id, ...condition(a) })],
    ['DeleteItem, in the key', enveloped, (a) => client.deleteItem(key(a))],
    ['GetItem, in the key', current, (a) => client.getItem(key(a))],
    [
      'BatchGetItem, in a key',
      current,
      (a) => client.batchGetItem({ RequestItems: { [TableName]: { Keys: [{ id: a as never }] } } }),
    ],
    [
      'Query, in a filter',
      current,
      (a) =>
        client.query({
          TableName,
          KeyConditionExpression: 'id = :i',
          FilterExpression: 'a = :v',
          ExpressionAttributeValues: { ':i': id.id, ':v': a as never },
        }),
    ],
    [
      'Scan, in a filter',
      wrapped,
      (a) => client.scan({ TableName, FilterExpression: 'a = :v', ExpressionAttributeValues: { ':v': a as never } }),
    ],
    [
      'BatchWriteItem, in an item',
      older,
      (a) =>
        client.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: { ...id, a: a as never } } }] } }),
    ],
    ['TransactWriteItems, in an item', older, (a) => transacted({ Put: { TableName, Item: { ...id, a } } })],
    ['TransactWriteItems, in a key', older, (a) => transacted({ Delete: key(a) })],
    [
      'TransactWriteItems, in a condition',
      wrapped,
      (a) => transacted({ ConditionCheck: { TableName, Key: id, ...condition(a) } }),
    ],
    ['TransactGetItems, in a key', older, (a) => client.transactGetItems({ TransactItems: [{ Get: key(a) }] })],
  ])('%s', async (_where, messages, call) => {
    const found: string[] = [];
    for (const value of values) {
      const { name, message } = await failure(call(value));
      found.push(name === 'ValidationException' ? message : `${name}: ${message}`);
    }
    expect(found).toEqual(messages);
  });
});
