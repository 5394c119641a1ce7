import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualLogGroup, logGroup } from '../../src/aws/log-group.ts';
import { mockClient } from '../mock-client.ts';
import {
  awsError,
  ignoreWait,
  inputs,
  mockAws,
  removedTags,
  setTags,
  taggedId,
  taggingCalls,
  tags,
  written,
} from './mocks.ts';

const logs = mockClient(CloudWatchLogsClient);
afterEach(() => logs.reset());

const name = '/aws/lambda/demo';
const desired = { name, retentionDays: 14, tags };
const id = `arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:${name}`;
const gov = () => mockAws({ partition: 'aws-us-gov', target: { region: 'us-gov-west-1' } });
const missing = new ResourceNotFoundException({ $metadata: {}, message: 'The specified log group does not exist.' });

async function stands(more: object = {}, found: Record<string, string> = tags): Promise<ActualLogGroup> {
  logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: name, arn: `${id}:*`, ...more }] });
  logs.on(ListTagsForResourceCommand).resolves({ tags: found });
  const actual = await logGroup.read(await gov(), desired);
  if (!actual) throw new Error('the log group is there');
  return actual;
}

describe('log-group', () => {
  it('is the one of exactly this name, on whatever page; tags are asked by an ARN without its star', async () => {
    logs
      .on(DescribeLogGroupsCommand)
      .resolvesOnce({ logGroups: [{ logGroupName: `${name}-other`, arn: `${id}-other:*` }], nextToken: 'next' })
      .resolvesOnce({ logGroups: [{ logGroupName: name, arn: `${id}:*`, retentionInDays: 14 }] });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    const actual = await logGroup.read(await gov(), desired);
    expect(actual).toMatchObject({ id, tags, retentionDays: 14 });
    expect(inputs(logs, 'DescribeLogGroups')).toEqual([
      { logGroupNamePrefix: name },
      { logGroupNamePrefix: name, nextToken: 'next' },
    ]);
    expect(inputs(logs, 'ListTagsForResource')).toEqual([{ resourceArn: id }]);
  });

  it('is absent where only longer names begin so', async () => {
    logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: `${name}-other` }] });
    expect(await logGroup.read(await mockAws(), desired)).toBeUndefined();
  });

  it('that is deleted while it is read is absent, not somebody else’s', async () => {
    logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: name, arn: `${id}:*` }] });
    logs.on(ListTagsForResourceCommand).rejects(missing);
    expect(await logGroup.read(await gov(), desired)).toBeUndefined();
  });

  it('is made with its tags under the ARN that AWS tells later', async () => {
    logs.onAnyCommand().resolves({});
    const made = await logGroup.create(await gov(), desired, ignoreWait);
    expect(made.id).toBe(id);
    expect(written(logs)).toEqual([
      ['CreateLogGroup', { logGroupName: name, tags }],
      ['PutRetentionPolicy', { logGroupName: name, retentionInDays: 14 }],
    ]);
  });

  it('that Lambda made first is told as existing, to be looked at again', async () => {
    const exists = new ResourceAlreadyExistsException({
      $metadata: {},
      message: 'The specified log group already exists',
    });
    logs.on(CreateLogGroupCommand).rejects(exists);
    const creating = logGroup.create(await mockAws(), desired, ignoreWait);
    await expect(creating).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });

  it('kept for ever is drift; only what differs is sent', async () => {
    const actual = await stands();
    const changes = logGroup.compare(desired, actual);
    expect(changes).toEqual([{ property: 'retentionDays', from: null, to: 14 }]);
    logs.onAnyCommand().resolves({});
    await logGroup.update(await gov(), { desired, actual, changes, onWait: ignoreWait });
    expect(written(logs)).toEqual([['PutRetentionPolicy', { logGroupName: name, retentionInDays: 14 }]]);
  });

  it('of an endpoint without tags is left untagged', async () => {
    await stands();
    logs.on(ListTagsForResourceCommand).rejects(awsError('NotImplemented', 'not implemented', { status: 501 }));
    const actual = await logGroup.read(await gov(), desired);
    expect(actual).toMatchObject({ tagsKnown: false, tags: {} });
    if (actual) await logGroup.update(await gov(), { desired, actual, changes: [], onWait: ignoreWait });
    expect(written(logs)).toEqual([]);
  });

  it('is deleted through another command’s change of it; gone already is no error', async () => {
    const aborted = awsError('OperationAbortedException', 'A conflicting operation is in progress.', { status: 409 });
    logs.on(DeleteLogGroupCommand).rejectsOnce(aborted).rejectsOnce(missing);
    await logGroup.remove(await mockAws(), await stands(), ignoreWait);
    expect(inputs(logs, 'DeleteLogGroup')).toHaveLength(2);
  });

  it('gets the tags that change, and no others', async () => {
    logs.onAnyCommand().resolves({});
    expect(await taggingCalls(logGroup, logs)).toEqual([
      ['TagResource', { resourceArn: taggedId, tags: setTags }],
      ['UntagResource', { resourceArn: taggedId, tagKeys: removedTags }],
    ]);
  });
});
