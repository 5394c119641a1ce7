import { createHash } from 'node:crypto';
import type { Call } from '../../service.ts';
import type { Changes } from '../../storage/changes.ts';
import { sizeKey, spacePrefix } from '../items.ts';
import type { Table } from '../table.ts';
import type { TableRecord, TableStream } from '../table-record.ts';
import { itemSize } from '../values/size.ts';
import type { Item } from '../values/types.ts';

/** Where a table's stream records are kept; no index is called so. */
export const recordPrefix = (tableId: string): string => spacePrefix(tableId, '$');
/** Where the number of the newest record is kept, and that of the newest one dropped for its age. */
const counterKey = (tableId: string): string => sizeKey(tableId, '$');
export const trimmedKey = (tableId: string): string => sizeKey(tableId, '$trimmed');

/** The stream that follows the table's changes now. */
export function activeStream({ streams }: TableRecord): TableStream | undefined {
  const newest = streams?.at(-1);
  return newest?.stoppedAtMs === undefined ? newest : undefined;
}

/** A record's number → its 21 digits, which sort as the numbers do. */
export const sequenceNumber = (count: number): string => `1${String(count).padStart(20, '0')}`;

export const countOf = (sequence: string): number => Number(sequence.slice(1));

export function newestCount(changes: Changes, tableId: string): number {
  return Number(changes.read(counterKey(tableId)) ?? 0);
}

/** A stored record: the wire's, and when it was made. */
export interface StoredRecord {
  atMs: number;
  record: object;
}

/** Adds a change to the table's stream, if it has one, in the same commit as the change. */
export function recordChange(
  call: Call,
  { table, changes }: { table: Table; changes: Changes },
  { before, after, by }: { before: Item | undefined; after: Item | undefined; by: 'user' | 'time to live' },
): void {
  const stream = activeStream(table.record);
  const item = after ?? before;
  if (!stream || !item) return;
  const { id } = table.record;
  const count = newestCount(changes, id) + 1;
  const { viewType } = stream;
  const keys = Object.fromEntries(table.keyNames.map((name) => [name, item[name]]));
  const shows = (image: 'NEW' | 'OLD') => viewType === 'NEW_AND_OLD_IMAGES' || viewType === `${image}_IMAGE`;
  const oldImage = before && shows('OLD') ? before : undefined;
  const newImage = after && shows('NEW') ? after : undefined;
  const atMs = call.engine.clock();
  const stored: StoredRecord = {
    atMs,
    record: {
      eventID: createHash('md5').update(`${id} ${count}`).digest('hex'),
      eventName: !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: table.record.region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(atMs / 1000),
        Keys: keys,
        NewImage: newImage,
        OldImage: oldImage,
        SequenceNumber: sequenceNumber(count),
        SizeBytes: [keys as Item, newImage, oldImage].reduce((sum, each) => sum + (each ? itemSize(each) : 0), 0),
        StreamViewType: viewType,
      },
      ...(by === 'time to live' && { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } }),
    },
  };
  changes.write(counterKey(id), String(count));
  changes.write(recordPrefix(id) + sequenceNumber(count), JSON.stringify(stored));
}
