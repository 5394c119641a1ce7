import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActualTable, type DesiredTable, table } from '../../src/aws/table.ts';
import { mockClient } from '../mock-client.ts';
import {
  awsError,
  ignoreWait,
  inputs,
  mockAws,
  removedTags,
  sent,
  setTags,
  taggedId,
  taggingCalls,
  tags,
  written,
} from './mocks.ts';

const dynamodb = mockClient(DynamoDBClient);
afterEach(() => dynamodb.reset());
beforeEach(() => {
  dynamodb.on(DescribeTimeToLiveCommand).resolves({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } });
});

const desired: DesiredTable = {
  name: 'demo',
  key: { name: 'id', type: 'S' },
  sort: undefined,
  indexes: [],
  ttl: undefined,
  tags,
};
const ours = [{ Key: 'dynops:stack', Value: 'demo' }];
const id = 'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/demo';
const active: TableDescription = {
  TableName: 'demo',
  TableArn: id,
  TableStatus: 'ACTIVE',
  CreationDateTime: new Date(0),
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  ItemCount: 3,
};
const missing = new ResourceNotFoundException({
  $metadata: {},
  message: 'Requested resource not found: Table: demo not found',
});
const inUse = (message: string) => new ResourceInUseException({ $metadata: {}, message });

async function stands(description: TableDescription, found = ours): Promise<ActualTable> {
  dynamodb.on(DescribeTableCommand).resolves({ Table: description });
  dynamodb.on(ListTagsOfResourceCommand).resolves({ Tags: found });
  const actual = await table.read(await mockAws(), desired);
  if (!actual) throw new Error('the table is there');
  return actual;
}

