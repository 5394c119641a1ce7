import type * as sdk from '@aws-sdk/client-dynamodb';
import * as updateTableInput from 'dynalite/validations/updateTable.js';
import { AwsError, type Call } from '../service.ts';
import { describeTable } from './describe-table.ts';
import { addIndex, removeIndex } from './indexes.ts';
import { validate } from './item-actions.ts';
import { validName } from './table-operations.ts';
import { encryptionKeyArn, refuseUnserved, withoutUndefined } from './table-options.ts';
import type { TableRecord } from './table-record.ts';
import { requireActiveTable, requireTable, saveTable } from './tables.ts';

/** Changes that dynalite's validation does not know, each enough for a request. */
const ownMembers = [
  'AttributeDefinitions',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'SSESpecification',
  'StreamSpecification',
  'TableClass',
  'WarmThroughput',
] as const;

export async function updateTable(input: sdk.UpdateTableInput, call: Call): Promise<sdk.UpdateTableOutput> {
  const name = validName(call, input);
  check(input, name);
  checkThroughput(input, requireActiveTable(call, name));
  const now = call.engine.clock();
  const busyMs = call.engine.simulation.delayMs('dynamodb.creating');
  for (const update of input.GlobalSecondaryIndexUpdates ?? []) {
    if (update.Create) await addIndex(call, name, { index: update.Create, definitions: input.AttributeDefinitions });
    if (update.Delete) await removeIndex(call, name, update.Delete.IndexName ?? '');
    if (update.Update) await changeIndex(call, name, update.Update);
  }
  // Deletion protection and the like take effect without the table being busy.
  const busy =
    input.BillingMode ?? input.ProvisionedThroughput ?? input.GlobalSecondaryIndexUpdates ?? input.SSESpecification;
  const record = { ...applyOptions(call, requireTable(call, name), input), updatedAtMs: busy ? now + busyMs : now };
  await saveTable(call, record);
  const description = describeTable(call, record);
  return { TableDescription: busy ? { ...description, TableStatus: 'UPDATING' } : description };
}

function check(input: sdk.UpdateTableInput, name: string): void {
  refuseUnserved(input);
  const known = structuredClone({ ...input, TableName: name });
  for (const update of known.GlobalSecondaryIndexUpdates ?? []) {
    // dynalite knows no on-demand indexes and asks for what they do not have.
    if (update.Create) update.Create.ProvisionedThroughput ??= { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    if (update.Update) update.Update.ProvisionedThroughput ??= { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  }
  const custom = ownMembers.some((member) => input[member] !== undefined) ? undefined : updateTableInput.custom;
  validate(known, { types: updateTableInput.types, custom });
}

function checkThroughput(input: sdk.UpdateTableInput, { billingMode }: TableRecord): void {
  if ((input.BillingMode ?? billingMode) !== 'PAY_PER_REQUEST' || !input.ProvisionedThroughput) return;
  throw invalid(
    'One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
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
    warmThroughput: input.WarmThroughput ?? before.warmThroughput,
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
  if (!indexes.some((index) => index.IndexName === name)) {
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  }
  const changed = indexes.map((index) => (index.IndexName === name ? { ...index, ...changes } : index));
  await saveTable(call, { ...record, definition: { ...record.definition, GlobalSecondaryIndexes: changed } });
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}
