import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delays } from '../../../src/local/simulation/aws-like.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, onDemandTable } from './table.ts';

/** Small, so that calls take next to no time; the states follow the test's own clock. */
const scale = 0.01;

describe('DynamoDB in the aws-like simulation', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  let nowMs = Date.now();
  beforeAll(async () => {
    engine = await startEngine({ scale, clock: () => nowMs });
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const pass = (name: keyof typeof delays) => {
    nowMs += delays[name].ms * scale;
  };
  const status = async (name: string) => (await client.describeTable({ TableName: name })).Table?.TableStatus;

  it('takes a table through not found, CREATING, ACTIVE, DELETING and gone', async () => {
    await client.createTable(onDemandTable('slow'));
    expect((await failure(client.describeTable({ TableName: 'slow' }))).name).toBe('ResourceNotFoundException');
    expect((await failure(client.createTable(onDemandTable('slow')))).message).toBe('Table already exists: slow');
    pass('dynamodb.table-visible');
    expect(await status('slow')).toBe('CREATING');
    const put = { TableName: 'slow', Item: { id: { S: '1' } } };
    expect((await failure(client.putItem(put))).name).toBe('ResourceNotFoundException');
    expect(await failure(client.deleteTable({ TableName: 'slow' }))).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Table is being created: slow',
    });
    pass('dynamodb.creating');
    expect(await status('slow')).toBe('ACTIVE');
    await client.putItem(put);

    await client.deleteTable({ TableName: 'slow' });
    expect(await status('slow')).toBe('DELETING');
    await client.deleteTable({ TableName: 'slow' });
    expect((await failure(client.createTable(onDemandTable('slow')))).message).toBe(
      'Attempt to change a resource which is still in use: Table is being deleted: slow',
    );
    pass('dynamodb.deleting');
    expect((await failure(client.describeTable({ TableName: 'slow' }))).name).toBe('ResourceNotFoundException');
    expect((await client.listTables({})).TableNames).toEqual([]);

    await client.createTable(onDemandTable('slow'));
    pass('dynamodb.creating');
    expect((await client.scan({ TableName: 'slow' })).Count).toBe(0);
  });

  it('shows the encryption as it was, and as being updated, until the newer one holds', async () => {
    await client.createTable(onDemandTable('sealed'));
    pass('dynamodb.creating');
    const encryption = async () => (await client.describeTable({ TableName: 'sealed' })).Table?.SSEDescription;
    const change = (Enabled: boolean) => client.updateTable({ TableName: 'sealed', SSESpecification: { Enabled } });
    expect(await encryption()).toBeUndefined();
    expect((await change(true)).TableDescription?.SSEDescription).toEqual({ Status: 'UPDATING' });
    expect([await status('sealed'), await encryption()]).toEqual(['UPDATING', { Status: 'UPDATING' }]);
    pass('dynamodb.creating');
    const enabled = { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: expect.any(String) };
    expect([await status('sealed'), await encryption()]).toEqual(['ACTIVE', enabled]);
    await change(false);
    expect(await encryption()).toEqual({ ...enabled, Status: 'UPDATING' });
    pass('dynamodb.creating');
    expect(await encryption()).toBeUndefined();
  });

  it('shows changed tags late, but those of the creation at once', async () => {
    await client.createTable(onDemandTable('tagged', { Tags: [{ Key: 'a', Value: '1' }] }));
    pass('dynamodb.creating');
    const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/tagged';
    const tags = async () => (await client.listTagsOfResource({ ResourceArn })).Tags;
    await client.tagResource({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] });
    expect(await tags()).toEqual([{ Key: 'a', Value: '1' }]);
    pass('dynamodb.tags');
    expect(await tags()).toHaveLength(2);
  });

  it('keeps a table busy while it is updated, and an index unreadable until it is there', async () => {
    await client.createTable(onDemandTable('busy'));
    pass('dynamodb.creating');
    await client.updateTable({
      TableName: 'busy',
      AttributeDefinitions: [{ AttributeName: 'kind', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'by-kind',
            KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    });
    expect(await status('busy')).toBe('UPDATING');
    await client.putItem({ TableName: 'busy', Item: { id: { S: '1' }, kind: { S: 'x' } } });
    expect((await failure(client.scan({ TableName: 'busy', IndexName: 'by-kind' }))).message).toBe(
      'Cannot read from backfilling global secondary index: by-kind',
    );
    const again = client.updateTable({ TableName: 'busy', DeletionProtectionEnabled: true });
    expect(await failure(again)).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Table is being updated: busy',
    });
    pass('dynamodb.creating');
    expect(await status('busy')).toBe('ACTIVE');
    expect((await client.scan({ TableName: 'busy', IndexName: 'by-kind' })).Count).toBe(1);
  });
});
