import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type ConsumedCapacity,
  DescribeTableCommand,
  DynamoDBClient,
  type KeysAndAttributes,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { DynopsError } from '../errors.ts';
import { ownMember } from '../own-member.ts';
import type { Aws } from './aws.ts';
import type { Item } from './item-json.ts';

/** A condition on items, its names and values by aliases. */
export interface ItemFilter {
  FilterExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
}

/** What has to be known of a table to read or write it as a whole. */
export interface TableFacts {
  name: string;
  arn: string;
  /** Another when the table was made anew. */
  id: string;
  /** Names and DynamoDB's types of the attributes of the key. */
  key: { name: string; type: string }[];
  /** Units a second that were provisioned; undefined where the table is billed by request. */
  provisioned: { read: number; write: number } | undefined;
}

export async function tableFacts(aws: Aws, name: string): Promise<TableFacts> {
  const { Table = {} } = await aws.call(DynamoDBClient, new DescribeTableCommand({ TableName: name }));
  const typeOf = (attribute: string | undefined) =>
    Table.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType ?? 'S';
  const { ReadCapacityUnits: read = 0, WriteCapacityUnits: write = 0 } = Table.ProvisionedThroughput ?? {};
  return {
    name,
    arn: Table.TableArn ?? '',
    id: Table.TableId ?? '',
    key: (Table.KeySchema ?? []).map(({ AttributeName = '' }) => ({
      name: AttributeName,
      type: typeOf(AttributeName),
    })),
    provisioned: read > 0 && write > 0 ? { read, write } : undefined,
  };
}

/** The most of its provisioned units that is taken: others use the table too. */
const share = 0.8;

/** Waits so that no more units a second are taken than were provisioned. */
function pacer(aws: Aws, unitsPerSecond: number | undefined): (consumed: number) => Promise<void> {
  let freeAtMs = aws.clock();
  return async (consumed) => {
    if (unitsPerSecond === undefined) return;
    freeAtMs = Math.max(freeAtMs, aws.clock()) + (consumed / (unitsPerSecond * share)) * 1000;
    // Half a second's units are saved up by DynamoDB anyway.
    const aheadMs = freeAtMs - aws.clock() - 500;
    if (aheadMs > 0) await aws.pause(aheadMs);
  };
}

export interface ScanPage {
  items: Item[];
  /** Where the next page begins; undefined after the last. */
  next: Item | undefined;
}

/** A table page by page, from the beginning or from where an earlier scan stopped. Throws DynopsError. */
export async function* scanPages(
  aws: Aws,
  table: Pick<TableFacts, 'name' | 'provisioned'>,
  { from, filter, limit }: { from?: Item | undefined; filter?: ItemFilter | undefined; limit?: number } = {},
): AsyncGenerator<ScanPage> {
  const wait = pacer(aws, table.provisioned?.read);
  let next = from;
  let Limit = limit ?? (table.provisioned && Math.max(1, Math.floor(table.provisioned.read)));
  do {
    const command = new ScanCommand({
      TableName: table.name,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
      ...filter,
      ...(Limit && { Limit }),
      ...(next && { ExclusiveStartKey: next }),
    });
    const page = await aws.call(DynamoDBClient, command);
    // An empty list is sent by DynamoDB too: without one, somebody else has answered, and the table is not empty.
    if (page.Items === undefined) throw noItems(aws);
    next = page.LastEvaluatedKey;
    yield { items: page.Items, next };
    const consumed = page.ConsumedCapacity?.CapacityUnits ?? 0;
    // A page of as many items as a second's units are enough for.
    if (table.provisioned && consumed > 0 && page.ScannedCount)
      Limit = Math.max(1, Math.floor((page.ScannedCount * table.provisioned.read) / consumed));
    if (next) await wait(consumed);
  } while (next);
}

function noItems({ endpoint }: Aws): DynopsError {
  return new DynopsError({
    code: 'UnreadableAnswer',
    message: `DynamoDB Scan: ${endpoint ?? 'the endpoint'} answered without items.`,
    facts: { endpoint },
  });
}

/** At most `limit` items. Throws DynopsError. */
export async function readItems(
  aws: Aws,
  what: { table: string; limit: number; filter?: ItemFilter | undefined },
): Promise<{ items: Item[]; more: boolean }> {
  const { table: name, limit, filter } = what;
  const items: Item[] = [];
  // With a filter, a page of so many items may hold none that match.
  const pages = scanPages(aws, { name, provisioned: undefined }, { filter, ...(!filter && { limit }) });
  for await (const page of pages) {
    // A page may have more items than a call can have arguments.
    for (const item of page.items) items.push(item);
    if (items.length > limit || (items.length === limit && page.next))
      return { items: items.slice(0, limit), more: true };
  }
  return { items, more: false };
}

/** The most requests of one BatchWriteItem. */
export const batchSize = 25;

/** Writes batches of at most 25 requests, one after the other: of two puts with one key the later stays. */
export function batchWriter(
  aws: Aws,
  table: Pick<TableFacts, 'name' | 'provisioned'>,
): (requests: WriteRequest[]) => Promise<void> {
  const wait = pacer(aws, table.provisioned?.write);
  return async (requests) => {
    let left = requests;
    for (let attempt = 0; left.length > 0; attempt += 1) {
      const RequestItems = { [table.name]: left };
      const command = new BatchWriteItemCommand({ RequestItems, ReturnConsumedCapacity: 'TOTAL' });
      const { UnprocessedItems, ConsumedCapacity } = await aws.call(DynamoDBClient, command);
      await wait(unitsOf(ConsumedCapacity));
      left = ownMember(UnprocessedItems, table.name) ?? [];
      if (left.length > 0) await aws.pause(throttledMs(attempt));
    }
  };
}

const unitsOf = (consumed: ConsumedCapacity[] = []) =>
  consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

/** What came back unprocessed was throttled. */
const throttledMs = (attempt: number) => Math.min(5_000, 100 * 2 ** attempt);

/** How many of these items the table holds, by their keys, which differ from one another. */
export async function countStored(aws: Aws, table: TableFacts, items: readonly Item[]): Promise<number> {
  const wait = pacer(aws, table.provisioned?.read);
  const names = Object.fromEntries(table.key.map(({ name }, index) => [`#${index}`, name]));
  const request = {
    ConsistentRead: true,
    ProjectionExpression: Object.keys(names).join(', '),
    ExpressionAttributeNames: names,
  };
  let keys: Item[] | undefined = items.map((item) => keyOf(table, item));
  let found = 0;
  for (let attempt = 0; keys && keys.length > 0; attempt += 1) {
    const RequestItems: Record<string, KeysAndAttributes> = { [table.name]: { ...request, Keys: keys } };
    const command = new BatchGetItemCommand({ RequestItems, ReturnConsumedCapacity: 'TOTAL' });
    const { Responses, UnprocessedKeys, ConsumedCapacity } = await aws.call(DynamoDBClient, command);
    found += ownMember(Responses, table.name)?.length ?? 0;
    await wait(unitsOf(ConsumedCapacity));
    keys = ownMember(UnprocessedKeys, table.name)?.Keys;
    if (keys) await aws.pause(throttledMs(attempt));
  }
  return found;
}

export function keyOf({ key }: Pick<TableFacts, 'key'>, item: Item): Item {
  return Object.fromEntries(key.flatMap(({ name }) => (item[name] ? [[name, item[name]]] : [])));
}
