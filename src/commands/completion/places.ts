import { type Values, valuesOf } from './values.ts';

/** A command of the command line, with what may follow it. */
export interface CommandTree {
  name: string;
  summary: string;
  options: { flag: string; takesValue: boolean; choices: string[]; summary: string }[];
  /** Values that its first argument may have. */
  choices: string[];
  commands: CommandTree[];
}

/** A place in a command line (`" local start"`), and what can be completed there. */
export interface Place {
  path: string;
  /** The commands below it. */
  commands: Word[];
  /** Of its first argument. */
  values: Values;
  options: (Word & { values?: Values })[];
}

interface Word {
  word: string;
  summary: string;
}

/** Every place in which a command can be continued, the root first. */
export function placesOf(tree: CommandTree): Place[] {
  const [root, ...others] = placesBelow(tree, '');
  // `help` itself is no place: what stands behind it is completed as if it were not there.
  const help = { word: 'help', summary: 'show help for a command' };
  return root ? [{ ...root, commands: [...root.commands, help] }, ...others] : others;
}

function placesBelow({ commands, choices, options }: CommandTree, path: string): Place[] {
  const command = path.trim();
  const place = {
    path,
    commands: commands.map(({ name, summary }) => ({ word: name, summary })),
    values: valuesOf(command, undefined, choices),
    options: options.map(({ flag, summary, takesValue, choices: own }) => ({
      word: flag,
      summary,
      ...(takesValue && { values: valuesOf(command, flag, own) }),
    })),
  };
  return [place, ...commands.flatMap((child) => placesBelow(child, `${path} ${child.name}`))];
}

/** Nothing is known to follow but options: a word that begins otherwise is a file's name. */
export const wantsFiles = ({ commands, values }: Place): boolean => commands.length === 0 && isFile(values);

export const wantsProgram = ({ values }: Place): boolean => 'programs' in values;

export const isFile = (values: Values): boolean => 'words' in values && values.words.length === 0;

/** Options as the scripts tell them apart: the place and the flag (`" up --replace"`), or `"* --stack"` of any place. */
interface OptionCase {
  patterns: string[];
  values: Values;
}

/** Every option that takes a value. An option of one name may take other values elsewhere, or none. */
export function optionCases(places: readonly Place[]): OptionCase[] {
  const uses = places.flatMap(({ path, options }) => options.map((option) => ({ path, ...option })));
  return grouped(uses, ({ word }) => word).flatMap((ofFlag) => {
    const alike = grouped(ofFlag, ({ values }) => JSON.stringify(values));
    return alike.flatMap(([first, ...others]) => {
      if (first?.values === undefined) return [];
      const patterns = [first, ...others].map(({ path, word }) => `${path} ${word}`);
      return [{ patterns: alike.length === 1 ? [`* ${first.word}`] : patterns, values: first.values }];
    });
  });
}

function grouped<Value>(values: readonly Value[], keyOf: (value: Value) => string | undefined): Value[][] {
  const groups = new Map<string | undefined, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()];
}
