import type { Context, Result } from '../session/command.ts';

/** A command of the command line, with what may follow it. */
export interface CommandTree {
  name: string;
  summary: string;
  options: { flag: string; takesValue: boolean; summary: string }[];
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
  words: { word: string; summary: string; takesValue: boolean }[];
}

function placesOf(tree: CommandTree, path = ''): Place[] {
  const words = [
    ...tree.commands.map(({ name, summary }) => ({ word: name, summary, takesValue: false })),
    ...tree.choices.map((word) => ({ word, summary: '', takesValue: false })),
    ...tree.options.map(({ flag, summary, takesValue }) => ({ word: flag, summary, takesValue })),
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

function bash(places: Place[]): string {
  const cases = places.map(
    ({ path, words }) => `    ${quoted(path)}) known=${quoted(words.map(({ word }) => word).join(' '))} ;;`,
  );
  return `# bash completion of dynops
_dynops() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at="" known="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${patterns(places, '|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$known" -- "$current"))
}
complete -o default -F _dynops dynops
`;
}

function zsh(places: Place[]): string {
  const entry = ({ word, summary }: Place['words'][number]): string =>
    quoted(`${word}:${summary.replaceAll(':', '\\:')}`);
  const cases = places.map(({ path, words }) => `    ${quoted(path)}) known=(${words.map(entry).join(' ')}) ;;`);
  return `#compdef dynops
# zsh completion of dynops
_dynops() {
  local at="" word
  local -a known
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${patterns(places, '|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe -o dynops known || _files
}
compdef _dynops dynops
`;
}

function fish(places: Place[]): string {
  const line = (path: string, { word, summary, takesValue }: Place['words'][number]): string => {
    const what = word.startsWith('--') ? `-l ${word.slice(2)}${takesValue ? ' -r' : ''}` : `-a ${word}`;
    return `complete -c dynops -n ${quoted(`__dynops_at ${fishQuoted(path)}`)} ${what} -d ${fishQuoted(summary)}`;
  };
  return `# fish completion of dynops
function __dynops_at
  set -l at ""
  for word in (commandline -opc)[2..]
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
