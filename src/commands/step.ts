import { ExitStatus } from '../errors.ts';
import { stackFiles } from '../home/stack-files.ts';
import { announce, placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop, refuseUnasked } from '../session/confirm.ts';
import { ownCommand } from '../session/own-command.ts';
import { choosePassword } from '../session/password.ts';
import { type SettingOptions, stackSettings } from '../session/stack-settings.ts';
import type { Step } from '../stack/step.ts';
import type { StackEvent } from '../stack/types.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { lookOf, reportLines, statusLines } from '../ui/stack-tables.ts';

export interface StepOptions extends SettingOptions {
  step: Step;
}

export interface StepCreateOptions extends StepOptions {
  adopt?: boolean;
  /** Allow what the step makes to be replaced where it cannot be changed. */
  replace?: boolean;
  /** Change what stands, and make nothing. */
  mustStand?: boolean;
  passwordStdin?: boolean;
  explain?: boolean;
}

/** Makes or repairs one step of the stack, and nothing else. */
export async function stepCreate(context: Context, options: StepCreateOptions): Promise<Result> {
  const { step, adopt = false, replace = false, mustStand = false, passwordStdin = false, explain = false } = options;
  const [settings, aws, { createStep }] = await Promise.all([
    stackSettings(context, options),
    context.aws(),
    import('../stack/step.ts'),
  ]);
  await announce(context, `Making the ${step} of`);
  const progress = await showStackProgress(context.ui, { explain });
  const report = await createStep(aws, step, {
    settings,
    signal: context.signal,
    onEvent: (event) => progress.onEvent(withAdvice(event, ownCommand(context.options))),
    password: () => choosePassword(context, { account: aws.accountId, fromStdin: passwordStdin }),
    adopt,
    mustStand,
    replace: replace ? [step] : [],
  }).finally(progress.close);
  return { json: report, text: textOf(reportLines(report.resources, lookOf(context.ui, {}))) };
}

/** How what one step makes stands. */
export async function stepShow(
  context: Context,
  options: StepOptions & { exitCode?: boolean; wide?: boolean },
): Promise<Result> {
  const [settings, aws, { showStep }] = await Promise.all([
    stackSettings(context, options),
    context.aws(),
    import('../stack/step.ts'),
  ]);
  const status = await showStep(aws, options.step, { settings, signal: context.signal, onEvent: () => undefined });
  return {
    json: status,
    text: textOf(statusLines(status.resources, lookOf(context.ui, options))),
    exitStatus: options.exitCode && !status.inSync ? ExitStatus.checkFailed : ExitStatus.done,
  };
}

/** Removes what one step made. Asks first. */
export async function stepDelete(context: Context, { step }: StepOptions): Promise<Result> {
  refuseUnasked(context, `Delete the ${step}?`);
  const [settings, aws, choice, stack, { deleteStep }] = await Promise.all([
    stackSettings(context, {}),
    context.aws(),
    context.choice(),
    context.stack(),
    import('../stack/step.ts'),
  ]);
  const place = placeOf({ target: choice.kind, account: aws.accountId, region: aws.region });
  await confirmOrStop(context, `Delete the ${step} of stack "${stack}" in ${place}?`);
  await announce(context, `Deleting the ${step} of`);
  const progress = await showStackProgress(context.ui);
  const report = await deleteStep(aws, step, { settings, signal: context.signal, onEvent: progress.onEvent }).finally(
    progress.close,
  );
  const files = stackFiles(context.home, { choice, account: aws.accountId, stack });
  await files.forget({ keepPassword: step !== 'user' && step !== 'pool' });
  return { json: report, text: textOf(reportLines(report.resources, lookOf(context.ui, {}))) };
}

/** The step that leaves the method open says so; which commands close it is the command line's to say. */
function withAdvice(event: StackEvent, run: (words: string) => string): StackEvent {
  if (event.kind !== 'note' || event.about !== 'open-method') return event;
  const advice = `${run('authorizer create')} and then ${run('api deploy')} end that.`;
  return { ...event, message: `${event.message} ${advice}` };
}

function textOf(lines: string[]): string {
  return `${lines.join('\n')}\n`;
}
