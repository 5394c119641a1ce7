import { service } from '../../../src/local/dynamodb/service.ts';
import { service as streams } from '../../../src/local/dynamodb/streams/service.ts';
import { absent, type Plan } from './plan.ts';
import { tables } from './plan-dynamodb.ts';

export const streamsPlan: Plan = {
  service: streams,
  async scene(_run, _number, _region, other) {
    const { stream, otherStream } = await tables(other(service));
    const shardOf = async (StreamArn: unknown) => {
      const { StreamDescription } = await other(streams)('DescribeStream', { StreamArn });
      return (StreamDescription as { Shards: { ShardId: string }[] }).Shards[0]?.ShardId;
    };
    const ShardId = await shardOf(stream);
    const { ShardIterator } = await other(streams)('GetShardIterator', {
      StreamArn: stream,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await other(streams)('GetRecords', { ShardIterator });
    const numbers = (Records as { dynamodb: { SequenceNumber: string } }[]).map(
      ({ dynamodb }) => dynamodb.SequenceNumber,
    );
    const { ShardIterator: next } = await other(streams)('GetShardIterator', {
      StreamArn: stream,
      ShardId,
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: numbers[0],
    });
    return { stream, otherStream, ShardId, ShardIterator, next, numbers };
  },
  picture: async () => undefined,
  values: ({ stream, otherStream, ShardId, ShardIterator, next, numbers }) => ({
    StreamArn: [stream, otherStream],
    ShardId: [ShardId, 'shardId-00000000000000000000-none-there'],
    ExclusiveStartShardId: [absent, ShardId],
    ExclusiveStartStreamArn: [absent, stream],
    ShardIterator: [ShardIterator, next],
    ShardIteratorType: ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'],
    SequenceNumber: (numbers as string[] | undefined)?.slice(0, 2) ?? [],
    TableName: ['here', 'other'],
    Limit: [1, 2],
    'DescribeStream.ShardFilter': [absent, { Type: 'CHILD_SHARDS', ShardId }],
    'DescribeStream.ShardFilter.ShardId': [ShardId, 'shardId-00000000000000000000-none-there'],
  }),
  bases: ({ ShardIterator, ShardId, numbers }) => ({
    GetRecords: { ShardIterator },
    GetShardIterator: { ShardIteratorType: 'TRIM_HORIZON' },
    'GetShardIterator.SequenceNumber': { ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
    'GetShardIterator.ShardIteratorType': { SequenceNumber: (numbers as string[] | undefined)?.[1] },
    'DescribeStream.ShardFilter': { ShardFilter: { Type: 'CHILD_SHARDS', ShardId } },
  }),
};
