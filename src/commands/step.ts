import { ExitStatus } from '../exit-status.ts';
import { stackFiles } from '../home/stack-files.ts';
import { announce, placeOf } from '../session/announce.ts';
import { chosenFunction } from '../session/chosen-function.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop, refuseUnasked } from '../session/confirm.ts';
import { noteOf } from '../session/note-of.ts';
import { ownCommand } from '../session/own-command.ts';
import { choosePassword } from '../session/password.ts';
import { consentToPython } from '../session/python-consent.ts';
import { stackRequest } from '../session/service.ts';
import { type SettingOptions, stackSettings } from '../session/stack-settings.ts';
import type { Step } from '../stack/step.ts';
import type { StackEvent, StackSummary } from '../stack/types.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { reportLines, statusLines, stepLines } from '../ui/stack-tables.ts';
import { lookOf } from '../ui/table.ts';

export interface StepOptions extends SettingOptions {
  step: Step;
  /** Only one of the functions. */
  function?: string;
}

export interface StepCreateOptions extends StepOptions {
  adopt?: boolean;
  /** Allow what the step makes to be replaced where it cannot be changed. */
  replace?: boolean;
  /** Change what exists, and create nothing. */
  mustStand?: boolean;
  passwordStdin?: boolean;
  explain?: boolean;
}

/** Makes or repairs one step of the stack, and nothing else. */
export async function stepCreate(context: Context, options: StepCreateOptions): Promise<Result> {
  const { step, adopt = false, replace = false, mustStand = false, passwordStdin = false, explain = false } = options;
  const only = await onlyOf(context, options);
  const [request, aws, { createStep }] = await Promise.all([
    stackRequest(context, options),
    context.aws(),
    import('../stack/step.ts'),
  ]);
  if (step === 'function') await consentToPython(context, request.service);
  await announce(context, `Making the ${step} of`);
  const progress = await showStackProgress(context.ui, { explain });
  const report = await createStep(aws, step, {
    ...request,
    only,
    signal: context.signal,
    onEvent: (event) => progress.onEvent(withAdvice(event, ownCommand(context.options))),
    password: () => choosePassword(context, { account: aws.accountId, fromStdin: passwordStdin }),
    adopt,
    mustStand,
    replace: replace ? [step] : [],
  }).finally(progress.close);
  const lines = [...reportLines(report.resources, lookOf(context.ui)), ...(await copiedLines(context, step, report))];
  return { json: report, text: textOf(lines) };
}

/** What the next step, or a browser, is to be given. */
async function copiedLines(context: Context, step: Step, summary: StackSummary): Promise<string[]> {
  const [choice, stack] = await Promise.all([context.choice(), context.stack()]);
  const files = stackFiles(context.home, { choice, account: summary.account, stack });
  const isKept = step === 'user' && (await files.readPassword()) !== undefined;
  const lines = stepLines(step, summary, isKept ? files.passwordFile : undefined);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** The state of what one step creates. */
export async function stepShow(
  context: Context,
  options: StepOptions & { exitCode?: boolean; wide?: boolean },
): Promise<Result> {
  const only = await onlyOf(context, options);
  const [request, aws, { showStep }] = await Promise.all([
    stackRequest(context, options),
    context.aws(),
    import('../stack/step.ts'),
  ]);
  const { signal } = context;
  const status = await showStep(aws, options.step, { ...request, only, signal, onEvent: noteOf(context) });
  return {
    json: status,
    text: textOf([
      ...statusLines(status.resources, lookOf(context.ui, options)),
      ...(await copiedLines(context, options.step, status)),
    ]),
    exitStatus: options.exitCode && !status.inSync ? ExitStatus.checkFailed : ExitStatus.done,
  };
}

/** Removes what one step made. Asks first. */
export async function stepDelete(context: Context, options: StepOptions): Promise<Result> {
  const { step } = options;
  refuseUnasked(context, `Delete the ${step}?`);
  const only = await onlyOf(context, options);
  const [settings, service, aws, choice, stack, { deleteStep }] = await Promise.all([
    stackSettings(context, {}),
    context.service({ values: false }),
    context.aws(),
    context.choice(),
    context.stack(),
    import('../stack/step.ts'),
  ]);
  const place = placeOf({ target: choice.kind, account: aws.accountId, region: aws.region });
  const what = only === undefined ? step : `${step} ${only}`;
  await confirmOrStop(context, `Delete the ${what} of stack "${stack}" in ${place}?`);
  await announce(context, `Deleting the ${step} of`);
  const progress = await showStackProgress(context.ui);
  const { signal } = context;
  const report = await deleteStep(aws, step, { settings, service, only, signal, onEvent: progress.onEvent }).finally(
    progress.close,
  );
  const files = stackFiles(context.home, { choice, account: aws.accountId, stack });
  await files.forget({ keepPassword: step !== 'user' && step !== 'pool' });
  return { json: report, text: textOf(reportLines(report.resources, lookOf(context.ui))) };
}

/** The named function, which the service must have. */
async function onlyOf(context: Context, options: StepOptions): Promise<string | undefined> {
  return options.function === undefined ? undefined : (await chosenFunction(context, options.function)).spec.name;
}

/** What a step leaves open or out, it says; which commands change that is the command line's to say. */
function withAdvice(event: StackEvent, run: (words: string) => string): StackEvent {
  if (event.kind !== 'note' || event.about === undefined) return event;
  const advice = {
    'open-method': `${run('authorizer create')} and then ${run('api deploy')} end that.`,
    undeployed: `${run('api deploy')} puts the change into effect.`,
    'no-sms-role': `${run('pool create --sms-role')} makes it.`,
  }[event.about];
  return { ...event, message: `${event.message} ${advice}` };
}

function textOf(lines: string[]): string {
  return `${lines.join('\n')}\n`;
}
