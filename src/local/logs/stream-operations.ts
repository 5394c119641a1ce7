import type * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../operations.ts';
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
  const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false } = input;
  const byTime = orderBy === 'LastEventTime';
  if (byTime && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const found = [...group.streams.values()]
    .filter(({ name }) => prefix === undefined || name.startsWith(prefix))
    .sort((one, other) => (byTime && compareTimes(one, other)) || (one.name < other.name ? -1 : 1));
  if (descending) found.reverse();
  const { entries, nextToken } = page(found, ({ name }) => name, {
    nextToken: input.nextToken,
    limit: input.limit,
    maxLimit: 50,
  });
  const prefixArn = `${groupArn(call, group.record.name)}:log-stream:`;
  return {
    logStreams: entries.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdAtMs,
      firstEventTimestamp: stream.firstEventAtMs,
      lastEventTimestamp: stream.lastEventAtMs,
      lastIngestionTime: stream.lastIngestedAtMs,
      arn: prefixArn + stream.name,
      storedBytes: 0,
    })),
    nextToken,
  };
}

function compareTimes(one: StreamRecord, other: StreamRecord): number {
  return (one.lastEventAtMs ?? 0) - (other.lastEventAtMs ?? 0);
}

export const streamOperations = {
  CreateLogStream: createLogStream,
  DeleteLogStream: deleteLogStream,
  DescribeLogStreams: describeLogStreams,
} satisfies Operations<sdk.CloudWatchLogs>;
