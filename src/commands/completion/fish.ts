import { isFile, optionCases, type Place, wantsFiles, wantsProgram } from './places.ts';
import { placePatterns, quoted } from './quoting.ts';
import { type Values, wordsOf } from './values.ts';

export function fish(places: readonly Place[]): string {
  return `# fish completion of dynops
function __dynops_at
  set -l at ""
  set -l before ""
  set -l given ""
  for word in (commandline -opc)[2..]
    test "$at $word" = " help"; and continue
    set -l option "$at $before"
    set before $word
    # An option's value is no command, though it be called like one.
    switch $option
      case ${optionCases(places)
        .flatMap(({ patterns }) => patterns.map(quoted))
        .join(' ')}
        continue
    end
    switch "$at $word"
      case ${placePatterns(places, ' ')}
        set at "$at $word"
      case '* -*'
      case '*'
        set given yes
    end
  end
  test "$at" = "$argv[1]"; and test -z "$given" -o "$argv[2]" != first
end
# What can follow @: a file that the value is read from.
function __dynops_behind_at
  set -l typed (string match -rg '^(?:--[^=]+=)?@(.*)$' -- (commandline -ct)); or return
  for file in $typed*
    test -d $file; and echo @$file/; or echo @$file
  end
end
complete -c dynops -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf(place: Place): string[] {
  const { path, commands, values, options } = place;
  const anywhere = `complete -c dynops -n ${quoted(`__dynops_at ${fishQuoted(path)}`)}`;
  const first = `complete -c dynops -n ${quoted(`__dynops_at ${fishQuoted(path)} first`)}`;
  return [
    ...commands.map(({ word, summary }) => `${first} -a ${word} -d ${fishQuoted(summary)}`),
    ...(isFile(values) ? [] : [`${first} -a ${listed(values)}`]),
    ...(wantsFiles(place) || wantsProgram(place) ? [`${anywhere} -F`] : []),
    ...options.map((option) => {
      const does = option.values === undefined ? '' : afterFlag(option.values);
      return `${anywhere} -l ${option.word.slice(2)}${does} -d ${fishQuoted(option.summary)}`;
    }),
  ];
}

/** -x: one of these alone; -F: a file. */
function afterFlag(values: Values): string {
  return isFile(values) ? ` -r -F -a "(__dynops_behind_at)"` : ` -x -a ${listed(values)}`;
}

function listed(values: Values): string {
  if ('programs' in values) return '"(complete -C (commandline -ct))"';
  return 'names' in values
    ? `"(dynops completion ${values.names} 2>/dev/null)"`
    : fishQuoted(wordsOf(values).join(' '));
}

function fishQuoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, '\\$&')}"`;
}
