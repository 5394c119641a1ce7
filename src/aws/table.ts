import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type GlobalSecondaryIndexUpdate,
  ListTagsOfResourceCommand,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  type UpdateTableInput,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing, isUnsupported, vanished } from './errors.ts';
import {
  differences,
  type OnWait,
  type Resource,
  type Tagged,
  type Tagging,
  type Tags,
  tagList,
  tagRecord,
} from './resource.ts';
import {
  attributeDefinitions,
  describedAs,
  indexInput,
  indexTexts,
  type KeyAttribute,
  keySchema,
  keyText,
  type TableIndex,
  type Throughput,
  unlimited,
} from './table-schema.ts';
import { waitFor } from './wait.ts';

export interface DesiredTable {
  name: string;
  key: KeyAttribute;
  sort: KeyAttribute | undefined;
  /** Global secondary indexes, each of whole items. */
  indexes: readonly TableIndex[];
  /** The attribute that says when an item expires. */
  ttl: string | undefined;
  tags: Tags;
}

export interface ActualTable extends Tagged {
  name: string;
  /** `id (S)`; several parts are joined by ` + `. */
  key: string;
  billingMode: string;
  itemCount: number;
  /** Name → key, as `id (S)`. */
  indexes: Record<string, string>;
  /** null: items do not expire; undefined: the endpoint does not tell. */
  ttl: string | null | undefined;
  throughput: Throughput;
}

/** A new table's tags show some seconds later; so long after its creation, none at all says nothing about whose it is. */
const tagsSettleMs = 6_000;
const visibleMs = 15_000;
const limitMs = 300_000;
const silent = () => undefined;

async function read(aws: Aws, { name }: { name: string }): Promise<ActualTable | undefined> {
  const found = await describe(aws, name);
  if (!found) return undefined;
  if (found.TableStatus === 'DELETING') {
    await untilGone(aws, name, silent);
    return undefined;
  }
  // AWS's clock may be ahead of this machine's.
  const createdAtMs = Math.min(found.CreationDateTime?.getTime() ?? 0, aws.clock());
  const readingTags = waitFor(aws, {
    reason: `the tags of the table ${name} do not show yet`,
    limitMs: tagsSettleMs,
    onWait: silent,
    async ask() {
      const tags = await readTags(aws, found.TableArn ?? '');
      const settled = tags === undefined || Object.keys(tags).length > 0 || aws.clock() - createdAtMs >= tagsSettleMs;
      return settled ? { tags } : undefined;
    },
  });
  const [{ tags }, ttl] = await Promise.all([readingTags, readTtl(aws, name)]);
  // Without tags it would be somebody else's; deleted in between, it is nobody's.
  if (tags && Object.keys(tags).length === 0) {
    const now = await describe(aws, name);
    if (now?.TableId !== found.TableId || now?.TableStatus === 'DELETING') return read(aws, { name });
  }
  return {
    id: found.TableArn ?? '',
    name,
    tags: tags ?? {},
    tagsKnown: tags !== undefined,
    ...describedAs(found),
    ttl,
    ...(found.DeletionProtectionEnabled && {
      protection: `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled`,
    }),
  };
}

/** undefined: the endpoint does not serve tags. */
async function readTags(aws: Aws, arn: string): Promise<Tags | undefined> {
  try {
    const tags: Tags = {};
    let NextToken: string | undefined;
    do {
      const command = new ListTagsOfResourceCommand({ ResourceArn: arn, ...(NextToken && { NextToken }) });
      const page = await aws.call(DynamoDBClient, command);
      Object.assign(tags, tagRecord(page.Tags));
      ({ NextToken } = page);
    } while (NextToken);
    return tags;
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    return ignoreMissing(error) ?? {};
  }
}

async function describe(aws: Aws, name: string): Promise<TableDescription | undefined> {
  const found = await aws.call(DynamoDBClient, new DescribeTableCommand({ TableName: name })).catch(ignoreMissing);
  return found?.Table;
}

async function readTtl(aws: Aws, name: string): Promise<string | null | undefined> {
  try {
    const found = await aws.call(DynamoDBClient, new DescribeTimeToLiveCommand({ TableName: name }));
    const { AttributeName, TimeToLiveStatus = 'DISABLED' } = found.TimeToLiveDescription ?? {};
    return /^ENABL/.test(TimeToLiveStatus) ? (AttributeName ?? null) : null;
  } catch (error) {
    return isUnsupported(error) ? undefined : (ignoreMissing(error) ?? null);
  }
}

function compare(desired: DesiredTable, actual: ActualTable): Change[] {
  const key = differences({ key: keyText(desired) }, { key: actual.key });
  const ttl = actual.ttl !== undefined && { ttl: desired.ttl ?? null };
  const changeable = { billingMode: 'PAY_PER_REQUEST', indexes: indexTexts(desired.indexes), throughput: unlimited };
  return [
    ...key.map((change) => ({ ...change, replaces: true })),
    ...differences({ ...changeable, ...ttl }, { ...actual }),
  ];
}

async function create(aws: Aws, desired: DesiredTable, onWait: OnWait): Promise<ActualTable> {
  const { name, indexes } = desired;
  const { TableDescription: made } = await aws.call(
    DynamoDBClient,
    new CreateTableCommand({
      TableName: name,
      KeySchema: keySchema(desired),
      AttributeDefinitions: attributeDefinitions([desired, ...indexes]),
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map(indexInput) }),
      Tags: tagList(desired.tags),
    }),
  );
  await untilActive(aws, name, onWait);
  if (desired.ttl !== undefined) await putTtl(aws, { name, attribute: desired.ttl, enabled: true });
  return {
    id: made?.TableArn ?? '',
    name,
    tags: desired.tags,
    key: keyText(desired),
    billingMode: 'PAY_PER_REQUEST',
    itemCount: 0,
    indexes: indexTexts(desired.indexes),
    ttl: desired.ttl ?? null,
    throughput: unlimited,
  };
}

