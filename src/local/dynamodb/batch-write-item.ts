import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { refuseSameKeys } from './batch-get-item.ts';
import { addWritten, describeCollection, describeConsumption, noConsumption } from './capacity.ts';
import { invalid } from './errors.ts';
import { committed, createItemStore } from './item-store.ts';
import { checkBatchItemKeys, checkKey } from './key-rules.ts';
import { keyText } from './keys.ts';
import { capacityFault, type Fault, metricsFault, missing, refuseFaults } from './parameters.ts';
import { readerOf, type Wire } from './shapes.ts';
import { openTable } from './table.ts';
import { readWrite, refuseTooLarge, type Write } from './writes.ts';

const read = readerOf<sdk.BatchWriteItemInput>(sdk.BatchWriteItemInput$);

const maxRequests = 25;

/** All of it in one commit: AWS may leave some of a batch undone, and never has a reason to here. */
export async function batchWriteItem(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode } = input;
  refuseFaults([capacityFault(mode), metricsFault(metricsMode)]);
  const given = Object.entries(input.RequestItems ?? {});
  if (given.length === 0) throw invalid('The requestItems parameter is required for BatchWriteItem');
  refuseFaults(
    given.map(
      ([name, requests]) =>
        (requests.length > maxRequests || requests.length < 1) &&
        `Value '{${name}=[${requests.length} write requests]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to ${maxRequests}, Member must have length greater than or equal to 1]`,
    ),
  );
  refuseFaults(
    given.flatMap(([name, requests]) =>
      requests.flatMap((request, at) => requestFaults(request, `requestItems.${name}.member.${at + 1}.member`)),
    ),
  );
  if (given.reduce((sum, [, requests]) => sum + requests.length, 0) > maxRequests) {
    throw invalid('Too many items requested for the BatchWriteItem call');
  }
  const batches = given.map(([name, requests]) => ({
    name,
    writes: requests.map((request) => readRequest(call, request)),
  }));
  const opened = batches.map(({ name, writes }) => {
    const table = openTable(call, name);
    for (const write of writes) {
      if (write.kind === 'Put') checkBatchItemKeys(table, write.item);
      else checkKey(table, write.key);
    }
    return { name, writes, table };
  });
  const keysOf = ({ table, writes }: (typeof opened)[number]) =>
    writes.map((write) => table.prefix + keyText(table.key, write.kind === 'Put' ? write.item : write.key));
  refuseSameKeys(opened.flatMap(keysOf));
  const store = createItemStore(call);
  const consumed = await committed(store, () =>
    opened.map(({ name, writes, table }) => {
      const consumption = noConsumption();
      for (const write of writes) {
        const place = store.place(table, write.kind === 'Put' ? write.item : write.key);
        addWritten(consumption, store.write(place, write.kind === 'Put' ? write.item : undefined));
      }
      return describeConsumption(consumption, { name, mode });
    }),
  );
  const capacity = consumed.filter((each) => each !== undefined);
  const metrics = opened.map(({ name, writes, table }) => {
    const of = (write: (typeof writes)[number]) =>
      describeCollection(table, { mode: metricsMode, item: write.kind === 'Put' ? write.item : write.key });
    return [name, writes.map(of).filter((each) => each !== undefined)] as const;
  });
  const collections = Object.fromEntries(metrics.filter(([, described]) => described.length > 0));
  return {
    UnprocessedItems: {},
    ...(capacity.length > 0 && { ConsumedCapacity: capacity }),
    ...(Object.keys(collections).length > 0 && { ItemCollectionMetrics: collections }),
  };
}

function requestFaults({ PutRequest: put, DeleteRequest: remove }: Wire<sdk.WriteRequest>, at: string): Fault[] {
  return [put && missing(`${at}.putRequest.item`, put.Item), remove && missing(`${at}.deleteRequest.key`, remove.Key)];
}

function readRequest(
  call: Call,
  request: Wire<sdk.WriteRequest>,
): Extract<Write, { kind: 'Put' }> | Extract<Write, { kind: 'Delete' | 'ConditionCheck' }> {
  const { PutRequest: put, DeleteRequest: remove } = request;
  const write =
    put && !remove
      ? readWrite(call, 'Put', put, 'older')
      : remove && !put
        ? readWrite(call, 'Delete', remove, 'older')
        : undefined;
  if (write?.kind === 'Put') refuseTooLarge(write.item);
  if (write && write.kind !== 'Update') return write;
  throw invalid(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  );
}
