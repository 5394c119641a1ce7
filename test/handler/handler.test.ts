import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../start-engine.ts';
import { type RunningFunction, startFunction } from './function.ts';

const tableName = 'lambda-apigateway';
let engine: Awaited<ReturnType<typeof startEngine>>;
let client: DynamoDBClient;
let running: RunningFunction;

beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDBClient(engine.clientConfig);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName: tableName });
  running = await startFunction({
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
  });
});

afterAll(async () => {
  await running?.stop();
  client?.destroy();
  await engine?.stop();
});

/** What the function answers to `event`, as parsed JSON. */
async function answerTo(event: unknown): Promise<Record<string, unknown>> {
  const { text, error } = await running.invoke(JSON.stringify(event));
  expect(error).toBeUndefined();
  return JSON.parse(text ?? '');
}

async function failureOf(eventText: string): Promise<string> {
  const { text, error } = await running.invoke(eventText);
  expect(text).toBeUndefined();
  expect(running.exitCode).toBeNull();
  return error?.message ?? '';
}

const onTable = (operation: string, payload: unknown) => ({ operation, tableName, payload });
const store = (item: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName: tableName, Item: item }));
const stored = async (id: string) =>
  (await client.send(new GetItemCommand({ TableName: tableName, Key: { id: { S: id } } }))).Item;

