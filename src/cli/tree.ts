import type { Command, Option } from 'commander';
import type { CommandTree } from '../commands/completion/places.ts';

/** The declared commands as plain data; global options stand at every command, where they are accepted. */
export function treeOf(command: Command, inherited: CommandTree['options'] = []): CommandTree {
  const own = command.options.filter((option) => !option.hidden && option.long !== '--version').map(entryOf);
  const globals = command.parent === null ? own : inherited;
  const help = { flag: '--help', takesValue: false, choices: [], summary: 'show help' };
  return {
    name: command.name(),
    summary: command.summary() || (command.description().split('\n')[0] ?? ''),
    options: command.parent === null ? [...own, help] : [...own, ...globals, help],
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: command.commands.map((child) => treeOf(child, globals)),
  };
}

function entryOf(option: Option): CommandTree['options'][number] {
  const { long = '', required, description: summary, argChoices = [] } = option;
  return { flag: long ?? '', takesValue: required, choices: argChoices, summary };
}

/** The command's words without the program's name. */
export function words(command: Command): string {
  return command.parent === null ? '' : `${words(command.parent)} ${command.name()}`.trim();
}
