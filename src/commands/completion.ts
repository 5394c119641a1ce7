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
  shell: 'bash' | 'zsh' | 'fish';
  tree: CommandTree;
}

/** A completion script for a shell, made from the commands themselves. */
export async function completion(_context: Context, { shell, tree }: CompletionOptions): Promise<Result> {
  const text = { bash, zsh, fish }[shell](placesOf(tree));
  return { json: { ok: true, shell, script: text }, text };
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
    if (takesValue) values.set(word, [...new Set([...(values.get(word) ?? []), ...choices])]);
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
  const values = [...valuesOf(places)].map(
    ([flag, choices]) => `    ${flag}) known=${quoted(choices.join(' '))}; options=$known ;;`,
  );
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
  const values = [...valuesOf(places)].map(
    ([flag, choices]) => `    ${flag}) known=(${choices.map(quoted).join(' ')}); options=() ;;`,
  );
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
function afterFlag(takesValue: boolean, choices: string[]): string {
  if (!takesValue) return '';
  return choices.length === 0 ? ' -r -F' : ` -x -a ${fishQuoted(choices.join(' '))}`;
}

function fish(places: Place[]): string {
  const line = (path: string, { word, summary, takesValue, choices }: Place['words'][number]): string => {
    const what = word.startsWith('--') ? `-l ${word.slice(2)}${afterFlag(takesValue, choices)}` : `-a ${word}`;
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
