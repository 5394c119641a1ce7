import { connect } from 'node:net';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../../../src/local/dynamodb/service.ts';
import { AwsError } from '../../../src/local/service.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { rootCall, scanAll } from './table.ts';

const table = 'malformed';
const runs = 600;

const attributeNames = fc.constantFrom(
  'id',
  'sort',
  'kind',
  'a',
  'b',
  'constructor',
  'toString',
  'length',
  '__proto__',
  '',
);
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('', 'NaN', '0x1', '1e125', '1e126', '-1e-131', '1_0', '1'.repeat(39), '5.', '-0'),
);
const base64 = fc.constantFrom('', 'AAE=', 'AAE', '====', 'a');
const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, [], {}, '', 0, true));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: fc.string({ maxLength: 4 }) }),
    fc.record({ N: numbers }),
    fc.record({ B: base64 }),
    fc.record({ SS: fc.array(fc.string({ maxLength: 2 }), { maxLength: 3 }) }),
    fc.record({ NS: fc.array(numbers, { maxLength: 2 }) }),
    fc.record({ L: fc.array(fc.oneof(tie('value'), junk), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(attributeNames, fc.oneof(tie('value'), junk), { maxKeys: 3 }) }),
    fc.record({ S: junk }),
    fc.record({ S: fc.string(), N: numbers }),
    junk,
  ),
}));
const goodKey = fc.record({
  id: fc.record({ S: fc.constantFrom('x', 'y') }),
  sort: fc.record({ N: fc.constantFrom('1', '-2.5') }),
});
const key = fc.oneof({ weight: 6, arbitrary: goodKey }, value);
const item = fc
  .tuple(goodKey, fc.dictionary(attributeNames, value, { maxKeys: 3 }))
  .map(([good, more]) => ({ ...more, ...good }));
