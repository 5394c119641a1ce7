import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/local/aws-error.ts';
import { parseBody } from '../../../src/local/wire/body.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { signHeaders } from '../sign.ts';

const nested = (levels: number, [open, close]: readonly [string, string] = ['[', ']'], within = '') =>
  open.repeat(levels) + within + close.repeat(levels);
const objects = ['{"M":{"a":', '}}'] as const;
const lists = ['{"L":[', ']}'] as const;

describe('a body', () => {
  it.each([
    ['as deep as it may be', nested(1000)],
    ['with brackets in its texts', JSON.stringify({ a: `\\"${'[{'.repeat(2000)}` })],
    ['with many things beside each other', `[${'[{}],'.repeat(2000)}1]`],
  ])('%s is read', (_what, text) => {
    expect(JSON.stringify(parseBody(Buffer.from(text)))).toBe(text);
  });

  it.each([
    ['lists', nested(1001)],
    ['objects', nested(501, ['{"a":{"b":', '}}'], '1')],
    ['what is behind texts', `{"\\\\":"\\"]}","a":${nested(1001)}}`],
    ['what is never closed', '['.repeat(1_000_000)],
  ])('nests too deep: %s', (_what, text) => {
    expect(() => parseBody(Buffer.from(text))).toThrow(AwsError);
  });
});

describe('what nests too deep is refused or left out', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
    const made = await send('dynamodb', 'DynamoDB_20120810.CreateTable', {
      TableName: 'deep',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    expect(made.status).toBe(200);
  });
  afterAll(() => engine?.stop());

  async function send(service: string, target: string, input: object, deep = '') {
    const body = JSON.stringify(input).replace('"DEEP"', deep);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const signed = signHeaders({ ...engine, service, headers, body });
    const response = await fetch(engine.endpoint, { method: 'POST', headers: signed, body });
    return { status: response.status, answer: (await response.json()) as { __type?: string } };
  }

  const Item = { id: { S: 'a', Unknown: 'DEEP' } };
  const calls: [string, string, string, object][] = [
    ['an item', 'dynamodb', 'DynamoDB_20120810.PutItem', { TableName: 'deep', Item }],
    [
      'an item of a transaction',
      'dynamodb',
      'DynamoDB_20120810.TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'deep', Item } }] },
    ],
    [
      "a transaction's condition",
      'dynamodb',
      'DynamoDB_20120810.TransactWriteItems',
      {
        TransactItems: [
          {
            ConditionCheck: {
              TableName: 'deep',
              Key: { id: { S: 'none' } },
              ConditionExpression: 'attribute_not_exists(id) OR id = :a',
              ExpressionAttributeValues: { ':a': Item.id },
            },
          },
        ],
      },
    ],
    [
      'a statement',
      'dynamodb',
      'DynamoDB_20120810.ExecuteTransaction',
      { TransactStatements: [{ Statement: "UPDATE deep SET n = ? WHERE id = 'a'", Parameters: [Item.id] }] },
    ],
    ['a pool', 'cognito-idp', 'AWSCognitoIdentityProviderService.CreateUserPool', { PoolName: 'a', Unknown: 'DEEP' }],
  ];

  it.each(calls)('an unknown member in %s', async (_what, service, target, input) => {
    expect(await send(service, target, input, nested(900))).toMatchObject({ status: 200 });
    const { status, answer } = await send(service, target, input, nested(50_000));
    expect({ status, type: answer.__type?.split('#').at(-1) }).toEqual({ status: 400, type: 'SerializationException' });
  });

  it.each([objects, lists])('a parameter of a statement: %s', async (open, close) => {
    const input = { Statement: "SELECT * FROM deep WHERE id = 'a' AND n = ?", Parameters: ['DEEP'] };
    const refusal = async (levels: number) => {
      const deep = nested(levels, [open, close], '{"S":"a"}');
      const { status, answer } = await send('dynamodb', 'DynamoDB_20120810.ExecuteStatement', input, deep);
      return [status, answer.__type?.split('#').at(-1)];
    };
    expect(await refusal(490)).toEqual([400, 'ValidationException']);
    expect(await refusal(50_000)).toEqual([400, 'SerializationException']);
  });
});
