import {
  type AttributeValue,
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Aws } from './aws.ts';

type PlainItem = Record<string, unknown>;

/** The most requests of one BatchWriteItem. */
const batchSize = 25;

/** Puts items, as plain values. Throws DynopsError. */
export async function putItems(aws: Aws, table: string, items: readonly PlainItem[]): Promise<void> {
  await writeAll(
    aws,
    table,
    items.map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } })),
  );
}

/** Every item, as plain values. */
export async function readItems(aws: Aws, table: string): Promise<PlainItem[]> {
  return (await scan(aws, { TableName: table })).map((item) => unmarshall(item));
}

/** Deletes every item. */
export async function clearItems(aws: Aws, table: string): Promise<void> {
  const { Table } = await aws.call(DynamoDBClient, new DescribeTableCommand({ TableName: table }));
  const names = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  const keys = await scan(aws, {
    TableName: table,
    ProjectionExpression: names.map((_name, index) => `#${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
  });
  await writeAll(
    aws,
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );
}

async function scan(
  aws: Aws,
  what: ConstructorParameters<typeof ScanCommand>[0],
): Promise<Record<string, AttributeValue>[]> {
  const found: Record<string, AttributeValue>[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const command = new ScanCommand({ ...what, ConsistentRead: true, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
    const page = await aws.call(DynamoDBClient, command);
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

async function writeAll(aws: Aws, table: string, requests: readonly WriteRequest[]): Promise<void> {
  for (let at = 0; at < requests.length; at += batchSize) {
    let left = requests.slice(at, at + batchSize);
    while (left.length > 0) {
      const { UnprocessedItems } = await aws.call(
        DynamoDBClient,
        new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
      );
      left = UnprocessedItems?.[table] ?? [];
      if (left.length > 0) await aws.pause(100);
    }
  }
}
