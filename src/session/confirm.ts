import { DynopsError, ExitStatus } from '../errors.ts';
import type { Context, GlobalOptions } from './command.ts';

/** Asks before something is lost. `--yes` answers; without it and without a terminal, the command is refused. */
export async function confirmOrStop(context: Context, question: string): Promise<void> {
  refuseUnasked(context, question);
  if (context.options.yes || (await context.ui.confirm(question))) return;
  throw new DynopsError({ code: 'Declined', message: 'Nothing was changed.', exitStatus: ExitStatus.failed });
}

/** The refusal alone, for before the first call. */
export function refuseUnasked({ options, ui }: Context, question: string): void {
  if (options.yes || ui.interactive) return;
  throw new DynopsError({
    code: 'ConfirmationNeeded',
    message: `${question} That cannot be asked: ${whyUnasked(options)}.`,
    hint: 'Add --yes to go on without being asked.',
    exitStatus: ExitStatus.usage,
  });
}

/** Why nobody can be asked. */
export function whyUnasked({ input }: GlobalOptions): string {
  return input ? 'there is no terminal' : '--no-input forbids it';
}
