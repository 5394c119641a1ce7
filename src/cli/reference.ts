import type { Argument, Command, Option } from 'commander';
import { errorCodes } from '../error-codes.ts';
import { ExitStatus } from '../exit-status.ts';
import { failureKinds } from '../failure-kinds.ts';
import { ownMember } from '../own-member.ts';
import { version } from '../version.ts';
import { words } from './tree.ts';

/** What an option's or argument's value is, by the word that stands for it in the help: `--limit <n>`. */
const types: Record<string, string> = {
  n: 'integer',
  seconds: 'integer',
  scale: 'number',
  json: 'json',
  time: 'duration',
  share: 'share',
  rate: 'rate',
  'time|share': 'duration or share',
  'n|share': 'integer or share',
  'time:n': 'stage',
  file: 'file',
  'file.svg': 'file',
  url: 'url',
  days: 'integer',
  minutes: 'integer',
  mb: 'integer',
};

export interface ValueReference {
  name: string;
  type: string;
  /** Several in a row: `--set a=1 b=2`. */
  variadic: boolean;
  /** false: the option may stand alone. */
  required: boolean;
  choices: readonly string[];
}

export interface OptionReference {
  flags: string;
  long: string;
  /** null: a switch. */
  value: ValueReference | null;
  repeatable: boolean;
  description: string;
  /** As the help says it; null where it says none. */
  default: string | null;
}

export interface CommandReference {
  /** `trace show` */
  command: string;
  description: string;
  arguments: (ValueReference & { description: string })[];
  options: OptionReference[];
  exitStatuses: number[];
}

export const statusMeanings: Record<keyof typeof ExitStatus, string> = {
  done: 'done',
  failed: 'failed: running it again as it is will fail again',
  partial: 'stopped part-way; run the same command again to continue',
  checkFailed: 'a check said no',
  credentials: 'credentials or authorisation',
  usage: 'usage: an unknown command or option, a malformed value',
  interrupted: 'interrupted',
};

/** Every command that runs, or those below `of`, as plain data for programs: `dynops help --json`. */
export function referenceOf(program: Command, of: Command = program): object {
  return {
    ok: true,
    version,
    exitStatuses: Object.entries(ExitStatus).map(([name, status]) => ({
      status,
      means: statusMeanings[name as keyof typeof ExitStatus],
    })),
    failureKinds,
    errorCodes,
    globalOptions: optionsOf(program),
    commands: leavesOf(of).map(commandReference),
  };
}

/** The command that the words name, as far as they name one: `help trace show`. */
export function namedCommand(program: Command, line: readonly string[]): Command {
  return line.reduce((at, word) => at.commands.find((command) => command.name() === word) ?? at, program);
}

/** Those that do something: `load` does, and so does `load compare`; `trace` by itself only shows its help. */
export function leavesOf(command: Command): Command[] {
  const below = command.commands.flatMap(leavesOf);
  const runs = '_actionHandler' in command && command._actionHandler !== null;
  return runs && command.parent !== null ? [command, ...below] : below;
}

export function commandReference(command: Command): CommandReference {
  const options = optionsOf(command);
  const told = [command.description(), ...options.map(({ description }) => description)].join('\n');
  const { checkFailed, ...always } = ExitStatus;
  return {
    command: words(command),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      ...valueReference(argument.name(), argument),
      description: argument.description,
    })),
    options,
    // Only where a declaration says so.
    exitStatuses: [...Object.values(always), ...(/exit 3/i.test(told) ? [checkFailed] : [])].sort((a, b) => a - b),
  };
}

function optionsOf(command: Command): OptionReference[] {
  return command.options
    .filter((option) => !option.hidden && option.long !== '--version')
    .map((option) => {
      const { flags, description, defaultValue } = option;
      const described = /\(default: "?(.*?)"?\)$/.exec(description)?.[1];
      const [, name] = /[<[]([^\]>.]+(?:\.svg)?)(?:\.\.\.)?[\]>]/.exec(flags) ?? [];
      return {
        flags,
        long: option.long ?? flags,
        value: name === undefined ? null : valueReference(name, option),
        repeatable: option.variadic || /repeatable/.test(description),
        description,
        default: described ?? (typeof defaultValue === 'string' ? defaultValue : null),
      };
    });
}

function valueReference(name: string, { required, variadic, argChoices }: Option | Argument): ValueReference {
  const type = ownMember(types, name) ?? 'text';
  return { name, type: argChoices ? 'choice' : type, variadic, required, choices: argChoices ?? [] };
}
