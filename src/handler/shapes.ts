/** What a parameter or a part of an answer may be. `json`: passed on as it is. */
export type Shape =
  | 'string'
  | 'boolean'
  | 'whole number'
  | 'value'
  | 'json'
  | { map: Shape }
  | { list: Shape }
  | { members: Record<string, Shape> };

const values: Shape = { map: 'value' };
const names: Shape = { map: 'string' };
const condition = { ComparisonOperator: 'string', AttributeValueList: { list: 'value' } } as const;

const expressions = { ExpressionAttributeNames: names, ExpressionAttributeValues: values } as const;
const returned = { ReturnConsumedCapacity: 'string' } as const;
const written = {
  ...returned,
  ...expressions,
  Expected: { map: { members: { Value: 'value', Exists: 'boolean', ...condition } } },
  ConditionalOperator: 'string',
  ConditionExpression: 'string',
  ReturnValues: 'string',
  ReturnItemCollectionMetrics: 'string',
  ReturnValuesOnConditionCheckFailure: 'string',
} as const;

/**
 * The parameters of each DynamoDB operation, without the table's name, so that each is understood and none is dropped
 * silently. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations.html; a test holds them against the SDK.
 */
export const parametersOf = {
  PutItem: { ...written, Item: values },
  GetItem: {
    ...returned,
    Key: values,
    AttributesToGet: { list: 'string' },
    ConsistentRead: 'boolean',
    ProjectionExpression: 'string',
    ExpressionAttributeNames: names,
  },
  UpdateItem: {
    ...written,
    Key: values,
    AttributeUpdates: { map: { members: { Value: 'value', Action: 'string' } } },
    UpdateExpression: 'string',
  },
  DeleteItem: { ...written, Key: values },
  Scan: {
    ...returned,
    ...expressions,
    IndexName: 'string',
    AttributesToGet: { list: 'string' },
    Limit: 'whole number',
    Select: 'string',
    ScanFilter: { map: { members: condition } },
    ConditionalOperator: 'string',
    ExclusiveStartKey: values,
    TotalSegments: 'whole number',
    Segment: 'whole number',
    ProjectionExpression: 'string',
    FilterExpression: 'string',
    ConsistentRead: 'boolean',
  },
} as const satisfies Record<string, Record<string, Shape>>;

export type OperationName = keyof typeof parametersOf;

/** What the operations answer, in the order in which the API names it. */
export const answerMembers: Record<string, Shape> = {
  Item: values,
  Items: { list: values },
  Count: 'json',
  ScannedCount: 'json',
  LastEvaluatedKey: values,
  Attributes: values,
  ConsumedCapacity: 'json',
  ItemCollectionMetrics: { members: { ItemCollectionKey: values, SizeEstimateRangeGB: 'json' } },
};