async function putTtl(aws: Aws, ttl: { name: string; attribute: string; enabled: boolean }): Promise<void> {
  const TimeToLiveSpecification = { AttributeName: ttl.attribute, Enabled: ttl.enabled };
  await aws.call(DynamoDBClient, new UpdateTimeToLiveCommand({ TableName: ttl.name, TimeToLiveSpecification }));
}

async function update(
  aws: Aws,
  {
    desired,
    actual,
    changes,
    onWait,
  }: { desired: DesiredTable; actual: ActualTable; changes: Change[]; onWait: OnWait },
): Promise<ActualTable> {
  const { name } = desired;
  // A table that another command has just begun to make.
  await untilActive(aws, name, onWait);
  const differs = (name: keyof ActualTable) => changes.some(({ property }) => property === name);
  const change = (input: Partial<UpdateTableInput>) => updateTable(aws, { TableName: name, ...input }, onWait);
  if (differs('billingMode')) await change({ BillingMode: 'PAY_PER_REQUEST' });
  if (differs('throughput')) {
    await change({ OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 } });
  }
  await updateIndexes(aws, { desired, actual, onWait });
  if (differs('ttl')) {
    if (actual.ttl) await putTtl(aws, { name, attribute: actual.ttl, enabled: false });
    if (desired.ttl !== undefined) await putTtl(aws, { name, attribute: desired.ttl, enabled: true });
  }
  return {
    ...actual,
    billingMode: 'PAY_PER_REQUEST',
    indexes: indexTexts(desired.indexes),
    ttl: actual.ttl === undefined ? undefined : (desired.ttl ?? null),
    throughput: unlimited,
  };
}

async function updateTable(aws: Aws, input: UpdateTableInput, onWait: OnWait): Promise<void> {
  await aws.call(DynamoDBClient, new UpdateTableCommand(input));
  await untilActive(aws, input.TableName ?? '', onWait);
}

/** DynamoDB makes or removes one index at a time; one with another key is made anew. */
async function updateIndexes(
  aws: Aws,
  { desired, actual, onWait }: { desired: DesiredTable; actual: ActualTable; onWait: OnWait },
): Promise<void> {
  const { name, indexes } = desired;
  const wanted = indexTexts(desired.indexes);
  const AttributeDefinitions = attributeDefinitions([desired, ...indexes]);
  const change = (Change: GlobalSecondaryIndexUpdate) =>
    updateTable(aws, { TableName: name, AttributeDefinitions, GlobalSecondaryIndexUpdates: [Change] }, onWait);
  for (const [IndexName, key] of Object.entries(actual.indexes)) {
    if (wanted[IndexName] !== key) await change({ Delete: { IndexName } });
  }
  for (const index of indexes) {
    if (actual.indexes[index.name] !== wanted[index.name]) await change({ Create: indexInput(index) });
  }
}

async function remove(aws: Aws, { name }: { name: string }, onWait: OnWait): Promise<void> {
  const inUse = (error: unknown) =>
    error instanceof Error && 'code' in error && error.code === 'ResourceInUseException';
  await waitFor(aws, {
    reason: `the table ${name} is being changed and cannot be deleted yet`,
    limitMs,
    onWait,
    ask: () =>
      aws.call(DynamoDBClient, new DeleteTableCommand({ TableName: name })).then(
        () => true,
        (error: unknown) => (inUse(error) ? undefined : (ignoreMissing(error) ?? true)),
      ),
  });
  await untilGone(aws, name, onWait);
}

async function untilActive(aws: Aws, name: string, onWait: OnWait): Promise<void> {
  const startedAtMs = aws.clock();
  await waitFor(aws, {
    reason: `the table ${name} is not active yet`,
    limitMs,
    onWait,
    async ask() {
      const found = await describe(aws, name);
      const status = found?.TableStatus;
      // A new table may not be found at first.
      const gone = status === undefined && aws.clock() - startedAtMs > visibleMs;
      if (gone || status === 'DELETING') throw vanished(`The table ${name}`);
      const indexes = found?.GlobalSecondaryIndexes ?? [];
      const settled = indexes.every(({ IndexStatus }) => IndexStatus === undefined || IndexStatus === 'ACTIVE');
      return status === 'ACTIVE' && settled ? true : undefined;
    },
  });
}

async function untilGone(aws: Aws, name: string, onWait: OnWait): Promise<void> {
  await waitFor(aws, {
    reason: `the table ${name} is still being deleted`,
    limitMs,
    onWait,
    ask: async () => ((await describe(aws, name)) === undefined ? true : undefined),
  });
}

const tagging: Tagging<ActualTable> = {
  async set(aws, { id, name }, tags) {
    // A table that another command has just begun to make takes none.
    await untilActive(aws, name, silent);
    await aws.call(DynamoDBClient, new TagResourceCommand({ ResourceArn: id, Tags: tagList(tags) }));
  },
  async remove(aws, { id, name }, keys) {
    await untilActive(aws, name, silent);
    await aws.call(DynamoDBClient, new UntagResourceCommand({ ResourceArn: id, TagKeys: keys }));
  },
};

export const table: Resource<DesiredTable, ActualTable> = { read, compare, create, update, remove, tagging };
