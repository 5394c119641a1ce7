import type { KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { perEngine } from '../per-engine.ts';
import type { Call } from '../service.ts';
import { notFound } from './errors.ts';
import { sizeKey, spacePrefix } from './items.ts';
import type { Key, KeyAttribute, KeyType } from './keys.ts';
import { type TableDefinition, type TableRecord, tableStatus } from './table-record.ts';
import { findTable, nameOf } from './tables.ts';

/** Where a table's, or an index's, items are kept, and by which key. */
export interface Space {
  key: Key;
  prefix: string;
  sizeKey: string;
}

export interface Index extends Space {
  name: string;
  kind: 'local' | 'global';
  /** What the index holds of an item; undefined: everything. */
  projected: readonly string[] | undefined;
}

/** A table as item operations see it, its definition looked up once. */
export interface Table extends Space {
  record: TableRecord;
  keyNames: readonly string[];
  /** In the order of their names, which is the order that AWS checks them in. */
  indexes: readonly Index[];
}

/** By definition: a changed table has a new one. */
const opened = perEngine(() => new WeakMap<TableDefinition, Omit<Table, 'record'>>());

/** By its name or ARN. Throws AwsError ResourceNotFoundException also while the table is being created or deleted. */
export function openTable(call: Call, name: string): Table {
  const record = findTable(call, nameOf(call, name));
  const status = record && tableStatus(record, call.engine.simulation);
  if (!record || (status !== 'ACTIVE' && status !== 'UPDATING')) throw notFound();
  return tableOf(call, record);
}

export function tableOf(call: Call, record: TableRecord): Table {
  const known = opened(call.engine);
  let layout = known.get(record.definition);
  if (!layout) {
    layout = layoutOf(record);
    known.set(record.definition, layout);
  }
  return { record, ...layout };
}

/** Without a call, for the migration of stored tables. */
export function layoutOf({ id, definition }: TableRecord): Omit<Table, 'record'> {
  const types = new Map(definition.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  const keyOf = (elements: readonly KeySchemaElement[] = []): Key => {
    const ofType = (keyType: string) =>
      elements
        .filter((element) => element.KeyType === keyType)
        .map(({ AttributeName: name = '' }): KeyAttribute => ({ name, type: (types.get(name) ?? 'S') as KeyType }));
    return { hash: ofType('HASH'), range: ofType('RANGE') };
  };
  const key = keyOf(definition.KeySchema);
  const keyNames = namesOf(key);
  const indexOf =
    (kind: Index['kind']) =>
    (index: NonNullable<TableDefinition['LocalSecondaryIndexes']>[number]): Index => {
      const { IndexName: name = '', Projection: projection } = index;
      const indexKey = keyOf(index.KeySchema);
      return {
        name,
        kind,
        key: indexKey,
        prefix: spacePrefix(id, name),
        sizeKey: sizeKey(id, name),
        projected:
          projection?.ProjectionType === 'ALL'
            ? undefined
            : [...new Set([...namesOf(indexKey), ...keyNames, ...(projection?.NonKeyAttributes ?? [])])],
      };
    };
  const indexes = [
    ...(definition.GlobalSecondaryIndexes ?? []).map(indexOf('global')),
    ...(definition.LocalSecondaryIndexes ?? []).map(indexOf('local')),
  ];
  indexes.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { key, keyNames, prefix: spacePrefix(id), sizeKey: sizeKey(id), indexes };
}

export const attributesOf = ({ hash, range }: Key): readonly KeyAttribute[] => [...hash, ...range];

export const namesOf = (key: Key): string[] => attributesOf(key).map(({ name }) => name);
