import type * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../operations.ts';
import { textOrderOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import {
  checkNameLength,
  groupArn,
  invalidParameter,
  page,
  requireGroup,
  requireIdentified,
  requireStream,
} from './groups.ts';
import { newStream, type StreamRecord } from './log-store.ts';

async function createLogStream(input: sdk.CreateLogStreamRequest, call: Call): Promise<void> {
  const group = requireGroup(call, input.logGroupName);
  const { logStreamName: name = '' } = input;
  checkNameLength(name);
  if (group.streams.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  }
  await call.engine.logs.putStream(group, newStream(name, call.engine.clock()));
}

async function deleteLogStream(input: sdk.DeleteLogStreamRequest, call: Call): Promise<void> {
  const group = requireGroup(call, input.logGroupName);
  await call.engine.logs.deleteStream(group, requireStream(group, input.logStreamName).name);
}

function describeLogStreams(input: sdk.DescribeLogStreamsRequest, call: Call): sdk.DescribeLogStreamsResponse {
  const group = requireIdentified(call, input);
  const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName' } = input;
  const byTime = orderBy === 'LastEventTime';
  if (byTime && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const found = [...group.streams.values()].filter(({ name }) => prefix === undefined || name.startsWith(prefix));
  const keyOf = (stream: StreamRecord) =>
    byTime ? `${textOrderOf(stream.lastEventAtMs ?? 0)}/${stream.name}` : stream.name;
  const { items, next } = page(found, keyOf, input);
  const prefixArn = `${groupArn(call, group.record.name)}:log-stream:`;
  return {
    logStreams: items.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdAtMs,
      firstEventTimestamp: stream.firstEventAtMs,
      lastEventTimestamp: stream.lastEventAtMs,
      lastIngestionTime: stream.lastIngestedAtMs,
      arn: prefixArn + stream.name,
      storedBytes: 0,
    })),
    nextToken: next,
  };
}

export const streamOperations = {
  CreateLogStream: createLogStream,
  DeleteLogStream: deleteLogStream,
  DescribeLogStreams: describeLogStreams,
} satisfies Operations<sdk.CloudWatchLogs>;
