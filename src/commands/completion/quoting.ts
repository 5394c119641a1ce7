import { optionCases, type Place, wantsProgram } from './places.ts';

/** One word for bash and zsh, and for fish where it holds no single quote. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Shell patterns of every place but the root. */
export function placePatterns(places: readonly Place[], separator: string): string {
  return places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(separator);
}

/** Patterns of bash and zsh, in which a quoted `*` would be that character. */
export function casesOf(patterns: readonly string[]): string {
  return patterns
    .map((pattern) => (pattern.startsWith('*') ? `*${quoted(pattern.slice(1))}` : quoted(pattern)))
    .join('|');
}

/**
 * What bash and zsh do with each word before the one that is completed: `at` is the place then, `previous` the option whose
 * value may follow, `given` tells of an argument, and `rest` that no option can follow any more.
 */
export function walk(places: readonly Place[]): string {
  return `if [[ -n "$rest" ]]; then given=yes; continue; fi
    if [[ "$at $word" == ' help' ]]; then continue; fi
    case "$at $previous" in
      ${casesOf(optionCases(places).flatMap(({ patterns }) => patterns))}) previous=""; continue ;;
    esac
    previous="$word"
    case "$at $word" in
      *' --') rest=yes; previous="" ;;
      ${placePatterns(places, '|')}) at="$at $word" ;;
      *' -'*) ;;
      *) given=yes ;;
    esac`;
}

/** Patterns of the places whose first argument is a program. */
export const programPlaces = (places: readonly Place[]): string =>
  casesOf(places.filter(wantsProgram).map(({ path }) => path));
