import type { ResourceType } from '../resource-types.ts';
import { announce } from '../session/announce.ts';
import { bringUp } from '../session/bring-up.ts';
import type { Context, Result } from '../session/command.ts';
import { sameStackFlags } from '../session/own-command.ts';
import { consentToPython } from '../session/python-consent.ts';
import type { SettingOptions } from '../session/stack-settings.ts';
import { type Service, tutorialName } from '../stack/service.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { summaryLines } from '../ui/stack-tables.ts';

export interface UpOptions extends SettingOptions {
  adopt?: boolean;
  replace?: ResourceType[];
  /** Tables that left the service and are to be removed. */
  removeTable?: string[];
  passwordStdin?: boolean;
  explain?: boolean;
}

/** Creates or repairs the whole stack. */
export async function up(context: Context, options: UpOptions): Promise<Result> {
  const { report, kept } = await broughtUp(context, options);
  // A password that was given is not kept.
  const isKept = (await kept.files.readPassword()) !== undefined;
  return { json: report, text: `${summaryLines(report, isKept ? kept.files.passwordFile : undefined).join('\n')}\n` };
}

/** The same for another command, whose heading says what it is `doing`: there only what changes is shown. */
export async function broughtUp(context: Context, options: UpOptions & { doing?: string }) {
  const { ui } = context;
  const { adopt, replace, removeTable, passwordStdin, explain = false, doing, ...settings } = options;
  // Half of the CLI's own time goes into loading these: they are loaded while the engine starts, or the first call is out.
  const [service] = await Promise.all([
    context.service({ values: false }),
    context.aws(() => import('../stack/stack.ts')),
  ]);
  await announce(context, doing ?? 'Bringing up');
  // Before anything moves on the terminal.
  await consentToPython(context, service);
  const progress = await showStackProgress(ui, { explain, changesOnly: doing !== undefined });
  const { report, kept, request } = await bringUp(context, {
    settings,
    onEvent: progress.onEvent,
    ...(adopt && { adopt }),
    ...(replace && { replace }),
    ...(removeTable && { removeTables: removeTable }),
    ...(passwordStdin && { passwordStdin }),
  }).finally(progress.close);
  if (report.apiUrl !== null && ui.live && doing === undefined) {
    for (const line of nextCommands(request.service, sameStackFlags(context.options))) ui.note(line);
  }
  return { report, kept };
}

function nextCommands({ routes }: Service, flags: string): string[] {
  const isTutorial = routes.some(({ function: name }) => name === tutorialName);
  const asked = routes.map(({ method, path }) => ({ method: method === 'ANY' ? 'GET' : method, path }));
  // What only reads can be tried without a body.
  const reading = asked.filter(({ method }) => method === 'GET');
  const requests = (reading.length > 0 ? reading : asked)
    .slice(0, 2)
    .map(
      ({ method, path }) =>
        `${method} ${path.replace(/\{[^}]*\}/g, '1')}${flags}${/^P/.test(method) ? " --body '{}'" : ''}`,
    )
    .map((words) => `  dynops request ${words}`);
  const calls = [
    `  dynops call ping${flags}`,
    `  dynops call create${flags} --item '{"id":"1","name":"Ada"}'`,
    `  dynops call list${flags}`,
  ];
  return [
    '',
    'Next:',
    ...(isTutorial ? calls : requests),
    `  dynops token${flags} --decode`,
    `  dynops down${flags}`,
    '',
  ];
}
