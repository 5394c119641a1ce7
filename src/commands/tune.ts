import { connect } from '../aws/aws.ts';
import {
  changeFunctionSettings,
  codeSha256,
  type FunctionSettings,
  readFunctionSettings,
} from '../aws/function-settings.ts';
import { recordedEngine } from '../endpoint/engine.ts';
import { DynopsError, usageError } from '../errors.ts';
import type { Architecture } from '../measure/cost.ts';
import { stopGraceMs } from '../measure/load/generator.ts';
import { bestTrial, type Strategy, type TrialSettings } from '../measure/tune.ts';
import { announce } from '../session/announce.ts';
import { keepFiles, type OutputFiles, outputFiles } from '../session/argument.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop } from '../session/confirm.ts';
import { ownCommand } from '../session/own-command.ts';
import { functionCode } from '../session/service.ts';
import { writeFunctionMembers } from '../session/write-service.ts';
import { type ServiceFunction, tutorialName } from '../stack/service.ts';
import { functionText } from '../ui/load-text.ts';
import { lookOf } from '../ui/table.ts';
import { coldPage, tunePage } from '../ui/tune-html.ts';
import { type ColdOutcome, coldLines, type Trial, type TuneOutcome, tuneLines } from '../ui/tune-text.ts';
import { cautionOnAws } from './load/caution.ts';
import {
  inputFiles,
  type LoadRequests,
  type RequestOptions,
  requestsOf,
  type ShapeOptions,
  shapeOf,
} from './load/plan.ts';
import { openLoadTarget } from './load/target.ts';
import { runColdStarts, runTrial, type TrialPlan } from './tune/trials.ts';
import { broughtUp } from './up.ts';

export interface TuneOptions extends ShapeOptions, RequestOptions {
  /** Sizes in MB. */
  memory?: number[];
  arch?: Architecture[];
  strategy?: Strategy;
  /** For `balanced`: 0 counts only speed, 1 only cost. */
  weight?: number;
  /** The function whose memory is tuned; default: the only one that the requests reach. */
  function?: string;
  apply?: boolean;
  /** Measure only cold starts: this many at each size. */
  cold?: number;
  /** File for the result as JSON. */
  out?: string;
  /** File for the result as a page. */
  report?: string;
}

const defaultSizes = [128, 256, 512, 1024, 1769];
const defaultUsers = 5;
const defaultDurationMs = 20_000;
/** Long enough for a request to begin; only the cold one counts. */
const coldRunMs = 100;
/** After the interruption that this may follow. */
const restoreLimitMs = 120_000;
/** To say how it ended. */
const reportingMs = 5_000;
const leftHint = ({ options }: Context) =>
  `The function keeps the last size that was tried; ${ownCommand(options)('up')} sets it back.`;

/** Sends the load at each memory size and compares speed and cost. However it ends, the function is as it was, or as applied. */
export async function tune(context: Context, options: TuneOptions): Promise<Result> {
  if (options.cold !== undefined) refuseLoad(options);
  const shape = shapeOf(
    options.cold === undefined
      ? { users: defaultUsers, duration: defaultDurationMs, ...options }
      : { ...options, users: 1, duration: coldRunMs },
    context.ui.warn,
  );
  const files = await outputFiles(context, options, { inputs: inputFiles(options) });
  const isSaid = options.scenario !== undefined || options.request !== undefined;
  const requests = await requestsOf(context, isSaid ? options : { operation: 'read', ...options });
  const { spec, functionName, logGroup } = await measuredFunction(context, requests, options.function);
  const sizeHasNoEffect = await runsAtFullSpeed(context);
  if (sizeHasNoEffect && options.apply) {
    throw usageError(
      "--apply: no size is best, because the engine runs functions at this machine's speed whatever their memory.",
      'Leave it out, or restart the engine with `dynops local stop` and `dynops local start --aws-like`.',
    );
  }
  const target = await openLoadTarget(context, requests);
  try {
    const current = await readFunctionSettings(await context.aws(), functionName);
    const zip = async () => (await functionCode(spec)).zip;
    context.ui.note(`Now: ${functionText(current)}`);
    const settings = (options.arch ?? [current.architecture]).flatMap((architecture) =>
      (options.memory ?? defaultSizes).map((memoryMb) => ({ memoryMb, architecture })),
    );
    if (options.arch?.some((name) => name !== current.architecture)) await refuseOtherCode(context, functionName, spec);
    const { cold } = options;
    await announce(context, `Trying sizes of ${functionName} of`);
    if (cold === undefined)
      await cautionOnAws(context, { shape, trials: settings.map((each) => ({ ...current, ...each })) });
    else await cautionOfChanges(context, functionName, cold * settings.length);
    context.onTimeout({ graceMs: stopGraceMs + restoreLimitMs + reportingMs, hint: leftHint(context) });

    const experiment: Experiment = {
      plan: { target, shape, functionName, logGroup, zip },
      settings,
      about: { target: (await context.choice()).kind, current, sizeHasNoEffect },
      files,
    };
    return cold === undefined
      ? await tuneWarm(context, experiment, { spec, options })
      : await tuneCold(context, experiment, cold);
  } finally {
    target.close();
  }
}

