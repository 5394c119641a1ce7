import { optionCases, type Place } from './places.ts';
import { casesOf, programPlaces, quoted, walk } from './quoting.ts';
import { type Values, wordsOf } from './values.ts';

export function bash(places: readonly Place[]): string {
  const listed = (values: Values): string =>
    'names' in values ? `"$(dynops completion ${values.names} 2>/dev/null)"` : quoted(wordsOf(values).join(' '));
  const cases = places.map((place) => {
    const options = place.options.map(({ word }) => word).join(' ');
    const commands = place.commands.map(({ word }) => word).join(' ');
    const plain = place.commands.length > 0 ? quoted(`${commands} ${options}`) : listed(place.values);
    return `    ${quoted(place.path)}) known=${plain}; options=${quoted(options)} ;;`;
  });
  const values = optionCases(places).map(
    ({ patterns, values }) => `    ${casesOf(patterns)}) known=${listed(values)}; options=$known; given=yes ;;`,
  );
  return `# bash completion of dynops
_dynops() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" at="" given="" rest="" known="" options="" word
  local IFS=$' \\t\\n'
  # bash makes three words of --strategy=cost, and two of @item.json.
  if [[ "$current" == [=@] ]]; then current=""; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ "$word" == = || "$word" == @ || "$word" == =@ ]]; then continue; fi
    ${walk(places)}
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ -n "$given" ]]; then known=""; fi
  if [[ -n "$rest" ]]; then previous=""; options=""; fi
  case "$at $previous" in
${values.join('\n')}
  esac
  if [[ "$current" == -* ]]; then known="$options"; fi
  COMPREPLY=($(compgen -W "$known" -- "$current"))
  case "$at$given" in
    ${programPlaces(places)}) if [[ "$current" != -* ]]; then COMPREPLY=($(compgen -c -- "$current")); fi ;;
  esac
  if [[ "\${2-}" == @* ]]; then
    COMPREPLY=()
    while IFS= read -r word; do
      if [[ -d "$word" ]]; then word="$word/"; fi
      COMPREPLY+=("@$(printf %q "$word")")
    done < <(compgen -f -- "\${2#@}")
    if [[ "\${COMPREPLY-}" == */ ]]; then compopt -o nospace 2>/dev/null; fi
  fi
}
complete -o default -F _dynops dynops
`;
}
