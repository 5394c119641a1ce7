import {
  DynamoDB,
  type SSESpecification,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, indexedTable, onDemandTable } from './table.ts';

describe('DynamoDB tables', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const arnOf = (name: string, region = 'us-east-1') => `arn:aws:dynamodb:${region}:000000000000:table/${name}`;

  it('creates, describes and deletes an on-demand table as AWS answers it', async () => {
    const created = await client.createTable(onDemandTable('life'));
    expect(created.TableDescription).toMatchObject({ TableStatus: 'CREATING', TableArn: arnOf('life'), ItemCount: 0 });
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: 'life' });
    const { Table: table } = await client.describeTable({ TableName: arnOf('life') });
    expect(table).toMatchObject({
      TableName: 'life',
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000, Status: 'ACTIVE' },
      DeletionProtectionEnabled: false,
    });
    expect(table?.CreationDateTime).toBeInstanceOf(Date);
    expect(table?.TableId).toMatch(/^[0-9a-f-]{36}$/);
    const deleted = await client.deleteTable({ TableName: 'life' });
    expect(deleted.TableDescription?.TableStatus).toBe('DELETING');
    await waitUntilTableNotExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: 'life' });
  });

  it('names what is in the way, or missing, in the words of AWS', async () => {
    await client.createTable(onDemandTable('taken'));
    expect(await failure(client.createTable(onDemandTable('taken')))).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Table already exists: taken',
    });
    for (const call of [
      client.describeTable({ TableName: 'missing' }),
      client.deleteTable({ TableName: 'missing' }),
      client.updateTable({ TableName: 'missing', DeletionProtectionEnabled: true }),
    ]) {
      expect(await failure(call)).toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'Requested resource not found: Table: missing not found',
      });
    }
    expect(await failure(client.getItem({ TableName: 'missing', Key: { id: { S: '1' } } }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    expect(await failure(client.describeContinuousBackups({ TableName: 'missing' }))).toMatchObject({
      name: 'TableNotFoundException',
      message: 'Table not found: missing',
    });
  });

  it('refuses what cannot be, naming it', async () => {
    const bad = await failure(client.createTable(onDemandTable('a!')));
    expect(bad.name).toBe('ValidationException');
    expect(await failure(client.createTable(onDemandTable('ok1', { AttributeDefinitions: [] })))).toMatchObject({
      name: 'ValidationException',
    });
    const unknown = await failure(client.createBackup({ TableName: 'life', BackupName: 'none' }));
    expect(unknown).toMatchObject({ name: 'UnknownOperationException' });
    expect(unknown.message).toContain('CreateBackup');
  });

  it('lists tables by pages, in order', async () => {
    const pages = new DynamoDB({ ...engine.clientConfig, region: 'eu-north-1' });
    for (const name of ['page-c', 'page-a', 'page-b']) await pages.createTable(onDemandTable(name));
    const first = await pages.listTables({ Limit: 2 });
    expect(first).toMatchObject({ TableNames: ['page-a', 'page-b'], LastEvaluatedTableName: 'page-b' });
    const second = await pages.listTables({ Limit: 2, ExclusiveStartTableName: 'page-b' });
    expect(second.TableNames).toEqual(['page-c']);
    expect(second.LastEvaluatedTableName).toBeUndefined();
    pages.destroy();
  });

  it('keeps the tables of two regions apart', async () => {
    const other = new DynamoDB({ ...engine.clientConfig, region: 'eu-west-1' });
    await client.createTable(onDemandTable('regional'));
    await other.createTable(onDemandTable('regional'));
    await client.putItem({ TableName: 'regional', Item: { id: { S: '1' }, at: { S: 'us' } } });
    await other.putItem({ TableName: 'regional', Item: { id: { S: '1' }, at: { S: 'eu' } } });
    expect((await client.getItem({ TableName: 'regional', Key: { id: { S: '1' } } })).Item?.at).toEqual({ S: 'us' });
    expect((await other.describeTable({ TableName: 'regional' })).Table?.TableArn).toBe(arnOf('regional', 'eu-west-1'));
    await other.deleteTable({ TableName: 'regional' });
    expect((await client.describeTable({ TableName: 'regional' })).Table?.ItemCount).toBe(1);
    other.destroy();
  });

  it('keeps tags: at creation, added, changed, removed', async () => {
    const tag = (Key: string, Value: string) => ({ Key, Value });
    await client.createTable(onDemandTable('tagged', { Tags: [tag('dynops:stack', 'default')] }));
    const ResourceArn = arnOf('tagged');
    expect((await client.listTagsOfResource({ ResourceArn })).Tags).toEqual([tag('dynops:stack', 'default')]);
    await client.tagResource({ ResourceArn, Tags: [tag('dynops:stack', 'other'), tag('b', 'c')] });
    expect((await client.listTagsOfResource({ ResourceArn })).Tags).toEqual([
      tag('dynops:stack', 'other'),
      tag('b', 'c'),
    ]);
    await client.untagResource({ ResourceArn, TagKeys: ['dynops:stack', 'unknown'] });
    expect((await client.listTagsOfResource({ ResourceArn })).Tags).toEqual([tag('b', 'c')]);
    expect(await failure(client.listTagsOfResource({ ResourceArn: arnOf('nothing') }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Requested resource not found: ResourcArn: ${arnOf('nothing')} not found`,
    });
    expect(await failure(client.tagResource({ ResourceArn, Tags: [tag('aws:x', 'y')] }))).toMatchObject({
      name: 'ValidationException',
    });
  });

  it('protects a table from deletion until the protection is taken away', async () => {
    await client.createTable(onDemandTable('guarded', { DeletionProtectionEnabled: true }));
    expect(await failure(client.deleteTable({ TableName: 'guarded' }))).toMatchObject({
      name: 'ValidationException',
      message:
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    });
    const { TableDescription: changed } = await client.updateTable({
      TableName: 'guarded',
      DeletionProtectionEnabled: false,
    });
    expect(changed).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: false });
    await client.deleteTable({ TableName: 'guarded' });
  });

  it('remembers encryption, class and throughput as they were given, and describes them back', async () => {
    const managedKey = /^arn:aws:kms:[\w-]+:\d{12}:key\/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/;
    await client.createTable(
      onDemandTable('optioned', {
        SSESpecification: { Enabled: true },
        TableClass: 'STANDARD_INFREQUENT_ACCESS',
        OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 },
      }),
    );
    expect((await client.describeTable({ TableName: 'optioned' })).Table).toMatchObject({
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: expect.stringMatching(managedKey) },
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 },
    });
    const encrypt = async (specification: SSESpecification) =>
      (await client.updateTable({ TableName: 'optioned', SSESpecification: specification })).TableDescription;
    await expect(encrypt({ Enabled: true })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /: Table is already encrypted with given KMSMasterKeyId\. Use KMSMasterKeyId parameter /,
      ),
    });
    const unsupported = { SSESpecification: { Enabled: true, SSEType: 'AES256' } } as const;
    for (const refused of [
      client.createTable(onDemandTable('unsealed', unsupported)),
      client.updateTable({ TableName: 'optioned', ...unsupported }),
    ]) {
      await expect(refused).rejects.toThrow(
        /^One or more parameter values were invalid: SSEType AES256 is not supported$/,
      );
    }
    expect((await encrypt({ Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'mine' }))?.SSEDescription).toEqual({
      Status: 'UPDATING',
      SSEType: 'KMS',
      KMSMasterKeyArn: expect.stringMatching(managedKey),
    });
    expect((await client.describeTable({ TableName: 'optioned' })).Table?.SSEDescription).toMatchObject({
      Status: 'ENABLED',
      KMSMasterKeyArn: expect.stringMatching(/:key\/mine$/),
    });
    expect((await encrypt({ Enabled: false }))?.SSEDescription).toMatchObject({
      Status: 'UPDATING',
      KMSMasterKeyArn: expect.stringMatching(/:key\/mine$/),
    });
    expect((await client.describeTable({ TableName: 'optioned' })).Table?.SSEDescription).toBeUndefined();
    await client.updateTable({
      TableName: 'optioned',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
    });
    expect((await client.describeTable({ TableName: 'optioned' })).Table).toMatchObject({
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
    });
  });

  it('switches time to live on and off, with the errors of AWS', async () => {
    await client.createTable(onDemandTable('expiring'));
    const change = (AttributeName: string, Enabled: boolean) =>
      client.updateTimeToLive({ TableName: 'expiring', TimeToLiveSpecification: { AttributeName, Enabled } });
    const status = async () => (await client.describeTimeToLive({ TableName: 'expiring' })).TimeToLiveDescription;
    expect(await status()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    expect((await failure(change('ttl', false))).message).toBe('TimeToLive is already disabled');
    await change('ttl', true);
    expect(await status()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    expect((await failure(change('ttl', true))).message).toBe('TimeToLive is already enabled');
    expect((await failure(change('other', false))).message).toContain('active on a different AttributeName');
    await change('ttl', false);
    expect(await status()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  it('switches point-in-time recovery on and off', async () => {
    await client.createTable(onDemandTable('backed-up'));
    const status = async () =>
      (await client.describeContinuousBackups({ TableName: 'backed-up' })).ContinuousBackupsDescription;
    expect(await status()).toMatchObject({
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    });
    await client.updateContinuousBackups({
      TableName: 'backed-up',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    });
    expect((await status())?.PointInTimeRecoveryDescription).toMatchObject({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 7,
    });
  });

  it('answers what a table here never has: a resource policy, insights, a Kinesis destination, backups', async () => {
    await client.createTable(indexedTable('plain'));
    const [ResourceArn, TableName] = [arnOf('plain'), 'plain'];
    expect(await failure(client.getResourcePolicy({ ResourceArn }))).toMatchObject({
      name: 'PolicyNotFoundException',
      message: `Resource-based policy not found for the provided ResourceArn: ${ResourceArn}`,
    });
    const insights = await client.describeContributorInsights({ TableName, IndexName: 'global' });
    expect(insights).toMatchObject({ TableName, IndexName: 'global', ContributorInsightsStatus: 'DISABLED' });
    expect(await client.describeKinesisStreamingDestination({ TableName })).toMatchObject({
      TableName,
      KinesisDataStreamDestinations: [],
    });
    expect((await client.listBackups({ TableName })).BackupSummaries).toEqual([]);
    const calls = [
      client.getResourcePolicy({ ResourceArn: arnOf('none') }),
      client.describeContributorInsights({ TableName: 'none' }),
      // API reference, DescribeContributorInsights: a table or index that is not there.
      client.describeContributorInsights({ TableName, IndexName: 'other' }),
      client.describeKinesisStreamingDestination({ TableName: 'none' }),
    ];
    for (const call of calls) expect(await failure(call)).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses by name what a table can have on AWS and not here', async () => {
    const TableName = 'limited';
    const unserved = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
    const policy = client.createTable(onDemandTable(TableName, { ResourcePolicy: '{}' }));
    expect(await failure(policy)).toMatchObject({ ...unserved, message: expect.stringMatching(/^ResourcePolicy: /) });
    expect(await failure(client.describeTable({ TableName }))).toMatchObject({ name: 'ResourceNotFoundException' });
    await client.createTable(onDemandTable(TableName));
    const replicas = client.updateTable({ TableName, ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] });
    expect(await failure(replicas)).toMatchObject({ ...unserved, message: expect.stringMatching(/^ReplicaUpdates: /) });
  });

  it.each([
    ['VectorIndexes', 'createTable', { VectorIndexes: [{ IndexName: 'near' }] }],
    ['VectorIndexUpdates', 'updateTable', { VectorIndexUpdates: [{ Delete: { IndexName: 'near' } }] }],
    ['DisassociationProtectionEnabled', 'updateTable', { DisassociationProtectionEnabled: true }],
  ] as const)('refuses %s of %s, beside what it could do', async (member, operation, more) => {
    const TableName = `beside-${operation}-${member}`;
    const beside = { DeletionProtectionEnabled: true, ...more } as object;
    if (operation === 'updateTable') await client.createTable(onDemandTable(TableName));
    const call =
      operation === 'updateTable'
        ? client.updateTable({ TableName, ...beside })
        : client.createTable({ ...onDemandTable(TableName), ...beside });
    expect((await failure(call)).message).toMatch(new RegExp(`^${member}: `));
  });

  it('answers DescribeLimits and DescribeEndpoints', async () => {
    expect((await client.describeLimits({})).TableMaxReadCapacityUnits).toBe(40_000);
    expect((await client.describeEndpoints({})).Endpoints?.[0]?.Address).toBe(new URL(engine.endpoint).host);
  });

  it('counts items and bytes exactly, in the table and in its indexes', async () => {
    await client.createTable(onDemandTable('counted'));
    for (const id of ['a', 'b', 'c', 'a']) {
      await client.putItem({ TableName: 'counted', Item: { id: { S: id }, kind: { S: 'x' } } });
    }
    await client.deleteItem({ TableName: 'counted', Key: { id: { S: 'b' } } });
    await client.deleteItem({ TableName: 'counted', Key: { id: { S: 'never' } } });
    // "id" + 1 byte, "kind" + 1 byte, twice.
    expect((await client.describeTable({ TableName: 'counted' })).Table).toMatchObject({
      ItemCount: 2,
      TableSizeBytes: 16,
    });
  });
});