describe("the tutorial's operations", () => {
  test('create, read, update, delete: the request id and the item, without $metadata', async () => {
    const created = await answerTo(onTable('create', { Item: { id: '1234ABCD', number: 5 } }));
    expect(created).toEqual({
      ResponseMetadata: { HTTPStatusCode: 200, RequestId: expect.stringMatching(/^\S{20,}$/), RetryAttempts: 0 },
    });
    expect(await stored('1234ABCD')).toEqual({ id: { S: '1234ABCD' }, number: { N: '5' } });

    const updated = await answerTo(
      onTable('update', {
        Key: { id: '1234ABCD' },
        UpdateExpression: 'SET #n = :n',
        ExpressionAttributeNames: { '#n': 'number' },
        ExpressionAttributeValues: { ':n': 10 },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(updated.Attributes).toEqual({ id: '1234ABCD', number: 10 });
    expect((await answerTo(onTable('read', { Key: { id: '1234ABCD' } }))).Item).toEqual({ id: '1234ABCD', number: 10 });

    const deleted = await answerTo(onTable('delete', { Key: { id: '1234ABCD' }, ReturnValues: 'ALL_OLD' }));
    expect(deleted.Attributes).toEqual({ id: '1234ABCD', number: 10 });
    expect(await answerTo(onTable('read', { Key: { id: '1234ABCD' } }))).not.toHaveProperty('Item');
  });

  test('the older AttributeUpdates and Expected parameters', async () => {
    await answerTo(onTable('create', { Item: { id: 'legacy', count: 1 } }));
    const updated = await answerTo(
      onTable('update', {
        Key: { id: 'legacy' },
        AttributeUpdates: { count: { Value: 2, Action: 'ADD' } },
        Expected: { count: { Value: 1 } },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(updated.Attributes).toEqual({ count: 3 });
  });

  test('list pages by Limit and ExclusiveStartKey, and filters', async () => {
    for (const id of ['page-1', 'page-2', 'page-3']) await answerTo(onTable('create', { Item: { id, page: true } }));
    const found: unknown[] = [];
    let start: unknown;
    do {
      const page = await answerTo(
        onTable('list', {
          Limit: 1,
          FilterExpression: 'page = :page',
          ExpressionAttributeValues: { ':page': true },
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      expect(page.ScannedCount).toBeLessThanOrEqual(1);
      for (const item of page.Items as { id: string }[]) found.push(item.id);
      start = page.LastEvaluatedKey;
    } while (start);
    expect(found.sort()).toEqual(['page-1', 'page-2', 'page-3']);
  });

  test('echo answers the payload as it came, ping answers "pong"', async () => {
    for (const payload of [{ a: [1, null, 'x'] }, 'text', 0, null, []]) {
      expect((await running.invoke(JSON.stringify({ operation: 'echo', payload }))).text).toBe(JSON.stringify(payload));
    }
    expect((await running.invoke('{"operation":"ping"}')).text).toBe('"pong"');
  });
});

describe('values', () => {
  test('attributes called as what every object has', async () => {
    const item = { id: 'inherited', toString: 1, constructor: { valueOf: ['x'] } };
    await answerTo(onTable('create', { Item: item }));
    expect((await answerTo(onTable('read', { Key: { id: 'inherited' } }))).Item).toEqual(item);
  });

  test('an item with a __proto__ attribute, which others stored, is answered all the same', async () => {
    const map = '{"M":{"__proto__":{"L":[{"M":{"__proto__":{"S":"y"}}}]}}}';
    const item = `{"id":{"S":"1"},"__proto__":{"S":"x"},"map":${map}}`;
    const dynamodb = createServer((_request, response) => response.end(`{"Item":${item}}`)).listen(0, '127.0.0.1');
    await once(dynamodb, 'listening');
    const { port } = Object(dynamodb.address());
    const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const other = await startFunction({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, ...environment });
    try {
      const { text } = await other.invoke(JSON.stringify(onTable('read', { Key: { id: '1' } })));
      expect(text).toContain('"Item":{"id":"1","__proto__":"x","map":{"__proto__":[{"__proto__":"y"}]}}');
    } finally {
      await other.stop();
      dynamodb.close();
    }
  });

  test('sets are arrays, binary is base64, in every depth', async () => {
    const nested: Record<string, AttributeValue> = {
      strings: { SS: ['a', 'b'] },
      numbers: { NS: ['1.5', '9007199254740993'] },
      binary: { B: Buffer.from('hello') },
      binaries: { BS: [Buffer.from('x')] },
      nothing: { NULL: true },
      no: { BOOL: false },
      list: { L: [{ M: { deep: { SS: ['c'] } } }] },
    };
    await store({ id: { S: 'values' }, top: { SS: ['t'] }, nested: { M: nested } });
    const { text = '' } = await running.invoke(JSON.stringify(onTable('read', { Key: { id: 'values' } })));
    expect(text).toMatch(/"numbers":\[(1\.5,9007199254740993|9007199254740993,1\.5)\]/);
    expect(JSON.parse(text).Item).toMatchObject({
      top: ['t'],
      nested: {
        strings: ['a', 'b'],
        binary: 'aGVsbG8=',
        binaries: ['eA=='],
        nothing: null,
        no: false,
        list: [{ deep: ['c'] }],
      },
    });
  });

  test('a number comes back with every digit it is stored with', async () => {
    const digits = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 38 }),
        fc.integer({ min: 0, max: 38 }),
      )
      .map(([sign, figures, point]) => {
        const text = figures.join('');
        const at = Math.min(point, text.length - 1);
        return `${sign}${text.slice(0, text.length - at)}${at ? `.${text.slice(-at)}` : ''}`;
      });
    await fc.assert(
      fc.asyncProperty(digits, async (number) => {
        await store({ id: { S: 'number' }, value: { N: number }, list: { L: [{ N: number }] } });
        const wire = (await stored('number'))?.value?.N;
        const { text = '' } = await running.invoke(JSON.stringify(onTable('read', { Key: { id: 'number' } })));
        expect(text).toContain(`"value":${wire}`);
        expect(text).toContain(`"list":[${wire}]`);
      }),
      { numRuns: 200 },
    );
  });

  test('what create stores, read answers', async () => {
    const number = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        number,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (any) => {
        // As JSON, so that -0, which JSON and DynamoDB do not keep apart from 0, is 0.
        const sent = JSON.parse(JSON.stringify(any));
        await answerTo(onTable('create', { Item: { id: 'any', any: sent } }));
        expect((await answerTo(onTable('read', { Key: { id: 'any' } }))).Item).toEqual({ id: 'any', any: sent });
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    '9007199254740993',
    '-9007199254740993',
    '0.12345678901234567890123',
    '1.00000000000000000001',
    '12345678901234567890123456789012345678',
    '-0.00000000000000000000000000000000000012345678901234567890123456789012345678',
  ])('%s is stored with every digit, and answered so', async (number) => {
    const item = `{"id":"exact","n":${number},"deep":[{"m":${number}}]}`;
    const create = `{"operation":"create","tableName":"${tableName}","payload":{"Item":${item}}}`;
    expect((await running.invoke(create)).error).toBeUndefined();
    expect(await stored('exact')).toMatchObject({ n: { N: number }, deep: { L: [{ M: { m: { N: number } } }] } });
    const { text = '' } = await running.invoke(JSON.stringify(onTable('read', { Key: { id: 'exact' } })));
    expect(text).toContain(`"n":${number}`);
    // What was read can be sent back.
    const read = text.slice(text.indexOf('"Item":') + 7, -1);
    await running.invoke(`{"operation":"create","tableName":"${tableName}","payload":{"Item":${read}}}`);
    expect((await stored('exact'))?.n).toEqual({ N: number });
    expect((await running.invoke(`{"operation":"echo","payload":[${number}]}`)).text).toBe(`[${number}]`);
  });

  test('whatever decimal create is sent, the same is stored', async () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 19 });
    const number = fc
      .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.option(fc.integer({ min: -60, max: 60 })))
      .map(([sign, whole, fraction, power]) =>
        [
          sign,
          whole.replace(/^0+(?=.)/, ''),
          fraction === null ? '' : `.${fraction}`,
          power === null ? '' : `e${power}`,
        ].join(''),
      );
    await fc.assert(
      fc.asyncProperty(number, async (literal) => {
        const item = `{"id":"decimal","n":${literal}}`;
        const event = `{"operation":"create","tableName":"${tableName}","payload":{"Item":${item}}}`;
        expect((await running.invoke(event)).error).toBeUndefined();
        expect(asInteger((await stored('decimal'))?.n?.N ?? '')).toBe(asInteger(literal));
      }),
      { numRuns: 200 },
    );
  });

  test.each(['1e400', '-1e400', '1e-400', '0.123456789012345678901234567890123456789'])(
    '%s, which DynamoDB cannot hold, is refused by it and nothing is stored',
    async (number) => {
      for (const item of [`"n":${number}`, `"n":[{"m":${number}}]`]) {
        const event = `{"operation":"create","tableName":"${tableName}","payload":{"Item":{"id":"too-large",${item}}}}`;
        expect(await failureOf(event)).toMatch(/^\[BadRequest\] ValidationException: /);
      }
      expect(await stored('too-large')).toBeUndefined();
    },
  );
});

/** A decimal times 10^120, exactly. */
function asInteger(literal: string): bigint {
  const [mantissa = '', power = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(120 + Number(power) - fraction.length);
}

describe('refused as the caller’s mistake', () => {
  test.each(['constructor', '__proto__', 'toString', 'Create', 'create ', '', 'deleteTable', 'hasOwnProperty'])(
    'operation %j',
    async (operation) => {
      const message = await failureOf(JSON.stringify(onTable(operation, {})));
      expect(message).toContain(`[BadRequest] Unrecognized operation "${operation}"`);
    },
  );

  test.each([42, null, ['ping'], { toString: 'ping' }, true, undefined])(
    'operation %j, not a string',
    async (operation) => {
      expect(await failureOf(JSON.stringify({ operation, payload: {} }))).toMatch(
        /^\[BadRequest\] Unrecognized operation "/,
      );
    },
  );

  test.each(['[]', 'null', '"ping"', '7', 'true', '{}', '[{"operation":"ping"}]'])('event %s', async (event) => {
    expect(await failureOf(event)).toMatch(/^\[BadRequest\] \S/);
  });

  test.each([
    ['no tableName', { operation: 'read', payload: { Key: { id: '1' } } }, '"tableName" is missing'],
    ['no payload', { operation: 'read', tableName }, '"payload" is missing'],
    ['echo without payload', { operation: 'echo' }, '"payload" is missing'],
    [
      'a table ARN',
      { operation: 'list', tableName: 'arn:aws:dynamodb:us-east-1:evil:table/x', payload: {} },
      '"tableName"',
    ],
    ['a table name that is no string', { operation: 'list', tableName: [tableName], payload: {} }, '"tableName"'],
    [
      'another table inside the payload',
      onTable('list', { TableName: 'other' }),
      'Unknown parameter payload.TableName',
    ],
    ['an unknown parameter', onTable('create', { itm: { id: '1' } }), 'Unknown parameter payload.itm'],
    ['an inherited parameter', onTable('create', { constructor: {} }), 'Unknown parameter payload.constructor'],
    ['a payload that is an array', onTable('create', []), 'payload must be an object'],
    ['a payload that is null', onTable('create', null), 'payload must be an object'],
    ['an item that is a string', onTable('create', { Item: 'x' }), 'payload.Item must be an object'],
    ['a limit that is text', onTable('list', { Limit: '1' }), 'payload.Limit must be a whole number'],
    ['a limit that is a fraction', onTable('list', { Limit: 1.5 }), 'payload.Limit must be a whole number'],
    ['a flag that is text', onTable('list', { ConsistentRead: 'yes' }), 'payload.ConsistentRead must be true or false'],
    [
      'an expression that is an object',
      onTable('list', { FilterExpression: {} }),
      'payload.FilterExpression must be a string',
    ],
    ['a list that is a string', onTable('read', { Key: { id: '1' }, AttributesToGet: 'id' }), 'must be an array'],
    ['no item', onTable('create', {}), 'ValidationException: '],
    ['a key of the wrong type', onTable('read', { Key: { id: 1 } }), 'ValidationException: '],
    ['a limit of 0', onTable('list', { Limit: 0 }), 'ValidationException: '],
    ['a missing table', { operation: 'list', tableName: 'nope', payload: {} }, 'ResourceNotFoundException: '],
  ])('%s', async (_name, event, reason) => {
    const message = await failureOf(JSON.stringify(event));
    expect(message).toMatch(/^\[BadRequest\] /);
    expect(message).toContain(reason);
  });

  test('a condition that does not hold, by DynamoDB’s own name', async () => {
    await answerTo(onTable('create', { Item: { id: 'taken' } }));
    const event = onTable('create', { Item: { id: 'taken' }, ConditionExpression: 'attribute_not_exists(id)' });
    expect(await failureOf(JSON.stringify(event))).toBe(
      '[BadRequest] ConditionalCheckFailedException: The conditional request failed',
    );
  });

  test('__proto__ as an attribute, which the SDK would drop without a word', async () => {
    for (const item of ['"__proto__":{"a":1}', '"m":{"__proto__":1}']) {
      const event = `{"operation":"create","tableName":"${tableName}","payload":{"Item":{"id":"proto",${item}}}}`;
      expect(await failureOf(event)).toContain('"__proto__" cannot be used as a name');
    }
    expect(await stored('proto')).toBeUndefined();
    await store({ id: { S: 'proto' } });
    const named = onTable('update', {
      Key: { id: 'proto' },
      UpdateExpression: 'SET #a = :a',
      ExpressionAttributeNames: { '#a': '__proto__' },
      ExpressionAttributeValues: { ':a': '1' },
    });
    expect(await failureOf(JSON.stringify(named))).toContain('"__proto__" cannot be used as a name');
    const listed = onTable('read', { Key: { id: 'proto' }, AttributesToGet: ['__proto__'] });
    expect(await failureOf(JSON.stringify(listed))).toContain('"__proto__" cannot be used as a name');
    expect(await stored('proto')).toEqual({ id: { S: 'proto' } });
  });

  test('nesting beyond what DynamoDB holds, however deep', async () => {
    for (const depth of [40, 200_000]) {
      const value = '['.repeat(depth) + ']'.repeat(depth);
      const event = `{"operation":"create","tableName":"${tableName}","payload":{"Item":{"id":"deep","v":${value}}}}`;
      expect(await failureOf(event)).toMatch(/^\[BadRequest\] .*nested deeper/);
    }
  });

  test.each(['echo', 'ping', 'unheard'])(
    'nesting so deep that it could not even be written down, to %s',
    async (operation) => {
      const value = '['.repeat(100_000) + ']'.repeat(100_000);
      expect(await failureOf(`{"operation":"${operation}","payload":${value}}`)).toMatch(
        /^\[BadRequest\] .*nested deeper/,
      );
      const asName = `{"operation":${value}}`;
      expect(await failureOf(asName)).toMatch(/^\[BadRequest\] .*nested deeper/);
    },
  );

  test('a huge name is not repeated in the answer', async () => {
    const huge = 'x'.repeat(1_000_000);
    expect((await failureOf(JSON.stringify({ operation: huge }))).length).toBeLessThan(400);
    expect((await failureOf(JSON.stringify(onTable('list', { [huge]: 1 })))).length).toBeLessThan(400);
  });

  test('any JSON at all: an answer or a 400, and the process lives', async () => {
    const event = fc.record(
      {
        operation: fc.oneof(
          fc.constantFrom('create', 'read', 'update', 'delete', 'list', 'echo', 'ping'),
          fc.jsonValue(),
        ),
        tableName: fc.oneof({ weight: 4, arbitrary: fc.constant(tableName) }, { weight: 1, arbitrary: fc.jsonValue() }),
        payload: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(
            fc.constantFrom('Item', 'Key', 'Limit', 'ReturnValues', 'ExpressionAttributeValues', 'Expected', 'Select'),
            fc.jsonValue(),
          ),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), event), async (any) => {
        const { error } = await running.invoke(JSON.stringify(any));
        if (error) expect(error.message).toMatch(/^\[BadRequest\] \S/);
        expect(running.exitCode).toBeNull();
      }),
      { numRuns: 400 },
    );
  });
});

describe('failures that are not the caller’s', () => {
  test.each([
    ['wrong credentials', { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN', AWS_SECRET_ACCESS_KEY: 'wrong' }],
    ['no credentials', {}],
    [
      'nobody listening',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    ],
  ])('%s: an error with a reason, not a 400', async (_name, environment) => {
    const broken = await startFunction({ AWS_ENDPOINT_URL: engine.endpoint, ...environment });
    try {
      const { error } = await broken.invoke(JSON.stringify(onTable('list', {})));
      expect(error?.message).toMatch(/^DynamoDB\b.*: .{10,}/);
      expect((await broken.invoke('{"operation":"ping"}')).text).toBe('"pong"');
    } finally {
      await broken.stop();
    }
  });
});
