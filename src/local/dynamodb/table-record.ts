import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  OnDemandThroughput,
  ProvisionedThroughput,
  StreamViewType,
  TableClass,
  Tag,
  WarmThroughput,
} from '@aws-sdk/client-dynamodb';
import type { Simulation } from '../simulation/simulation.ts';

/** A table's keys and indexes, as CreateTable and UpdateTable gave them. */
export interface TableDefinition {
  TableName: string;
  AttributeDefinitions: AttributeDefinition[];
  KeySchema: KeySchemaElement[];
  LocalSecondaryIndexes?: LocalSecondaryIndex[];
  GlobalSecondaryIndexes?: GlobalSecondaryIndex[];
}

/** A table as it is stored. Its states are not: they follow from these times, so no kill can leave one behind. */
export interface TableRecord {
  region: string;
  name: string;
  id: string;
  createdAtMs: number;
  /** From here on DescribeTable finds it. */
  visibleAtMs: number;
  activeAtMs: number;
  updatedAtMs?: number;
  /** Set by DeleteTable: from here on there is no such table. */
  goneAtMs?: number;
  definition: TableDefinition;
  /** An index that is not complete yet. */
  fillingIndex?: string;
  /** Of indexes made after the table. */
  indexActiveAtMs: Record<string, number>;
  billingMode: BillingMode;
  onDemandSinceMs?: number;
  throughput?: ProvisionedThroughput;
  onDemandThroughput?: OnDemandThroughput;
  warmThroughput?: WarmThroughput;
  tableClass?: { name: TableClass; updatedAtMs?: number };
  deletionProtection: boolean;
  encryptionKeyArn?: string;
  /** What the description still tells until the newer key holds. */
  formerEncryption?: { keyArn: string | undefined; untilMs: number };
  tags: Tag[];
  /** The set that ListTagsOfResource still shows until the newer one has spread. */
  formerTags?: { tags: Tag[]; untilMs: number };
  timeToLive?: { attributeName: string; enabled: boolean; settledAtMs: number };
  pointInTimeRecovery?: { sinceMs: number; periodDays: number };
  /** Oldest first; at most the last of them follows the table still. */
  streams?: TableStream[];
  /** How the table's items and their sizes are kept; without it they are as versions before 0.2 left them. */
  layout?: 2;
}

export interface TableStream {
  viewType: StreamViewType;
  startedAtMs: number;
  /** Its records are readable for a day from here on. */
  stoppedAtMs?: number;
  /** The numbers of its first record, and of its last once it has stopped. */
  firstCount: number;
  lastCount?: number;
}

/** The states of `TableStatus`; `undefined` where the table is gone. */
export function tableStatus(
  record: TableRecord,
  { lasts }: Pick<Simulation, 'lasts'>,
): 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | undefined {
  if (record.goneAtMs !== undefined) return lasts('dynamodb.deleting', record.goneAtMs) ? 'DELETING' : undefined;
  if (lasts('dynamodb.creating', record.activeAtMs)) return 'CREATING';
  if (record.fillingIndex !== undefined) return 'UPDATING';
  const times = [record.updatedAtMs ?? 0, ...Object.values(record.indexActiveAtMs)];
  return times.some((untilMs) => lasts('dynamodb.creating', untilMs)) ? 'UPDATING' : 'ACTIVE';
}

/** The table without one of its global secondary indexes, and without the attribute definitions that only it needed. */
export function withoutIndex(record: TableRecord, name: string): TableRecord {
  const {
    AttributeDefinitions,
    GlobalSecondaryIndexes = [],
    LocalSecondaryIndexes = [],
    ...definition
  } = record.definition;
  const { fillingIndex: _, ...rest } = record;
  const { [name]: __, ...indexActiveAtMs } = record.indexActiveAtMs;
  const left = GlobalSecondaryIndexes.filter((index) => index.IndexName !== name);
  const keys = [definition, ...left, ...LocalSecondaryIndexes].flatMap(({ KeySchema = [] }) => KeySchema);
  const used = new Set(keys.map((key) => key.AttributeName));
  return {
    ...rest,
    indexActiveAtMs,
    definition: {
      ...definition,
      AttributeDefinitions: AttributeDefinitions.filter((each) => used.has(each.AttributeName)),
      ...(left.length > 0 && { GlobalSecondaryIndexes: left }),
      ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes }),
    },
  };
}
