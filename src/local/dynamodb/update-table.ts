import type * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { describeTable } from './describe-table.ts';
import { invalid, notFound } from './errors.ts';
import { addIndex, removeIndex } from './indexes.ts';
import { type Fault, missing, outsideEnum, refuseFaults } from './parameters.ts';
import { switchStream } from './streams/switch-stream.ts';
import {
  billingModes,
  definitionFaults,
  indexFaults,
  tableClasses,
  throughputFaults,
  viewTypes,
} from './table-faults.ts';
import { validName } from './table-operations.ts';
import { encryptionKeyArn, refuseUnserved, withoutUndefined } from './table-options.ts';
import type { TableRecord } from './table-record.ts';
import { checkNewIndex, checkStream, checkUnits, checkWarmth, warmthOf } from './table-rules.ts';
import { requireActiveTable, requireTable, saveTable } from './tables.ts';

const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

/** Any of these is enough for a request. */
const changing = [
  'AttributeDefinitions',
  'BillingMode',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'ProvisionedThroughput',
  'SSESpecification',
  'StreamSpecification',
  'TableClass',
  'WarmThroughput',
] as const;

export async function updateTable(input: sdk.UpdateTableInput, call: Call): Promise<sdk.UpdateTableOutput> {
  const name = validName(call, input);
  refuseUnserved(input);
  checkInput(input);
  const before = requireActiveTable(call, name);
  checkAgainst(input, before);
  const stream = switchStream(call, before, input.StreamSpecification);
  const now = call.engine.clock();
  const busyMs = call.engine.simulation.delayMs('dynamodb.creating');
  for (const update of input.GlobalSecondaryIndexUpdates ?? []) {
    if (update.Create) await addIndex(call, name, { index: update.Create, definitions: input.AttributeDefinitions });
    if (update.Delete) await removeIndex(call, name, update.Delete.IndexName ?? '');
    if (update.Update) await changeIndex(call, name, update.Update);
  }
  // Deletion protection and the like take effect without the table being busy.
  const busy =
    input.BillingMode ??
    input.ProvisionedThroughput ??
    input.GlobalSecondaryIndexUpdates ??
    input.SSESpecification ??
    input.StreamSpecification;
  const changed = { ...applyOptions(call, requireTable(call, name), input), ...stream };
  const record = { ...changed, updatedAtMs: busy ? now + busyMs : now };
  await saveTable(call, record);
  const description = describeTable(call, record);
  return { TableDescription: busy ? { ...description, TableStatus: 'UPDATING' } : description };
}

function checkInput(input: sdk.UpdateTableInput): void {
  const { GlobalSecondaryIndexUpdates: updates = [] } = input;
  refuseFaults([
    ...definitionFaults(input.AttributeDefinitions),
    outsideEnum('billingMode', input.BillingMode, billingModes),
    ...throughputFaults(input.ProvisionedThroughput, 'provisionedThroughput'),
    ...updates.flatMap(updateFaults),
    outsideEnum('streamSpecification.streamViewType', input.StreamSpecification?.StreamViewType, viewTypes),
    outsideEnum('tableClass', input.TableClass, tableClasses),
  ]);
  if (changing.every((member) => input[member] === undefined) && updates.length === 0) {
    throw invalid(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    );
  }
  if (input.BillingMode === 'PROVISIONED' && !input.ProvisionedThroughput) {
    throw wrong('ProvisionedThroughput must be specified when BillingMode is PROVISIONED');
  }
  if (input.ProvisionedThroughput) checkUnits(input.ProvisionedThroughput);
  checkStream(input.StreamSpecification);
  const names = updates.map(({ Update, Create, Delete }) => {
    const update = Update ?? Create ?? Delete;
    if (update) return update.IndexName;
    throw wrong(
      'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
    );
  });
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw wrong(`Only one global secondary index update per index is allowed simultaneously. Index: ${twice}`);
  }
}

