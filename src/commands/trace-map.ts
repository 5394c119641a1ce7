import { readServiceMap } from '../aws/traces.ts';
import { around } from '../measure/trace/service-map.ts';
import { keepFiles, outputFiles } from '../session/argument.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { lookOf } from '../ui/table.ts';
import { mapPage } from '../ui/trace-html.ts';
import { mapLines } from '../ui/trace-text.ts';
import { whyNoTraces } from './trace/absence.ts';
import { defaultSinceMs } from './trace-list.ts';

export interface TraceMapOptions {
  /** How far back, in milliseconds; X-Ray answers for at most six hours. */
  since?: number;
  /** File for the map as a page. */
  report?: string;
  /** Only this function, who calls it, and whom it calls. */
  function?: string;
}

/** Who calls whom, how often, how long, and how much of it failed. */
export async function traceMap(context: Context, options: TraceMapOptions): Promise<Result> {
  const { since = defaultSinceMs } = options;
  const files = await outputFiles(context, { report: options.report });
  const { functionName } = await chosenFunction(context, options.function);
  const untilMs = context.clock();
  const all = await readServiceMap(await context.aws(), { fromMs: untilMs - since, untilMs });
  const services = options.function === undefined ? all : around(all, functionName);
  if (services.length === 0) {
    const reasons = await whyNoTraces(context, options.function);
    return { json: { ok: true, services, reasons }, sentences: ['No traces to map.', ...reasons].join('\n') };
  }
  const times = [untilMs - since, untilMs].map((ms) => new Date(ms).toISOString());
  const report = () => mapPage(services, `Traced requests from ${times.join(' to ')}.`);
  const error = await keepFiles(context, files, { report, name: 'map' });
  return {
    json: { ok: true, services },
    text: `${mapLines(services, lookOf(context.ui)).join('\n')}\n`,
    ...(error && { error }),
  };
}
