import { createHash } from 'node:crypto';
import * as sdk from '@aws-sdk/client-dynamodb';
import { perEngine } from '../per-engine.ts';
import { AwsError, type Call } from '../service.ts';
import {
  addWritten,
  type Consumption,
  describeCollection,
  describeConsumption,
  noConsumption,
  readUnits,
} from './capacity.ts';
import { invalid } from './errors.ts';
import { committed, createItemStore, type ItemStore } from './item-store.ts';
import { isEmptyKeyFault } from './key-rules.ts';
import { keyText } from './keys.ts';
import {
  capacityFault,
  type Fault,
  failureValuesFault,
  lengthOutside,
  metricsFault,
  missing,
  refuseFaults,
  tableNameFaults,
} from './parameters.ts';
import { readerOf, type Wire } from './shapes.ts';
import { attributesOf, openTable, type Table } from './table.ts';
import { cancelled, checkActionCount, type Reason, refuseSameItems, refuseTooMuch } from './transactions.ts';
import { itemSize } from './values/size.ts';
import type { Item } from './values/types.ts';
import { type Applied, applyWrite, readWrite, type Write } from './writes.ts';

const read = readerOf<sdk.TransactWriteItemsInput>(sdk.TransactWriteItemsInput$);

/** Prepared and then committed. */
const capacityFactor = 2;
/** How long a ClientRequestToken makes a repetition harmless (API reference, TransactWriteItems). */
const tokenLifeMs = 10 * 60 * 1000;

export interface Step {
  /** As the caller named it: a name or an ARN. */
  name: string;
  write: Write;
}

export async function transactWriteItems(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode, ClientRequestToken: token } = input;
  refuseFaults([
    capacityFault(mode),
    metricsFault(metricsMode),
    lengthOutside('clientRequestToken', token, { min: 1, max: 36 }),
  ]);
  checkActionCount(input.TransactItems);
  const given = (input.TransactItems ?? []).map(onlyAction);
  refuseFaults(given.flatMap(([kind, action], index) => actionFaults(call, { kind, action, index })));
  const steps = given.map(
    ([kind, action]): Step => ({ name: action.TableName ?? '', write: readWrite(call, kind, action, 'older') }),
  );
  const repeated = repetitionOf(call, token, JSON.stringify(input.TransactItems));
  // Not answered before what it repeats is on the disk.
  if (repeated) return describeRepetition(await repeated.read, mode);
  const done = transact(call, steps);
  remember(call, token, { request: JSON.stringify(input.TransactItems), done });
  return describeSteps(await done, { mode, metricsMode });
}

type Consumptions = Map<string, Consumption>;

interface Done extends Applied {
  name: string;
  table: Table;
  key: Item;
}

/** All of the writes or none, in one turn and one commit. Throws AwsError. */
export async function transact(call: Call, steps: readonly Step[]): Promise<Done[]> {
  const opened = steps.map((step) => ({ ...step, table: openTable(call, step.name) }));
  const store = createItemStore(call);
  return committed(store, () => {
    refuseSameItems(opened.flatMap(({ table, write }) => keyOf(table, write.kind === 'Put' ? write.item : write.key)));
    const outcomes = opened.map(({ name, write, table }) => attempt(store, { name, write, table }));
    const reasons = outcomes.map((outcome): Reason => ('place' in outcome ? { Code: 'None' } : outcome));
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    const all = outcomes.filter((outcome) => 'place' in outcome);
    refuseTooMuch(all.reduce((sum, { written }) => sum + written.bytes, 0));
    return all;
  });
}

/** Where the item is; nothing where the key is not of the table's form, for which the transaction is cancelled. */
function keyOf({ key, prefix }: Table, item: Item): string[] {
  const whole = attributesOf(key).every(({ name, type }) => type in (item[name] ?? {}));
  return whole ? [prefix + keyText(key, item)] : [];
}

/** What was done, or why the transaction is to be cancelled. Throws AwsError where the request itself is wrong. */
function attempt(store: ItemStore, { name, write, table }: Step & { table: Table }): Done | Reason {
  try {
    const key = write.kind === 'Put' ? write.item : write.key;
    return { name, table, key, ...applyWrite(store, table, write) };
  } catch (error) {
    if (!(error instanceof AwsError) || isEmptyKeyFault(error)) throw error;
    if (error.code === 'ConditionalCheckFailedException') {
      return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details.members };
    }
    if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
    throw error;
  }
}

