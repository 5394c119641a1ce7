import * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { type Consumption, describeConsumption, noConsumption, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { createItemStore } from './item-store.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { checkKey, isEmptyKeyFault } from './key-rules.ts';
import { capacityFault, missing, refuseFaults, tableNameFaults } from './parameters.ts';
import { projected, readProjection } from './reads.ts';
import { readerOf } from './shapes.ts';
import { openTable } from './table.ts';
import { cancelled, checkActionCount, type Reason, refuseSameItems, refuseTooMuch } from './transactions.ts';
import { itemSize } from './values/size.ts';
import { checkItem } from './values/validate.ts';

const read = readerOf<sdk.TransactGetItemsInput>(sdk.TransactGetItemsInput$);

/** A transaction reads everything twice over. */
const capacityFactor = 2;

export async function transactGetItems(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  refuseFaults([capacityFault(input.ReturnConsumedCapacity)]);
  checkActionCount(input.TransactItems);
  const given = (input.TransactItems ?? []).map(({ Get: get }) => {
    if (get) return get;
    throw invalid('TransactItems can only contain one of Get');
  });
  refuseFaults(
    given.flatMap(({ TableName: name, Key: key }, index) => {
      const at = `transactItems.${index + 1}.member.get.`;
      return [...tableNameFaults(call, name, at), missing(`${at}key`, key)];
    }),
  );
  const gets = given.map((get) => ({
    name: get.TableName ?? '',
    key: checkItem(get.Key, 'older'),
    projection: readProjection(call, get),
  }));
  const opened = gets.map((get) => ({ ...get, table: openTable(call, get.name) }));
  for (const { table, projection } of opened) refuseKeyPaths(table, { projection });
  const reasons = opened.map(({ table, key }): Reason => {
    try {
      checkKey(table, key);
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof AwsError) || isEmptyKeyFault(error)) throw error;
      return { Code: 'ValidationError', Message: error.message };
    }
  });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  const store = createItemStore(call);
  const places = opened.map(({ table, key }) => store.place(table, key));
  refuseSameItems(places.map(({ key }) => key));
  // What is answered is on the disk.
  await store.changes.abandon();
  const consumptions = new Map<string, Consumption>();
  let total = 0;
  const responses = opened.map(({ name, projection }, index) => {
    const item = places[index]?.before;
    const bytes = item ? itemSize(item) : 0;
    total += bytes;
    const consumption = consumptions.get(name) ?? noConsumption();
    consumption.table += readUnits(bytes, true) * capacityFactor;
    consumptions.set(name, consumption);
    const shown = item && projected(projection, item);
    // Without the member also where nothing of the item is asked for (API reference, TransactGetItems: Responses).
    return shown && Object.keys(shown).length > 0 ? { Item: shown } : {};
  });
  refuseTooMuch(total);
  const capacity = [...consumptions]
    .map(([name, each]) => describeConsumption(each, { name, mode: input.ReturnConsumedCapacity, kind: 'Read' }))
    .filter((each) => each !== undefined);
  return { Responses: responses, ...(capacity.length > 0 && { ConsumedCapacity: capacity }) };
}
