import * as sdk from '@aws-sdk/client-dynamodb-streams';
import { AwsError, type Call } from '../../service.ts';
import { invalid } from '../errors.ts';
import { above, below, lengthOutside, missing, namePattern, outsideEnum, refuseFaults, unlike } from '../parameters.ts';
import { readerOf } from '../shapes.ts';
import type { TableRecord, TableStream } from '../table-record.ts';
import { openStream, streamArn, streamLabel } from './stream-arn.ts';
import { countOf, newestCount, recordPrefix, type StoredRecord, sequenceNumber, trimmedKey } from './stream-records.ts';

const readList = readerOf<sdk.ListStreamsInput>(sdk.ListStreamsInput$);
const readDescribe = readerOf<sdk.DescribeStreamInput>(sdk.DescribeStreamInput$);
const readIterator = readerOf<sdk.GetShardIteratorInput>(sdk.GetShardIteratorInput$);
const readGet = readerOf<sdk.GetRecordsInput>(sdk.GetRecordsInput$);

const maxListed = 100;
const maxRecords = 1000;
/** 1 MB an answer (API reference, GetRecords). */
const maxAnswerBytes = 1024 * 1024;
const iteratorLifeMs = 15 * 60 * 1000;

/** The changes of a table here come one after another, so that one shard holds them all. */
const shardIdOf = ({ startedAtMs }: TableStream) => `shardId-${String(startedAtMs).padStart(20, '0')}-00000001`;

const arnBounds = { min: 37, max: 1024 };

const arnFaults = (arn: string | undefined) => [missing('streamArn', arn), lengthOutside('streamArn', arn, arnBounds)];

const shardFault = (member: string, id: string | undefined) => lengthOutside(member, id, { min: 28, max: 65 });

