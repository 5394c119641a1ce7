import { DynopsError } from '../errors.ts';
import type { Context } from './command.ts';

/** Asks before something is lost. `--yes` answers; without it and without a terminal, the command is refused. */
export async function confirmOrStop(context: Context, question: string): Promise<void> {
  refuseUnasked(context, question);
  if (context.options.yes || (await context.ui.confirm(question))) return;
  throw new DynopsError({ code: 'Declined', message: 'Nothing was changed.' });
}

/** As `confirmOrStop`, where Enter and a habit must not be enough: the word has to be typed. */
export async function confirmTyped(context: Context, question: string, word: string): Promise<void> {
  refuseUnasked(context, question);
  if (context.options.yes) return;
  const typed = await context.ui.ask(`${question} Type "${word}" to continue:`);
  if (typed?.trim() === word) return;
  throw new DynopsError({
    code: 'Declined',
    message: `Nothing was changed: that is not "${word}".`,
  });
}

/** Only the refusal, for before the first call. */
export function refuseUnasked({ options, ui, env }: Context, question: string): void {
  if (options.yes || ui.interactive) return;
  throw new DynopsError({
    code: 'ConfirmationNeeded',
    message: `${question} There is no way to ask: ${whyUnasked({ options, env })}.`,
    hint: 'Add --yes to continue without being asked.',
  });
}

/** Why there is no way to ask. */
export function whyUnasked({ options, env }: Pick<Context, 'options' | 'env'>): string {
  if (!options.input) return '--no-input was given';
  return env.CI ? 'there is no terminal, or CI is set' : 'there is no terminal';
}
