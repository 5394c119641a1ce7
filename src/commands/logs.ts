import type { Aws } from '../aws/aws.ts';
import { type LogLine, logEvents } from '../aws/log-events.ts';
import { usageError } from '../errors.ts';
import { parseLogLine } from '../measure/report-line.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { createLogFollower } from '../session/log-follower.ts';
import { mergedLogs } from '../session/merge-logs.ts';
import { needs } from '../session/needs.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { logLines } from '../ui/log-text.ts';

export interface LogsOptions {
  /** How far back, in milliseconds. */
  since?: number;
  follow?: boolean;
  /** CloudWatch Logs filter pattern. */
  filter?: string;
  /** Of a service of one's own; default: its first. */
  function?: string;
  /** One request's lines: its id, or the beginning of it. */
  request?: string;
}

const defaultSinceMs = 10 * 60_000;
const pollMs = 1_000;

/** The function's log lines, its REPORT lines made readable. `--follow` goes on until Ctrl-C. */
export async function logs(context: Context, options: LogsOptions): Promise<Result> {
  const { since = defaultSinceMs, follow, filter, request } = options;
  if (follow && context.ui.json) throw usageError('--follow does not end, and --json is one document.');
  const aws = await context.aws();
  const { logGroup } = await chosenFunction(context, options.function);
  const query = { group: logGroup, pattern: filter };
  const isWanted = ({ text }: LogLine) => request === undefined || text.includes(request);
  const fromMs = context.clock() - since;

  if (!follow) {
    const onMissing = needs('function', `log group ${query.group}`);
    const pages = mergedLogs(logEvents(aws, { ...query, fromMs, onMissing }));
    return context.ui.json ? logDocument(pages, logGroup, isWanted) : printLogs(context, pages, isWanted);
  }
  return untilStopped(context, () => followLogs(context, aws, { ...query, fromMs, isWanted }));
}

/** Page by page, so that the first line does not wait for the last. */
async function printLogs(
  { ui }: Context,
  pages: AsyncIterable<LogLine[]>,
  isWanted: (line: LogLine) => boolean,
): Promise<Result> {
  let isEmpty = true;
  for await (const page of pages) {
    const text = logLines(page.filter(isWanted));
    if (text === '') continue;
    isEmpty = false;
    ui.print(text);
    await ui.drained();
  }
  if (isEmpty) ui.note('No log lines.');
  return { json: undefined };
}

async function logDocument(
  pages: AsyncIterable<LogLine[]>,
  logGroup: string,
  isWanted: (line: LogLine) => boolean,
): Promise<Result> {
  const events: object[] = [];
  for await (const page of pages) {
    for (const { atMs, stream, text } of page.filter(isWanted)) {
      const { message: _message, ...entry } = parseLogLine(text);
      events.push({ at: new Date(atMs).toISOString(), stream, text, ...entry });
    }
  }
  return { json: { ok: true, logGroup, events } };
}

async function followLogs(
  context: Context,
  aws: Aws,
  query: { group: string; pattern: string | undefined; fromMs: number; isWanted: (line: LogLine) => boolean },
): Promise<never> {
  let said = false;
  const onMissing = () => {
    if (!said) context.ui.note(`There is no log group ${query.group} yet; its lines are shown when it is made.`);
    said = true;
  };
  const follower = createLogFollower(aws, { ...query, onMissing });
  for (;;) {
    context.ui.print(logLines((await follower.next()).filter(query.isWanted)));
    await aws.pause(pollMs);
  }
}
