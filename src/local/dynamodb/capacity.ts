import type { Written } from './item-store.ts';
import type { Index, Table } from './table.ts';

/** Bytes that one unit covers (developer guide, "read and write operations"). */
const readUnitBytes = 4096;
const writeUnitBytes = 1024;

export type CapacityMode = string | undefined;

interface Units {
  CapacityUnits: number;
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
}

/** `ConsumedCapacity` as it is on the wire. */
export interface ConsumedCapacity extends Units {
  TableName: string;
  Table?: Units;
  GlobalSecondaryIndexes?: Record<string, Units>;
  LocalSecondaryIndexes?: Record<string, Units>;
}

/** What a call consumed of one table. */
export interface Consumption {
  table: number;
  indexes: Map<Index, number>;
}

export function noConsumption(): Consumption {
  return { table: 0, indexes: new Map() };
}

/** Half of it where the read may be behind. */
export function readUnits(bytes: number, consistent: boolean | undefined): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5);
}

export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / writeUnitBytes));

/** `factor`: 2 in a transaction, which prepares and commits. */
export function addWritten(consumption: Consumption, written: Written, factor = 1): void {
  consumption.table += writeUnits(written.bytes) * factor;
  for (const [index, entries] of written.indexes) {
    const units = entries.reduce((sum, bytes) => sum + writeUnits(bytes), 0) * factor;
    consumption.indexes.set(index, (consumption.indexes.get(index) ?? 0) + units);
  }
}

/** `kind` where the answer also says how much of it was reading or writing, as those of transactions do. */
export function describeConsumption(
  { table, indexes }: Consumption,
  { name, mode, kind }: { name: string; mode: CapacityMode; kind?: 'Read' | 'Write' },
): ConsumedCapacity | undefined {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return undefined;
  const units = (amount: number): Units => ({
    CapacityUnits: amount,
    ...(kind && { [`${kind}CapacityUnits`]: amount }),
  });
  let total = table;
  for (const amount of indexes.values()) total += amount;
  const described: ConsumedCapacity = { TableName: name, ...units(total) };
  if (mode === 'TOTAL') return described;
  described.Table = units(table);
  for (const [{ name: index, kind: of }, amount] of indexes) {
    const member = of === 'global' ? 'GlobalSecondaryIndexes' : 'LocalSecondaryIndexes';
    described[member] = { ...described[member], [index]: units(amount) };
  }
  return described;
}

/** The sizes of a table's item collections are estimated where it has local indexes, and nowhere else. */
export function describeCollection(
  { key, indexes }: Table,
  { mode, item }: { mode: string | undefined; item: Record<string, unknown> },
): { ItemCollectionKey: Record<string, unknown>; SizeEstimateRangeGB: [number, number] } | undefined {
  if (mode !== 'SIZE' || !indexes.some(({ kind }) => kind === 'local')) return undefined;
  const collection = Object.fromEntries(key.hash.map(({ name }) => [name, item[name]]));
  return { ItemCollectionKey: collection, SizeEstimateRangeGB: [0, 1] };
}
