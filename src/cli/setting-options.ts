import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Kind } from '../settings/kinds.ts';
import { readText } from '../settings/kinds.ts';
import { placeSettings, settingsOf } from '../settings/table.ts';
import { longFlag, wrongChoice } from './choice.ts';
import { words } from './tree.ts';

/** Adds the options of the settings that a command takes; each arrives under its setting's name. */
export function addSettings(command: Command): Command {
  for (const [name, setting] of settingsOf(words(command))) {
    const { flag, help, isSwitch } = setting;
    // What exists keeps what it has.
    const otherwise = ['config', 'update'].includes(command.name()) ? 'unchanged' : defaultOf(setting);
    const shown = isSwitch || otherwise === '' ? help : `${help} (default: ${otherwise})`;
    command.addOption(settingOption(name, flag, { ...setting, help: shown }));
    if (isSwitch)
      command.addOption(
        settingOption(name, flag.replace('--', '--no-'), { ...setting, help: `the opposite of ${flag}` }),
      );
  }
  return command;
}

/** Adds the options that say where to act, for every command. */
export function addPlace(program: Command): Command {
  for (const [name, setting] of Object.entries(placeSettings)) {
    if (setting.flag !== undefined) program.addOption(settingOption(name, setting.flag, setting));
  }
  return program;
}

export function settingOption(name: string, flag: string, setting: Kind<never> & { help: string }): Option {
  const option = new Option(flag, setting.help);
  option.attributeName = () => name;
  if (setting.isSwitch) return option;
  if (setting.choices) option.argChoices = [...setting.choices];
  return option.argParser((text, before) => {
    const read = readText(setting as Kind<unknown>, text);
    if ('problem' in read) {
      throw setting.choices
        ? wrongChoice(longFlag(flag), text, setting.choices)
        : new InvalidArgumentError(`It ${read.problem}`);
    }
    return setting.isList && Array.isArray(before) ? [...before, ...(read.value as unknown[])] : read.value;
  });
}

const defaultOf = ({ fallback, write }: Kind<never> & { fallback: never }): string => write(fallback);
