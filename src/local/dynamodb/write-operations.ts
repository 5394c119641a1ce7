import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { addWritten, describeCollection, describeConsumption, noConsumption } from './capacity.ts';
import { invalid } from './errors.ts';
import { project } from './expressions/project.ts';
import { committed, createItemStore } from './item-store.ts';
import {
  capacityFault,
  conditionalOperatorFault,
  counted,
  failureValuesFault,
  metricsFault,
  missing,
  refuseFaults,
  returnValuesFault,
  tableNameFaults,
} from './parameters.ts';
import { readerOf, type Wire } from './shapes.ts';
import { openTable } from './table.ts';
import type { Item } from './values/types.ts';
import { type Applied, applyWrite, readWrite, type Write, type WriteInput } from './writes.ts';

type Input = WriteInput &
  Pick<
    Wire<sdk.UpdateItemInput>,
    'TableName' | 'ReturnConsumedCapacity' | 'ReturnItemCollectionMetrics' | 'ReturnValues'
  >;

const readPut = readerOf<sdk.PutItemInput>(sdk.PutItemInput$);
const readDelete = readerOf<sdk.DeleteItemInput>(sdk.DeleteItemInput$);
const readUpdate = readerOf<sdk.UpdateItemInput>(sdk.UpdateItemInput$);

export function putItem(json: unknown, call: Call): Promise<object> {
  const input = readPut(json);
  checkInput(call, input, missing('item', input.Item));
  return run(call, { kind: 'Put', input, attributes: onlyOld });
}

export function deleteItem(json: unknown, call: Call): Promise<object> {
  const input = readDelete(json);
  checkInput(call, input, missing('key', input.Key));
  return run(call, { kind: 'Delete', input, attributes: onlyOld });
}

export function updateItem(json: unknown, call: Call): Promise<object> {
  const input = readUpdate(json);
  // UpdateItem stops at the first fault of these, where its siblings list them all.
  refuseFaults([returnValuesFault(input.ReturnValues)]);
  checkInput(call, input, missing('key', input.Key));
  return run(call, { kind: 'Update', input, attributes: updatedAttributes });
}

function checkInput(call: Call, input: Input, lacking: ReturnType<typeof missing>): void {
  refuseFaults([
    ...tableNameFaults(call, input.TableName),
    lacking,
    capacityFault(input.ReturnConsumedCapacity),
    returnValuesFault(input.ReturnValues),
    metricsFault(input.ReturnItemCollectionMetrics),
    conditionalOperatorFault(input.ConditionalOperator),
    failureValuesFault(input.ReturnValuesOnConditionCheckFailure),
  ]);
}

async function run(
  call: Call,
  what: {
    kind: Write['kind'];
    input: Input;
    attributes: (mode: string | undefined, applied: Applied) => Item | undefined;
  },
): Promise<object> {
  const { kind, input, attributes } = what;
  const { TableName: name = '', ReturnValues: returnValues } = input;
  const write = counted(() => {
    const read = readWrite(call, kind, input);
    if (kind !== 'Update') refuseReturnValues(returnValues);
    return read;
  });
  const table = openTable(call, name);
  const store = createItemStore(call);
  const applied = await committed(store, () => applyWrite(store, table, write));
  const consumption = noConsumption();
  addWritten(consumption, applied.written);
  const shown = attributes(returnValues, applied);
  const key = write.kind === 'Put' ? write.item : write.key;
  return {
    Attributes: shown && Object.keys(shown).length > 0 ? shown : undefined,
    ConsumedCapacity: describeConsumption(consumption, { name, mode: input.ReturnConsumedCapacity }),
    ItemCollectionMetrics: describeCollection(table, { mode: input.ReturnItemCollectionMetrics, item: key }),
  };
}

function refuseReturnValues(returnValues: string | undefined): void {
  if (returnValues === undefined || returnValues === 'NONE' || returnValues === 'ALL_OLD') return;
  throw invalid('ReturnValues can only be ALL_OLD or NONE');
}

function onlyOld(mode: string | undefined, { place }: Applied): Item | undefined {
  return mode === 'ALL_OLD' ? place.before : undefined;
}

function updatedAttributes(mode: string | undefined, { place, after, paths }: Applied): Item | undefined {
  switch (mode) {
    case 'ALL_OLD':
      return place.before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return place.before && project(paths, place.before);
    case 'UPDATED_NEW':
      return after && project(paths, after);
    default:
      return undefined;
  }
}
