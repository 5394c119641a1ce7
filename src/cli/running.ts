import process from 'node:process';
import type { Environment } from '../environment.ts';
import type { DynopsError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { TimeoutNeeds } from '../session/command.ts';
import { errorDocument, errorText, resultText } from '../ui/outcome.ts';
import { createUi, type Ui, type UiOptions } from '../ui/ui.ts';
import { adviceFor } from './advice.ts';
import { noGlobals } from './declare.ts';
import { asDynopsError, shortened } from './failure.ts';

/** A command line from its start to its end. */
export interface Running {
  /** The words of the command line. */
  words: string[];
  stop: AbortController;
  ui: Ui;
  debug: boolean;
  /** The answer is on stdout: with `--json` there is one, however many things come to an end at once. */
  answered: boolean;
  status: ExitStatus;
  /** All is said. */
  isOver: boolean;
  /** What ending well takes once the time is up. */
  timeoutNeeds: TimeoutNeeds;
  /** What to do about an error; knows more once the options are parsed, and then once the target is chosen. */
  advise(error: DynopsError): Promise<string | undefined>;
  /** Members of the failing command's own result, for the error's document. */
  detail?: unknown;
}

/** Until the options are parsed, and where they cannot be, the words themselves say in which form an error is wanted. */
export function beginRunning(words: string[]): Running {
  const said = (flag: string): boolean => words.includes(flag);
  return {
    words,
    stop: new AbortController(),
    ui: makeUi({ json: said('--json'), color: !said('--no-color'), quiet: false, input: false }),
    debug: said('--debug'),
    answered: false,
    status: ExitStatus.done,
    isOver: false,
    timeoutNeeds: { graceMs: 2_000 },
    advise: async (error) => adviceFor(error, { options: noGlobals, isLocal: false }),
  };
}

export function makeUi(options: Pick<UiOptions, 'json' | 'quiet' | 'color' | 'input' | 'stop'>): Ui {
  return createUi({ ...options, attended: options.input, ...terminalHabits(process.env, options) }, process);
}

/**
 * What the environment says of terminals: NO_COLOR (https://no-color.org), FORCE_COLOR, a terminal that is dumb, and CI,
 * where a terminal has nobody in front of it.
 */
export function terminalHabits(
  { NO_COLOR, FORCE_COLOR, TERM, CI }: Environment,
  options: { color: boolean; input: boolean },
): Pick<UiOptions, 'color' | 'forceColor' | 'still' | 'input'> {
  const isOn = (value: string | undefined): boolean => Boolean(value) && value !== '0' && value !== 'false';
  const isForced = isOn(FORCE_COLOR);
  const isRefused = Boolean(NO_COLOR) || (FORCE_COLOR !== undefined && !isForced && FORCE_COLOR !== '');
  return {
    color: options.color && !isRefused && (TERM !== 'dumb' || isForced),
    forceColor: isForced,
    still: TERM === 'dumb' || isOn(CI),
    input: options.input && !isOn(CI),
  };
}

/** `verbatim`: data for another program. */
export function answer(running: Running, text: string, { verbatim = false } = {}): void {
  if (!running.answered) running.ui.print(text, { verbatim });
  running.answered = true;
}

/** Shows a failure: with `--json` on stdout, else on stderr. Answers the status to exit with. */
export async function showFailure(running: Running, thrown: unknown): Promise<ExitStatus> {
  const { ui, stop, words, debug, detail } = running;
  const failed = asDynopsError(thrown, { signal: stop.signal, words });
  const error = failed.with({ message: shortened(failed.message, words) });
  if (error.code === 'OutputClosed') return ExitStatus.done;
  const hint = await running.advise(error);
  if (ui.json) answer(running, resultText(errorDocument(error, detail, hint)));
  if (!ui.json || debug) ui.warn(errorText(error, { ui, debug, hint }));
  return error.exitStatus;
}
