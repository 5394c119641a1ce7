import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing, isUnsupported } from './errors.ts';
import { differences, type Resource, type Tagged, type Tagging, type Tags } from './resource.ts';

export interface DesiredLogGroup {
  name: string;
  retentionDays: number;
  tags: Tags;
}

export interface ActualLogGroup extends Tagged {
  name: string;
  /** null: kept for ever. */
  retentionDays: number | null;
}

async function read(aws: Aws, { name }: { name: string }): Promise<ActualLogGroup | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await aws.call(
      CloudWatchLogsClient,
      new DescribeLogGroupsCommand({ logGroupNamePrefix: name, ...(nextToken && { nextToken }) }),
    );
    const found = page.logGroups?.find(({ logGroupName }) => logGroupName === name);
    if (found) {
      const id = (found.logGroupArn ?? found.arn ?? '').replace(/:\*$/, '');
      const read = await readTags(aws, id).catch(ignoreMissing);
      // Deleted by somebody in between.
      if (!read) return undefined;
      const { tags } = read;
      return {
        id,
        name,
        tags: tags ?? {},
        tagsKnown: tags !== undefined,
        retentionDays: found.retentionInDays ?? null,
      };
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return undefined;
}

/** None: the endpoint does not serve tags. */
async function readTags(aws: Aws, resourceArn: string): Promise<{ tags?: Tags }> {
  try {
    const { tags = {} } = await aws.call(CloudWatchLogsClient, new ListTagsForResourceCommand({ resourceArn }));
    return { tags };
  } catch (error) {
    if (isUnsupported(error)) return {};
    throw error;
  }
}

function compare(desired: DesiredLogGroup, actual: ActualLogGroup): Change[] {
  return differences({ retentionDays: desired.retentionDays }, { retentionDays: actual.retentionDays });
}

async function create(aws: Aws, desired: DesiredLogGroup): Promise<ActualLogGroup> {
  const { name, tags, retentionDays } = desired;
  await aws.call(CloudWatchLogsClient, new CreateLogGroupCommand({ logGroupName: name, tags }));
  await putRetention(aws, desired);
  const id = `arn:${aws.partition}:logs:${aws.region}:${aws.accountId}:log-group:${name}`;
  return { id, name, tags, retentionDays };
}

async function update(
  aws: Aws,
  { desired, actual, changes }: { desired: DesiredLogGroup; actual: ActualLogGroup; changes: Change[] },
): Promise<ActualLogGroup> {
  if (changes.length > 0) await putRetention(aws, desired);
  return { ...actual, retentionDays: desired.retentionDays };
}

async function putRetention(aws: Aws, { name, retentionDays }: DesiredLogGroup): Promise<void> {
  const command = new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: retentionDays });
  await aws.call(CloudWatchLogsClient, command);
}

async function remove(aws: Aws, { name }: { name: string }): Promise<void> {
  await aws.call(CloudWatchLogsClient, new DeleteLogGroupCommand({ logGroupName: name })).catch(ignoreMissing);
}

const tagging: Tagging<ActualLogGroup> = {
  set: (aws, { id }, tags) => aws.call(CloudWatchLogsClient, new TagResourceCommand({ resourceArn: id, tags })),
  remove: (aws, { id }, keys) =>
    aws.call(CloudWatchLogsClient, new UntagResourceCommand({ resourceArn: id, tagKeys: keys })),
};

export const logGroup: Resource<DesiredLogGroup, ActualLogGroup> = { read, compare, create, update, remove, tagging };
