import type { StreamSpecification } from '@aws-sdk/client-dynamodb';
import type { Call } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { TableRecord, TableStream } from '../table-record.ts';
import { activeStream, newestCount } from './stream-records.ts';

/** How long records can be read, also of a stream that has stopped (developer guide, "change data capture"). */
export const retentionMs = 24 * 60 * 60 * 1000;

/** The table's streams once the specification is applied. Throws AwsError ValidationException where it changes nothing. */
export function switchStream(
  call: Call,
  record: TableRecord,
  specification: StreamSpecification | undefined,
): { streams?: TableStream[] } {
  if (!specification) return {};
  const { StreamEnabled: enabled, StreamViewType: viewType } = specification;
  const { streams = [], name, id } = record;
  const active = activeStream(record);
  if (active && enabled) throw invalid(`Table already has an enabled stream: TableName: ${name}`);
  if (!active && !enabled) throw invalid('Table is already disabled for streams');
  const now = call.engine.clock();
  const newest = newestCount(call.engine.items.begin(), id);
  const readable = streams.filter(({ stoppedAtMs }) => stoppedAtMs === undefined || now < stoppedAtMs + retentionMs);
  if (active) {
    return {
      streams: readable.map((each) => (each === active ? { ...each, stoppedAtMs: now, lastCount: newest } : each)),
    };
  }
  return viewType ? { streams: [...readable, { viewType, startedAtMs: now, firstCount: newest + 1 }] } : {};
}
