import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { shellQuoted } from '../../src/ui/words.ts';
import { bin, type Installation } from './dynops.ts';

/** util-linux's `script` gives a command a terminal of its own; that of macOS and BSD takes other options. */
const script = '/usr/bin/script';
export const noTerminal = process.platform === 'linux' && existsSync(script) ? '' : ' (skipped: needs util-linux)';

/** What a terminal of so many columns shows of a command, colours and all. */
export async function onTerminal(
  { home }: Pick<Installation, 'home'>,
  words: string[],
  { columns, env = {} }: { columns: number; env?: Record<string, string> },
): Promise<{ raw: string; lines: string[] }> {
  const line = [process.execPath, bin, ...words].map(shellQuoted).join(' ');
  const own = { PATH: process.env.PATH, HOME: home, DYNOPS_HOME: `${home}/dynops`, DYNOPS_PORT: '0', TERM: 'xterm' };
  const raw = await new Promise<string>((resolve, reject) => {
    const options = { env: { ...own, ...env }, cwd: home };
    const child = execFile(
      script,
      ['-qec', `stty cols ${columns} rows 50; ${line}`, '/dev/null'],
      options,
      (error, stdout) => (error && typeof error.code !== 'number' ? reject(error) : resolve(stdout)),
    );
    child.stdin?.end();
  });
  return { raw, lines: raw.split(/\r?\n/).map(shown) };
}

/** What stays of a line that was drawn over, as a waiting line is: the last text after its beginning was gone back to. */
function shown(line: string): string {
  const drawn = stripVTControlCharacters(line.replaceAll('\u001b[1G', '\r'));
  return drawn.split('\r').at(-1) ?? '';
}
