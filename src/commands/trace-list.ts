import { listTraces } from '../aws/traces.ts';
import type { Context, Result } from '../session/command.ts';
import { lookOf } from '../ui/table.ts';
import { traceListLines } from '../ui/trace-text.ts';
import { whyNoTraces } from './trace/absence.ts';
import { functionFilter } from './trace/of-function.ts';

export interface TraceListOptions {
  /** How far back, in milliseconds. */
  since?: number;
  /** Only what failed in any way. */
  failed?: boolean;
  /** Slowest first, instead of latest first. */
  slowest?: boolean;
  limit?: number;
  /** X-Ray filter expression. */
  filter?: string;
  /** Only those that this function took part in. */
  function?: string;
}

export const defaultSinceMs = 3_600_000;
const defaultLimit = 20;
/** X-Ray is asked for all of the time range: the slowest may be the oldest. */
const mostSorted = 10_000;

/** The stack's traces, latest or slowest first. */
export async function traceList(context: Context, options: TraceListOptions): Promise<Result> {
  const { since = defaultSinceMs, failed, slowest, limit = defaultLimit } = options;
  const own = await functionFilter(context, options.function);
  const filters = [
    ...(own ? [own] : []),
    ...(failed ? ['(error OR fault OR throttle)'] : []),
    ...(options.filter ? [`(${options.filter})`] : []),
  ];
  const untilMs = context.clock();
  const all = await listTraces(await context.aws(), {
    fromMs: untilMs - since,
    untilMs,
    filter: filters.join(' AND ') || undefined,
    limit: mostSorted,
  });
  const ordered = slowest ? all.sort((a, b) => b.responseMs - a.responseMs) : all;
  const traces = ordered.slice(0, limit);
  if (traces.length === 0) {
    const reasons = await whyNoTraces(context, options.function);
    return { json: { ok: true, traces, reasons }, sentences: ['No traces.', ...reasons].join('\n') };
  }
  return {
    json: { ok: true, traces },
    text: `${traceListLines(traces, { ...lookOf(context.ui), nowMs: untilMs }).join('\n')}\n`,
  };
}
