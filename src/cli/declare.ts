import { type Command as Commander, InvalidArgumentError } from 'commander';
import type { Command, GlobalOptions } from '../session/command.ts';
import { addPlace } from './setting-options.ts';
import { words } from './tree.ts';

/** A parsed command line, ready to run. */
export interface Invocation<Options = unknown> {
  /** The command's words: `local start`. */
  name: string;
  options: Options;
  globals: GlobalOptions;
  /** Imports the command's code; nothing of it is loaded before. */
  load: () => Promise<Command<Options>>;
}

export type Execute = <Options>(invocation: Invocation<Options>) => Promise<void>;

/** Makes a commander action out of a lazily imported command. Positional arguments become options of their names. */
export type Act = <Options>(load: () => Promise<Command<Options>>) => (...parameters: unknown[]) => Promise<void>;

export function actWith(execute: Execute): Act {
  return (load) =>
    (...parameters) => {
      const command = parameters.at(-1) as Commander;
      const positionals = command.registeredArguments.map((argument, index) => [argument.name(), parameters[index]]);
      const given = positionals.filter(([, value]) => value !== undefined);
      const options = { ...command.opts(), ...Object.fromEntries(given) };
      return execute({ name: words(command), options, globals: globalsOf(command), load });
    };
}

function globalsOf(command: Commander): GlobalOptions {
  const { timeout, ...given } = rootOf(command).opts<Partial<GlobalOptions> & { timeout?: number }>();
  return { ...noGlobals, ...given, timeoutSeconds: timeout };
}

/** Where no option was given. */
export const noGlobals: GlobalOptions = {
  aws: false,
  json: false,
  quiet: false,
  debug: false,
  color: true,
  input: true,
  yes: false,
  trust: false,
};

/** For what makes resources. */
export const explainOption = ['--explain', 'show how the console and the AWS CLI do the same'] as const;

/** For tables of resources, which fit the terminal. */
export const wideOption = ['--wide', 'do not shorten anything to fit the terminal'] as const;

/** Which of a service's functions. */
export const functionOption = (otherwise: string) =>
  ['--function <name>', `a function of a service of your own (default: ${otherwise})`] as const;

function rootOf(command: Commander): Commander {
  return command.parent === null ? command : rootOf(command.parent);
}

export function addGlobalOptions(program: Commander): Commander {
  program.option('--aws', 'act in a real AWS account, through the SDK credential chain');
  return addPlace(program)
    .option('--trust', "trust this folder's dynops.json for this run")
    .option('--json', 'print exactly one JSON document on stdout, also for failures and help')
    .option('--quiet', 'no progress on stderr; where something is changed is still said')
    .option('--debug', 'show every AWS call on stderr, secrets masked')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
    .option('--no-input', 'never ask; fail where an answer would be needed')
    .option('-y, --yes', 'answer every confirmation with yes')
    .option('--timeout <seconds>', 'stop after this long', wholeNumber(1, 86_400));
}

/** An option parser from a function that says what is wrong with a value. */
export function checked(problemOf: (value: string) => string | undefined): (value: string) => string {
  return (value) => {
    const problem = problemOf(value);
    if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}`);
    return value;
  };
}

export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}`);
  };
}

/** An option parser from one that throws RangeErrors. */
export function amount<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** For options that may be given several times, each with one value. */
export function collect(
  parse: (value: string) => string = (value) => value,
): (value: string, before?: string[]) => string[] {
  return (value, before = []) => [...before, parse(value)];
}

/** Examples under a command's help: pairs of a command line and what it does. */
export function examples(...lines: [line: string, does: string][]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  return `\nExamples:\n${lines.map(([line, does]) => `  $ ${line.padEnd(width)}  ${does}`).join('\n')}\n`;
}
