import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from './aws.ts';
import { isMissing } from './errors.ts';

/** One event of a log group. */
export interface LogLine {
  /** The same event has the same id in every answer. */
  id: string;
  atMs: number;
  stream: string;
  /** Without its final line break. */
  text: string;
}

/** Which events: times in milliseconds since the epoch, `pattern` in CloudWatch Logs' own filter syntax. */
export interface LogQuery {
  group: string;
  fromMs: number;
  untilMs?: number | undefined;
  pattern?: string | undefined;
  /** Told of AWS's error where there is no such group; may throw another. */
  onMissing?: ((error: unknown) => void) | undefined;
}

/** No regular expression, which would try each line break of a run as the first of the last ones. */
function withoutEnd(message: string): string {
  let end = message.length;
  while (message[end - 1] === '\n') end -= 1;
  return message.slice(0, end < message.length && message[end - 1] === '\r' ? end - 1 : end);
}

/** The group's events of a stretch of time, oldest first within a page; nothing where there is no such group yet. */
export async function* logEvents(aws: Aws, query: LogQuery): AsyncGenerator<LogLine[]> {
  const { group, fromMs, untilMs, pattern, onMissing } = query;
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({
      logGroupName: group,
      startTime: Math.floor(fromMs),
      ...(untilMs !== undefined && { endTime: Math.ceil(untilMs) }),
      ...(pattern !== undefined && { filterPattern: pattern }),
      ...(nextToken !== undefined && { nextToken }),
    });
    const page = await aws.call(CloudWatchLogsClient, command).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      onMissing?.(error);
      return undefined;
    });
    yield (page?.events ?? []).map(({ eventId = '', timestamp = 0, logStreamName = '', message = '' }) => ({
      id: eventId,
      atMs: timestamp,
      stream: logStreamName,
      text: withoutEnd(message),
    }));
    nextToken = page?.nextToken;
  } while (nextToken !== undefined);
}
