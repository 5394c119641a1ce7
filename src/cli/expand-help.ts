import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';

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
