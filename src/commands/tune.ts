import { connect } from '../aws/aws.ts';
import { changeFunctionSettings, codeSha256, type FunctionSettings } from '../aws/function-settings.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import type { Architecture } from '../measure/cost.ts';
import { stopGraceMs } from '../measure/load/generator.ts';
import { bestTrial, type Strategy } from '../measure/tune.ts';
import { keepFiles, outputFiles } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import { readFunctionCode } from '../stack/code.ts';
import { stackNames } from '../stack/names.ts';
import { functionText } from '../ui/load-text.ts';
import { tunePage } from '../ui/tune-html.ts';
import { type Trial, type TuneOutcome, tuneLines } from '../ui/tune-text.ts';
import { cautionOnAws } from './load/caution.ts';
import { type RequestOptions, type ShapeOptions, scenarioOf, shapeOf } from './load/plan.ts';
import { openLoadTarget } from './load/target.ts';
import { functionZip, runTrial } from './tune/trials.ts';
import { up } from './up.ts';

export interface TuneOptions extends ShapeOptions, RequestOptions {
  /** Sizes in MB. */
  memory?: number[];
  arch?: Architecture[];
  strategy?: Strategy;
  /** For `balanced`: 0 counts speed alone, 1 cost alone. */
  weight?: number;
  apply?: boolean;
  /** File for the result as JSON. */
  out?: string;
  /** File for the result as a page. */
  report?: string;
}

const defaultSizes = [128, 256, 512, 1024, 1769];
const defaultUsers = 5;
const defaultDurationMs = 20_000;
/** After the interruption that this may follow. */
const restoreLimitMs = 120_000;
/** To say how it ended. */
const reportingMs = 5_000;
const leftHint = ({ options }: Context) =>
  `The function is left as it was last tried; ${ownCommand(options)('up')} sets it back.`;

/** Sends the load at each memory size and compares speed and cost. However it ends, the function is as it was, or as applied. */
export async function tune(context: Context, options: TuneOptions): Promise<Result> {
  const { strategy = 'balanced', weight = 0.5 } = options;
  const shape = shapeOf({ users: defaultUsers, duration: defaultDurationMs, ...options });
  const files = await outputFiles(context, options);
  const target = await openLoadTarget(context);
  const current = target.function;
  try {
    context.ui.note(`Now: ${functionText(current)}`);
    const { table: tableName, logGroup } = stackNames(await context.stack());
    const request = options.scenario === undefined ? { operation: 'read' as const, ...options } : options;
    const scenario = await scenarioOf(context, request, { apiUrl: target.outputs.apiUrl, tableName });
    const settings = (options.arch ?? [current.architecture]).flatMap((architecture) =>
      (options.memory ?? defaultSizes).map((memoryMb) => ({ memoryMb, architecture })),
    );
    if (options.arch?.some((name) => name !== current.architecture)) await refuseOtherCode(context, current);
    await cautionOnAws(context, { shape, trials: settings.map((each) => ({ ...current, ...each })) });
    context.onTimeout({ graceMs: stopGraceMs + restoreLimitMs + reportingMs, hint: leftHint(context) });

    const trials: Trial[] = [];
    try {
      for (const each of settings) {
        context.ui.note(`${each.memoryMb} MB, ${each.architecture}:`);
        const trial = await runTrial(context, { target, shape, scenario, logGroup }, each);
        if (trial) trials.push(trial);
      }
    } finally {
      await restore(context, current);
    }
    const best = bestTrial(trials, strategy, weight);
    const applied = options.apply === true && best !== undefined;
    // `up` also remembers it, so that a later one keeps it.
    if (applied) await up(context, { memoryMb: best.memoryMb, architecture: best.architecture });
    const { kind } = await context.choice();
    const outcome: TuneOutcome = { target: kind, current, trials, strategy, best, applied };
    const error = await keepFiles(context, files, { out: outcome, report: () => tunePage(outcome), name: 'report' });
    return {
      json: { ok: best !== undefined, ...outcome, best: best ?? null },
      text: `${tuneLines(outcome).join('\n')}\n`,
      ...(error && { error }),
    };
  } finally {
    target.close();
  }
}

/** On a connection of its own: the command's no longer calls anything once it was interrupted. */
async function restore(context: Context, to: FunctionSettings): Promise<void> {
  try {
    const aws = await connect({ target: await context.target(), signal: AbortSignal.timeout(restoreLimitMs) });
    await changeFunctionSettings(aws, to.name, { ...to, zip: functionZip });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DynopsError({
      ...(cause instanceof DynopsError ? { foreignCode: cause.code } : { code: 'NotRestored' }),
      message: `The function could not be set back to ${to.memoryMb} MB, ${to.architecture}: ${why}`,
      hint: leftHint(context),
      exitStatus: context.signal.aborted ? ExitStatus.interrupted : ExitStatus.partial,
      cause,
    });
  }
}

/** Lambda takes a change of architecture only together with code, and there is no code here but dynops's own. */
async function refuseOtherCode(context: Context, { name }: FunctionSettings): Promise<void> {
  const [deployed, own] = await Promise.all([codeSha256(await context.aws(), name), readFunctionCode()]);
  if (deployed === own.sha256) return;
  throw new DynopsError({
    code: 'CodeDiffers',
    message: `The code of ${name} is not this dynops's, and another architecture would replace it.`,
  });
}
