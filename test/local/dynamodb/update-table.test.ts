import {
  type CreateGlobalSecondaryIndexAction,
  type CreateTableCommandInput,
  DynamoDB,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { failure, indexedTable, onDemandTable } from './table.ts';

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

const wrong = (message: string) => ({
  name: 'ValidationException',
  message: `One or more parameter values were invalid: ${message}`,
});
const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };

const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const indexOn = (name: string, more: Partial<CreateGlobalSecondaryIndexAction> = {}) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: name, KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
  ...more,
});
const adding = (...indexes: CreateGlobalSecondaryIndexAction[]) => ({
  AttributeDefinitions: indexes.map(({ IndexName = '' }) => attribute(IndexName)),
  GlobalSecondaryIndexUpdates: indexes.map((Create) => ({ Create })),
});

describe('the indexes of a table', () => {
  it('come and go one at a time', async () => {
    // Observed on AWS: ryanfitz/vogels#125, taoensso/faraday#80; API reference, UpdateTable.
    await client.createTable(indexedTable('one-by-one'));
    const refused = {
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    };
    const removal = { Delete: { IndexName: 'global' } };
    const { GlobalSecondaryIndexUpdates: additions, ...more } = adding(indexOn('one'), indexOn('two'));
    for (const GlobalSecondaryIndexUpdates of [additions, [...additions.slice(0, 1), removal]]) {
      const call = client.updateTable({ TableName: 'one-by-one', ...more, GlobalSecondaryIndexUpdates });
      expect(await failure(call)).toMatchObject(refused);
    }
    const { Table } = await client.describeTable({ TableName: 'one-by-one' });
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['global']);
  });

  it('are at most twenty, with a hundred projected attributes, however they came', async () => {
    // Developer guide, "service quotas".
    const names = Array.from({ length: 20 }, (_, at) => `index${at}`);
    const projecting = (of: string, count: number) => ({
      Projection: {
        ProjectionType: 'INCLUDE' as const,
        NonKeyAttributes: Array.from({ length: count }, (_, at) => `${of}-${at}`),
      },
    });
    const table = (count: number, projected: number): Partial<CreateTableCommandInput> => ({
      AttributeDefinitions: [attribute('id'), ...names.slice(0, count).map(attribute)],
      GlobalSecondaryIndexes: names.slice(0, count).map((name) => indexOn(name, projecting(name, projected))),
    });
    await client.createTable(onDemandTable('many', table(20, 1)));
    const oneMore = client.updateTable({ TableName: 'many', ...adding(indexOn('last')) });
    expect(await failure(oneMore)).toMatchObject(wrong('GlobalSecondaryIndex count exceeds the per-table limit of 20'));
    await client.createTable(onDemandTable('wide', table(5, 20)));
    const wider = client.updateTable({ TableName: 'wide', ...adding(indexOn('last', projecting('last', 1))) });
    expect(await failure(wider)).toMatchObject(wrong('Number of NonKeyAttributes exceeds the per-table limit of 100'));
  });

  it('have throughput of their own in a provisioned table', async () => {
    // Observed on AWS: awsdocs/amazon-dynamodb-developer-guide#246 (CreateTable), awslabs/dynein#228 (UpdateTable).
    const bare = { ...indexedTable('bare'), BillingMode: 'PROVISIONED' as const, ProvisionedThroughput: throughput };
    expect(await failure(client.createTable(bare))).toMatchObject(
      wrong('ProvisionedThroughput is not specified for index: global'),
    );
    await client.createTable(indexedTable('switched'));
    const TableName = 'switched';
    const change = { TableName, BillingMode: 'PROVISIONED' as const, ProvisionedThroughput: throughput };
    expect(await failure(client.updateTable(change))).toMatchObject(
      wrong('ProvisionedThroughput must be specified for index: global'),
    );
    const update = { Update: { IndexName: 'global', ProvisionedThroughput: throughput } };
    await client.updateTable({ ...change, GlobalSecondaryIndexUpdates: [update] });
    const { Table } = await client.describeTable({ TableName });
    expect(Table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).toMatchObject(throughput);
    const added = client.updateTable({ TableName, ...adding(indexOn('late')) });
    expect(await failure(added)).toMatchObject(wrong('ProvisionedThroughput is not specified for index: late'));
  });

  it('are defined by attributes that are named once', async () => {
    // Observed on AWS: pynamodb/PynamoDB, which tests for these words.
    const twice = [attribute('id'), { ...attribute('id'), AttributeType: 'N' as const }];
    const message = 'Cannot have two attributes with the same name';
    expect(await failure(client.createTable(onDemandTable('twice', { AttributeDefinitions: twice })))).toMatchObject({
      name: 'ValidationException',
      message,
    });
    await client.createTable(onDemandTable('twice'));
    const update = { ...adding(indexOn('new')), AttributeDefinitions: [attribute('new'), attribute('new')] };
    expect(await failure(client.updateTable({ TableName: 'twice', ...update }))).toMatchObject({ message });
  });
});

