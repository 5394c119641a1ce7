import type { AttributeDefinition, CreateGlobalSecondaryIndexAction } from '@aws-sdk/client-dynamodb';
import { createKey, getIndexActions } from 'dynalite/db/index.js';
import { ownMember } from '../own-member.ts';
import { AwsError, type Call } from '../service.ts';
import { createCallStore, parseItem } from './call-store.ts';
import { sizeKey, spacePrefix } from './items.ts';
import { type TableDefinition, type TableRecord, withoutIndex } from './table-record.ts';
import { requireTable, saveTable } from './tables.ts';

/**
 * Adds a global secondary index and fills it from the table. What is written meanwhile goes to it too. A kill on the way
 * leaves a table without it: opening the storage takes away an index that was still being filled.
 * Throws ValidationException.
 */
export async function addIndex(
  call: Call,
  tableName: string,
  {
    index,
    definitions = [],
  }: { index: CreateGlobalSecondaryIndexAction; definitions: AttributeDefinition[] | undefined },
): Promise<void> {
  const { clock, simulation } = call.engine;
  const before = requireTable(call, tableName);
  const name = index.IndexName ?? '';
  const definition = withIndex(before.definition, index, definitions);
  try {
    // Busy from here on, so that nobody else changes the indexes meanwhile.
    await saveTable(call, { ...before, fillingIndex: name });
    await clearIndex(call, before.id, name);
    await saveTable(call, { ...requireTable(call, tableName), definition });
    await fill(call, requireTable(call, tableName), name);
  } catch (error) {
    await saveTable(call, withoutIndex(requireTable(call, tableName), name));
    throw error;
  }
  // Read again: tags and the like may have changed meanwhile.
  const { fillingIndex: _, ...filled } = requireTable(call, tableName);
  const activeAtMs = clock() + simulation.delayMs('dynamodb.creating');
  await saveTable(call, { ...filled, indexActiveAtMs: { ...filled.indexActiveAtMs, [name]: activeAtMs } });
}

/** Throws ResourceNotFoundException. */
export async function removeIndex(call: Call, tableName: string, name: string): Promise<void> {
  const record = requireTable(call, tableName);
  if (!record.definition.GlobalSecondaryIndexes?.some((index) => index.IndexName === name)) {
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  }
  // First, so that nothing writes to the index while it is cleared away.
  await saveTable(call, withoutIndex(record, name));
  await clearIndex(call, record.id, name);
}

/** For Query and Scan. Throws ValidationException while the index is being filled. */
export function requireReadyIndex(call: Call, record: TableRecord | undefined, name: string): void {
  if (!record) return;
  const activeAtMs = ownMember(record.indexActiveAtMs, name) ?? 0;
  if (record.fillingIndex !== name && call.engine.clock() >= activeAtMs) return;
  throw invalid(`Cannot read from backfilling global secondary index: ${name}`);
}

async function fill(call: Call, { id, name, definition }: TableRecord, indexName: string): Promise<void> {
  const { items } = call.engine;
  const prefix = spacePrefix(id);
  const indexes = definition.GlobalSecondaryIndexes?.filter((index) => index.IndexName === indexName) ?? [];
  for await (const texts of items.values({ gt: prefix, lt: `${prefix}~` })) {
    const changes = items.begin();
    const store = createCallStore(call, changes, (error) => {
      throw error;
    });
    for (const text of texts) {
      const seen = parseItem(text);
      // The item may have changed since the reading began; what is in the table now counts.
      const item = seen && parseItem(changes.read(prefix + createKey(seen, definition)));
      const { puts } = getIndexActions(indexes, undefined, item, definition);
      for (const put of puts) store.getIndexDb('Global', name, indexName).put(put.key, put.item, () => undefined);
    }
    await changes.commit();
  }
}

/** Also of what an addition or removal left that a kill cut short. */
async function clearIndex(call: Call, tableId: string, name: string): Promise<void> {
  await call.engine.items.clear(spacePrefix(tableId, name));
  await call.engine.items.clear(sizeKey(tableId, name));
}

function withIndex(
  definition: TableDefinition,
  index: CreateGlobalSecondaryIndexAction,
  added: AttributeDefinition[],
): TableDefinition {
  const { GlobalSecondaryIndexes: indexes = [], LocalSecondaryIndexes: localIndexes = [] } = definition;
  if ([...indexes, ...localIndexes].some(({ IndexName: name }) => name === index.IndexName)) {
    throw invalid('Attempting to create an index which already exists');
  }
  const known = new Map(definition.AttributeDefinitions.map((each) => [each.AttributeName, each]));
  const defined = new Map(known);
  for (const each of added) if (!known.has(each.AttributeName)) defined.set(each.AttributeName, each);
  const keys = (index.KeySchema ?? []).map(({ AttributeName: name }) => name);
  if (keys.some((key) => !defined.has(key))) {
    throw invalid(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys.join(', ')}], AttributeDefinitions: [${[...defined.keys()].join(', ')}]`,
    );
  }
  const used = new Set([...known.keys(), ...keys]);
  return {
    ...definition,
    AttributeDefinitions: [...defined.values()].filter(({ AttributeName: name }) => used.has(name)),
    GlobalSecondaryIndexes: [...indexes, index],
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}
