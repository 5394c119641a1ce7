import process from 'node:process';
import { CommanderError } from 'commander';
import type { Invocation } from './cli/declare.ts';
import { createProgram } from './cli/program.ts';
import { forSameStack } from './commands/same-stack.ts';
import { DynopsError, type DynopsErrorDetails, ExitStatus, usageError } from './errors.ts';
import type { GlobalOptions, TimeoutNeeds } from './session/command.ts';
import { errorDocument, errorText, resultText } from './ui/outcome.ts';
import { createUi, type Ui } from './ui/ui.ts';

const { argv, env } = process;

/** A command line from its start to its end. */
interface Running {
  stop: AbortController;
  ui: Ui;
  /** The answer is on stdout: with `--json` there is one, however many things come to an end at once. */
  answered: boolean;
}

async function main(words: string[]): Promise<ExitStatus> {
  // Until the options are parsed, and where they cannot be, the words themselves say in which form an error is wanted.
  const options = { json: words.includes('--json'), color: !words.includes('--no-color'), quiet: false, input: false };
  const running: Running = { stop: new AbortController(), ui: makeUi(options), answered: false };
  stopOnSignals(running);
  stopOnClosedOutput(running);
  const outcome: { status: ExitStatus } = { status: ExitStatus.done };
  let shown = '';
  const program = createProgram(
    async (invocation) => {
      outcome.status = await execute(invocation, running);
    },
    (text) => {
      shown += text;
    },
  );
  try {
    await program.parseAsync(words, { from: 'user' });
    return outcome.status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === ExitStatus.done) {
      const asJson = options.json && error.code === 'commander.version';
      answer(running, asJson ? resultText({ ok: true, version: error.message }) : shown);
      return ExitStatus.done;
    }
    return fail(error instanceof CommanderError ? fromCommander(error, words) : error, {
      running,
      debug: words.includes('--debug'),
    });
  }
}

async function execute<Options>(invocation: Invocation<Options>, running: Running): Promise<ExitStatus> {
  const { globals, options } = invocation;
  const { stop } = running;
  const ui = makeUi(globals);
  running.ui = ui;
  if (!globals.color) leaveColorsOff();
  const reporting = { running, debug: globals.debug, globals };
  let needs: TimeoutNeeds = { graceMs: 2_000 };
  if (globals.timeoutSeconds !== undefined) {
    stopAfter(globals.timeoutSeconds, { stop, needs: () => needs, give: (error) => fail(error, reporting) });
  }
  const onTimeout = (said: TimeoutNeeds) => {
    needs = said;
  };
  try {
    const [{ createContext }, command] = await Promise.all([import('./cli/context.ts'), invocation.load()]);
    const context = await createContext({
      options: globals,
      env,
      cwd: process.cwd(),
      ui,
      signal: stop.signal,
      onTimeout,
    });
    const result = await command(context, options);
    if (result.error !== undefined) {
      if (!ui.json && result.text !== undefined) answer(running, result.text);
      return fail(result.error, { ...reporting, detail: result.json });
    }
    const text = ui.json ? resultText(result.json) : result.text;
    if (text !== undefined) answer(running, text);
    return result.exitStatus ?? ExitStatus.done;
  } catch (error) {
    return fail(error, reporting);
  }
}

function makeUi(options: { json: boolean; quiet: boolean; color: boolean; input: boolean }): Ui {
  return createUi({ ...options, color: options.color && !env.NO_COLOR }, process);
}

/** For what draws by itself and asks the environment alone, as the questions do. */
function leaveColorsOff(): void {
  env.NO_COLOR = '1';
  delete env.FORCE_COLOR;
}

function answer(running: Running, text: string): void {
  if (!running.answered) process.stdout.write(text);
  running.answered = true;
}

interface Reporting {
  running: Running;
  debug: boolean;
  /** Known once the command line could be parsed. */
  globals?: GlobalOptions;
  /** Members of the failing command's result that belong into the error document. */
  detail?: unknown;
}

