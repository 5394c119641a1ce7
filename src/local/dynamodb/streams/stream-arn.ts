import { AwsError, type Call } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { TableRecord, TableStream } from '../table-record.ts';
import { findTable, nameOf, tableArn } from '../tables.ts';

/** A stream is known by when it was switched on, to the millisecond. */
export const streamLabel = ({ startedAtMs }: TableStream): string => new Date(startedAtMs).toISOString().slice(0, -1);

export function streamArn(call: Call, { name }: TableRecord, stream: TableStream): string {
  return `${tableArn(call, name)}/stream/${streamLabel(stream)}`;
}

/** Throws AwsError ValidationException, ResourceNotFoundException. */
export function openStream(call: Call, arn: string): { record: TableRecord; stream: TableStream } {
  const at = arn.indexOf('/stream/');
  if (!arn.startsWith('arn:') || at < 0) throw invalid(`Invalid StreamArn: ${arn}`);
  const record = findTable(call, nameOf(call, arn.slice(0, at)));
  const stream = record?.streams?.find((each) => streamLabel(each) === arn.slice(at + '/stream/'.length));
  if (record && stream) return { record, stream };
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
}
