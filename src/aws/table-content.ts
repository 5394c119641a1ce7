import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Aws } from './aws.ts';
import type { Item } from './item-json.ts';
import { batchSize, batchWriter, keyOf, scanPages, tableFacts } from './items.ts';

type PlainItem = Record<string, unknown>;

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
  return (await everyItem(aws, table)).map((item) => unmarshall(item));
}

/** Deletes every item. */
export async function clearItems(aws: Aws, table: string): Promise<void> {
  const facts = await tableFacts(aws, table);
  const items = await everyItem(aws, table);
  await writeAll(
    aws,
    table,
    items.map((item) => ({ DeleteRequest: { Key: keyOf(facts, item) } })),
  );
}

async function everyItem(aws: Aws, name: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const { items } of scanPages(aws, { name, provisioned: undefined })) {
    for (const item of items) found.push(item);
  }
  return found;
}

async function writeAll(aws: Aws, name: string, requests: readonly WriteRequest[]): Promise<void> {
  const write = batchWriter(aws, { name, provisioned: undefined });
  for (let at = 0; at < requests.length; at += batchSize) await write(requests.slice(at, at + batchSize));
}
