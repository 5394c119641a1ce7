import type { AttributeDefinition, KeySchemaElement, TableDescription } from '@aws-sdk/client-dynamodb';

export interface KeyAttribute {
  name: string;
  /** Text, number or binary. */
  type: 'S' | 'N' | 'B';
}

/** A partition key, and a sort key where there is one. */
export interface TableKey {
  key: KeyAttribute;
  sort: KeyAttribute | undefined;
}

/** A global secondary index, of whole items. */
export type TableIndex = { name: string } & TableKey;

const parts = ({ key, sort }: TableKey) => (sort ? [key, sort] : [key]);

/** `id (S)`; two parts are joined by ` + `. */
export function keyText(of: TableKey): string {
  return parts(of)
    .map(({ name, type }) => `${name} (${type})`)
    .join(' + ');
}

/** The same of what DynamoDB tells. */
function keyTextOf(schema: KeySchemaElement[] = [], definitions: AttributeDefinition[] = []): string {
  const typeOf = (name: string | undefined) =>
    definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return schema.map(({ AttributeName }) => `${AttributeName} (${typeOf(AttributeName)})`).join(' + ');
}

export function keySchema(of: TableKey) {
  return parts(of).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));
}

/** The attributes of several keys, each once. */
export function attributeDefinitions(keys: readonly TableKey[]) {
  const types = new Map(keys.flatMap(parts).map(({ name, type }) => [name, type]));
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

/** Name → key, as `id (S)`. */
export const indexTexts = (indexes: readonly TableIndex[]): Record<string, string> =>
  Object.fromEntries(indexes.map((index) => [index.name, keyText(index)]));

/** The same of what DynamoDB tells. */
function indexesOf({ GlobalSecondaryIndexes = [], AttributeDefinitions }: TableDescription): Record<string, string> {
  const here = GlobalSecondaryIndexes.filter(({ IndexStatus }) => IndexStatus !== 'DELETING');
  return Object.fromEntries(
    here.map(({ IndexName = '', KeySchema }) => [IndexName, keyTextOf(KeySchema, AttributeDefinitions)]),
  );
}

export const indexInput = (index: TableIndex) => ({
  IndexName: index.name,
  KeySchema: keySchema(index),
  Projection: { ProjectionType: 'ALL' as const },
});

/** Request units a second of a table that is paid by request; null: as many as the account allows. */
export interface Throughput {
  reads: number | null;
  writes: number | null;
}

export const unlimited: Throughput = { reads: null, writes: null };

/** What DynamoDB tells; -1 says that there is no limit. */
function throughputOf({ OnDemandThroughput: limits = {} }: TableDescription): Throughput {
  const limit = (units = -1) => (units < 0 ? null : units);
  return { reads: limit(limits.MaxReadRequestUnits), writes: limit(limits.MaxWriteRequestUnits) };
}

/** What is told of a table besides its name, tags and expiry. */
export const describedAs = (table: TableDescription) => ({
  key: keyTextOf(table.KeySchema, table.AttributeDefinitions),
  billingMode: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
  itemCount: table.ItemCount ?? 0,
  indexes: indexesOf(table),
  throughput: throughputOf(table),
});
