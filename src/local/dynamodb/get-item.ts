import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { describeConsumption, noConsumption, readUnits } from './capacity.ts';
import { createItemStore } from './item-store.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { checkKey } from './key-rules.ts';
import { capacityFault, missing, refuseFaults, tableNameFaults } from './parameters.ts';
import { projected, readProjection } from './reads.ts';
import { readerOf } from './shapes.ts';
import { openTable } from './table.ts';
import { itemSize } from './values/size.ts';
import { checkItem } from './values/validate.ts';

const read = readerOf<sdk.GetItemInput>(sdk.GetItemInput$);

export async function getItem(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { TableName: name = '' } = input;
  refuseFaults([
    ...tableNameFaults(call, input.TableName),
    missing('key', input.Key),
    capacityFault(input.ReturnConsumedCapacity),
  ]);
  const key = checkItem(input.Key);
  const projection = readProjection(call, input);
  const table = openTable(call, name);
  checkKey(table, key);
  refuseKeyPaths(table, { projection });
  const store = createItemStore(call);
  const { before: item } = store.place(table, key);
  // What is answered is on the disk.
  await store.changes.abandon();
  const consumption = noConsumption();
  consumption.table = readUnits(item ? itemSize(item) : 0, input.ConsistentRead);
  return {
    Item: item && projected(projection, item),
    ConsumedCapacity: describeConsumption(consumption, { name, mode: input.ReturnConsumedCapacity }),
  };
}
