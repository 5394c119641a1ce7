import { type LogLine, logEvents } from '../aws/log-events.ts';
import { parseLogLine } from '../measure/report-line.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { createLogFollower } from '../session/log-follower.ts';
import { mergedLogs } from '../session/merge-logs.ts';
import { needs } from '../session/needs.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { count } from '../ui/figures.ts';
import { fieldText, logText } from '../ui/log-text.ts';
import { fieldOf, parsePath } from './logs/fields.ts';

export interface LogsOptions {
  /** How far back, in milliseconds. */
  since?: number;
  follow?: boolean;
  /** The latest lines only; with `follow`, of those that are there at its beginning. */
  limit?: number;
  /** CloudWatch Logs filter pattern. */
  filter?: string;
  /** A function of a service; default: its first. */
  function?: string;
  /** One request's lines: its id, or the beginning of it. */
  request?: string;
  /** Members of lines that are JSON; lines without any of them are left out. */
  field?: string[];
}

/** Which lines are shown, and how. */
interface View {
  isWanted(line: LogLine): boolean;
  /** Empty for a line that says nothing to a person. */
  text(line: LogLine): string;
  /** By their paths; undefined where no field was asked for. */
  fields(line: LogLine): Record<string, unknown> | undefined;
}

const defaultSinceMs = 10 * 60_000;
const pollMs = 1_000;
/** More lines on a terminal are more than one reads: how to see fewer is said. */
const manyLines = 100;

/** The function's log lines, its REPORT lines made readable. `--follow` runs until Ctrl-C. */
export async function logs(context: Context, options: LogsOptions): Promise<Result> {
  const { since = defaultSinceMs, follow, filter } = options;
  const view = viewOf(options, context.ui.width);
  if (follow)
    return untilStopped(context, () => followLogs(context, { view, fromMs: context.clock() - since, options }));
  const { logGroup } = await chosenFunction(context, options.function);
  const aws = await context.aws();
  const query = { group: logGroup, pattern: filter, fromMs: context.clock() - since };
  const onMissing = needs('function', `log group ${logGroup}`);
  const pages = mergedLogs(logEvents(aws, { ...query, onMissing }));
  return context.ui.json
    ? logDocument(pages, { logGroup, view, limit: options.limit })
    : printLogs(context, textsOf(pages, view), options.limit);
}

function viewOf({ request, field = [] }: LogsOptions, width: number): View {
  const paths = field.map((text) => ({ name: text, path: parsePath(text) }));
  const picked = ({ text }: LogLine) => paths.map(({ name, path }) => [name, fieldOf(text, path)] as const);
  const isAsked = ({ text }: LogLine) => request === undefined || text.includes(request);
  if (paths.length === 0) return { isWanted: isAsked, text: (line) => logText(line, width), fields: () => undefined };
  return {
    isWanted: (line) => isAsked(line) && picked(line).some(([, value]) => value !== undefined),
    text: (line) =>
      fieldText(
        line.atMs,
        picked(line).map(([, value]) => value),
      ),
    fields: (line) => Object.fromEntries(picked(line)),
  };
}

function shownTexts(lines: readonly LogLine[], view: View): string[] {
  return lines.flatMap((line) => (view.isWanted(line) ? view.text(line) || [] : []));
}

async function* textsOf(pages: AsyncIterable<LogLine[]>, view: View): AsyncGenerator<string[]> {
  for await (const page of pages) yield shownTexts(page, view);
}

/** The last of them, in one page. */
async function* latestOf(pages: AsyncIterable<string[]>, limit: number): AsyncGenerator<string[]> {
  let held: string[] = [];
  for await (const page of pages) held = [...held, ...page].slice(-limit);
  yield held;
}

/** Page by page, so that the first line does not wait for the last. */
async function printLogs({ ui }: Context, all: AsyncIterable<string[]>, limit: number | undefined): Promise<Result> {
  let shown = 0;
  for await (const page of limit === undefined ? all : latestOf(all, limit)) {
    if (page.length === 0) continue;
    shown += page.length;
    ui.print(page.join(''));
    await ui.drained();
  }
  if (shown === 0) ui.note('No log lines.');
  if (limit === undefined && shown > manyLines && ui.width !== Infinity)
    ui.note(`${count(shown)} lines; --limit 20 shows only the latest, --since 1m only those of the last minute.`);
  return { json: undefined };
}

async function logDocument(
  pages: AsyncIterable<LogLine[]>,
  { logGroup, view, limit = Infinity }: { logGroup: string; view: View; limit: number | undefined },
): Promise<Result> {
  const events: object[] = [];
  for await (const page of pages) {
    for (const line of page.filter(view.isWanted)) {
      const { atMs, stream, text } = line;
      const fields = view.fields(line);
      const { message: _message, ...entry } = parseLogLine(text);
      events.push({ at: new Date(atMs).toISOString(), stream, text, ...entry, ...(fields && { fields }) });
    }
  }
  return { json: { ok: true, logGroup, events: events.slice(-limit) } };
}

async function followLogs(
  context: Context,
  { view, fromMs, options }: { view: View; fromMs: number; options: LogsOptions },
): Promise<never> {
  const { logGroup } = await chosenFunction(context, options.function);
  const aws = await context.aws();
  let said = false;
  const onMissing = () => {
    if (!said) context.ui.note(`The log group ${logGroup} does not exist yet; its lines are shown once it does.`);
    said = true;
  };
  const follower = createLogFollower(aws, { group: logGroup, pattern: options.filter, fromMs, onMissing });
  for (let limit = options.limit; ; limit = undefined) {
    const texts = shownTexts(await follower.next(), view);
    context.ui.print((limit === undefined ? texts : texts.slice(-limit)).join(''));
    await aws.pause(pollMs);
  }
}
