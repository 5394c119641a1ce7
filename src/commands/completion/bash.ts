import { optionCases, type Place, wantsFiles } from './places.ts';
import { casesOf, placePatterns, quoted } from './quoting.ts';
import type { Values } from './values.ts';

export function bash(places: readonly Place[]): string {
  const listed = (values: Values): string =>
    'names' in values ? `"$(dynops completion ${values.names} 2>/dev/null)"` : quoted(values.words.join(' '));
  const cases = places.map((place) => {
    const options = place.options.map(({ word }) => word).join(' ');
    const commands = place.commands.map(({ word }) => word).join(' ');
    const plain = place.commands.length > 0 ? quoted(`${commands} ${options}`) : listed(place.values);
    return `    ${quoted(place.path)}) ${wantsFiles(place) ? '' : `known=${plain}; `}options=${quoted(options)} ;;`;
  });
  const values = optionCases(places).map(
    ({ patterns, values }) => `    ${casesOf(patterns)}) known=${listed(values)}; options=$known ;;`,
  );
  return `# bash completion of dynops
_dynops() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" at="" given="" known="" options="" word
  # bash makes three words of --strategy=cost.
  if [[ "$current" == = ]]; then current=""; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ "$word" == = || "$at $word" == ' help' ]]; then continue; fi
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
  if [[ -n "$given" ]]; then known=""; fi
  case "$at $previous" in
${values.join('\n')}
  esac
  if [[ "$current" == -* ]]; then known="$options"; fi
  COMPREPLY=($(compgen -W "$known" -- "$current"))
}
complete -o default -F _dynops dynops
`;
}
