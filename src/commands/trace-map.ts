import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readServiceMap } from '../aws/traces.ts';
import { mapPage } from '../ui/trace-html.ts';
import { mapLines } from '../ui/trace-text.ts';
import type { Context, Result } from './command.ts';
import { whyNoTraces } from './trace/absence.ts';
import { defaultSinceMs } from './trace-list.ts';

export interface TraceMapOptions {
  /** How far back, in milliseconds; X-Ray answers for at most six hours. */
  since?: number;
  /** File for the map as a page. */
  report?: string;
}

/** Who calls whom, how often, how long, and how much of it failed. */
export async function traceMap(context: Context, { since = defaultSinceMs, report }: TraceMapOptions): Promise<Result> {
  const untilMs = context.clock();
  const services = await readServiceMap(await context.aws(), { fromMs: untilMs - since, untilMs });
  if (services.length === 0) {
    const reasons = await whyNoTraces(context);
    return { json: { ok: true, services, reasons }, text: `${['No traces to map.', ...reasons].join('\n')}\n` };
  }
  if (report !== undefined) {
    const file = resolve(context.cwd, report);
    const times = [untilMs - since, untilMs].map((ms) => new Date(ms).toISOString());
    await writeFile(file, mapPage(services, `Traced requests from ${times.join(' to ')}.`));
    context.ui.note(`The map is in ${file}.`);
  }
  return { json: { ok: true, services }, text: `${mapLines(services).join('\n')}\n` };
}
