import type * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../operations.ts';
import { tokenAfter } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags, maxTags, removeTags, type TagRules } from '../tags.ts';
import { describeRule, violationError } from '../wire/violations.ts';
import { keptSinceMs } from './events.ts';
import { checkNameLength, groupArn, invalidParameter, page, requireGroup } from './groups.ts';
import { type GroupRecord, type LogGroup, newGroup } from './log-store.ts';

/** API reference, PutRetentionPolicy. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

async function createLogGroup(input: sdk.CreateLogGroupRequest, call: Call): Promise<void> {
  const { logGroupName: name = '', tags = {} } = input;
  checkNameLength(name);
  addTags({}, tags, tagRules);
  if (input.kmsKeyId !== undefined) throw invalidParameter('This endpoint does not serve keys of your own (kmsKeyId).');
  if (call.engine.logs.findGroup(call.region, name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  }
  await call.engine.logs.putGroup({
    ...newGroup(call.region, name, call.engine.clock()),
    logGroupClass: input.logGroupClass ?? 'STANDARD',
    deletionProtection: input.deletionProtectionEnabled ?? false,
    tags,
  });
}

function describeLogGroups(input: sdk.DescribeLogGroupsRequest, call: Call): sdk.DescribeLogGroupsResponse {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers: identifiers } = input;
  if (input.includeLinkedAccounts || input.accountIdentifiers?.length) {
    throw invalidParameter('This endpoint has one account (includeLinkedAccounts, accountIdentifiers).');
  }
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  }
  const asked = identifiers && new Set(identifiers.map((identifier) => identifier.replace(/^arn:.*:log-group:/, '')));
  const found = call.engine.logs.groups(call.region).filter(({ record: { name, logGroupClass } }) => {
    if (prefix !== undefined && !name.startsWith(prefix)) return false;
    if (pattern !== undefined && !name.includes(pattern)) return false;
    if (asked && !asked.has(name)) return false;
    return input.logGroupClass === undefined || input.logGroupClass === logGroupClass;
  });
  const { items, next } = page(found, ({ record }) => record.name, input);
  // Recorded so: a search by pattern leaves these two out.
  const left = pattern === undefined ? {} : { storedBytes: undefined, deletionProtectionEnabled: undefined };
  // Recorded so: after what a search by pattern found comes a page without any.
  const last = pattern === undefined ? undefined : items.at(-1)?.record.name;
  return {
    logGroups: items.map((group) => ({ ...describe(call, group), ...left })),
    nextToken: next ?? (last && tokenAfter(last)),
  };
}

function describe(call: Call, { record, segments }: LogGroup): sdk.LogGroup {
  const arn = groupArn(call, record.name);
  return {
    logGroupName: record.name,
    creationTime: record.createdAtMs,
    retentionInDays: record.retentionDays,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: segments.list().reduce((sum, { bytes }) => sum + bytes, 0),
    logGroupClass: record.logGroupClass,
    logGroupArn: arn,
    deletionProtectionEnabled: record.deletionProtection,
  };
}

async function deleteLogGroup(input: sdk.DeleteLogGroupRequest, call: Call): Promise<void> {
  const group = requireGroup(call, input.logGroupName);
  if (group.record.deletionProtection) {
    throw new AwsError('OperationAbortedException', 'The log group is protected against deletion.');
  }
  await call.engine.logs.deleteGroup(group);
}

async function putLogGroupDeletionProtection(
  input: sdk.PutLogGroupDeletionProtectionRequest,
  call: Call,
): Promise<void> {
  const { record } = requireGroup(call, input.logGroupIdentifier);
  await call.engine.logs.putGroup({ ...record, deletionProtection: input.deletionProtectionEnabled ?? false });
}

async function putRetentionPolicy(input: sdk.PutRetentionPolicyRequest, call: Call): Promise<void> {
  const group = requireGroup(call, input.logGroupName);
  const { retentionInDays: retentionDays } = input;
  if (retentionDays === undefined || !retentions.includes(retentionDays)) {
    const rule = describeRule({ kind: 'enum', values: retentions.map(String) }, {});
    throw violationError({ code: 'InvalidParameterException' }, [
      { at: 'retentionInDays', value: retentionDays, rule },
    ]);
  }
  await call.engine.logs.putGroup({ ...group.record, retentionDays });
  await group.segments.dropWrittenBefore(keptSinceMs(group, call.engine.clock()));
}

async function deleteRetentionPolicy(input: sdk.DeleteRetentionPolicyRequest, call: Call): Promise<void> {
  const { retentionDays: _, ...record } = requireGroup(call, input.logGroupName).record;
  await call.engine.logs.putGroup(record);
}

async function tagResource(input: sdk.TagResourceRequest, call: Call): Promise<void> {
  await putTags(call, requireGroup(call, input.resourceArn).record, input.tags ?? {});
}

async function untagResource(input: sdk.UntagResourceRequest, call: Call): Promise<void> {
  await dropTags(call, requireGroup(call, input.resourceArn).record, input.tagKeys ?? []);
}

function listTagsForResource(input: sdk.ListTagsForResourceRequest, call: Call): sdk.ListTagsForResourceResponse {
  return { tags: requireGroup(call, input.resourceArn).record.tags };
}

async function tagLogGroup(input: sdk.TagLogGroupRequest, call: Call): Promise<void> {
  await putTags(call, requireGroup(call, input.logGroupName).record, input.tags ?? {});
}

async function untagLogGroup(input: sdk.UntagLogGroupRequest, call: Call): Promise<void> {
  await dropTags(call, requireGroup(call, input.logGroupName).record, input.tags ?? []);
}

function listTagsLogGroup(input: sdk.ListTagsLogGroupRequest, call: Call): sdk.ListTagsLogGroupResponse {
  return { tags: requireGroup(call, input.logGroupName).record.tags };
}

async function putTags(call: Call, record: GroupRecord, added: Record<string, string>): Promise<void> {
  const tags = addTags(record.tags, added, tagRules);
  await call.engine.logs.putGroup({ ...record, tags });
}

async function dropTags(call: Call, record: GroupRecord, keys: string[]): Promise<void> {
  await call.engine.logs.putGroup({ ...record, tags: removeTags(record.tags, keys) });
}

const tagRules: TagRules = {
  refuse: ({ text }) => invalidParameter(`Invalid tag key: ${text}`),
  tooMany: () => new AwsError('TooManyTagsException', `The maximum number of tags for a resource is ${maxTags}`),
};

export const groupOperations = {
  CreateLogGroup: createLogGroup,
  DeleteLogGroup: deleteLogGroup,
  DeleteRetentionPolicy: deleteRetentionPolicy,
  DescribeLogGroups: describeLogGroups,
  ListTagsForResource: listTagsForResource,
  ListTagsLogGroup: listTagsLogGroup,
  PutLogGroupDeletionProtection: putLogGroupDeletionProtection,
  PutRetentionPolicy: putRetentionPolicy,
  TagLogGroup: tagLogGroup,
  TagResource: tagResource,
  UntagLogGroup: untagLogGroup,
  UntagResource: untagResource,
} satisfies Operations<sdk.CloudWatchLogs>;
