import type { FunctionSettings } from '../aws/function-settings.ts';
import { DynopsError, usageError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { type LoadRun, runLoad, stopGraceMs } from '../measure/load/generator.ts';
import type { LoadResult } from '../measure/load/result.ts';
import { checkThresholds, hasMost, isMissed, type Thresholds } from '../measure/load/thresholds.ts';
import { announce } from '../session/announce.ts';
import { keepFiles, outputFiles } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { loadPage } from '../ui/load-html.ts';
import { showLoad } from '../ui/load-live.ts';
import { loadLines, modelText } from '../ui/load-text.ts';
import { version } from '../version.ts';
import { cautionOnAws } from './load/caution.ts';
import { inputFiles, type RequestOptions, requestsOf, type ShapeOptions, shapeOf } from './load/plan.ts';
import { openLoadTarget } from './load/target.ts';

export interface LoadOptions extends ShapeOptions, RequestOptions, Thresholds {
  /** File for the result as JSON. */
  out?: string;
  /** File for the result as a page. */
  report?: string;
  label?: string;
  /** Stop as soon as a limit is exceeded. */
  abortOnThreshold?: boolean;
}

/** To put the figures together and write them down. */
const reportingMs = 5_000;

/** Sends a load to the stack's own API and measures it. Exit 3 when a threshold is missed. */
export async function load(context: Context, options: LoadOptions): Promise<Result> {
  if (options.abortOnThreshold && !hasMost(options)) {
    throw usageError('--abort-on-threshold needs one of the --max limits.', 'For example --max-p95 200ms.');
  }
  const shape = shapeOf(options, context.ui.warn);
  const files = await outputFiles(context, options, { inputs: inputFiles(options) });
  const target = await openLoadTarget(context, await requestsOf(context, options));
  try {
    const { outputs, scenario, functions } = target;
    // Of several functions, the figures are of none.
    const only = functions.length === 1 ? (functions[0] ?? null) : null;
    await announce(context, 'Sending a load to');
    await cautionOnAws(context, { shape, trials: dearest(functions) });
    const startedAt = new Date(context.clock()).toISOString();
    const view = showLoad(context.ui, shape);
    context.onTimeout({ graceMs: stopGraceMs + reportingMs });
    const exceeded = new AbortController();
    const run = await runLoad({
      ...shape,
      url: target.url,
      way: target.way,
      scenario,
      token: target.token,
      userAgent: `dynops/${version}`,
      signal: AbortSignal.any([context.signal, exceeded.signal]),
      onInterval: (interval, soFar) => {
        view.onInterval(interval, soFar);
        if (options.abortOnThreshold && isMissed(options, soFar)) exceeded.abort();
      },
    }).finally(view.close);

    const [{ kind, region }, stack] = await Promise.all([context.choice(), context.stack()]);
    const thresholds = checkThresholds(options, run);
    const result: LoadResult = {
      ok: !run.interrupted && thresholds.every(({ passed }) => passed),
      kind: 'dynops-load',
      version: 1,
      label: options.label ?? `Load of ${modelText(shape.model)}${only ? `, ${only.memoryMb} MB` : ''}`,
      startedAt,
      target: kind,
      region,
      stack,
      url: outputs.apiUrl,
      model: shape.model,
      profile: shape.profileName,
      profileShape: shape.profileShape,
      ...(shape.stages.length > 0 && { stages: shape.stages }),
      durationMs: shape.durationMs,
      function: only,
      thresholds,
      ...run,
      ...(exceeded.signal.aborted && { abortedOnThreshold: true }),
    };
    const error = await keepFiles(context, files, { out: result, report: () => loadPage(result), name: 'report' });
    return {
      json: result,
      text: `${loadLines(result, context.ui).join('\n')}\n`,
      ...(error && { error }),
      exitStatus: exitStatusOf(context, run, result),
    };
  } finally {
    target.close();
  }
}

/** An estimate is rather too much than too little. */
function dearest(functions: readonly FunctionSettings[]): FunctionSettings[] {
  return [...functions].sort((a, b) => b.memoryMb - a.memoryMb).slice(0, 1);
}

function exitStatusOf({ signal }: Context, run: LoadRun, result: LoadResult): ExitStatus {
  if (run.interrupted && !result.abortedOnThreshold) {
    return signal.reason instanceof DynopsError ? signal.reason.exitStatus : ExitStatus.interrupted;
  }
  return result.ok ? ExitStatus.done : ExitStatus.checkFailed;
}
