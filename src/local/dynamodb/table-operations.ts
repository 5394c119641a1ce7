import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { describeTable } from './describe-table.ts';
import { invalid } from './errors.ts';
import { above, below, lengthOutside, missing, namePattern, refuseFaults, unlike } from './parameters.ts';
import { encryptionKeyArn, refuseUnserved, withoutUndefined } from './table-options.ts';
import { type TableRecord, tableStatus } from './table-record.ts';
import { checkNewTable } from './table-rules.ts';
import { findTable, nameOf, requireTable, saveTable, tableKey } from './tables.ts';
import { mergeTags } from './tag-operations.ts';

export async function createTable(input: sdk.CreateTableInput, call: Call): Promise<sdk.CreateTableOutput> {
  const { engine, region } = call;
  const name = nameOf(call, input.TableName ?? '');
  checkNewTable(input, name);
  refuseUnserved(input);
  const tags = mergeTags([], input.Tags ?? []);
  const now = engine.clock();
  const existing = findTable(call, name);
  if (existing) throw inUse(existing, engine);
  const { StreamViewType: viewType } = input.StreamSpecification ?? {};
  const record: TableRecord = withoutUndefined({
    region,
    name,
    id: randomUUID(),
    createdAtMs: now,
    visibleAtMs: now + engine.simulation.delayMs('dynamodb.table-visible'),
    activeAtMs: now + engine.simulation.delayMs('dynamodb.creating'),
    definition: withoutUndefined({
      TableName: name,
      AttributeDefinitions: input.AttributeDefinitions ?? [],
      KeySchema: input.KeySchema ?? [],
      LocalSecondaryIndexes: input.LocalSecondaryIndexes,
      GlobalSecondaryIndexes: input.GlobalSecondaryIndexes,
    }),
    indexActiveAtMs: {},
    billingMode: input.BillingMode ?? 'PROVISIONED',
    onDemandSinceMs: input.BillingMode === 'PAY_PER_REQUEST' ? now : undefined,
    throughput: input.ProvisionedThroughput,
    onDemandThroughput: input.OnDemandThroughput,
    warmThroughput: input.WarmThroughput,
    tableClass: input.TableClass && { name: input.TableClass },
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    encryptionKeyArn: encryptionKeyArn(call, input.SSESpecification),
    tags,
    streams: viewType && [{ viewType, startedAtMs: now, firstCount: 1 }],
    layout: 2,
  });
  await saveTable(call, record);
  return { TableDescription: { ...describeTable(call, record), TableStatus: 'CREATING' } };
}

function inUse(existing: TableRecord, { simulation }: Call['engine']): AwsError {
  const { name } = existing;
  const message =
    tableStatus(existing, simulation) === 'DELETING'
      ? `Attempt to change a resource which is still in use: Table is being deleted: ${name}`
      : `Table already exists: ${name}`;
  return new AwsError('ResourceInUseException', message);
}

export function describeTableOperation(input: sdk.DescribeTableInput, call: Call): sdk.DescribeTableOutput {
  const name = validName(call, input);
  const record = requireTable(call, name);
  if (call.engine.simulation.lasts('dynamodb.table-visible', record.visibleAtMs)) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
  }
  return { Table: describeTable(call, record) };
}

export async function deleteTable(input: sdk.DeleteTableInput, call: Call): Promise<sdk.DeleteTableOutput> {
  const { engine, region } = call;
  const record = requireTable(call, validName(call, input));
  const now = engine.clock();
  const status = tableStatus(record, engine.simulation);
  if (status === 'CREATING' || status === 'UPDATING') {
    const change = status === 'CREATING' ? 'created' : 'updated';
    throw new AwsError(
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table is being ${change}: ${record.name}`,
    );
  }
  if (record.deletionProtection) {
    throw invalid(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  const description = { ...describeTable(call, record), TableStatus: 'DELETING' as const };
  const deletingMs = engine.simulation.delayMs('dynamodb.deleting');
  if (deletingMs === 0) await engine.items.dropTable(tableKey(region, record.name));
  else if (status === 'ACTIVE') await saveTable(call, { ...record, goneAtMs: now + deletingMs });
  return { TableDescription: description };
}

const maxListed = 100;

export function listTables(input: sdk.ListTablesInput, call: Call): sdk.ListTablesOutput {
  const { ExclusiveStartTableName: after = '', Limit: limit = maxListed } = input;
  refuseFaults([
    lengthOutside('exclusiveStartTableName', input.ExclusiveStartTableName, { min: 3, max: 255 }),
    unlike('exclusiveStartTableName', input.ExclusiveStartTableName, namePattern),
    below('limit', input.Limit, 1),
    above('limit', input.Limit, maxListed),
  ]);
  const { items, simulation } = call.engine;
  const isListed = (record: TableRecord) =>
    record.region === call.region &&
    !simulation.lasts('dynamodb.table-visible', record.visibleAtMs) &&
    tableStatus(record, simulation) !== undefined;
  const names = [...items.tables.values()]
    .filter(isListed)
    .map(({ name }) => name)
    .filter((name) => name > after)
    .sort();
  const page = names.slice(0, limit);
  return { TableNames: page, LastEvaluatedTableName: page.length < names.length ? page[page.length - 1] : undefined };
}

/** The table's name, checked as every operation on one table checks it. Throws AwsError ValidationException. */
export function validName(call: Call, input: { TableName?: string | undefined }): string {
  const name = input.TableName === undefined ? undefined : nameOf(call, input.TableName);
  refuseFaults([
    missing('tableName', name),
    lengthOutside('tableName', name, { min: 1, max: name?.startsWith('arn:') ? 1024 : 255 }),
    unlike('tableName', name, namePattern),
  ]);
  return name ?? '';
}
