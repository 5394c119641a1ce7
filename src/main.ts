import process from 'node:process';
import { CommanderError } from 'commander';
import type { Invocation } from './cli/declare.ts';
import { examplesFirst, expandHelp } from './cli/help.ts';
import { stopAfter, stopOnClosedOutput, stopOnSignals } from './cli/process.ts';
import { createProgram } from './cli/program.ts';
import { answer, beginRunning, makeUi, type Running, showFailure } from './cli/running.ts';
import { ExitStatus } from './errors.ts';
import { resultText } from './ui/outcome.ts';

const { argv, env } = process;

async function main(words: string[]): Promise<ExitStatus> {
  const running = beginRunning(words);
  stopOnSignals(running);
  stopOnClosedOutput(running);
  let shown = '';
  const program = createProgram(
    (invocation) => execute(invocation, running),
    (text) => {
      shown += text;
    },
  );
  try {
    await program.parseAsync(expandHelp(program, words), { from: 'user' });
    return running.status;
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === ExitStatus.done)) return showFailure(running, error);
    const asJson = running.ui.json && error.code === 'commander.version';
    answer(running, asJson ? resultText({ ok: true, version: error.message }) : examplesFirst(shown));
    return ExitStatus.done;
  }
}

async function execute<Options>({ globals, options, load }: Invocation<Options>, running: Running): Promise<void> {
  const ui = makeUi(globals);
  running.ui = ui;
  running.debug = globals.debug;
  if (!globals.color) leaveColorsOff();
  if (globals.timeoutSeconds !== undefined) stopAfter(globals.timeoutSeconds, running);
  const [{ createContext }, command] = await Promise.all([import('./cli/context.ts'), load()]);
  const context = await createContext({
    options: globals,
    env,
    cwd: process.cwd(),
    ui,
    signal: running.stop.signal,
    onTimeout: (needs) => {
      running.timeoutNeeds = needs;
    },
  });
  running.advise = context.advise;
  const result = await command(context, options).finally(() => ui.clear());
  const { error, text, json, verbatim = false, exitStatus = ExitStatus.done } = result;
  running.status = exitStatus;
  if (error !== undefined) {
    if (!ui.json && text !== undefined) answer(running, text, { verbatim });
    running.detail = json;
    throw error;
  }
  const shown = ui.json ? resultText(json) : text;
  if (shown !== undefined) answer(running, shown, { verbatim: verbatim || ui.json });
}

/** For what draws by itself and asks the environment alone, as the questions do. */
function leaveColorsOff(): void {
  env.NO_COLOR = '1';
  delete env.FORCE_COLOR;
}

// Last, so that everything above is initialised.
void main(argv.slice(2)).then((status) => {
  process.exitCode = status;
});