interface Experiment {
  plan: TrialPlan;
  settings: TrialSettings[];
  about: Pick<TuneOutcome, 'target' | 'sizeHasNoEffect'> & { current: FunctionSettings };
  files: OutputFiles;
}

/** Finds the best size under the load, and sets it with `--apply`. */
async function tuneWarm(
  context: Context,
  experiment: Experiment,
  { spec, options }: { spec: ServiceFunction; options: TuneOptions },
): Promise<Result> {
  const { plan, settings, about } = experiment;
  const { strategy = 'balanced', weight = 0.5 } = options;
  const trials = await andRestore(context, experiment, async () => {
    const found: Trial[] = [];
    for (const each of settings) {
      context.ui.note(`Measuring ${each.memoryMb} MB, ${each.architecture}.`);
      const trial = await runTrial(context, plan, each);
      if (trial) found.push(trial);
    }
    return found;
  });
  const best = about.sizeHasNoEffect ? undefined : bestTrial(trials, strategy, weight);
  const applied = options.apply === true && best !== undefined;
  if (applied) await keep(context, spec, options.arch ? best : { memoryMb: best.memoryMb });
  const outcome: TuneOutcome = { ...about, trials, strategy, best, applied };
  return reported(context, experiment.files, {
    ...(options.apply && !applied && { error: nothingToApply() }),
    outcome: { ...outcome, best: best ?? null },
    lines: tuneLines(outcome, lookOf(context.ui)),
    page: () => tunePage(outcome),
  });
}

/** Measures how long cold starts take at each size. */
async function tuneCold(context: Context, experiment: Experiment, starts: number): Promise<Result> {
  const { plan, settings, about } = experiment;
  const trials = await andRestore(context, experiment, () =>
    runColdStarts(context, plan, { settings, starts, current: about.current }),
  );
  const outcome: ColdOutcome = { ...about, trials };
  return reported(context, experiment.files, {
    outcome: { ...outcome, cold: true },
    lines: coldLines(outcome, lookOf(context.ui)),
    page: () => coldPage(outcome),
  });
}

/** On stdout and, where asked for, in files. */
async function reported(
  context: Context,
  files: OutputFiles,
  given: {
    outcome: { trials: unknown[]; [member: string]: unknown };
    lines: string[];
    page: () => string;
    error?: DynopsError;
  },
): Promise<Result> {
  const { outcome, lines, page } = given;
  const error = (await keepFiles(context, files, { out: outcome, report: page, name: 'report' })) ?? given.error;
  const json = { ok: outcome.trials.length > 0, ...outcome };
  return { json, text: `${lines.join('\n')}\n`, ...(error && { error }) };
}

const nothingToApply = () =>
  new DynopsError({
    code: 'NoBestSize',
    message: 'No size was set: at none did the function answer as it should.',
    hint: 'Send requests that succeed, measure for longer with --duration, or try larger sizes with --memory.',
  });