describe('table, read', () => {
  it('fails with one error where nothing of it may be read, and leaves no rejection behind', async () => {
    dynamodb.on(DescribeTimeToLiveCommand).rejects(awsError('AccessDeniedException'));
    dynamodb.on(DescribeTableCommand).resolves({ Table: active });
    dynamodb.on(ListTagsOfResourceCommand).rejects(awsError('AccessDeniedException'));
    await expect(table.read(await mockAws(), desired)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('has nothing to change as AWS answers it', async () => {
    const actual = await stands(active);
    expect(actual).toMatchObject({ id, tags, itemCount: 3 });
    expect(table.compare(desired, actual)).toEqual([]);
  });

  it('its tags are read to the last page: ours may be there', async () => {
    dynamodb.on(DescribeTableCommand).resolves({ Table: active });
    dynamodb
      .on(ListTagsOfResourceCommand)
      .resolvesOnce({ Tags: [{ Key: 'team', Value: 'a' }], NextToken: 'next' })
      .resolvesOnce({ Tags: ours });
    expect(await table.read(await mockAws(), desired)).toMatchObject({ tags: { team: 'a', 'dynops:stack': 'demo' } });
    expect(inputs(dynamodb, 'ListTagsOfResource')).toEqual([
      { ResourceArn: id },
      { ResourceArn: id, NextToken: 'next' },
    ]);
  });

  it('a new table’s tags are waited for: without them it would be somebody else’s', async () => {
    const aws = await mockAws();
    dynamodb.on(DescribeTableCommand).resolves({ Table: { ...active, CreationDateTime: new Date(aws.clock()) } });
    dynamodb.on(ListTagsOfResourceCommand).resolvesOnce({ Tags: [] }).resolves({ Tags: ours });
    expect(await table.read(aws, desired)).toMatchObject({ tags });
  });

  it('one that has no tags is read all the same, even where AWS’s clock is ahead', async () => {
    const aws = await mockAws();
    const CreationDateTime = new Date(aws.clock() + 60_000);
    dynamodb.on(DescribeTableCommand).resolves({ Table: { ...active, CreationDateTime } });
    dynamodb.on(ListTagsOfResourceCommand).resolves({ Tags: [] });
    expect(await table.read(aws, desired)).toMatchObject({ tags: {}, tagsKnown: true });
  });

  it.each<[what: string, now: TableDescription | undefined, read: object | undefined]>([
    ['deleted', undefined, undefined],
    ['made anew', { ...active, TableId: 'second' }, { tags }],
  ])('one that is %s while it is read is nobody else’s', async (_what, now, read) => {
    const described = dynamodb.on(DescribeTableCommand).resolvesOnce({ Table: { ...active, TableId: 'first' } });
    if (now) described.resolves({ Table: now });
    else described.rejects(missing);
    dynamodb.on(ListTagsOfResourceCommand).rejectsOnce(missing).resolves({ Tags: ours });
    const found = await table.read(await mockAws(), desired);
    if (read === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(read);
  });

  it('an endpoint without tags says so; a denial is not taken for that', async () => {
    dynamodb.on(DescribeTableCommand).resolves({ Table: active });
    dynamodb.on(ListTagsOfResourceCommand).rejects(awsError('UnknownOperationException', 'unknown'));
    expect(await table.read(await mockAws(), desired)).toMatchObject({ tags: {}, tagsKnown: false });
    dynamodb.on(ListTagsOfResourceCommand).rejects(awsError('AccessDeniedException', 'denied'));
    await expect(table.read(await mockAws(), desired)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('one that is being deleted is absent once it is gone', async () => {
    dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { ...active, TableStatus: 'DELETING' } })
      .resolvesOnce({ Table: { ...active, TableStatus: 'DELETING' } })
      .rejects(missing);
    expect(await table.read(await mockAws(), desired)).toBeUndefined();
  });

  it('another key needs another table; provisioned capacity, which AWS does not name, does not', async () => {
    const { BillingModeSummary: _, ...provisioned } = active;
    const key = [{ AttributeName: 'id', AttributeType: 'N' as const }];
    expect(table.compare(desired, await stands({ ...provisioned, AttributeDefinitions: key }))).toEqual([
      { property: 'key', from: 'id (N)', to: 'id (S)', replaces: true },
      { property: 'billingMode', from: 'PROVISIONED', to: 'PAY_PER_REQUEST' },
    ]);
  });
});

describe('table, create', () => {
  it('is tagged as it is made, and may not be found at first', async () => {
    dynamodb.on(CreateTableCommand).resolves({ TableDescription: { ...active, TableStatus: 'CREATING' } });
    dynamodb
      .on(DescribeTableCommand)
      .rejectsOnce(missing)
      .resolvesOnce({ Table: { ...active, TableStatus: 'CREATING' } })
      .resolves({ Table: active });
    const reasons: string[] = [];
    const made = await table.create(await mockAws(), desired, (reason) => reasons.push(reason));
    expect(made.id).toBe(id);
    expect(table.compare(desired, made)).toEqual([]);
    expect(reasons).toHaveLength(2);
    expect(written(dynamodb)).toEqual([
      [
        'CreateTable',
        {
          TableName: 'demo',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          Tags: ours,
        },
      ],
    ]);
  });

  it.each([
    ['is deleted meanwhile', { Table: { ...active, TableStatus: 'DELETING' as const } }],
    ['stays away', missing],
  ])('that %s is told as gone, not waited for to the end', async (_what, answer) => {
    dynamodb.on(CreateTableCommand).resolves({ TableDescription: active });
    if (answer instanceof Error) dynamodb.on(DescribeTableCommand).rejects(answer);
    else dynamodb.on(DescribeTableCommand).resolves(answer);
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    await expect(table.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'NotFoundException' });
    expect(aws.clock() - startedAtMs).toBeLessThan(60_000);
  });

  it('that stays CREATING ends at the deadline', async () => {
    dynamodb.on(CreateTableCommand).resolves({});
    dynamodb.on(DescribeTableCommand).resolves({ Table: { ...active, TableStatus: 'CREATING' } });
    await expect(table.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({
      code: 'WaitedTooLong',
      message: expect.stringContaining('demo'),
    });
  });
});

describe('table, update and remove', () => {
  it('only what differs is sent, once the table is active', async () => {
    const { BillingModeSummary: _, ...provisioned } = active;
    const limits = { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 1 };
    const actual = await stands({ ...provisioned, OnDemandThroughput: limits }, ours);
    dynamodb.reset();
    dynamodb.onAnyCommand().resolves({});
    dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { ...active, TableStatus: 'UPDATING' } })
      .resolves({ Table: active });
    const changes = table.compare(desired, actual);
    await table.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    expect(
      sent(dynamodb)
        .slice(0, 3)
        .map(([operation]) => operation),
    ).toEqual(['DescribeTable', 'DescribeTable', 'UpdateTable']);
    const OnDemandThroughput = { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 };
    expect(written(dynamodb)).toEqual([
      ['UpdateTable', { TableName: 'demo', BillingMode: 'PAY_PER_REQUEST' }],
      ['UpdateTable', { TableName: 'demo', OnDemandThroughput }],
    ]);
  });

  it('one index is made or removed at a time; one with another key is made anew; items expire by one attribute', async () => {
    const index = (IndexName: string, AttributeName: string) => ({
      IndexName,
      IndexStatus: 'ACTIVE' as const,
      KeySchema: [{ AttributeName, KeyType: 'HASH' as const }],
    });
    const AttributeDefinitions = ['id', 'a', 'b'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    }));
    const GlobalSecondaryIndexes = [index('kept', 'a'), index('other', 'b'), index('old', 'b')];
    const actual = await stands({ ...active, AttributeDefinitions, GlobalSecondaryIndexes });
    dynamodb.onAnyCommand().resolves({});
    dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { ...active, GlobalSecondaryIndexes: [{ IndexName: 'other', IndexStatus: 'DELETING' }] } })
      .resolves({ Table: active });
    const a = { name: 'a', type: 'S' as const };
    const wanted: DesiredTable = {
      ...desired,
      indexes: [
        { name: 'kept', key: a, sort: undefined },
        { name: 'other', key: a, sort: { name: 'n', type: 'N' } },
      ],
      ttl: 'expiresAt',
    };
    const changes = table.compare(wanted, actual);
    expect(changes.map(({ property }) => property)).toEqual(['indexes', 'ttl']);
    const made = await table.update(await mockAws(), { desired: wanted, actual, changes, onWait: ignoreWait });
    expect(table.compare(wanted, made)).toEqual([]);
    const updates = inputs(dynamodb, 'UpdateTable') as { GlobalSecondaryIndexUpdates: object[] }[];
    expect(updates.map(({ GlobalSecondaryIndexUpdates: [update] }) => update)).toMatchObject([
      { Delete: { IndexName: 'other' } },
      { Delete: { IndexName: 'old' } },
      { Create: { IndexName: 'other', KeySchema: [{ AttributeName: 'a' }, { AttributeName: 'n', KeyType: 'RANGE' }] } },
    ]);
    expect(inputs(dynamodb, 'UpdateTimeToLive')).toEqual([
      { TableName: 'demo', TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
    ]);
  });

  it('is deleted once it is not being changed any more, and is waited for until it is gone', async () => {
    const busy = inUse('Attempt to change a resource which is still in use: Table is being created: demo');
    dynamodb.on(DeleteTableCommand).rejectsOnce(busy).rejectsOnce(busy).resolves({});
    dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { ...active, TableStatus: 'DELETING' } })
      .rejects(missing);
    const reasons: string[] = [];
    await table.remove(await mockAws(), { ...desired, id } as unknown as ActualTable, (why) => reasons.push(why));
    expect(new Set(reasons).size).toBe(2);
    expect(inputs(dynamodb, 'DeleteTable')).toHaveLength(3);
  });

  it('that is gone already is no error; one that is protected is told', async () => {
    const actual = { ...desired, id } as unknown as ActualTable;
    dynamodb.on(DescribeTableCommand).rejects(missing);
    dynamodb.on(DeleteTableCommand).rejectsOnce(missing);
    await table.remove(await mockAws(), actual, ignoreWait);
    const message = 'Resource cannot be deleted as it is currently protected against deletion.';
    dynamodb.on(DeleteTableCommand).rejects(awsError('ValidationException', message));
    const removing = table.remove(await mockAws(), actual, ignoreWait);
    await expect(removing).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it('gets the tags that change, and no others', async () => {
    dynamodb.onAnyCommand().resolves({});
    dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
    expect(await taggingCalls(table, dynamodb)).toEqual([
      ['TagResource', { ResourceArn: taggedId, Tags: [{ Key: 'dynops:memory', Value: '256' }] }],
      ['UntagResource', { ResourceArn: taggedId, TagKeys: removedTags }],
    ]);
  });

  it('is tagged once it is active: one that is being made takes no tags', async () => {
    dynamodb.onAnyCommand().resolves({});
    dynamodb
      .on(DescribeTableCommand)
      .resolvesOnce({ Table: { TableStatus: 'CREATING' } })
      .resolves({ Table: { TableStatus: 'ACTIVE' } });
    const aws = await mockAws();
    await table.tagging?.set(aws, { ...desired, id: taggedId } as unknown as ActualTable, setTags);
    expect(aws.pauses.length).toBeGreaterThan(0);
    expect(written(dynamodb)).toHaveLength(1);
  });
});
