import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { shellQuoted } from '../../src/ui/words.ts';
import { bin, type Installation } from './dynops.ts';

/** util-linux's `script` gives a command a terminal of its own; that of macOS and BSD takes other options. */
export const script = '/usr/bin/script';
export const noTerminal = process.platform === 'linux' && existsSync(script) ? '' : ' (skipped: needs util-linux)';

/**
 * What a terminal of so many columns shows of a command, colours and all. `type` is told what is shown so far, and answers
 * what is typed then: `\x03` is Ctrl-C.
 */
export async function onTerminal(
  { home }: Pick<Installation, 'home'>,
  words: string[],
  options: {
    columns: number;
    env?: Record<string, string>;
    cwd?: string | undefined;
    type?: (shown: string) => string | undefined;
  },
): Promise<{ raw: string; lines: string[]; status: number | null }> {
  const { columns, env = {}, cwd = home, type } = options;
  const line = [process.execPath, bin, ...words].map(shellQuoted).join(' ');
  const own = { PATH: process.env.PATH, HOME: home, DYNOPS_HOME: `${home}/dynops`, DYNOPS_PORT: '0', TERM: 'xterm' };
  const child = spawn(script, ['-qec', `stty cols ${columns} rows 50 && exec ${line}`, '/dev/null'], {
    env: { ...own, ...env },
    cwd,
  });
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk;
    const keys = type?.(raw);
    if (keys !== undefined) child.stdin.write(keys);
  });
  if (!type) child.stdin.end();
  const [status] = (await once(child, 'close')) as [number | null];
  return { raw, lines: raw.split(/\r?\n/).map(shown), status };
}

/**
 * The lines that are left on a terminal after all of that was written to it: as a terminal does, it breaks lines that are
 * too long, goes up, and erases. Throws at a control sequence that it does not know.
 */
export function screenOf(raw: string, columns: number): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const at = () => (lines[row] ??= []);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  for (const [text, parameter, kind] of raw.matchAll(/\u001b\[(\??[\d;]*)([A-Za-z])|./gsu)) {
    const amount = Number(parameter || 1);
    if (text === '\r') column = 0;
    else if (text === '\n') row++;
    else if (text === '\b') column = Math.max(0, column - 1);
    else if (kind === undefined) {
      if (column === columns) [row, column] = [row + 1, 0];
      at()[column++] = text;
    } else if (kind === 'A') row = Math.max(0, row - amount);
    else if (kind === 'G') column = amount - 1;
    else if (kind === 'K') at().splice(parameter === '2' ? 0 : column);
    else if (kind === 'J') [at().splice(column), lines.splice(row + 1)];
    else if (kind !== 'm' && kind !== 'h' && kind !== 'l') throw new Error(`unknown: ${JSON.stringify(text)}`);
  }
  return Array.from(lines, (line = []) =>
    Array.from(line, (sign = ' ') => sign)
      .join('')
      .trimEnd(),
  );
}

/** What stays of a line that was drawn over, as a waiting line is: the last text after its beginning was gone back to. */
function shown(line: string): string {
  const drawn = stripVTControlCharacters(line.replaceAll('\u001b[1G', '\r'));
  return drawn.split('\r').at(-1) ?? '';
}
