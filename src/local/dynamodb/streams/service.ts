import * as sdk from '@aws-sdk/client-dynamodb-streams';
import type { Call, NeededPermission, Service } from '../../service.ts';
import constraints from './constraints.json' with { type: 'json' };
import { describeStream, getRecords, getShardIterator, listStreams } from './stream-operations.ts';

/** DynamoDB Streams: a service of its own on the wire, with DynamoDB's signing name. */
export const service: Service = {
  signingName: 'dynamodb',
  protocol: 'json-1.0',
  targetPrefix: 'DynamoDBStreams_20120810',
  sdk,
  constraints,
  rawJson: true,
  operations: {
    ListStreams: listStreams,
    DescribeStream: describeStream,
    GetShardIterator: getShardIterator,
    GetRecords: getRecords,
  },
  permission,
};

function permission(operation: string, input: Record<string, unknown>, _call: Call): NeededPermission[] {
  const { StreamArn: arn, ShardIterator: iterator } = input;
  const named = operation === 'GetRecords' && typeof iterator === 'string' ? iterator.split('|')[0] : arn;
  return [{ action: `dynamodb:${operation}`, resource: typeof named === 'string' ? named : '*' }];
}
