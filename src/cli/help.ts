import { flowing, hanging } from '../ui/words.ts';

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