const path = fc.constantFrom(
  'id',
  'sort',
  'kind',
  'a',
  'b',
  '#n',
  'a.b',
  'a[0]',
  'b[99999]',
  'constructor',
  'a.toString',
  'a[-1]',
  '#',
  'a..b',
);
const operand = fc.oneof(
  path,
  fc.constantFrom(':v', ':w', 'size(a)', 'if_not_exists(a, :v)', 'list_append(a, :v)', 'a + :v'),
);
const condition = fc.oneof(
  fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand).map((parts) => parts.join(' ')),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c} OR NOT ${b} IN (${c}, ${a})`),
  fc
    .tuple(fc.constantFrom('attribute_exists', 'attribute_type', 'begins_with', 'contains'), operand, operand)
    .map(([name, a, b]) => `${name}(${a}, ${b})`),
  path.map((name) => `attribute_not_exists(${name})`),
  fc.string({ maxLength: 8 }),
);
const update = fc.oneof(
  fc.tuple(path, operand).map(([a, b]) => `SET ${a} = ${b}`),
  fc.tuple(path, operand, path).map(([a, b, c]) => `SET ${a} = ${b}, b = ${a} REMOVE ${c}`),
  fc.tuple(fc.constantFrom('ADD', 'DELETE'), path).map(([clause, a]) => `${clause} ${a} :v`),
  fc.string({ maxLength: 8 }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const good = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof<fc.WeightedArbitrary<unknown>[]>({ weight: 9, arbitrary }, { weight: 1, arbitrary: junk });

/** The names and values that the expressions use, so that most of them get past the check for unused ones. */
function withNames(request: Record<string, unknown>, values: unknown[]): Record<string, unknown> {
  const text = JSON.stringify(request);
  const used = [':v', ':w'].filter((name) => text.includes(name));
  return {
    ...request,
    ...(text.includes('#n') && { ExpressionAttributeNames: { '#n': 'a' } }),
    ...(used.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(used.map((name, at) => [name, values[at]])),
    }),
  };
}
const named = (request: fc.Arbitrary<Record<string, unknown>>) =>
  fc.tuple(request, fc.array(value, { minLength: 2, maxLength: 2 })).map(([each, values]) => withNames(each, values));

const TableName = good(fc.constant(table));
const ConditionExpression = maybe(condition);
const FilterExpression = maybe(condition);
const IndexName = maybe(fc.constantFrom('by-kind', 'none'));
const Limit = maybe(fc.constantFrom<unknown>(1, 2, 0, '1'));
const requests: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  PutItem: named(
    fc.record({
      TableName,
      Item: good(item),
      ConditionExpression,
      ReturnConsumedCapacity: maybe(good(fc.constant('INDEXES'))),
      ReturnValuesOnConditionCheckFailure: maybe(good(fc.constant('ALL_OLD'))),
    }),
  ),
  GetItem: named(fc.record({ TableName, Key: key, ProjectionExpression: maybe(path) })),
  UpdateItem: named(fc.record({ TableName, Key: key, UpdateExpression: update, ConditionExpression })),
  DeleteItem: named(
    fc.record({ TableName, Key: key, ConditionExpression, ReturnValues: good(fc.constant('ALL_OLD')) }),
  ),
  Query: named(
    fc.record({
      TableName,
      IndexName,
      KeyConditionExpression: fc.constantFrom('id = :v', 'kind = :v', 'id = :v AND sort > :w', 'a = b', ':v'),
      FilterExpression,
      Limit,
      ExclusiveStartKey: maybe(key),
    }),
  ),
  Scan: named(fc.record({ TableName, IndexName, FilterExpression, Limit, ExclusiveStartKey: maybe(key) })),
  BatchGetItem: fc.record({
    RequestItems: good(fc.record({ [table]: good(fc.record({ Keys: good(fc.array(key)) })) })),
  }),
  BatchWriteItem: fc.record({
    RequestItems: good(
      fc.record({
        [table]: good(fc.array(good(fc.record({ PutRequest: good(fc.record({ Item: item })) })), { maxLength: 3 })),
      }),
    ),
  }),
  TransactWriteItems: fc.record({
    TransactItems: good(
      fc.array(good(fc.record({ Put: good(fc.record({ TableName, Item: good(item) })) })), { maxLength: 3 }),
    ),
  }),
  TransactGetItems: fc.record({
    TransactItems: good(fc.array(good(fc.record({ Get: good(fc.record({ TableName, Key: key })) })), { maxLength: 3 })),
  }),
  CreateTable: fc.record({
    TableName: junk,
    KeySchema: junk,
    AttributeDefinitions: junk,
    BillingMode: junk,
    Tags: junk,
  }),
  UpdateTable: fc.record({ TableName, GlobalSecondaryIndexUpdates: junk, BillingMode: junk }),
  TagResource: fc.record({ ResourceArn: junk, Tags: junk }),
  UpdateTimeToLive: fc.record({ TableName, TimeToLiveSpecification: junk }),
  ListTables: fc.record({ Limit: junk, ExclusiveStartTableName: junk }),
};

describe('malformed calls to DynamoDB', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB(engine.clientConfig);
    await client.createTable({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'sort', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'sort', AttributeType: 'N' },
        { AttributeName: 'kind', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] },
        },
      ],
    });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  it.each(Object.keys(requests))(`%s: ${runs} of them end in an answer or one of AWS's errors`, async (operation) => {
    const call = rootCall(engine.engine);
    const run = service.operations[operation];
    const request = requests[operation];
    if (!run || !request) throw new Error(`no operation ${operation}`);
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        try {
          // As it would be off the wire.
          await run(JSON.parse(JSON.stringify(given)) as never, call);
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
        }
      }),
      { numRuns: runs },
    );
  });

  it('leave the counts of the table and its index exact', async () => {
    const { Table: described } = await client.describeTable({ TableName: table });
    const { Count: indexed } = await client.scan({ TableName: table, IndexName: 'by-kind', Select: 'COUNT' });
    expect(described?.ItemCount).toBe((await scanAll(client, table)).length);
    expect(described?.GlobalSecondaryIndexes?.[0]?.ItemCount).toBe(indexed);
  });

  it('whose bodies are cut off do not reach the storage, and stop nobody else', async () => {
    const { port } = new URL(engine.endpoint);
    for (let time = 0; time < 20; time += 1) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(
            'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Length: 1000\r\n\r\n{"TableName"',
            () => socket.destroy(),
          );
        });
        socket.on('close', () => resolve());
        socket.on('error', reject);
      });
    }
    expect((await client.listTables({})).TableNames).toContain(table);
  });
});