describe('the maximum throughput of an on-demand table', () => {
  // Observed on AWS: hashicorp/terraform-provider-aws#39760; nubo-db/dynoxide#159 (eu-west-2, 2026-07-24).
  const reads = (MaxReadRequestUnits: number) => ({ OnDemandThroughput: { MaxReadRequestUnits } });
  const bounds = async (TableName: string) =>
    (await client.describeTable({ TableName })).Table?.OnDemandThroughput ?? 'none';

  it('is at least one', async () => {
    for (const units of [0, -1, -5]) {
      const refused = wrong('Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range');
      expect(await failure(client.createTable(onDemandTable('few', reads(units))))).toMatchObject(refused);
    }
    const index = indexOn('index', reads(0));
    const table = { AttributeDefinitions: [attribute('id'), attribute('index')], GlobalSecondaryIndexes: [index] };
    expect((await failure(client.createTable(onDemandTable('few', table)))).name).toBe('ValidationException');
    await client.createTable(onDemandTable('few'));
    expect((await failure(client.updateTable({ TableName: 'few', ...reads(0) }))).name).toBe('ValidationException');
  });

  it('changes member by member, and −1 takes it away', async () => {
    const TableName = 'bounded';
    const OnDemandThroughput = { MaxReadRequestUnits: 20, MaxWriteRequestUnits: 15 };
    await client.createTable(onDemandTable(TableName, { OnDemandThroughput }));
    await client.updateTable({ TableName, ...reads(40) });
    expect(await bounds(TableName)).toEqual({ MaxReadRequestUnits: 40, MaxWriteRequestUnits: 15 });
    const { TableDescription: told } = await client.updateTable({ TableName, ...reads(-1) });
    expect(told?.OnDemandThroughput).toEqual({ MaxReadRequestUnits: -1, MaxWriteRequestUnits: 15 });
    expect(await bounds(TableName)).toEqual({ MaxWriteRequestUnits: 15 });
    await client.updateTable({ TableName, BillingMode: 'PROVISIONED', ProvisionedThroughput: throughput });
    await client.updateTable({ TableName, BillingMode: 'PAY_PER_REQUEST' });
    expect(await bounds(TableName)).toBe('none');
  });

  it('changes so of an index too', async () => {
    const TableName = 'bounded-index';
    await client.createTable(indexedTable(TableName));
    const change = (units: number) =>
      client.updateTable({
        TableName,
        GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', ...reads(units) } }],
      });
    const indexBounds = async () =>
      (await client.describeTable({ TableName })).Table?.GlobalSecondaryIndexes?.[0]?.OnDemandThroughput;
    await change(7);
    expect(await indexBounds()).toEqual({ MaxReadRequestUnits: 7 });
    expect((await failure(change(0))).name).toBe('ValidationException');
    await change(-1);
    expect(await indexBounds()).toBeUndefined();
  });

  it('is not for provisioned tables', async () => {
    const provisioned = { BillingMode: 'PROVISIONED' as const, ProvisionedThroughput: throughput };
    const create = client.createTable(onDemandTable('provisioned', { ...provisioned, ...reads(0) }));
    expect(await failure(create)).toMatchObject(
      wrong('MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.'),
    );
    await client.createTable(onDemandTable('provisioned', provisioned));
    expect(await failure(client.updateTable({ TableName: 'provisioned', ...reads(5) }))).toMatchObject(
      wrong('MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED'),
    );
  });
});

describe('the warm throughput of an index', () => {
  it('grows, and never shrinks', async () => {
    // API reference, UpdateTable: WarmThroughput.
    const TableName = 'warm';
    await client.createTable(indexedTable(TableName));
    const warm = (more: object): UpdateTableCommandInput => ({
      TableName,
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', WarmThroughput: more } }],
    });
    await client.updateTable(warm({ ReadUnitsPerSecond: 13_000 }));
    await client.updateTable(warm({ WriteUnitsPerSecond: 5_000 }));
    const { Table } = await client.describeTable({ TableName });
    expect(Table?.GlobalSecondaryIndexes?.[0]?.WarmThroughput).toMatchObject({
      ReadUnitsPerSecond: 13_000,
      WriteUnitsPerSecond: 5_000,
    });
    expect((await failure(client.updateTable(warm({ ReadUnitsPerSecond: 12_500 })))).name).toBe('ValidationException');
  });
});

describe('a stream', () => {
  it.each([
    [{ StreamEnabled: true }, 'enabled, UpdateViewType is required'],
    [
      { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' as const },
      'disabled, UpdateViewType should not be specified',
    ],
  ])('as %j is refused', async (StreamSpecification, words) => {
    // Observed on AWS: ExtendDB/extenddb#188.
    const create = client.createTable(onDemandTable('streaming', { StreamSpecification }));
    expect(await failure(create)).toMatchObject(wrong(`Table is being created with a stream ${words}`));
  });
});
