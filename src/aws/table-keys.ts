import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';

export interface KeyAttribute {
  name: string;
  type: 'S' | 'N' | 'B';
}

/** A partition key, and a sort key where there is one. */
export interface TableKey {
  key: KeyAttribute;
  sort: KeyAttribute | undefined;
}

const parts = ({ key, sort }: TableKey) => (sort ? [key, sort] : [key]);

/** `id (S)`; two parts are joined by ` + `. */
export function keyText(of: TableKey): string {
  return parts(of)
    .map(({ name, type }) => `${name} (${type})`)
    .join(' + ');
}

/** The same of what DynamoDB tells. */
export function keyTextOf(schema: KeySchemaElement[] = [], definitions: AttributeDefinition[] = []): string {
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
