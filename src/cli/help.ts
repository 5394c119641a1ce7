import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { flowing, hanging } from '../ui/words.ts';

/** `help trace show` as `trace show --help`, as commander's own `help` takes one word. Throws a usage error for a command that is not there. */
export function expandHelp(program: Command, words: readonly string[]): string[] {
  const [first, ...rest] = words;
  const named = rest.filter((word) => !word.startsWith('-'));
  if (first !== 'help' || named.length === 0) return [...words];
  let at = program;
  for (const name of named) {
    // Behind a command without commands stand its arguments.
    if (at.commands.length === 0) break;
    const found = at.commands.find((command) => command.name() === name || command.aliases().includes(name));
    if (found === undefined) throw unknownCommand(named.join(' '), at, name);
    at = found;
  }
  return [...rest, '--help'];
}

function unknownCommand(asked: string, within: Command, name: string): Error {
  const close = nearest(
    name,
    within.commands.map((command) => command.name()),
  );
  const hint = close === undefined ? '`dynops --help` lists them.' : `Did you mean ${close}?`;
  return usageError(`Unknown command '${asked}'.`, hint);
}

/** Examples, which commander puts at the end, before all that is listed: most people look for nothing else. */
export function examplesFirst(help: string): string {
  const [, examples] = /(?:^|\n)(Examples:\n(?: {2}.*\n)+)/.exec(help) ?? [];
  if (examples === undefined) return help;
  const without = help.replace(`\n${examples}`, '').trimEnd();
  const list = /\n\n(?=[A-Z][^\n]*:\n {2})/.exec(without);
  if (list === null) return help;
  return `${without.slice(0, list.index)}\n\n${examples}\n${without.slice(list.index + 2)}\n`;
}

/** Breaks at blanks what commander leaves to the terminal where that is narrow: what an option does goes under it. */
export function fittedHelp(help: string, width: number): string {
  const fitted = help.split('\n').flatMap((line) => {
    const [, term, does] = line.length > width ? (/^( {2}\S.*? {2,})(\S.*)$/.exec(line) ?? []) : [];
    return term !== undefined && does !== undefined ? hanging(term, does, width) : [flowing(line, width)];
  });
  return fitted.join('\n');
}
