import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { type ConsumedCapacity, describeConsumption, noConsumption, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import type { Projection } from './expressions/types.ts';
import { createItemStore } from './item-store.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { checkKey } from './key-rules.ts';
import { keyText } from './keys.ts';
import { capacityFault, type Fault, refuseFaults } from './parameters.ts';
import { projected, readProjection } from './reads.ts';
import { readerOf, type Wire } from './shapes.ts';
import { openTable } from './table.ts';
import { itemSize } from './values/size.ts';
import type { Item } from './values/types.ts';
import { checkItem } from './values/validate.ts';

const read = readerOf<sdk.BatchGetItemInput>(sdk.BatchGetItemInput$);

const maxKeys = 100;
/** 16 MB (API reference, BatchGetItem): what is beyond is left to ask for again. */
const maxAnswerBytes = 16 * 1024 * 1024;

type KeysAndAttributes = Wire<sdk.KeysAndAttributes>;

interface TableRequest {
  name: string;
  given: KeysAndAttributes;
  keys: Item[];
  projection: Projection | undefined;
}

export async function batchGetItem(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  refuseFaults([capacityFault(input.ReturnConsumedCapacity)]);
  const given = Object.entries(input.RequestItems ?? {});
  if (given.length === 0) throw invalid('The requestItems parameter is required for BatchGetItem');
  refuseFaults(given.flatMap(keysFaults));
  if (given.reduce((sum, [, { Keys: keys }]) => sum + (keys?.length ?? 0), 0) > maxKeys) {
    throw invalid('Too many items requested for the BatchGetItem call');
  }
  refuseMixedTables(given.map(([, request]) => request));
  const requests = given.map(([name, request]): TableRequest => {
    const keys = (request.Keys ?? []).map((key) => checkItem(key));
    return { name, given: request, keys, projection: readProjection(call, request) };
  });
  const store = createItemStore(call);
  const responses: Record<string, Item[]> = Object.create(null);
  const unprocessed: Record<string, KeysAndAttributes> = Object.create(null);
  const consumed: (ConsumedCapacity | undefined)[] = [];
  let bytes = 0;
  const opened = requests.map((request) => {
    const table = openTable(call, request.name);
    refuseKeyPaths(table, { projection: request.projection });
    for (const key of request.keys) checkKey(table, key);
    return { ...request, table };
  });
  refuseSameKeys(opened.flatMap(({ table, keys }) => keys.map((key) => table.prefix + keyText(table.key, key))));
  for (const { name, given: request, keys, projection, table } of opened) {
    const found: Item[] = [];
    const left: Item[] = [];
    const consumption = noConsumption();
    for (const key of keys) {
      const { before: item } = store.place(table, key);
      const size = item ? itemSize(item) : 0;
      bytes += size;
      if (bytes > maxAnswerBytes) {
        left.push(key);
        continue;
      }
      consumption.table += readUnits(size, request.ConsistentRead);
      if (item) found.push(projected(projection, item));
    }
    responses[name] = found;
    if (left.length > 0) unprocessed[name] = { ...request, Keys: left as never };
    consumed.push(describeConsumption(consumption, { name, mode: input.ReturnConsumedCapacity }));
  }
  await store.changes.abandon();
  const described = consumed.filter((each) => each !== undefined);
  return {
    Responses: responses,
    UnprocessedKeys: unprocessed,
    ...(described.length > 0 && { ConsumedCapacity: described }),
  };
}

function keysFaults([name, { Keys: keys, AttributesToGet: attributes }]: [string, KeysAndAttributes]): Fault[] {
  const at = `RequestItems.${name}.member.Keys`;
  if (!keys)
    return [`Value null at 'requestItems.${name}.member.keys' failed to satisfy constraint: Member must not be null`];
  return [
    attributes?.length === 0 &&
      `Value '[]' at 'requestItems.${name}.member.attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    keys.length < 1 &&
      `Value at '${at}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    keys.length > maxKeys &&
      `Value at '${at}' failed to satisfy constraint: Member must have length less than or equal to ${maxKeys}`,
  ];
}

/** Each table's parameters may be fine by themselves, and yet not go together. */
function refuseMixedTables(requests: KeysAndAttributes[]): void {
  const used = (member: 'AttributesToGet' | 'ProjectionExpression') =>
    requests.some((request) => request[member] !== undefined);
  if (!used('AttributesToGet') || !used('ProjectionExpression')) return;
  throw invalid(
    'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
  );
}

/** Of all tables, which a name and an ARN may name twice. Throws AwsError ValidationException. */
export function refuseSameKeys(keys: string[]): void {
  if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
}
