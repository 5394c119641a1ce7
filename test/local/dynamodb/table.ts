import type { CreateTableCommandInput, DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Engine } from '../../../src/local/engine.ts';
import type { Call } from '../../../src/local/service.ts';

/** A call as an operation sees it, without a server before it. */
export function rootCall(engine: Engine): Call {
  const principal = { kind: 'root', arn: `arn:aws:iam::${engine.accountId}:root` } as const;
  return { engine, region: 'us-east-1', requestId: 'test', principal };
}

/** The key that the stack's table has: `id`, a string. */
export function onDemandTable(name: string, more: Partial<CreateTableCommandInput> = {}): CreateTableCommandInput {
  return {
    TableName: name,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  };
}

/** Keys `id` and `sort`, and `kind` as the key of an index of either sort that holds keys only. */
export function indexedTable(name: string): CreateTableCommandInput {
  const keys = (hash: string, range?: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
  ];
  const Projection = { ProjectionType: 'KEYS_ONLY' as const };
  return onDemandTable(name, {
    KeySchema: keys('id', 'sort'),
    AttributeDefinitions: ['id', 'sort', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: keys('kind'), Projection }],
    LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keys('id', 'kind'), Projection }],
  });
}

/** Every item of a table, page by page. */
export async function scanAll(client: DynamoDB, table: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, never> | undefined;
  do {
    const page = await client.scan({ TableName: table, ...(start && { ExclusiveStartKey: start }) });
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey as typeof start;
  } while (start);
  return items;
}

/** What a call failed with: its name and message. */
export async function failure(call: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('the call succeeded');
}
