import type * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { describeEncryption, describeTable } from './describe-table.ts';
import { invalid, notFound } from './errors.ts';
import { addIndex, removeIndex } from './indexes.ts';
import { checkOnDemandThroughput, mergeOnDemandThroughput } from './on-demand-throughput.ts';
import { type Fault, firstTwice, outsideEnum, refuseFaults } from './parameters.ts';
import { switchStream } from './streams/switch-stream.ts';
import {
  billingModes,
  definitionFaults,
  indexFaults,
  indexNameFaults,
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
  refuseSameKey(encryptionKeyArn(call, input.SSESpecification), before);
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
  const updatedAtMs = busy ? now + busyMs : now;
  const record = {
    ...changed,
    updatedAtMs,
    ...(input.SSESpecification && { formerEncryption: { keyArn: before.encryptionKeyArn, untilMs: updatedAtMs } }),
  };
  await saveTable(call, record);
  const { OnDemandThroughput: asked } = input;
  // Of a bound that was taken away the answer still tells, as it was asked for.
  const description = {
    ...describeTable(call, record),
    ...(asked && { OnDemandThroughput: { ...before.onDemandThroughput, ...asked } }),
    // However soon it is done.
    ...(input.SSESpecification && { SSEDescription: describeEncryption(record, { lasts: () => true }) }),
  };
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
  checkStream(input.StreamSpecification, 'updated');
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1) {
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const names = updates.map(({ Update, Create, Delete }) => {
    const update = Update ?? Create ?? Delete;
    if (update) return update.IndexName;
    throw wrong(
      'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
    );
  });
  const twice = firstTwice(names);
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
          ...indexNameFaults(Update.IndexName, `${at}.update`),
          ...throughputFaults(Update.ProvisionedThroughput, `${at}.update.provisionedThroughput`),
        ]
      : []),
    ...(Delete ? indexNameFaults(Delete.IndexName, `${at}.delete`) : []),
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
  if (billingMode === 'PROVISIONED' && record.billingMode !== billingMode) requireIndexThroughput(updates, record);
  if (asked && record.billingMode === 'PROVISIONED' && updates.length === 0) refuseSameThroughput(asked, record);
  for (const { Create: index } of updates) {
    if (!index) continue;
    checkNewIndex(index, { billingMode, definition: record.definition, added: input.AttributeDefinitions ?? [] });
  }
  for (const { Update: change } of updates) {
    const index = record.definition.GlobalSecondaryIndexes?.find(({ IndexName: name }) => name === change?.IndexName);
    if (!change || !index) continue;
    const of = `index: ${index.IndexName}`;
    checkOnDemandThroughput(change.OnDemandThroughput, { billingMode, of, change: true });
    checkWarmth(change.WarmThroughput, { ...warmthOf(index.ProvisionedThroughput), ...index.WarmThroughput }, of);
  }
  checkOnDemandThroughput(input.OnDemandThroughput, { billingMode, change: true });
  checkWarmth(input.WarmThroughput, { ...warmthOf(record.throughput), ...record.warmThroughput });
}

/** An on-demand table that becomes provisioned. (Observed on AWS: awslabs/dynein#228.) */
function requireIndexThroughput(updates: readonly sdk.GlobalSecondaryIndexUpdate[], { definition }: TableRecord): void {
  const given = new Map(updates.map(({ Update: change }) => [change?.IndexName, change?.ProvisionedThroughput]));
  const dropped = new Set(updates.map(({ Delete: removed }) => removed?.IndexName));
  for (const { IndexName: name } of definition.GlobalSecondaryIndexes ?? []) {
    if (!given.get(name) && !dropped.has(name))
      throw wrong(`ProvisionedThroughput must be specified for index: ${name}`);
  }
}

function refuseSameThroughput(asked: sdk.ProvisionedThroughput, { throughput }: TableRecord): void {
  const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = throughput ?? {};
  if (asked.ReadCapacityUnits !== reads || asked.WriteCapacityUnits !== writes) return;
  throw invalid(
    `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${reads}. Requested ReadCapacityUnits: ${reads}. Current WriteCapacityUnits provisioned for the table: ${writes}. Requested WriteCapacityUnits: ${writes}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}

/** As hashicorp/terraform-provider-aws#29137 quotes it. */
function refuseSameKey(asked: string | undefined, { encryptionKeyArn: actual }: TableRecord): void {
  if (asked === undefined || asked !== actual) return;
  throw wrong(
    'Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key',
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
    onDemandThroughput: onDemand
      ? mergeOnDemandThroughput(before.onDemandThroughput, input.OnDemandThroughput)
      : undefined,
    warmThroughput: input.WarmThroughput
      ? { ...before.warmThroughput, ...input.WarmThroughput }
      : before.warmThroughput,
    tableClass: input.TableClass ? { name: input.TableClass, updatedAtMs: now } : before.tableClass,
    deletionProtection: input.DeletionProtectionEnabled ?? before.deletionProtection,
    encryptionKeyArn: input.SSESpecification ? encryptionKeyArn(call, input.SSESpecification) : before.encryptionKeyArn,
    definition: indexesIn(before.definition, billingMode),
  });
}

/** The indexes without what the other billing mode says of them. */
function indexesIn(definition: TableRecord['definition'], billingMode: string): TableRecord['definition'] {
  if (!definition.GlobalSecondaryIndexes) return definition;
  const other = billingMode === 'PAY_PER_REQUEST' ? 'ProvisionedThroughput' : 'OnDemandThroughput';
  const indexes = definition.GlobalSecondaryIndexes.map(({ [other]: _, ...index }) => index);
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
  const changed = indexes.map((index) => (index.IndexName === name ? changedIndex(index, changes) : index));
  await saveTable(call, { ...record, definition: { ...record.definition, GlobalSecondaryIndexes: changed } });
}

function changedIndex(
  { OnDemandThroughput: bounds, WarmThroughput: warmth, ...index }: sdk.GlobalSecondaryIndex,
  { ProvisionedThroughput: throughput, ...changes }: Omit<sdk.UpdateGlobalSecondaryIndexAction, 'IndexName'>,
): sdk.GlobalSecondaryIndex {
  return withoutUndefined<sdk.GlobalSecondaryIndex>({
    ...index,
    ProvisionedThroughput: throughput ?? index.ProvisionedThroughput,
    OnDemandThroughput: mergeOnDemandThroughput(bounds, changes.OnDemandThroughput),
    WarmThroughput: changes.WarmThroughput ? { ...warmth, ...changes.WarmThroughput } : warmth,
  });
}
