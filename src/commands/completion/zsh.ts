import { optionCases, type Place } from './places.ts';
import { casesOf, placePatterns, quoted } from './quoting.ts';
import type { Values } from './values.ts';

export function zsh(places: readonly Place[]): string {
  const entries = (words: readonly { word: string; summary: string }[]): string =>
    words.map(({ word, summary }) => quoted(`${word}:${summary.replaceAll(':', '\\:')}`)).join(' ');
  // In _describe's entries a colon begins the description.
  const listed = (values: Values): string =>
    'names' in values
      ? `known=(\${(f)"$(_call_program ${values.names} dynops completion ${values.names} 2>/dev/null)"}); known=("\${(@)known//:/\\\\:}")`
      : `known=(${values.words.map(quoted).join(' ')})`;
  const cases = places.map(({ path, commands, values, options }) => {
    const plain = commands.length > 0 ? `known=(${entries(commands)})` : listed(values);
    return `    ${quoted(path)}) ${plain}; options=(${entries(options)}) ;;`;
  });
  const values = optionCases(places).map(
    ({ patterns, values }) => `    ${casesOf(patterns)}) ${listed(values)}; options=() ;;`,
  );
  return `#compdef dynops
# zsh completion of dynops
_dynops() {
  local at="" previous="" given="" word
  local -a known options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ "$at $word" == ' help' ]]; then continue; fi
    case "$at $previous" in
      ${casesOf(optionCases(places).flatMap(({ patterns }) => patterns))}) previous=""; continue ;;
    esac
    previous="$word"
    case "$at $word" in
      ${placePatterns(places, '|')}) at="$at $word" ;;
      *' -'*) ;;
      *) given=yes ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ -n "$given" ]]; then known=(); fi
  if [[ "$PREFIX" == --*=* ]]; then previous="\${PREFIX%%=*}"; compset -P '*='; fi
  case "$at $previous" in
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
