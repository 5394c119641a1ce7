import { announce } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { keepOutputs } from '../session/outputs.ts';
import { sameStackFlags } from '../session/own-command.ts';
import { choosePassword } from '../session/password.ts';
import { type SettingOptions, stackSettings } from '../session/stack-settings.ts';
import type { ResourceType } from '../stack/types.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { summaryLines } from '../ui/stack-tables.ts';

export interface UpOptions extends SettingOptions {
  adopt?: boolean;
  replace?: ResourceType[];
  passwordStdin?: boolean;
  explain?: boolean;
}

/** Creates or repairs the whole stack. */
export async function up(context: Context, options: UpOptions): Promise<Result> {
  const { ui, signal } = context;
  const settings = await stackSettings(context, options);
  const aws = await context.aws();
  await announce(context, 'Bringing up');
  const { up: bringUp } = await import('../stack/stack.ts');
  const progress = await showStackProgress(ui, { explain: options.explain ?? false });
  const report = await bringUp(aws, {
    settings,
    signal,
    onEvent: progress.onEvent,
    password: () => choosePassword(context, { account: aws.accountId, fromStdin: options.passwordStdin === true }),
    adopt: options.adopt ?? false,
    replace: options.replace ?? [],
  }).finally(progress.close);
  const kept = await keepOutputs(context, report);
  if (kept !== undefined && ui.live) {
    for (const line of nextCommands(sameStackFlags(context.options))) ui.note(line);
  }
  // A password that was given is not kept.
  const isKept = (await kept?.files.readPassword()) !== undefined;
  return { json: report, text: `${summaryLines(report, isKept ? kept?.files.passwordFile : undefined).join('\n')}\n` };
}

function nextCommands(flags: string): string[] {
  return [
    '',
    'Next:',
    `  dynops call ping${flags}`,
    `  dynops call create${flags} --item '{"id":"1","name":"Ada"}'`,
    `  dynops call list${flags}`,
    `  dynops token${flags} --decode`,
    `  dynops down${flags}`,
    '',
  ];
}