function fail(thrown: unknown, reporting: Reporting): ExitStatus {
  const { running, debug, detail, globals } = reporting;
  const { ui, stop } = running;
  const error = asDynopsError(thrown, stop.signal);
  if (error.code === outputClosed.code) return ExitStatus.done;
  const hint = globals && error.hint && forSameStack(error.hint, globals);
  if (ui.json) answer(running, resultText(errorDocument(error, detail, hint)));
  if (!ui.json || debug) ui.warn(errorText(error, { ui, debug, hint }));
  return error.exitStatus;
}

function asDynopsError(thrown: unknown, signal: AbortSignal): DynopsError {
  if (thrown instanceof DynopsError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'AbortError' && signal.reason instanceof DynopsError) return signal.reason;
  const isSystemError = 'syscall' in error && 'code' in error;
  return new DynopsError({
    code: isSystemError ? String(error.code) : 'Unexpected',
    message: error.message,
    hint: isSystemError
      ? systemHint(String(error.code))
      : 'This is a defect of dynops; --debug shows where it happened.',
    cause: error,
  });
}

function systemHint(code: string): string | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room on the disk, then run the same command again.';
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return undefined;
  return 'Give yourself access to it; what dynops itself keeps can go elsewhere with DYNOPS_HOME.';
}

const adviceFor: Record<string, string> = {
  'commander.excessArguments': `A value with blanks is quoted for the shell: --item '{"id": "1"}'. Add --help to see what is possible.`,
};

/** Commander's text is `error: what`, and on a second line a suggestion in brackets. */
function fromCommander(error: CommanderError, words: string[]): DynopsError {
  if (error.code.startsWith('commander.help')) {
    const help = words.indexOf('help');
    const problem = help < 0 ? 'A command is missing.' : `Unknown command '${words.slice(help + 1).join(' ')}'.`;
    return usageError(problem, '`dynops --help` lists them.');
  }
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return usageError(
    `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`,
    suggestion?.replace(/^\((.*)\)$/, '$1') ?? adviceFor[error.code] ?? 'Add --help to see what is possible.',
  );
}

const outputClosed = new DynopsError({
  code: 'OutputClosed',
  message: 'Nobody reads the output any more.',
  exitStatus: ExitStatus.done,
});

const interrupted = {
  code: 'Interrupted',
  message: 'Interrupted.',
  exitStatus: ExitStatus.interrupted,
} satisfies DynopsErrorDetails;

const stoppedAtOnce = new DynopsError({
  ...interrupted,
  message: 'Stopped at once: a call in flight may have been carried out.',
  hint: 'Run the same command again to go on.',
});

function stopOnSignals(running: Running): void {
  const { stop } = running;
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      if (running.ui.json) answer(running, resultText(errorDocument(stoppedAtOnce, undefined)));
      process.exit(ExitStatus.interrupted);
    }
    process.stderr.write('\nFinishing the call in flight; press Ctrl-C again to stop at once.\n');
    stop.abort(new DynopsError(interrupted));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** `dynops logs --follow | head` ends quietly, and a full disk is told; what is said on stderr is not needed to go on. */
function stopOnClosedOutput(running: Running): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      running.stop.abort(outputClosed);
      return;
    }
    const { code, message, hint, exitStatus } = asDynopsError(error, running.stop.signal);
    const unwritten = new DynopsError({ code, message: `stdout cannot be written: ${message}.`, hint, exitStatus });
    running.ui.warn(errorText(unwritten, { ui: running.ui, debug: false }));
    process.exit(exitStatus);
  });
  process.stderr.on('error', () => undefined);
}

/** Aborts when the time is up; a call that does not end then either is left behind, and `give` reports the failure. */
function stopAfter(
  seconds: number,
  by: { stop: AbortController; needs: () => TimeoutNeeds; give: (error: DynopsError) => ExitStatus },
): void {
  const timedOut = (hint = 'Run the same command again to go on.') =>
    new DynopsError({
      code: 'Timeout',
      message: `Stopped after ${seconds} s, as --timeout asks.`,
      hint,
      exitStatus: ExitStatus.partial,
    });
  const onTime = () => {
    by.stop.abort(timedOut());
    const { graceMs, hint } = by.needs();
    setTimeout(() => process.exit(by.give(timedOut(hint))), graceMs).unref();
  };
  setTimeout(onTime, seconds * 1000).unref();
}

// Last, so that everything above is initialised.
process.exitCode = await main(argv.slice(2));
