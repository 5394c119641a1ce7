import { optionCases, type Place } from './places.ts';
import { casesOf, programPlaces, quoted, walk } from './quoting.ts';
import { type Values, wordsOf } from './values.ts';

export function zsh(places: readonly Place[]): string {
  const entries = (words: readonly { word: string; summary: string }[]): string =>
    words.map(({ word, summary }) => quoted(`${word}:${summary.replaceAll(':', '\\:')}`)).join(' ');
  // In _describe's entries a colon begins the description.
  const listed = (values: Values): string =>
    'names' in values
      ? `known=(\${(f)"$(_call_program ${values.names} dynops completion ${values.names} 2>/dev/null)"}); known=("\${(@)known//:/\\\\:}")`
      : `known=(${wordsOf(values).map(quoted).join(' ')})`;
  const cases = places.map(({ path, commands, values, options }) => {
    const plain = commands.length > 0 ? `known=(${entries(commands)})` : listed(values);
    return `    ${quoted(path)}) ${plain}; options=(${entries(options)}) ;;`;
  });
  const values = optionCases(places).map(
    ({ patterns, values }) => `    ${casesOf(patterns)}) ${listed(values)}; options=(); given=yes ;;`,
  );
  return `#compdef dynops
# zsh completion of dynops
_dynops() {
  local at="" previous="" given="" rest="" word
  local -a known options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    ${walk(places)}
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ -n "$given" ]]; then known=(); fi
  if [[ -n "$rest" ]]; then previous=""; options=(); fi
  if [[ "$PREFIX" == --*=* ]]; then previous="\${PREFIX%%=*}"; compset -P '*='; fi
  case "$at $previous" in
${values.join('\n')}
  esac
  # _describe -o gives up before a hyphen was typed, and then nothing at all would be offered.
  if [[ "$PREFIX" == -* && $#options -gt 0 ]]; then _describe -o option options
  elif compset -P @; then _files
  elif (( $#known )); then _describe command known
  else
    case "$at$given" in
      ${programPlaces(places)}) _command_names -e ;;
      *) _files ;;
    esac
  fi
}
compdef _dynops dynops
`;
}
