import type { Aws } from '../aws/aws.ts';
import { type LogLine, logEvents } from '../aws/log-events.ts';
import { usageError } from '../errors.ts';
import { parseLogLine } from '../measure/report-line.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { createLogFollower, inOrder } from '../session/log-follower.ts';
import { needs } from '../session/needs.ts';
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
    const found: LogLine[] = [];
    const onMissing = needs('function', `log group ${query.group}`);
    for await (const page of logEvents(aws, { ...query, fromMs, onMissing })) found.push(...page.filter(isWanted));
    const ordered = inOrder(found);
    const events = ordered.map(({ atMs, stream, text }) => {
      const { message: _message, ...entry } = parseLogLine(text);
      return { at: new Date(atMs).toISOString(), stream, text, ...entry };
    });
    const text = logLines(ordered);
    if (text === '' && !context.ui.json) context.ui.note('No log lines.');
    return { json: { ok: true, logGroup: query.group, events }, text };
  }
  return followLogs(context, aws, { ...query, fromMs, isWanted });
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