export async function listStreams(json: unknown, call: Call): Promise<object> {
  const { TableName: name, Limit: limit = maxListed, ExclusiveStartStreamArn: after } = readList(json);
  refuseFaults([
    lengthOutside('tableName', name, { min: 3, max: 255 }),
    unlike('tableName', name, namePattern),
    below('limit', limit, 1),
    above('limit', limit, maxListed),
    lengthOutside('exclusiveStartStreamArn', after, arnBounds),
  ]);
  const all = [...call.engine.items.tables.values()]
    .filter((record) => record.region === call.region && (name === undefined || record.name === name))
    .flatMap((record) =>
      (record.streams ?? []).map((stream) => ({ record, stream, arn: streamArn(call, record, stream) })),
    )
    .sort((one, other) => (one.arn < other.arn ? -1 : 1))
    .filter(({ arn }) => after === undefined || arn > after);
  const page = all.slice(0, limit);
  return {
    Streams: page.map(({ record, stream, arn }) => ({
      StreamArn: arn,
      TableName: record.name,
      StreamLabel: streamLabel(stream),
    })),
    ...(page.length < all.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
  };
}

export async function describeStream(json: unknown, call: Call): Promise<object> {
  const input = readDescribe(json);
  const { StreamArn: arn = '', Limit: limit, ExclusiveStartShardId: after, ShardFilter: filter } = input;
  refuseFaults([
    ...arnFaults(input.StreamArn),
    below('limit', limit, 1),
    above('limit', limit, maxListed),
    shardFault('exclusiveStartShardId', after),
    outsideEnum('shardFilter.type', filter?.Type, ['CHILD_SHARDS']),
    shardFault('shardFilter.shardId', filter?.ShardId),
  ]);
  const { record, stream } = openStream(call, arn);
  const shardId = shardIdOf(stream);
  const stopped = stream.stoppedAtMs !== undefined;
  const range = {
    StartingSequenceNumber: sequenceNumber(stream.firstCount),
    ...(stopped && { EndingSequenceNumber: sequenceNumber(stream.lastCount ?? 0) }),
  };
  return {
    StreamDescription: {
      StreamArn: arn,
      StreamLabel: streamLabel(stream),
      StreamStatus: stopped ? 'DISABLED' : 'ENABLED',
      StreamViewType: stream.viewType,
      CreationRequestDateTime: stream.startedAtMs / 1000,
      TableName: record.name,
      KeySchema: record.definition.KeySchema,
      // The only shard has no children to ask for.
      Shards:
        (after !== undefined && after >= shardId) || filter?.Type
          ? []
          : [{ ShardId: shardId, SequenceNumberRange: range }],
    },
  };
}

export async function getShardIterator(json: unknown, call: Call): Promise<object> {
  const input = readIterator(json);
  const { StreamArn: arn = '', ShardId: shardId, ShardIteratorType: type, SequenceNumber: sequence } = input;
  refuseFaults([
    ...arnFaults(input.StreamArn),
    missing('shardId', shardId),
    shardFault('shardId', shardId),
    missing('shardIteratorType', type),
    outsideEnum('shardIteratorType', type, ['AT_SEQUENCE_NUMBER', 'LATEST', 'AFTER_SEQUENCE_NUMBER', 'TRIM_HORIZON']),
    lengthOutside('sequenceNumber', sequence, { min: 21, max: 40 }),
  ]);
  const { record, stream } = openStream(call, arn);
  if (shardId !== shardIdOf(stream)) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Shard: ${shardId} not found`);
  }
  return { ShardIterator: iteratorAt(call, arn, startOf(call, { record, stream }, { type, sequence })) };
}

/** The number of the first record that an iterator leads to. */
function startOf(
  call: Call,
  { record, stream }: { record: TableRecord; stream: TableStream },
  { type, sequence }: { type: string | undefined; sequence: string | undefined },
): number {
  const changes = call.engine.items.begin();
  if (type === 'TRIM_HORIZON') return stream.firstCount;
  if (type === 'LATEST') return (stream.lastCount ?? newestCount(changes, record.id)) + 1;
  if (sequence === undefined || !/^\d{21,40}$/.test(sequence)) {
    throw invalid(`${type} shard iterators require a valid SequenceNumber`);
  }
  const count = countOf(sequence);
  if (count <= Number(changes.read(trimmedKey(record.id)) ?? 0)) {
    throw new AwsError('TrimmedDataAccessException', 'The requested sequence number has been trimmed from the stream');
  }
  return Math.max(type === 'AFTER_SEQUENCE_NUMBER' ? count + 1 : count, stream.firstCount);
}

export async function getRecords(json: unknown, call: Call): Promise<object> {
  const { ShardIterator: iterator, Limit: limit = maxRecords } = readGet(json);
  refuseFaults([
    missing('shardIterator', iterator),
    lengthOutside('shardIterator', iterator, { min: 1, max: 2048 }),
    below('limit', limit, 1),
    above('limit', limit, maxRecords),
  ]);
  const { arn, count } = readPosition(call, iterator ?? '');
  const { record, stream } = openStream(call, arn);
  const prefix = recordPrefix(record.id);
  const last = stream.lastCount === undefined ? Number.MAX_SAFE_INTEGER : stream.lastCount;
  const records: object[] = [];
  let next = count;
  let bytes = 0;
  const range = { gte: prefix + sequenceNumber(count), lt: `${prefix}~`, limit };
  reading: for await (const texts of call.engine.items.values(range)) {
    for (const text of texts) {
      bytes += Buffer.byteLength(text);
      // Written by recordChange.
      const { record: found } = JSON.parse(text) as StoredRecord & { record: { dynamodb: { SequenceNumber: string } } };
      const at = countOf(found.dynamodb.SequenceNumber);
      if (at > last || (bytes > maxAnswerBytes && records.length > 0)) break reading;
      records.push(found);
      next = at + 1;
    }
  }
  // A closed shard that has been read to its end leads nowhere.
  const ended = next > last;
  return { Records: records, ...(!ended && { NextShardIterator: iteratorAt(call, arn, next) }) };
}

function iteratorAt(call: Call, arn: string, count: number): string {
  return `${arn}|1|${Buffer.from(JSON.stringify([count, call.engine.clock()])).toString('base64url')}`;
}

/** Throws AwsError ValidationException, ExpiredIteratorException. */
function readPosition(call: Call, iterator: string): { arn: string; count: number } {
  const [arn = '', , position = ''] = iterator.split('|');
  const [count, madeAtMs] = parsePosition(position);
  if (!Number.isSafeInteger(count) || typeof madeAtMs !== 'number') throw invalid('Invalid ShardIterator');
  if (call.engine.clock() > madeAtMs + iteratorLifeMs) {
    throw new AwsError('ExpiredIteratorException', 'The shard iterator has expired');
  }
  return { arn, count: Number(count) };
}

function parsePosition(text: string): unknown[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(position) ? position : [];
  } catch {
    return [];
  }
}
