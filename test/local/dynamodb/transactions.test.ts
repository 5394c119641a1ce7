import { DynamoDB, type TransactGetItem, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

describe('DynamoDB transactions', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    await client.createTable(onDemandTable('one'));
    await client.createTable(onDemandTable('two'));
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const key = (id: string) => ({ id: { S: id } });
  const put = (TableName: string, id: string): TransactWriteItem => ({ Put: { TableName, Item: key(id) } });
  const exists = async (TableName: string, id: string) =>
    (await client.getItem({ TableName, Key: key(id) })).Item !== undefined;

  it('writes to several tables at once, or to none', async () => {
    await client.transactWriteItems({ TransactItems: [put('one', 'a'), put('two', 'a')] });
    expect([await exists('one', 'a'), await exists('two', 'a')]).toEqual([true, true]);
    const error = await failure(
      client.transactWriteItems({
        TransactItems: [
          put('one', 'b'),
          {
            Update: {
              TableName: 'two',
              Key: key('c'),
              UpdateExpression: 'SET a = id',
              ConditionExpression: 'attribute_exists(id)',
            },
          },
          {
            Delete: {
              TableName: 'two',
              Key: key('a'),
              ConditionExpression: 'attribute_not_exists(id)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
    });
    expect(error.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'ConditionalCheckFailed', Item: key('a') },
    ]);
    expect([await exists('one', 'b'), await exists('two', 'a')]).toEqual([false, true]);
  });

  it('checks an item without changing it', async () => {
    await client.transactWriteItems({ TransactItems: [put('one', 'checked')] });
    const check = (ConditionExpression: string): TransactWriteItem => ({
      ConditionCheck: { TableName: 'one', Key: key('checked'), ConditionExpression },
    });
    await client.transactWriteItems({ TransactItems: [check('attribute_exists(id)'), put('two', 'after')] });
    expect([await exists('one', 'checked'), await exists('two', 'after')]).toEqual([true, true]);
    const refused = client.transactWriteItems({
      TransactItems: [check('attribute_not_exists(id)'), put('two', 'never')],
    });
    expect((await failure(refused)).name).toBe('TransactionCanceledException');
    expect(await exists('two', 'never')).toBe(false);
  });

  it('refuses two operations on one item', async () => {
    const error = await failure(
      client.transactWriteItems({ TransactItems: [put('one', 'twice'), put('one', 'twice')] }),
    );
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    });
    expect(await exists('one', 'twice')).toBe(false);
  });

  it('carries a request out once however often it is repeated with its token', async () => {
    const add = (amount: string): TransactWriteItem => ({
      Update: {
        TableName: 'one',
        Key: key('token'),
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: { ':n': { N: amount } },
      },
    });
    for (let time = 0; time < 3; time += 1) {
      await client.transactWriteItems({ TransactItems: [add('1')], ClientRequestToken: 'the-token' });
    }
    const { Item } = await client.getItem({ TableName: 'one', Key: key('token') });
    expect(Item?.n).toEqual({ N: '1' });
    const other = client.transactWriteItems({ TransactItems: [add('2')], ClientRequestToken: 'the-token' });
    expect((await failure(other)).name).toBe('IdempotentParameterMismatchException');
  });

  it('tells all that its actions lack, by their places', async () => {
    // Observed on AWS: aws/aws-sdk-net#3095.
    const lacking = (member: string) =>
      `Value null at 'transactItems.${member}' failed to satisfy constraint: Member must not be null`;
    const update = { Update: { TableName: 'one', Key: key('lacking') } };
    const unnamed = { Put: { Item: key('lacking') } };
    const unconditional = { ConditionCheck: { TableName: 'one', Key: key('lacking') } };
    const TransactItems = [update, unnamed, unconditional] as unknown as TransactWriteItem[];
    expect(await failure(client.transactWriteItems({ TransactItems }))).toMatchObject({
      name: 'ValidationException',
      message: `3 validation errors detected: ${[
        lacking('1.member.update.updateExpression'),
        lacking('2.member.put.tableName'),
        lacking('3.member.conditionCheck.conditionExpression'),
      ].join('; ')}`,
    });
    const gets = [{ Get: { TableName: 'one' } }, { Get: { Key: key('lacking') } }] as unknown as TransactGetItem[];
    expect((await failure(client.transactGetItems({ TransactItems: gets }))).message).toBe(
      `2 validation errors detected: ${lacking('1.member.get.key')}; ${lacking('2.member.get.tableName')}`,
    );
  });

  it('says what a repetition reads, where the first time it said what was written', async () => {
    // API reference, TransactWriteItems: ClientRequestToken.
    const big = { ...key('repeated'), text: { S: 'x'.repeat(5000) } };
    const request = {
      TransactItems: [{ Put: { TableName: 'one', Item: big } }, put('two', 'repeated')],
      ClientRequestToken: 'repeated-token',
      ReturnConsumedCapacity: 'TOTAL' as const,
    };
    const units = (TableName: string, kind: 'Read' | 'Write', amount: number) => ({
      TableName,
      CapacityUnits: amount,
      [`${kind}CapacityUnits`]: amount,
    });
    const first = await client.transactWriteItems(request);
    expect(first.ConsumedCapacity).toEqual([units('one', 'Write', 10), units('two', 'Write', 2)]);
    const second = await client.transactWriteItems(request);
    expect(second.ConsumedCapacity).toEqual([units('one', 'Read', 4), units('two', 'Read', 2)]);
    const silent = await client.transactWriteItems({ ...request, ReturnConsumedCapacity: 'NONE' });
    expect(silent.ConsumedCapacity).toBeUndefined();
  });

  it('reads several items as they are together', async () => {
    await client.transactWriteItems({ TransactItems: [put('one', 'r'), put('two', 'r')] });
    const { Responses } = await client.transactGetItems({
      TransactItems: [
        { Get: { TableName: 'one', Key: key('r') } },
        { Get: { TableName: 'two', Key: key('missing') } },
        { Get: { TableName: 'two', Key: key('r') } },
      ],
    });
    expect(Responses).toEqual([{ Item: key('r') }, {}, { Item: key('r') }]);
  });
});
