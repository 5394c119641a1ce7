import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
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
import { waitFor } from './wait.ts';

export interface DesiredTable {
  name: string;
  /** The partition key, a string attribute. */
  key: string;
  tags: Tags;
}

export interface ActualTable extends Tagged {
  name: string;
  /** `id (S)`; several parts are joined by ` + `. */
  key: string;
  billingMode: string;
  itemCount: number;
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
  const { tags } = await waitFor(aws, {
    reason: `the tags of the table ${name} do not show yet`,
    limitMs: tagsSettleMs,
    onWait: silent,
    async ask() {
      const tags = await readTags(aws, found.TableArn ?? '');
      const settled = tags === undefined || Object.keys(tags).length > 0 || aws.clock() - createdAtMs >= tagsSettleMs;
      return settled ? { tags } : undefined;
    },
  });
  return {
    id: found.TableArn ?? '',
    name,
    tags: tags ?? {},
    tagsKnown: tags !== undefined,
    key: keyOf(found),
    billingMode: found.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
    itemCount: found.ItemCount ?? 0,
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

function keyOf({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): string {
  const typeOf = (name: string | undefined) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return KeySchema.map(({ AttributeName }) => `${AttributeName} (${typeOf(AttributeName)})`).join(' + ');
}

function compare(desired: DesiredTable, actual: ActualTable): Change[] {
  const key = differences({ key: `${desired.key} (S)` }, { key: actual.key });
  return [
    ...key.map((change) => ({ ...change, replaces: true })),
    ...differences({ billingMode: 'PAY_PER_REQUEST' }, { billingMode: actual.billingMode }),
  ];
}

async function create(aws: Aws, desired: DesiredTable, onWait: OnWait): Promise<ActualTable> {
  const { name, key } = desired;
  const { TableDescription: made } = await aws.call(
    DynamoDBClient,
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: tagList(desired.tags),
    }),
  );
  await untilActive(aws, name, onWait);
  return {
    id: made?.TableArn ?? '',
    name,
    tags: desired.tags,
    key: `${key} (S)`,
    billingMode: 'PAY_PER_REQUEST',
    itemCount: 0,
  };
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
  if (changes.some(({ property }) => property === 'billingMode')) {
    await aws.call(DynamoDBClient, new UpdateTableCommand({ TableName: name, BillingMode: 'PAY_PER_REQUEST' }));
    await untilActive(aws, name, onWait);
  }
  return { ...actual, billingMode: 'PAY_PER_REQUEST' };
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
      const status = (await describe(aws, name))?.TableStatus;
      // A new table may not be found at first.
      const gone = status === undefined && aws.clock() - startedAtMs > visibleMs;
      if (gone || status === 'DELETING') throw vanished(`The table ${name}`);
      return status === 'ACTIVE' ? true : undefined;
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
