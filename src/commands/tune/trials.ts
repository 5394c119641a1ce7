import type { Aws } from '../../aws/aws.ts';
import { changeFunctionSettings } from '../../aws/function-settings.ts';
import { logEvents } from '../../aws/log-events.ts';
import { type LoadPlan, type LoadRun, runLoad } from '../../measure/load/generator.ts';
import { type InvocationReport, parseReport } from '../../measure/report-line.ts';
import { type ColdTrial, coldFigures, type TrialSettings, trialFigures } from '../../measure/tune.ts';
import type { Context } from '../../session/command.ts';
import { showLoad } from '../../ui/load-live.ts';
import type { Trial } from '../../ui/tune-text.ts';
import { version } from '../../version.ts';
import type { Shape } from '../load/plan.ts';
import type { LoadTarget } from '../load/target.ts';

export interface TrialPlan {
  target: LoadTarget;
  shape: Shape;
  /** AWS's name of the function that is measured. */
  functionName: string;
  logGroup: string;
  zip: () => Promise<Uint8Array>;
}

/** CloudWatch has most lines within seconds, the last within a minute. */
const reportsLimitMs = 60_000;
const pollMs = 1_000;
/** More tell nothing more. */
const mostReports = 20_000;
/** The service's clock and this machine's may differ. */
const clockSkewMs = 5_000;

/** Where every request failed, perhaps before the function was called. */
const failedLimitMs = 10_000;

/** Sets the function so, sends the load, and reads what its invocations reported. undefined, which is said: no warm one did. */
export async function runTrial(context: Context, plan: TrialPlan, settings: TrialSettings): Promise<Trial | undefined> {
  const view = showLoad(context.ui, plan.shape);
  const { run, reports } = await measured(context, { ...plan, onInterval: view.onInterval }, settings).finally(
    view.close,
  );
  const figures = trialFigures(settings, reports);
  if (!figures) return unreported(context, settings);
  const { latencyMs, requestsPerSecond, errorRate } = run;
  return { ...figures, latencyMs, requestsPerSecond, errorRate };
}

/**
 * Starts new environments at each of the settings in turn, one at a time: after a change of its configuration a function gets
 * new environments. Returns the cold invocations of each.
 */
export async function runColdStarts(
  context: Context,
  plan: TrialPlan,
  what: { settings: TrialSettings[]; starts: number; current: TrialSettings },
): Promise<ColdTrial[]> {
  const { functionName, zip } = plan;
  const found = what.settings.map((settings) => ({ settings, reports: [] as InvocationReport[], failed: 0 }));
  let now = what.current;
  for (let start = 1; start <= what.starts; start++) {
    context.ui.note(`Cold start ${start} of ${what.starts} at each size.`);
    for (const trial of found) {
      const { settings } = trial;
      if (settings.memoryMb === now.memoryMb && settings.architecture === now.architecture) {
        const other = {
          ...settings,
          memoryMb: settings.memoryMb === mostMemoryMb ? mostMemoryMb - 1 : settings.memoryMb + 1,
        };
        await changeFunctionSettings(await context.aws(), functionName, { ...other, zip });
      }
      now = settings;
      const { run, reports } = await measured(context, plan, settings);
      trial.reports.push(...reports);
      trial.failed += run.failed;
    }
  }
  return found.flatMap(
    ({ settings, reports, failed }) => coldFigures(settings, reports, failed) ?? unreported(context, settings) ?? [],
  );
}

function unreported({ ui }: Context, { memoryMb, architecture }: TrialSettings): undefined {
  ui.warn(`At ${memoryMb} MB, ${architecture}, the function reported nothing to judge by.`);
}

const mostMemoryMb = 10_240;

async function measured(
  context: Context,
  {
    target,
    shape,
    functionName,
    zip,
    logGroup,
    onInterval = () => undefined,
  }: TrialPlan & Partial<Pick<LoadPlan, 'onInterval'>>,
  settings: TrialSettings,
): Promise<{ run: LoadRun; reports: InvocationReport[] }> {
  const aws = await context.aws();
  await changeFunctionSettings(aws, functionName, { ...settings, zip });
  const log = { group: logGroup, fromMs: context.clock() - clockSkewMs };
  // The trial before, with the same memory, and calls made just before are in the same stretch of the log.
  const earlier = new Set((await readReports(aws, log)).map(({ requestId }) => requestId));
  const run = await runLoad({
    ...shape,
    url: target.url,
    scenario: target.scenario,
    way: target.way,
    token: target.token,
    userAgent: `dynops/${version}`,
    signal: context.signal,
    onInterval,
  });
  context.signal.throwIfAborted();
  const isOwn = ({ requestId, memoryMb }: InvocationReport) =>
    memoryMb === settings.memoryMb && !earlier.has(requestId);
  const found = await awaitReports(context, aws, { ...log, run, isOwn });
  // More than was sent: the log was late with a call made before, as the one that asked whether the API answers.
  return { run, reports: found.slice(Math.max(0, found.length - run.requests - run.abandoned)) };
}

/** Oldest first. */
async function readReports(
  aws: Aws,
  { group, fromMs }: { group: string; fromMs: number },
  isWanted: (report: InvocationReport) => boolean = () => true,
): Promise<InvocationReport[]> {
  const found: { atMs: number; report: InvocationReport }[] = [];
  for await (const page of logEvents(aws, { group, fromMs, pattern: 'REPORT' })) {
    for (const { atMs, text } of page) {
      const report = parseReport(text);
      if (report && isWanted(report)) found.push({ atMs, report });
    }
    if (found.length >= mostReports) break;
  }
  return found.sort((a, b) => a.atMs - b.atMs).map(({ report }) => report);
}

/** Waits until as many invocations have reported as were sent, or no more come: one that failed may have reported too. */
async function awaitReports(
  context: Context,
  aws: Aws,
  what: { group: string; fromMs: number; run: LoadRun; isOwn: (report: InvocationReport) => boolean },
): Promise<InvocationReport[]> {
  const { run, isOwn } = what;
  const wanted = Math.min(mostReports, run.requests);
  const untilMs = context.clock() + (run.failed === run.requests ? failedLimitMs : reportsLimitMs);
  for (let before = -1; ; ) {
    const found = await readReports(aws, what, isOwn);
    const isComplete = found.length >= wanted;
    if (isComplete || context.clock() > untilMs || (found.length > 0 && found.length === before)) return found;
    before = found.length;
    await aws.pause(pollMs);
  }
}
