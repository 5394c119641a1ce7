import type { Aws } from '../aws/aws.ts';
import { listTraces, readTraces } from '../aws/traces.ts';
import { DynopsError, usageError } from '../errors.ts';
import { type Waterfall, waterfall } from '../measure/trace/waterfall.ts';
import { keepFiles, outputFiles } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { waterfallPage } from '../ui/trace-html.ts';
import { waterfallLines } from '../ui/trace-text.ts';
import { duration } from '../ui/words.ts';
import { tracingIsOn, whyNoTraces } from './trace/absence.ts';
import { indexingMs, whenIndexed } from './trace/indexing.ts';
import { functionFilter } from './trace/of-function.ts';
import { defaultSinceMs } from './trace-list.ts';

export interface TraceShowOptions {
  /** A trace's id, or a header that holds one; default: the latest. */
  id?: string;
  /** File for the waterfall as a page. */
  report?: string;
  /** The latest that this function took part in. */
  function?: string;
}

/** One request's way through the stack, part by part. */
export async function traceShow(context: Context, options: TraceShowOptions): Promise<Result> {
  if (options.id !== undefined && options.function !== undefined) {
    throw usageError('--function selects among traces, and the id names one; give only one of them.');
  }
  const files = await outputFiles(context, { report: options.report });
  const given = options.id === undefined ? undefined : traceIdIn(options.id);
  const filter = await functionFilter(context, options.function);
  const aws = await context.aws();
  const id = given ?? (await latest(context, aws, { name: options.function, filter }));
  const documents = await read(context, aws, id);
  if (!documents) throw await noTrace(context, `There is no trace ${id}.`);
  const trace = waterfall(documents);
  if (options.id === undefined) await sayWhatMayBeMissing(context, trace);
  const error = await keepFiles(context, files, { report: () => waterfallPage(trace), name: 'waterfall' });
  const { width, columns } = context.ui;
  return {
    json: { ok: true, ...trace },
    text: `${waterfallLines(trace, Math.min(width, columns), width).join('\n')}\n`,
    ...(error && { error }),
  };
}

/** The latest trace need not be the latest request's. */
async function sayWhatMayBeMissing(context: Context, { startedAtMs }: Waterfall): Promise<void> {
  const unsureMs = await indexingMs(context);
  if (unsureMs === 0) return;
  const ago = duration(Math.max(0, context.clock() - startedAtMs));
  context.ui.note(
    `This is the latest trace that is indexed, from ${ago} ago; requests of the last ${Math.ceil(unsureMs / 1000)} s may be missing.`,
  );
}

/** The last request may only just have been made: where nothing is recorded though tracing is on, it is waited for. */
async function latest(
  context: Context,
  aws: Aws,
  { name, filter }: { name: string | undefined; filter: string | undefined },
): Promise<string> {
  const ask = async () => {
    const untilMs = context.clock();
    const [found] = await listTraces(aws, { fromMs: untilMs - defaultSinceMs, untilMs, filter, limit: 1 });
    return found?.id;
  };
  const id = (await tracingIsOn(context, name)) ? await whenIndexed(context, aws, ask) : await ask();
  const whose = name === undefined ? '' : ` with the function ${name}`;
  if (id === undefined) throw await noTrace(context, `There is no trace${whose} from the last hour.`, name);
  return id;
}

/** A trace that may only just have been made is waited for. */
async function read(context: Context, aws: Aws, id: string): Promise<string[] | undefined> {
  const ask = async () => (await readTraces(aws, [id])).get(id);
  const ageMs = context.clock() - Number.parseInt(id.slice(2, 10), 16) * 1000;
  return ageMs > 2 * (await indexingMs(context)) ? ask() : whenIndexed(context, aws, ask);
}

async function noTrace(context: Context, message: string, name?: string): Promise<DynopsError> {
  const reasons = await whyNoTraces(context, name);
  return new DynopsError({ code: 'NoTrace', message, hint: reasons.join('\n') });
}

function traceIdIn(text: string): string {
  const id = /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(text)?.[0];
  if (id !== undefined) return id;
  throw usageError(
    `${text} is not a trace id.`,
    '`dynops trace list` shows them; they look like 1-5759e988-bd862e3fe1be46a994272793.',
  );
}
