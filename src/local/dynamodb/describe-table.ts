import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughput,
  ProvisionedThroughputDescription,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import { ownMember } from '../../own-member.ts';
import type { Call } from '../service.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { parseSize, sizeKey } from './items.ts';
import { streamArn, streamLabel } from './streams/stream-arn.ts';
import { activeStream } from './streams/stream-records.ts';
import { type TableRecord, tableStatus } from './table-record.ts';
import { warmthOf } from './table-rules.ts';
import { tableArn } from './tables.ts';

/**
 * The table as DescribeTable and the changing operations show it.
 * Counts and sizes are exact; AWS refreshes them about every six hours.
 */
export function describeTable(call: Call, record: TableRecord): TableDescription {
  const { definition } = record;
  const status = tableStatus(record, call.engine.simulation) ?? 'DELETING';
  const { count, bytes } = readSize(call, record);
  return {
    AttributeDefinitions: definition.AttributeDefinitions,
    TableName: record.name,
    KeySchema: definition.KeySchema,
    TableStatus: status,
    CreationDateTime: new Date(record.createdAtMs),
    ProvisionedThroughput: describeThroughput(record.throughput),
    TableSizeBytes: bytes,
    ItemCount: count,
    TableArn: tableArn(call, record.name),
    TableId: record.id,
    BillingModeSummary: describeBilling(record),
    LocalSecondaryIndexes: definition.LocalSecondaryIndexes?.map((index): LocalSecondaryIndexDescription => {
      const size = readSize(call, record, index.IndexName);
      return {
        ...index,
        IndexSizeBytes: size.bytes,
        ItemCount: size.count,
        IndexArn: `${tableArn(call, record.name)}/index/${index.IndexName}`,
      };
    }),
    GlobalSecondaryIndexes:
      status === 'DELETING'
        ? undefined
        : definition.GlobalSecondaryIndexes?.map((index) => describeIndex(call, record, index)),
    SSEDescription: describeEncryption(record, call.engine.simulation),
    TableClassSummary: record.tableClass && {
      TableClass: record.tableClass.name,
      LastUpdateDateTime: record.tableClass.updatedAtMs ? new Date(record.tableClass.updatedAtMs) : undefined,
    },
    OnDemandThroughput: record.onDemandThroughput,
    WarmThroughput:
      status === 'ACTIVE' ? { ...warmthOf(record.throughput), ...record.warmThroughput, Status: 'ACTIVE' } : undefined,
    DeletionProtectionEnabled: record.deletionProtection,
    ...describeStreams(call, record),
  };
}

/** Recorded: aquasecurity/cloudsploit#438 (of a key that is new), localstack/localstack#10040 (of one that is given up). */
export function describeEncryption(
  { encryptionKeyArn, formerEncryption: former }: TableRecord,
  { lasts }: Pick<Simulation, 'lasts'>,
): TableDescription['SSEDescription'] {
  const updating = former !== undefined && lasts('dynamodb.creating', former.untilMs);
  const keyArn = updating ? former.keyArn : encryptionKeyArn;
  const key = keyArn === undefined ? undefined : ({ SSEType: 'KMS', KMSMasterKeyArn: keyArn } as const);
  if (updating) return { Status: 'UPDATING', ...key };
  return key && { Status: 'ENABLED', ...key };
}

/** The newest stream keeps its name when it has stopped. */
function describeStreams(call: Call, record: TableRecord): Partial<TableDescription> {
  const newest = record.streams?.at(-1);
  if (!newest) return {};
  return {
    ...(activeStream(record) && { StreamSpecification: { StreamEnabled: true, StreamViewType: newest.viewType } }),
    LatestStreamLabel: streamLabel(newest),
    LatestStreamArn: streamArn(call, record, newest),
  };
}

function describeIndex(
  call: Call,
  record: TableRecord,
  index: NonNullable<TableRecord['definition']['GlobalSecondaryIndexes']>[number],
): GlobalSecondaryIndexDescription {
  const size = readSize(call, record, index.IndexName);
  const activeAtMs = ownMember(record.indexActiveAtMs, index.IndexName) ?? record.activeAtMs;
  const active =
    record.fillingIndex !== index.IndexName && !call.engine.simulation.lasts('dynamodb.creating', activeAtMs);
  return {
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
    IndexStatus: active ? 'ACTIVE' : 'CREATING',
    ProvisionedThroughput: describeThroughput(index.ProvisionedThroughput),
    IndexSizeBytes: size.bytes,
    ItemCount: size.count,
    IndexArn: `${tableArn(call, record.name)}/index/${index.IndexName}`,
    OnDemandThroughput: index.OnDemandThroughput,
    WarmThroughput: active
      ? { ...warmthOf(index.ProvisionedThroughput), ...index.WarmThroughput, Status: 'ACTIVE' }
      : undefined,
  };
}

function describeThroughput(throughput: ProvisionedThroughput | undefined): ProvisionedThroughputDescription {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: throughput?.ReadCapacityUnits ?? 0,
    WriteCapacityUnits: throughput?.WriteCapacityUnits ?? 0,
  };
}

/** A table that was always provisioned has no summary. */
function describeBilling(record: TableRecord): TableDescription['BillingModeSummary'] {
  if (record.onDemandSinceMs === undefined) return undefined;
  return {
    BillingMode: record.billingMode,
    LastUpdateToPayPerRequestDateTime: new Date(record.onDemandSinceMs),
  };
}

function readSize(call: Call, record: TableRecord, indexName?: string): { count: number; bytes: number } {
  return parseSize(call.engine.items.begin().read(sizeKey(record.id, indexName)));
}
