import { CloudWatchLogs, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';

const noGroup = { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };
const arnOf = (name: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;

describe('CloudWatch Logs groups and streams', () => {
  let engine: TestEngine;
  let client: CloudWatchLogs;
  beforeAll(async () => {
    engine = await startEngine();
    client = new CloudWatchLogs({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const describeGroup = async (name: string) =>
    (await client.describeLogGroups({ logGroupNamePrefix: name })).logGroups?.find(
      (group) => group.logGroupName === name,
    );

  it('creates, describes and deletes a group', async () => {
    const name = '/aws/lambda/life';
    await client.createLogGroup({ logGroupName: name });
    expect(await describeGroup(name)).toMatchObject({
      logGroupName: name,
      arn: `${arnOf(name)}:*`,
      logGroupArn: arnOf(name),
      logGroupClass: 'STANDARD',
      storedBytes: 0,
      creationTime: expect.any(Number),
    });
    await expect(client.createLogGroup({ logGroupName: name })).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    });
    await client.deleteLogGroup({ logGroupName: name });
    expect(await describeGroup(name)).toBeUndefined();
    await expect(client.deleteLogGroup({ logGroupName: name })).rejects.toMatchObject(noGroup);
    await expect(client.createLogGroup({ logGroupName: 'a b' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('lists groups by prefix, by part and by pages', async () => {
    const names = ['/list/a', '/list/b', '/list/c'];
    for (const name of names) await client.createLogGroup({ logGroupName: name });
    const first = await client.describeLogGroups({ logGroupNamePrefix: '/list/', limit: 2 });
    expect(first.logGroups?.map((group) => group.logGroupName)).toEqual(['/list/a', '/list/b']);
    const second = await client.describeLogGroups({
      logGroupNamePrefix: '/list/',
      limit: 2,
      nextToken: first.nextToken,
    });
    expect(second.logGroups?.map((group) => group.logGroupName)).toEqual(['/list/c']);
    expect(second.nextToken).toBeUndefined();
    const part = await client.describeLogGroups({ logGroupNamePattern: 'ist/b' });
    expect(part.logGroups?.map((group) => group.logGroupName)).toEqual(['/list/b']);
    // A search by pattern ends with a page of nothing.
    const { nextToken } = part;
    expect(nextToken).toEqual(expect.any(String));
    const after = await client.describeLogGroups({ logGroupNamePattern: 'ist/b', nextToken });
    expect([after.logGroups, after.nextToken]).toEqual([[], undefined]);
    expect((await client.describeLogGroups({ logGroupNamePattern: 'IST/B' })).logGroups).toEqual([]);
    const parts = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups(
      { client, pageSize: 1 },
      { logGroupNamePattern: '/list/' },
    ))
      parts.push(logGroups.map(({ logGroupName }) => logGroupName));
    expect(parts).toEqual([['/list/a'], ['/list/b'], ['/list/c'], []]);
  });

  it('keeps a retention, of the days that AWS allows', async () => {
    const logGroupName = '/retained';
    await client.createLogGroup({ logGroupName });
    expect((await describeGroup(logGroupName))?.retentionInDays).toBeUndefined();
    await client.putRetentionPolicy({ logGroupName, retentionInDays: 14 });
    expect((await describeGroup(logGroupName))?.retentionInDays).toBe(14);
    await expect(client.putRetentionPolicy({ logGroupName, retentionInDays: 13 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await client.deleteRetentionPolicy({ logGroupName });
    expect((await describeGroup(logGroupName))?.retentionInDays).toBeUndefined();
    await expect(client.putRetentionPolicy({ logGroupName: '/none', retentionInDays: 14 })).rejects.toMatchObject(
      noGroup,
    );
  });

  it('keeps tags, by ARN and by name', async () => {
    const logGroupName = '/tagged';
    const resourceArn = arnOf(logGroupName);
    await client.createLogGroup({ logGroupName, tags: { a: '1' } });
    await client.tagResource({ resourceArn, tags: { b: '2' } });
    await client.tagLogGroup({ logGroupName, tags: { c: '3' } });
    expect((await client.listTagsForResource({ resourceArn })).tags).toEqual({
      a: '1',
      b: '2',
      c: '3',
    });
    await client.untagResource({ resourceArn, tagKeys: ['a'] });
    await client.untagLogGroup({ logGroupName, tags: ['b'] });
    expect((await client.listTagsLogGroup({ logGroupName })).tags).toEqual({ c: '3' });
    await expect(client.listTagsForResource({ resourceArn: arnOf('/none') })).rejects.toMatchObject(noGroup);
    await expect(client.listTagsForResource({ resourceArn: `${resourceArn}:*` })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('protects a group from deletion until the protection is taken away', async () => {
    const logGroupName = '/guarded';
    await client.createLogGroup({ logGroupName, deletionProtectionEnabled: true });
    await expect(client.deleteLogGroup({ logGroupName })).rejects.toMatchObject({ name: 'OperationAbortedException' });
    await client.putLogGroupDeletionProtection({ logGroupIdentifier: logGroupName, deletionProtectionEnabled: false });
    await client.deleteLogGroup({ logGroupName });
  });

  it('creates, orders and deletes streams', async () => {
    const logGroupName = '/streams';
    await client.createLogGroup({ logGroupName });
    const now = Date.now();
    for (const [logStreamName, timestamp] of [
      ['a', now - 1_000],
      ['b', now - 3_000],
      ['c', now - 2_000],
    ] as const) {
      await client.createLogStream({ logGroupName, logStreamName });
      await client.putLogEvents({ logGroupName, logStreamName, logEvents: [{ timestamp, message: 'x' }] });
    }
    await expect(client.createLogStream({ logGroupName, logStreamName: 'a' })).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log stream already exists',
    });
    const { logStreams: byTime } = await client.describeLogStreams({
      logGroupName,
      orderBy: 'LastEventTime',
      descending: true,
    });
    expect(byTime?.map((stream) => stream.logStreamName)).toEqual(['a', 'c', 'b']);
    expect(byTime?.[0]).toMatchObject({
      firstEventTimestamp: now - 1_000,
      lastEventTimestamp: now - 1_000,
      arn: `${arnOf(logGroupName)}:log-stream:a`,
    });
    const { logStreams: byName } = await client.describeLogStreams({ logGroupName, logStreamNamePrefix: 'b' });
    expect(byName?.map((stream) => stream.logStreamName)).toEqual(['b']);
    await client.deleteLogStream({ logGroupName, logStreamName: 'a' });
    await client.createLogStream({ logGroupName, logStreamName: 'a' });
    expect((await client.getLogEvents({ logGroupName, logStreamName: 'a' })).events).toEqual([]);
    await expect(client.deleteLogStream({ logGroupName, logStreamName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
  });

  it.each([
    ['before an event', []],
    ['after one', [undefined]],
    ['after some, with tokens as long ago', [undefined, '49590302938', 'anything']],
  ])('tells no token for the next upload: %s', async (what, tokens) => {
    const to = { logGroupName: `/tokens/${tokens.length}`, logStreamName: 's' };
    await client.createLogGroup({ logGroupName: to.logGroupName });
    await client.createLogStream(to);
    for (const sequenceToken of tokens) {
      const logEvents = [{ timestamp: Date.now(), message: what }];
      const put = await client.putLogEvents({ ...to, logEvents, ...(sequenceToken && { sequenceToken }) });
      expect(put.rejectedLogEventsInfo).toBeUndefined();
    }
    const { logStreams = [] } = await client.describeLogStreams({ logGroupName: to.logGroupName });
    expect(logStreams).toHaveLength(1);
    expect(logStreams[0]).not.toHaveProperty('uploadSequenceToken');
    expect((await client.getLogEvents(to)).events).toHaveLength(tokens.length);
  });

  it('keeps the groups of two regions apart', async () => {
    const other = new CloudWatchLogs({ ...engine.clientConfig, region: 'eu-west-1' });
    await client.createLogGroup({ logGroupName: '/regional' });
    expect((await other.describeLogGroups({ logGroupNamePrefix: '/regional' })).logGroups).toEqual([]);
    other.destroy();
  });
});
