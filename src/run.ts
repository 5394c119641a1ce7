import process from 'node:process';
import { type Command, CommanderError } from 'commander';
import type { Invocation } from './cli/declare.ts';
import { expandHelp } from './cli/expand-help.ts';
import { failOnStrays, stopAfter, stopOnClosedOutput, stopOnSignals } from './cli/process.ts';
import { createProgram } from './cli/program.ts';
import { answer, beginRunning, makeUi, type Running, showFailure } from './cli/running.ts';
import { ExitStatus } from './exit-status.ts';
import type { Result } from './session/command.ts';
import { resultText } from './ui/outcome.ts';
import { flowing } from './ui/words.ts';

const { env } = process;

type CarryOut = <Options>(invocation: Invocation<Options>, running: Running) => Promise<void>;

/** A command line from its words to its exit status: the only catch. `carryOut` does what was parsed. */
export async function run(words: string[], carryOut: CarryOut = execute): Promise<ExitStatus> {
  const running = beginRunning(words);
  stopOnSignals(running);
  stopOnClosedOutput(running);
  const leave = failOnStrays(running);
  let shown = '';
  const program = createProgram(
    (invocation) => carryOut(invocation, running),
    (text) => {
      shown += text;
    },
    words[0],
  );
  try {
    await program.parseAsync(expandHelp(program, words), { from: 'user' });
    return running.status;
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === ExitStatus.done))
      return await showFailure(running, error);
    const { ui } = running;
    const help = () => (error.code === versionAsked ? shown : helpText(shown, ui.width));
    answer(running, ui.json ? resultText(await helpDocument(program, { error, words })) : await help());
    return ExitStatus.done;
  } finally {
    running.isOver = true;
    leave();
  }
}

const versionAsked = 'commander.version';

async function helpText(shown: string, width: number): Promise<string> {
  const { examplesFirst, fittedHelp } = await import('./cli/help.ts');
  return fittedHelp(examplesFirst(shown), width);
}

/** Of the version, or of the commands that the words name. */
async function helpDocument(program: Command, { error, words }: { error: CommanderError; words: string[] }) {
  if (error.code === versionAsked) return { ok: true, version: error.message };
  const { namedCommand, referenceOf } = await import('./cli/reference.ts');
  return referenceOf(program, namedCommand(program, words));
}

async function execute<Options>({ globals, options, load }: Invocation<Options>, running: Running): Promise<void> {
  const ui = makeUi({ ...globals, stop: running.stop.signal });
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
  const { error, json, verbatim = false, exitStatus = ExitStatus.done } = result;
  const text = textOf(result, ui.width);
  running.status = exitStatus;
  if (error !== undefined) {
    if (!ui.json && text !== undefined) answer(running, text, { verbatim });
    running.detail = json;
    throw error;
  }
  const shown = ui.json ? resultText(json) : text;
  if (shown !== undefined) answer(running, shown, { verbatim: verbatim || ui.json });
}

function textOf({ text, sentences }: Result, width: number): string | undefined {
  return sentences === undefined ? text : `${text ?? ''}${flowing(sentences, width)}\n`;
}

/** For what draws by itself and asks the environment alone, as the questions do. */
function leaveColorsOff(): void {
  env.NO_COLOR = '1';
  delete env.FORCE_COLOR;
}
