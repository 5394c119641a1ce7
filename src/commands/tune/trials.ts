import type { Aws } from '../../aws/aws.ts';
import { changeFunctionSettings } from '../../aws/function-settings.ts';
import { logEvents } from '../../aws/log-events.ts';
import { type LoadRun, runLoad } from '../../measure/load/generator.ts';
import type { Scenario } from '../../measure/load/scenario.ts';
import { type InvocationReport, parseReport } from '../../measure/report-line.ts';
import { type TrialSettings, trialFigures } from '../../measure/tune.ts';
import { bundleFunctionCode } from '../../stack/code.ts';
import { showLoad } from '../../ui/load-live.ts';
import type { Trial } from '../../ui/tune-text.ts';
import { version } from '../../version.ts';
import type { Context } from '../command.ts';
import type { Shape } from '../load/plan.ts';
import type { LoadTarget } from '../load/target.ts';

export interface TrialPlan {
  target: LoadTarget;
  shape: Shape;
  scenario: Scenario;
  logGroup: string;
}

/** CloudWatch has most lines within seconds, the last within a minute. */
const reportsLimitMs = 60_000;
const pollMs = 1_000;
/** More tell nothing more. */
const mostReports = 20_000;
/** The service's clock and this machine's may differ. */
const clockSkewMs = 5_000;

/** Sets the function so, sends the load, and reads what its invocations reported. undefined: no warm one did. */
export async function runTrial(context: Context, plan: TrialPlan, settings: TrialSettings): Promise<Trial | undefined> {
  const aws = await context.aws();
  const { target, shape, scenario } = plan;
  await changeFunctionSettings(aws, target.function.name, { ...settings, zip: functionZip });
  const fromMs = context.clock() - clockSkewMs;
  const view = showLoad(context.ui, shape.durationMs);
  const run = await runLoad({
    ...shape,
    url: new URL(target.outputs.apiUrl),
    scenario,
    token: target.token,
    userAgent: `dynops/${version}`,
    signal: context.signal,
    onInterval: view.onInterval,
  }).finally(view.close);
  context.signal.throwIfAborted();
  const reports = await readReports(context, aws, { group: plan.logGroup, fromMs, run, memoryMb: settings.memoryMb });
  const figures = trialFigures(settings, reports);
  if (!figures) return undefined;
  const { latencyMs, requestsPerSecond, errorRate } = run;
  return { ...figures, latencyMs, requestsPerSecond, errorRate };
}

export async function functionZip(): Promise<Uint8Array> {
  return (await bundleFunctionCode()).zip;
}

/** Waits until as many invocations have reported as were answered, or no more come. */
async function readReports(
  context: Context,
  aws: Aws,
  what: { group: string; fromMs: number; run: LoadRun; memoryMb: number },
): Promise<InvocationReport[]> {
  const { group, fromMs, run, memoryMb } = what;
  const wanted = Math.min(mostReports, run.requests - run.failed);
  const untilMs = context.clock() + reportsLimitMs;
  for (let before = -1; ; ) {
    const found: InvocationReport[] = [];
    for await (const page of logEvents(aws, { group, fromMs, pattern: 'REPORT' })) {
      const reports = page.flatMap(({ text }) => parseReport(text) ?? []);
      found.push(...reports.filter((report) => report.memoryMb === memoryMb));
      if (found.length >= mostReports) break;
    }
    const isComplete = found.length >= wanted;
    if (isComplete || context.clock() > untilMs || (found.length > 0 && found.length === before)) return found;
    before = found.length;
    await aws.pause(pollMs);
  }
}
