import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchGetItem } from '../../../src/local/dynamodb/batch-get-item.ts';
import { getItem } from '../../../src/local/dynamodb/get-item.ts';
import { updateItem } from '../../../src/local/dynamodb/write-operations.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable, rootCall } from './table.ts';

const table = 'items';
const key = (id: string) => ({ id: { S: id } });

describe('names that every object of the process has', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    await client.createTable(onDemandTable(table));
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  it('are names like any other, and change no object of the process', async () => {
    const at = { TableName: table, Key: key('path') };
    const names = { ExpressionAttributeNames: { '#p': '__proto__' } };
    const map = JSON.parse('{"M":{"__proto__":{"M":{"x":{"S":"y"}}}}}');
    await client.putItem({ TableName: table, Item: { ...key('path'), m: { M: {} } } });
    await client.updateItem({
      ...at,
      ...names,
      UpdateExpression: 'SET m.#p = :v, #p = :v',
      ExpressionAttributeValues: { ':v': { M: { x: { S: 'y' } } } },
    });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect({}).not.toHaveProperty('M');
    const holds = await client.query({
      TableName: table,
      ...names,
      KeyConditionExpression: 'id = :id',
      FilterExpression: '#p.x = m.#p.x',
      ExpressionAttributeValues: { ':id': { S: 'path' } },
    });
    expect(holds.Count).toBe(1);
    // Clients of other languages read it; this one's own reader takes the name for the prototype.
    const answer = await getItem({ ...at, ...names, ProjectionExpression: 'm.#p.x' }, rootCall(engine.engine));
    expect(JSON.stringify(answer)).toBe(JSON.stringify({ Item: { m: map } }));
  });

  it('are found in a stored map only where they were put', async () => {
    const at = { TableName: table, Key: key('counted') };
    await client.putItem({ TableName: table, Item: { ...key('counted'), words: { M: { a: { N: '1' } } } } });
    for (const word of ['constructor', '__proto__', 'toString']) {
      const names = { ExpressionAttributeNames: { '#w': word } };
      const held = client.updateItem({
        ...at,
        ...names,
        UpdateExpression: 'SET seen = :yes',
        ConditionExpression: 'attribute_exists(words.#w) OR attribute_type(words.#w, :type)',
        ExpressionAttributeValues: { ':yes': { BOOL: true }, ':type': { S: 'S' } },
      });
      expect((await failure(held)).name).toBe('ConditionalCheckFailedException');
      expect(await getItem({ ...at, ...names, ProjectionExpression: 'words.#w' }, rootCall(engine.engine))).toEqual({
        Item: {},
      });
      // As programs count: what is lost here is lost for good.
      for (const times of ['1', '2']) {
        const input = {
          ...at,
          ...names,
          UpdateExpression: 'SET words.#w = if_not_exists(words.#w, :zero) + :one',
          ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        };
        const { Attributes } = (await updateItem(input, rootCall(engine.engine))) as { Attributes: object };
        expect(JSON.stringify(Attributes)).toBe(`{"words":{"M":{"${word}":{"N":"${times}"}}}}`);
      }
    }
  });

  it('may be those of tables', async () => {
    await client.createTable(onDemandTable('__proto__'));
    await client.putItem({ TableName: '__proto__', Item: key('x') });
    const RequestItems = JSON.parse('{"__proto__":{"Keys":[{"id":{"S":"x"}}]}}');
    expect(JSON.stringify(await batchGetItem({ RequestItems }, rootCall(engine.engine)))).toContain(
      '"Responses":{"__proto__":[{"id":{"S":"x"}}]}',
    );
  });
});
