import { service } from '../../../src/local/dynamodb/service.ts';
import type { Names } from '../every-input.ts';
import { absent, type Plan, type Run } from './plan.ts';
import { each, ifThere } from './reading.ts';

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

const attributes = ['id', 'at', 'by', 'local'].map((AttributeName) => ({
  AttributeName,
  AttributeType: AttributeName === 'at' ? 'N' : 'S',
}));
const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
];
const all = { ProjectionType: 'ALL' };

export async function tables(run: Run): Promise<Names> {
  const base = { AttributeDefinitions: attributes.slice(0, 1), KeySchema: keys('id'), BillingMode: 'PAY_PER_REQUEST' };
  const { TableDescription } = await run('CreateTable', {
    ...base,
    TableName: 'here',
    AttributeDefinitions: attributes,
    KeySchema: keys('id', 'at'),
    GlobalSecondaryIndexes: [
      { IndexName: 'byBy', KeySchema: keys('by', 'id'), Projection: all },
      { IndexName: 'byKeys', KeySchema: keys('by'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    LocalSecondaryIndexes: [
      { IndexName: 'local', KeySchema: keys('id', 'local'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    Tags: [
      { Key: 'a', Value: 'b' },
      { Key: 'c', Value: 'd' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  const second = await run('CreateTable', {
    ...base,
    TableName: 'other',
    Tags: [{ Key: 'a', Value: 'e' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  });
  await run('CreateTable', {
    ...base,
    TableName: 'paid',
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    AttributeDefinitions: attributes.filter(({ AttributeName }) => /id|by/.test(AttributeName)),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byBy',
        KeySchema: keys('by'),
        Projection: all,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      },
    ],
  });
  for (const [at, by] of [
    [1, 'x'],
    [2, 'x'],
    [3, 'y'],
  ] as const) {
    await run('PutItem', {
      TableName: 'here',
      Item: {
        id: S('x'),
        at: N(at),
        by: S(by),
        local: S(`l${9 - at}`),
        n: N(at),
        text: S('long '.repeat(200)),
        list: { L: [N(1), N(2)] },
      },
    });
  }
  await run('PutItem', { TableName: 'here', Item: { id: S('y'), at: N(1), n: N(7) } });
  await run('PutItem', { TableName: 'other', Item: { id: S('x'), at: N(1), n: N(7) } });
  const { TableArn, LatestStreamArn } = TableDescription as Record<string, string>;
  const { TableArn: otherArn, LatestStreamArn: otherStream } = second.TableDescription as Record<string, string>;
  return { arn: TableArn, otherArn, stream: LatestStreamArn, otherStream };
}

const key = { id: S('x'), at: N(1) };
const otherKey = { id: S('x'), at: N(2) };
const item = { ...key, n: N(100) };

const conditioned = { ConditionExpression: 'attribute_not_exists(id)' };
const named = (table: object) => ({ TransactItems: [table] });
const Keys = [key];
const failing = "UPDATE here SET z = 1 WHERE id = 'x' AND at = 1 AND n = 99";
const conditions = {
  at: { ComparisonOperator: 'EQ', AttributeValueList: [N(2)] },
  id: { ComparisonOperator: 'EQ', AttributeValueList: [S('x')] },
};

/** What calls about items need, so that the member at hand has something to act on. */
const dataBases: Record<string, object> = {
  'PutItem.ReturnValuesOnConditionCheckFailure': conditioned,
  'UpdateItem.ReturnValuesOnConditionCheckFailure': conditioned,
  'DeleteItem.ReturnValuesOnConditionCheckFailure': conditioned,
  'PutItem.TableName': { Item: item },
  'GetItem.TableName': { Key: key },
  UpdateItem: { UpdateExpression: 'SET z = n' },
  'UpdateItem.AttributeUpdates': { UpdateExpression: undefined },
  'UpdateItem.Expected': { UpdateExpression: undefined },
  'UpdateItem.ConditionalOperator': { UpdateExpression: undefined },
  'UpdateItem.UpdateExpression': {},
  'UpdateItem.ReturnValues': { UpdateExpression: 'SET n = n + :v', ExpressionAttributeValues: { ':v': N(1) } },
  'UpdateItem.AttributeUpdates.*.Action': { UpdateExpression: undefined, AttributeUpdates: { n: { Value: N(5) } } },
  'BatchExecuteStatement.Statements.ConsistentRead': { ReturnConsumedCapacity: 'TOTAL' },
  'BatchExecuteStatement.Statements.Parameters': {
    Statements: [{ Statement: "SELECT * FROM here WHERE id = 'x' AND at = ?" }],
  },
  'ExecuteStatement.Parameters': { Statement: "SELECT * FROM here WHERE id = 'x' AND at = ?" },
  'ExecuteTransaction.TransactStatements.Parameters': {
    TransactStatements: [{ Statement: "SELECT * FROM here WHERE id = 'x' AND at = ?" }],
  },
  'ExecuteStatement.ReturnValuesOnConditionCheckFailure': { Statement: failing },
  'BatchExecuteStatement.Statements.ReturnValuesOnConditionCheckFailure': { Statements: [{ Statement: failing }] },
  'ExecuteTransaction.TransactStatements.ReturnValuesOnConditionCheckFailure': {
    TransactStatements: [{ Statement: failing }],
  },
  ...Object.fromEntries(
    [
      ['Put', { Item: item }],
      ['Delete', { Key: key }],
      ['Update', { Key: key, UpdateExpression: 'SET z = n' }],
      ['ConditionCheck', { Key: key }],
    ].map(([kind, of]) => [
      `TransactWriteItems.TransactItems.${String(kind)}.ReturnValuesOnConditionCheckFailure`,
      named({ [String(kind)]: { TableName: 'here', ...(of as object), ...conditioned } }),
    ]),
  ),
  'TransactWriteItems.TransactItems.Update': named({
    Update: { TableName: 'here', Key: key, UpdateExpression: 'SET z = n' },
  }),
  'TransactWriteItems.TransactItems.ConditionCheck': named({
    ConditionCheck: { TableName: 'here', Key: key, ConditionExpression: 'attribute_exists(id)' },
  }),
  'GetItem.ConsistentRead': { ReturnConsumedCapacity: 'TOTAL' },
  'Query.ConsistentRead': { ReturnConsumedCapacity: 'TOTAL' },
  'Scan.ConsistentRead': { ReturnConsumedCapacity: 'TOTAL' },
  'ExecuteStatement.ConsistentRead': { ReturnConsumedCapacity: 'TOTAL' },
  BatchGetItem: { RequestItems: { here: { Keys } }, ReturnConsumedCapacity: 'TOTAL' },
  BatchWriteItem: { RequestItems: { here: [{ PutRequest: { Item: item } }] } },
  TransactWriteItems: named({ Put: { TableName: 'here', Item: item } }),
  'Query.KeyConditions': {
    KeyConditionExpression: undefined,
    ExpressionAttributeValues: undefined,
    KeyConditions: conditions,
  },
  'Query.QueryFilter': {
    KeyConditionExpression: undefined,
    ExpressionAttributeValues: undefined,
    KeyConditions: { id: { ComparisonOperator: 'EQ', AttributeValueList: [S('x')] } },
    QueryFilter: { n: { ComparisonOperator: 'EQ', AttributeValueList: [N(2)] } },
  },
  'Scan.ScanFilter': { ScanFilter: { n: { ComparisonOperator: 'EQ', AttributeValueList: [N(2)] } } },
};

const index = (more: object) => ({ IndexName: 'new', KeySchema: keys('id'), Projection: all, ...more });
const units = { ReadCapacityUnits: 7, WriteCapacityUnits: 7 };
const paid = { BillingMode: 'PROVISIONED', ProvisionedThroughput: units };
const indexOfN = (more: object) => ({
  AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
  GlobalSecondaryIndexUpdates: [{ Create: index({ KeySchema: keys('n'), ...more }) }],
});
const tableBases: Record<string, object> = {
  'CreateTable.LocalSecondaryIndexes': {
    AttributeDefinitions: attributes.filter(({ AttributeName }) => AttributeName !== 'by'),
    KeySchema: keys('id', 'at'),
    LocalSecondaryIndexes: [index({ KeySchema: keys('id', 'local') })],
  },
  'CreateTable.GlobalSecondaryIndexes': { GlobalSecondaryIndexes: [index({})] },
  'CreateTable.GlobalSecondaryIndexes.ProvisionedThroughput': {
    ...paid,
    GlobalSecondaryIndexes: [index({ ProvisionedThroughput: units })],
  },
  'CreateTable.ProvisionedThroughput': paid,
  'UpdateTable.ProvisionedThroughput': { TableName: 'paid', ProvisionedThroughput: units },
  'UpdateTable.GlobalSecondaryIndexUpdates.Update.ProvisionedThroughput': {
    TableName: 'paid',
    GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byBy', ProvisionedThroughput: units } }],
  },
  'UpdateTable.GlobalSecondaryIndexUpdates.Update.IndexName': {
    GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byBy', OnDemandThroughput: { MaxReadRequestUnits: 5 } } }],
  },
  'UpdateTable.GlobalSecondaryIndexUpdates.Create.ProvisionedThroughput': {
    TableName: 'paid',
    ...indexOfN({ ProvisionedThroughput: units }),
  },
  'CreateTable.SSESpecification': { SSESpecification: { Enabled: true } },
  'UpdateTable.SSESpecification': { SSESpecification: { Enabled: true } },
  'CreateTable.Tags': { Tags: [{ Key: 'k', Value: 'v' }] },
  TagResource: { Tags: [{ Key: 'k', Value: 'v' }] },
  'UpdateTable.TableName': { DeletionProtectionEnabled: true },
  'UpdateTable.VectorIndexUpdates': { DeletionProtectionEnabled: true },
  'UpdateTable.DisassociationProtectionEnabled': { DeletionProtectionEnabled: true },
  'UpdateTable.ReplicaUpdates': { DeletionProtectionEnabled: true },
  'UpdateTable.AttributeDefinitions': indexOfN({}),
  'UpdateTable.GlobalSecondaryIndexUpdates.Create': indexOfN({}),
  'UpdateTable.StreamSpecification': { TableName: 'paid', StreamSpecification: { StreamEnabled: true } },
};

export const dynamodbPlan: Plan = {
  service,
  async scene(run) {
    const names = await tables(run);
    const { NextToken } = await run('ExecuteStatement', { Statement: 'SELECT * FROM "here"', Limit: 1 });
    return { ...names, statementToken: NextToken };
  },
  async picture(run) {
    const names = (await run('ListTables')).TableNames as string[];
    return each(names, async (TableName) => {
      const { Table } = await run('DescribeTable', { TableName });
      return [
        Table,
        await run('Scan', { TableName }),
        await ifThere(run('ListTagsOfResource', { ResourceArn: (Table as { TableArn: string }).TableArn })),
        await run('DescribeTimeToLive', { TableName }),
        await run('DescribeContinuousBackups', { TableName }),
      ];
    });
  },
  values: ({ arn, otherArn, statementToken }) => ({
    TableName: ['here', 'other'],
    'CreateTable.TableName': ['new', 'newer'],
    'UpdateTable.TableName': ['here', 'other'],
    'DescribeContributorInsights.IndexName': ['byBy', 'local'],
    'DeleteTable.TableName': ['here', 'other'],
    ResourceArn: [arn, otherArn],
    ExclusiveStartTableName: [absent, 'here'],
    Item: [item, { ...item, n: N(101) }],
    Key: [key, otherKey],
    'BatchGetItem.RequestItems.*.Keys': [[key], [otherKey], [key, otherKey]],
    ExclusiveStartKey: [absent, key],
    ReturnValues: ['NONE', 'ALL_OLD'],
    'UpdateItem.ReturnValues': ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'],
    ReturnConsumedCapacity: ['NONE', 'TOTAL', 'INDEXES'],
    ReturnItemCollectionMetrics: ['NONE', 'SIZE'],
    ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'],
    ProjectionExpression: ['id', 'n'],
    AttributesToGet: [['id'], ['n'], ['id', 'n']],
    ExpressionAttributeNames: [{ '#a': 'n' }, { '#a': 'id' }],
    ExpressionAttributeValues: [{ ':v': N(1) }, { ':v': N(2) }],
    'Query.ExpressionAttributeValues': [{ ':v': S('x') }, { ':v': S('y') }],
    ConditionExpression: ['attribute_exists(id)', 'attribute_not_exists(id)'],
    FilterExpression: ['attribute_exists(#a)', 'attribute_not_exists(#a)'],
    UpdateExpression: ['SET n = n', 'REMOVE n'],
    KeyConditionExpression: ['id = :v', 'id = :v AND at < :w'],
    IndexName: [absent, 'byBy', 'local'],
    'Query.IndexName': [absent, 'local'],
    Select: ['ALL_ATTRIBUTES', 'COUNT'],
    Limit: [1, 2],
    Segment: [0, 1],
    TotalSegments: [1, 2],
    Statement: ["SELECT * FROM here WHERE id = 'x' AND at = 1", "SELECT * FROM here WHERE id = 'x' AND at = 2"],
    'ExecuteStatement.NextToken': [absent, statementToken],
    'ListTagsOfResource.NextToken': [absent, 'x'],
    Parameters: [[N(1)], [N(2)]],
    ClientRequestToken: ['a', 'b'],
    TagKeys: [['a'], ['c'], ['a', 'c']],
    'Tags.Key': ['a', 'z'],
    'Expected.*.ComparisonOperator': ['NOT_NULL', 'NULL'],
    'KeySchema.AttributeName': ['id', 'other'],
    ...Object.fromEntries(
      [
        'CreateTable.LocalSecondaryIndexes',
        'CreateTable.GlobalSecondaryIndexes',
        'UpdateTable.GlobalSecondaryIndexUpdates.Create',
      ].flatMap((at) => [
        [`${at}.IndexName`, ['new', 'newer']],
        [`${at}.KeySchema.AttributeName`, ['id', 'none']],
        [`${at}.KeySchema.KeyType`, ['HASH', 'RANGE']],
      ]),
    ),
    ...Object.fromEntries(
      ['Update', 'Delete'].map((kind) => [
        `UpdateTable.GlobalSecondaryIndexUpdates.${kind}.IndexName`,
        ['byBy', 'byKeys'],
      ]),
    ),
    ...Object.fromEntries(
      ['GetItem', 'UpdateItem', 'DeleteItem', 'DescribeTimeToLive', 'DescribeContinuousBackups'].map((operation) => [
        `${operation}.TableName`,
        ['here', 'none-there'],
      ]),
    ),
    'TransactWriteItems.TransactItems.ConditionCheck.Key': [key, { id: S('none'), at: N(1) }],
    ComparisonOperator: ['EQ', 'NE', 'LT', 'GT'],
    'KeyConditions.*.ComparisonOperator': ['EQ', 'LT', 'GT'],
    AttributeValueList: [[N(1)], [N(2)]],
    'UpdateItem.AttributeUpdates.*.Action': ['ADD', 'PUT', 'DELETE'],
    'CreateTable.LocalSecondaryIndexes.KeySchema.AttributeName': ['id', 'none'],
    'UpdateTable.GlobalSecondaryIndexUpdates.Create.KeySchema.AttributeName': ['n', 'none'],
    'SSESpecification.SSEType': ['KMS', 'AES256'],
    KMSMasterKeyId: ['alias/a', 'alias/b'],
    'CreateTable.KeySchema.AttributeName': ['id', 'none'],
    'UpdateTable.AttributeDefinitions.AttributeType': ['S', 'N', 'B'],
  }),
  bases: () => ({
    ...dataBases,
    ...tableBases,
    CreateTable: {
      TableName: 'new',
      AttributeDefinitions: attributes.slice(0, 1),
      KeySchema: keys('id'),
      BillingMode: 'PAY_PER_REQUEST',
    },
    Query: { KeyConditionExpression: 'id = :v', ExpressionAttributeValues: { ':v': S('x') } },
  }),
};