/** Refuses options about the load and the best size: cold starts come one at a time, and no size is chosen. */
function refuseLoad(options: TuneOptions): void {
  const others = {
    '--users': options.users,
    '--rate': options.rate,
    '--duration': options.duration,
    '--shape': options.shape,
    '--ramp': options.ramp,
    '--base': options.base,
    '--hold': options.hold,
    '--strategy': options.strategy,
    '--weight': options.weight,
    '--apply': options.apply,
  };
  const [other] = Object.entries(others).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (other === undefined) return;
  throw usageError(`${other}: --cold sends one request after each start, and chooses no size.`, `Leave out ${other}.`);
}

/** On AWS it is agreed to before anything is changed. */
async function cautionOfChanges(context: Context, functionName: string, changes: number): Promise<void> {
  if ((await context.choice()).kind !== 'aws') return;
  context.ui.warn(
    `This will change the memory of ${functionName} ${changes} times; other requests will wait for its cold starts too.`,
  );
  await confirmOrStop(context, 'Start?');
}

/** Runs the experiment, and however it ends puts the function back. */
async function andRestore<Measured>(
  context: Context,
  { plan: { zip }, about: { current } }: Experiment,
  measure: () => Promise<Measured>,
): Promise<Measured> {
  try {
    return await measure();
  } finally {
    await restore(context, current, zip);
    if (context.signal.aborted) context.ui.note(`The function is as it was: ${functionText(current)}.`);
  }
}

/** The embedded engine without --aws-like; other endpoints do not say. */
async function runsAtFullSpeed(context: Context): Promise<boolean> {
  if ((await context.choice()).kind !== 'local') return false;
  await context.target();
  return (await recordedEngine(context.home))?.scale === 0;
}

/** Where a later `up` finds it: the tutorial's function has the stack's settings, one of a service its own memory. */
async function keep(
  context: Context,
  { name }: ServiceFunction,
  { memoryMb, ...rest }: { memoryMb: number; architecture?: Architecture },
): Promise<void> {
  if (name !== tutorialName) await writeFunctionMembers(context, name, { memoryMb });
  const doing = 'Setting the best size in';
  await broughtUp(context, { ...(name === tutorialName ? { memoryMb, ...rest } : rest), doing });
}

/** On a connection of its own: the command's no longer calls anything once it was interrupted. */
async function restore(context: Context, to: FunctionSettings, zip: () => Promise<Uint8Array>): Promise<void> {
  try {
    const aws = await connect({
      target: await context.target(),
      env: context.env,
      signal: AbortSignal.timeout(restoreLimitMs),
    });
    await changeFunctionSettings(aws, to.name, { ...to, zip });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DynopsError({
      code: 'NotRestored',
      message: `The function could not be set back to ${to.memoryMb} MB, ${to.architecture}: ${why}`,
      hint: leftHint(context),
      cause,
    });
  }
}

/** Lambda takes a change of architecture only together with code, and there is no other than that of this machine. */
async function refuseOtherCode(context: Context, name: string, spec: ServiceFunction): Promise<void> {
  const [deployed, own] = await Promise.all([codeSha256(await context.aws(), name), functionCode(spec)]);
  if (deployed === own.sha256) return;
  throw new DynopsError({
    code: 'CodeDiffers',
    message: `The deployed code of ${name} is not the code of this folder, and changing the architecture would replace it.`,
  });
}

/** The named function, or the only one that the requests reach. */
async function measuredFunction(context: Context, { functions: reached }: LoadRequests, name: string | undefined) {
  const names = reached.join(', ');
  if (name === undefined && reached.length > 1) {
    throw usageError(`The requests reach several functions: ${names}.`, 'Choose one with --function NAME.');
  }
  const chosen = await chosenFunction(context, name ?? reached[0]);
  if (!reached.includes(chosen.spec.name)) {
    throw usageError(`The requests do not reach the function "${chosen.spec.name}".`, `They reach ${names}.`);
  }
  return chosen;
}
