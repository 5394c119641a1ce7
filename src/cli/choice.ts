import { Argument, Option } from 'commander';
import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';

/** For a value of `what`, an option or an argument, that is none of the words it takes. Commander would name no nearest one. */
export function wrongChoice(what: string, given: string, words: readonly string[]): Error {
  // A number that is not among them is no slip of the pen.
  const close = nearest(
    given,
    words.filter((word) => !/^\d+$/.test(word)),
  );
  const hint = close === undefined ? 'Give one of these.' : `Did you mean ${close}?`;
  return usageError(`${what}: "${given}" is not one of ${words.join(', ')}.`, hint);
}

/** A parser of what must be one of these words. */
export function oneOf(what: string, words: readonly string[]): (given: string) => string {
  return (given) => {
    if (words.includes(given)) return given;
    throw wrongChoice(what, given, words);
  };
}

export function choiceOption(flags: string, help: string, words: readonly string[]): Option {
  return new Option(flags, help).choices(words).argParser(oneOf(longFlag(flags), words));
}

export function choiceArgument(name: string, help: string, words: readonly string[]): Argument {
  return new Argument(`<${name}>`, help).choices(words).argParser(oneOf(name, words));
}

/** `--retention <days>` → `--retention` */
export const longFlag = (flags: string): string => flags.split(' ')[0] ?? flags;