function updateFaults({ Create, Update, Delete }: sdk.GlobalSecondaryIndexUpdate, index: number): Fault[] {
  const at = `globalSecondaryIndexUpdates.${index + 1}.member`;
  return [
    ...(Create ? indexFaults(Create, { at: `${at}.create`, most: 8 }) : []),
    ...(Update
      ? [
          missing(`${at}.update.indexName`, Update.IndexName),
          ...throughputFaults(Update.ProvisionedThroughput, `${at}.update.provisionedThroughput`),
        ]
      : []),
    ...(Delete ? [missing(`${at}.delete.indexName`, Delete.IndexName)] : []),
  ];
}

/** What the table as it is does not allow. */
function checkAgainst(input: sdk.UpdateTableInput, record: TableRecord): void {
  const billingMode = input.BillingMode ?? record.billingMode;
  const { ProvisionedThroughput: asked, GlobalSecondaryIndexUpdates: updates = [] } = input;
  if (billingMode === 'PAY_PER_REQUEST' && asked) {
    throw wrong(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (asked && record.billingMode === 'PROVISIONED' && updates.length === 0) refuseSameThroughput(asked, record);
  for (const { Create: index } of updates) {
    if (!index) continue;
    const definitions = [...record.definition.AttributeDefinitions, ...(input.AttributeDefinitions ?? [])];
    checkNewIndex(index, { billingMode, definitions });
  }
  checkWarmth(input.WarmThroughput, { ...warmthOf(record.throughput), ...record.warmThroughput });
}

function refuseSameThroughput(asked: sdk.ProvisionedThroughput, { throughput }: TableRecord): void {
  const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = throughput ?? {};
  if (asked.ReadCapacityUnits !== reads || asked.WriteCapacityUnits !== writes) return;
  throw invalid(
    `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${reads}. Requested ReadCapacityUnits: ${reads}. Current WriteCapacityUnits provisioned for the table: ${writes}. Requested WriteCapacityUnits: ${writes}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}

function applyOptions(call: Call, before: TableRecord, input: sdk.UpdateTableInput): TableRecord {
  const now = call.engine.clock();
  const billingMode = input.BillingMode ?? before.billingMode;
  const onDemand = billingMode === 'PAY_PER_REQUEST';
  const becomesOnDemand = onDemand && before.billingMode !== 'PAY_PER_REQUEST';
  return withoutUndefined<TableRecord>({
    ...before,
    billingMode,
    onDemandSinceMs: becomesOnDemand ? now : before.onDemandSinceMs,
    throughput: onDemand ? undefined : (input.ProvisionedThroughput ?? before.throughput),
    onDemandThroughput: input.OnDemandThroughput ?? before.onDemandThroughput,
    warmThroughput: input.WarmThroughput
      ? { ...before.warmThroughput, ...input.WarmThroughput }
      : before.warmThroughput,
    tableClass: input.TableClass ? { name: input.TableClass, updatedAtMs: now } : before.tableClass,
    deletionProtection: input.DeletionProtectionEnabled ?? before.deletionProtection,
    encryptionKeyArn: input.SSESpecification ? encryptionKeyArn(call, input.SSESpecification) : before.encryptionKeyArn,
    definition: becomesOnDemand ? withoutIndexThroughput(before.definition) : before.definition,
  });
}

function withoutIndexThroughput(definition: TableRecord['definition']): TableRecord['definition'] {
  if (!definition.GlobalSecondaryIndexes) return definition;
  const indexes = definition.GlobalSecondaryIndexes.map(({ ProvisionedThroughput: _, ...index }) => index);
  return { ...definition, GlobalSecondaryIndexes: indexes };
}

async function changeIndex(
  call: Call,
  tableName: string,
  { IndexName: name, ...changes }: sdk.UpdateGlobalSecondaryIndexAction,
): Promise<void> {
  const record = requireTable(call, tableName);
  const indexes = record.definition.GlobalSecondaryIndexes ?? [];
  if (!indexes.some((index) => index.IndexName === name)) throw notFound();
  const changed = indexes.map((index) => (index.IndexName === name ? { ...index, ...changes } : index));
  await saveTable(call, { ...record, definition: { ...record.definition, GlobalSecondaryIndexes: changed } });
}
