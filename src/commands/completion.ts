import { sharedProfiles } from '../endpoint/shared-config.ts';
import { keptStacks } from '../home/stack-files.ts';
import type { Context, Result } from '../session/command.ts';

/** A command of the command line, with what may follow it. */
export interface CommandTree {
  name: string;
  summary: string;
  options: { flag: string; takesValue: boolean; choices: string[]; summary: string }[];
  /** Values that its arguments may have. */
  choices: string[];
  commands: CommandTree[];
}

export interface CompletionOptions {
  shell: 'bash' | 'zsh' | 'fish' | 'profiles' | 'stacks';
  tree: CommandTree;
}

/** What the scripts ask for each time, as it is on this machine. */
const asked: Record<string, 'profiles' | 'stacks'> = { '--profile': 'profiles', '--stack': 'stacks' };

/** What is offered where anything else is taken too. */
const usual: Record<string, string[]> = {
  '--runtime': ['nodejs24.x', 'nodejs22.x'],
  '--region': [
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1'],
    ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
    ...['af-south-1', 'me-central-1', 'il-central-1'],
  ],
};

/** A completion script for a shell, made from the commands themselves, or the names that such a script asks for. */
export async function completion(context: Context, { shell, tree }: CompletionOptions): Promise<Result> {
  if (shell === 'profiles' || shell === 'stacks') {
    const names = shell === 'stacks' ? await keptStacks(context.home) : await profiles(context);
    return { json: { ok: true, [shell]: names }, text: names.map((name) => `${name}\n`).join('') };
  }
  const text = { bash, zsh, fish }[shell](placesOf(tree));
  return { json: { ok: true, shell, script: text }, text };
}

/** Those that no shell takes apart or expands: bash does so with what it is offered. */
async function profiles({ env }: Context): Promise<string[]> {
  const names = (await sharedProfiles(env)).map(({ name }) => name);
  return [...new Set(names)].filter((name) => /^[\w@%+=:,./-]+$/.test(name)).sort();
}

/** A place in a command line (`" local start"`), and what can be completed there. */
interface Place {
  path: string;
  words: { word: string; summary: string; takesValue: boolean; choices: string[] }[];
}

function placesOf(tree: CommandTree, path = ''): Place[] {
  const words = [
    ...tree.commands.map(({ name, summary }) => ({ word: name, summary, takesValue: false, choices: [] })),
    ...tree.choices.map((word) => ({ word, summary: '', takesValue: false, choices: [] })),
    ...tree.options.map(({ flag, ...rest }) => ({ word: flag, ...rest })),
  ];
  return [{ path, words }, ...tree.commands.flatMap((command) => placesOf(command, `${path} ${command.name}`))];
}

/** Shell patterns of every place but the root. */
function patterns(places: Place[], separator: string): string {
  return places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(separator);
}

/** Of every option that takes a value: those that it may have, or none where files may be meant. */
function valuesOf(places: Place[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { word, takesValue, choices } of places.flatMap(({ words }) => words)) {
    const found = [...(values.get(word) ?? []), ...choices, ...(usual[word] ?? [])];
    if (takesValue) values.set(word, [...new Set(found)]);
  }
  return values;
}

/** Where nothing but options could follow, a word that begins otherwise is a value: a file's name. */
function plainWords({ words }: Place): Place['words'] {
  const plain = words.filter(({ word }) => !word.startsWith('-'));
  return plain.length === 0 ? [] : words;
}

function bash(places: Place[]): string {
  const list = (words: Place['words']): string => quoted(words.map(({ word }) => word).join(' '));
  const cases = places.map(
    (place) => `    ${quoted(place.path)}) known=${list(plainWords(place))}; options=${list(place.words)} ;;`,
  );
  const values = [...valuesOf(places)].map(([flag, choices]) => {
    const known = asked[flag] ? `"$(dynops completion ${asked[flag]} 2>/dev/null)"` : quoted(choices.join(' '));
    return `    ${flag}) known=${known}; options=$known ;;`;
  });
  return `# bash completion of dynops
_dynops() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" at="" known="" options="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$previous" in
      ${[...valuesOf(places).keys()].join('|')}) previous=""; continue ;;
    esac
    previous="$word"
    case "$at $word" in
      ${patterns(places, '|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  case "$previous" in
${values.join('\n')}
  esac
  if [[ "$current" == -* ]]; then known="$options"; fi
  COMPREPLY=($(compgen -W "$known" -- "$current"))
}
complete -o default -F _dynops dynops
`;
}

function zsh(places: Place[]): string {
  const entry = ({ word, summary }: Place['words'][number]): string =>
    quoted(`${word}:${summary.replaceAll(':', '\\:')}`);
  const isOption = ({ word }: Place['words'][number]): boolean => word.startsWith('-');
  const list = (words: Place['words']): string => words.map(entry).join(' ');
  const cases = places.map(({ path, words }) => {
    const plain = words.filter((word) => !isOption(word));
    return `    ${quoted(path)}) known=(${list(plain)}); options=(${list(words.filter(isOption))}) ;;`;
  });
  const values = [...valuesOf(places)].map(([flag, choices]) => {
    const names = `\${(f)"$(_call_program ${asked[flag]} dynops completion ${asked[flag]} 2>/dev/null)"}`;
    // In _describe's entries a colon begins the description.
    const known = asked[flag] ? `${names}); known=("\${(@)known//:/\\\\:}"` : choices.map(quoted).join(' ');
    return `    ${flag}) known=(${known}); options=() ;;`;
  });
  return `#compdef dynops
# zsh completion of dynops
_dynops() {
  local at="" previous="" word
  local -a known options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$previous" in
      ${[...valuesOf(places).keys()].join('|')}) previous=""; continue ;;
    esac
    previous="$word"
    case "$at $word" in
      ${patterns(places, '|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  case "$previous" in
${values.join('\n')}
  esac
  # _describe -o gives up before a hyphen was typed, and then nothing at all would be offered.
  if [[ "$PREFIX" == -* ]]; then _describe -o option options
  elif (( $#known )); then _describe command known
  else _files
  fi
}
compdef _dynops dynops
`;
}

/** -x: one of these alone; -F: a file. */
function afterFlag({ word, takesValue, choices: own }: Place['words'][number]): string {
  if (!takesValue) return '';
  if (asked[word]) return ` -x -a "(dynops completion ${asked[word]} 2>/dev/null)"`;
  const choices = [...own, ...(usual[word] ?? [])];
  return choices.length === 0 ? ' -r -F' : ` -x -a ${fishQuoted(choices.join(' '))}`;
}

function fish(places: Place[]): string {
  const line = (path: string, entry: Place['words'][number]): string => {
    const { word, summary } = entry;
    const what = word.startsWith('--') ? `-l ${word.slice(2)}${afterFlag(entry)}` : `-a ${word}`;
    return `complete -c dynops -n ${quoted(`__dynops_at ${fishQuoted(path)}`)} ${what} -d ${fishQuoted(summary)}`;
  };
  return `# fish completion of dynops
function __dynops_at
  set -l at ""
  set -l before ""
  for word in (commandline -opc)[2..]
    set -l option $before
    set before $word
    # An option's value is no command, though it be called like one.
    contains -- $option ${[...valuesOf(places).keys()].join(' ')}; and continue
    switch "$at $word"
      case ${patterns(places, ' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c dynops -f
${places.flatMap(({ path, words }) => words.map((word) => line(path, word))).join('\n')}
`;
}

/** One word for bash and zsh, and for fish where it holds no single quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, '\\$&')}"`;
}