type Action = Wire<sdk.Put & sdk.Update & sdk.Delete & sdk.ConditionCheck>;

function onlyAction(given: Wire<sdk.TransactWriteItem>): [kind: Write['kind'], action: Action] {
  const [entry, ...more] = Object.entries(given).filter(([, action]) => action !== undefined);
  if (!entry || more.length > 0) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  return entry as [Write['kind'], Action];
}

function actionFaults(
  call: Call,
  { kind, action, index }: { kind: Write['kind']; action: Action; index: number },
): Fault[] {
  const at = `transactItems.${index + 1}.member.${kind[0]?.toLowerCase()}${kind.slice(1)}.`;
  return [
    kind === 'Put' ? missing(`${at}item`, action.Item) : missing(`${at}key`, action.Key),
    kind === 'Update' && missing(`${at}updateExpression`, action.UpdateExpression),
    ...tableNameFaults(call, action.TableName, at),
    kind === 'ConditionCheck' && missing(`${at}conditionExpression`, action.ConditionExpression),
    failureValuesFault(action.ReturnValuesOnConditionCheckFailure, at),
  ];
}

export function describeSteps(
  applied: readonly Done[],
  { mode, metricsMode }: { mode: string | undefined; metricsMode?: string | undefined },
): object {
  const consumptions: Consumptions = new Map();
  const metrics: Record<string, object[]> = Object.create(null);
  for (const { name, table, key, written } of applied) {
    const consumption = consumptions.get(name) ?? noConsumption();
    addWritten(consumption, written, capacityFactor);
    consumptions.set(name, consumption);
    const collection = describeCollection(table, { mode: metricsMode, item: key });
    if (collection) metrics[name] = [...(metrics[name] ?? []), collection];
  }
  return {
    ...describeAll(consumptions, mode, 'Write'),
    ...(Object.keys(metrics).length > 0 && { ItemCollectionMetrics: metrics }),
  };
}

/** The answer to a repetition, by what it reads. */
export function describeRepetition(read: Consumptions, mode: string | undefined): object {
  return describeAll(read, mode, 'Read');
}

/** A repetition reads what the transaction has written (API reference, TransactWriteItems: ClientRequestToken). */
function readingOf(applied: readonly Done[]): Consumptions {
  const consumptions: Consumptions = new Map();
  for (const { name, after } of applied) {
    const consumption = consumptions.get(name) ?? noConsumption();
    consumption.table += readUnits(after ? itemSize(after) : 0, true) * capacityFactor;
    consumptions.set(name, consumption);
  }
  return consumptions;
}

function describeAll(consumptions: Consumptions, mode: string | undefined, kind: 'Read' | 'Write'): object {
  const capacity = [...consumptions]
    .map(([name, each]) => describeConsumption(each, { name, mode, kind }))
    .filter((each) => each !== undefined);
  return capacity.length > 0 ? { ConsumedCapacity: capacity } : {};
}

/** Of a transaction whose token is known: what a repetition would read, once it is on the disk; not the items themselves. */
interface Known {
  digest: string;
  read: Promise<Consumptions>;
  atMs: number;
}

const tokensOf = perEngine(() => new Map<string, Known>());

/** The transaction that this one is the repetition of. Throws AwsError IdempotentParameterMismatchException. */
export function repetitionOf(call: Call, token: string | undefined, request: string): Pick<Known, 'read'> | undefined {
  const known = token === undefined ? undefined : tokensOf(call.engine).get(`${call.region}/${token}`);
  if (!known || call.engine.clock() >= known.atMs + tokenLifeMs) return undefined;
  if (known.digest === digestOf(request)) return known;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request.',
  );
}

/** A transaction that fails is forgotten: it may be tried again. */
export function remember(
  call: Call,
  token: string | undefined,
  { request, done }: { request: string; done: Promise<Done[]> },
): void {
  if (token === undefined) return;
  const tokens = tokensOf(call.engine);
  const now = call.engine.clock();
  for (const [key, { atMs }] of tokens) {
    if (now < atMs + tokenLifeMs) break;
    tokens.delete(key);
  }
  const key = `${call.region}/${token}`;
  tokens.delete(key);
  const read = done.then(readingOf);
  tokens.set(key, { digest: digestOf(request), read, atMs: now });
  read.catch(() => tokens.delete(key));
}

const digestOf = (request: string) => createHash('sha256').update(request).digest('base64');
