import type { Aws } from '../aws/aws.ts';
import { type LogLine, logEvents } from '../aws/log-events.ts';
import { usageError } from '../errors.ts';
import { parseLogLine } from '../measure/report-line.ts';
import type { Context, Result } from '../session/command.ts';
import { needs } from '../session/needs.ts';
import { stackNames } from '../stack/names.ts';
import { logText } from '../ui/log-text.ts';

export interface LogsOptions {
  /** How far back, in milliseconds. */
  since?: number;
  follow?: boolean;
  /** CloudWatch Logs filter pattern. */
  filter?: string;
  /** One request's lines: its id, or the beginning of it. */
  request?: string;
}

const defaultSinceMs = 10 * 60_000;
const pollMs = 1_000;
/** Events may arrive this much after their time; what was shown is not shown again. */
const lateMs = 30_000;

/** The function's log lines, its REPORT lines made readable. `--follow` goes on until Ctrl-C. */
export async function logs(context: Context, options: LogsOptions): Promise<Result> {
  const { since = defaultSinceMs, follow, filter, request } = options;
  if (follow && context.ui.json) throw usageError('--follow does not end, and --json is one document.');
  const aws = await context.aws();
  const query = { group: stackNames(await context.stack()).logGroup, pattern: filter };
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
    const text = textOf(ordered);
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
  const shown = new Map<string, number>();
  let { fromMs } = query;
  let said = false;
  const onMissing = () => {
    if (!said) context.ui.note(`There is no log group ${query.group} yet; its lines are shown when it is made.`);
    said = true;
  };
  for (;;) {
    const fresh: LogLine[] = [];
    for await (const page of logEvents(aws, { ...query, fromMs, onMissing })) {
      fresh.push(...page.filter((line) => query.isWanted(line) && !shown.has(line.id)));
    }
    for (const { id, atMs } of fresh) shown.set(id, atMs);
    context.ui.print(textOf(inOrder(fresh)));
    fromMs = Math.max(fromMs, context.clock() - lateMs);
    for (const [id, atMs] of shown) if (atMs < fromMs) shown.delete(id);
    await aws.pause(pollMs);
  }
}

const inOrder = (lines: LogLine[]) => lines.sort((a, b) => a.atMs - b.atMs);

function textOf(lines: LogLine[]): string {
  return lines
    .flatMap(({ atMs, text }) => logText(atMs, parseLogLine(text)) ?? [])
    .map((line) => `${line}\n`)
    .join('');
}
