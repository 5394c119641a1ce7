import type { AttributeDefinition, CreateGlobalSecondaryIndexAction } from '@aws-sdk/client-dynamodb';
import { ownMember } from '../../own-member.ts';
import type { Call } from '../service.ts';
import { invalid, notFound } from './errors.ts';
import { fillEntry, parseItem } from './item-store.ts';
import { sizeKey, spacePrefix } from './items.ts';
import { wholeSpace } from './key-range.ts';
import { keyText } from './keys.ts';
import { type Index, type Table, tableOf } from './table.ts';
import { type TableDefinition, withoutIndex } from './table-record.ts';
import { requireTable, saveTable } from './tables.ts';

/** The index that a Query or Scan names, if it names one. Throws AwsError ValidationException. */
export function openIndex(call: Call, { record, indexes }: Table, name: string | undefined): Index | undefined {
  if (name === undefined) return undefined;
  const index = indexes.find((each) => each.name === name);
  if (!index) throw invalid(`The table does not have the specified index: ${name}`);
  const activeAtMs = ownMember(record.indexActiveAtMs, name) ?? 0;
  if (record.fillingIndex !== name && !call.engine.simulation.lasts('dynamodb.creating', activeAtMs)) return index;
  throw invalid(`Cannot read from backfilling global secondary index: ${name}`);
}

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
    await fill(call, tableOf(call, requireTable(call, tableName)), name);
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
  if (!record.definition.GlobalSecondaryIndexes?.some((index) => index.IndexName === name)) throw notFound();
  // First, so that nothing writes to the index while it is cleared away.
  await saveTable(call, withoutIndex(record, name));
  await clearIndex(call, record.id, name);
}

async function fill(call: Call, table: Table, name: string): Promise<void> {
  const { items } = call.engine;
  const index = table.indexes.find((each) => each.name === name);
  if (!index) return;
  for await (const texts of items.values(wholeSpace(table))) {
    const changes = items.begin();
    for (const text of texts) {
      const seen = parseItem(text);
      // The item may have changed since the reading began; what is in the table now counts.
      const item = seen && parseItem(changes.read(table.prefix + keyText(table.key, seen)));
      if (item) fillEntry(changes, { table, index }, item);
    }
    await changes.commit();
  }
}

/** Also of what an addition or removal left that a kill cut short. */
async function clearIndex(call: Call, tableId: string, name: string): Promise<void> {
  await call.engine.items.clear(spacePrefix(tableId, name));
  const changes = call.engine.items.begin();
  changes.write(sizeKey(tableId, name), undefined);
  await changes.commit();
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
  for (const each of added) {
    const before = known.get(each.AttributeName);
    if (before && before.AttributeType !== each.AttributeType) {
      throw invalid(
        `One or more parameter values were invalid: Attribute ${each.AttributeName} is already defined with type ${before.AttributeType}`,
      );
    }
    if (!before) defined.set(each.AttributeName, each);
  }
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
