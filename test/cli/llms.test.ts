import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createProgram } from '../../src/cli/program.ts';
import { commandReference } from '../../src/cli/reference.ts';
import { errorCodes } from '../../src/error-codes.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { declaredCommands } from './command-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'llms.txt'), 'utf8');

const program = createProgram(
  async () => undefined,
  () => undefined,
);
const everywhere = [...commandReference(program).options.map(({ long }) => long), '--help'];
const commands = new Map(declaredCommands().map(({ command, options }) => [command, options.map(({ long }) => long)]));

/** What the page quotes as code: spans, and lines of blocks. */
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
const spans = [...page.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
const lines = [...blocks, ...spans].filter((text) => /^dynops( |$)/.test(text));
const flagsIn = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => flag);

/** The command that a line names: its longest beginning that is one. */
function commandOf(line: string): string | undefined {
  const words = line.split(' ').slice(1);
  const beginnings = words.map((_, index) => words.slice(0, index + 1).join(' '));
  return beginnings.reverse().find((beginning) => commands.has(beginning));
}

describe('llms.txt', () => {
  it('is in the package, on one page', () => {
    expect(packageJson.files).toContain('llms.txt');
    expect(page.split('\n').length).toBeLessThan(110);
    expect(lines.length).toBeGreaterThan(30);
  });

  it.each(lines)('%s is a command with these options', (line) => {
    if (/^dynops( help( .*)?| …)?$/.test(line)) return;
    const command = commandOf(line);
    expect(command).toBeDefined();
    const known = [...everywhere, ...(commands.get(command ?? '') ?? [])];
    expect(flagsIn(line.split(' -- ')[0] ?? '').filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it('names options, variables, codes, statuses and files that there are', () => {
    const all = [...everywhere, ...[...commands.values()].flat()];
    const ofNpm = ['--global'];
    expect(flagsIn(page).filter((flag) => !all.includes(flag) && !ofNpm.includes(flag))).toEqual([]);

    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
      .join('');
    const variables = [...page.matchAll(/\bDYNOPS_\w+/g)].map(([name]) => name);
    expect(variables.length).toBeGreaterThan(2);
    expect(variables.filter((name) => !sources.includes(name))).toEqual([]);
    expect(Object.keys(errorCodes)).toContain('ConfirmationNeeded');

    const [, said = ''] = /Read the exit status first\.(.*?)\n- /s.exec(page) ?? [];
    expect([...said.matchAll(/\b(\d+):/g)].map(([, status]) => Number(status))).toEqual(Object.values(ExitStatus));

    const files = [...page.matchAll(/\bdocs\/[\w.]+\w/g)].map(([file]) => file);
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('tells every command that deletes', () => {
    const [, section = ''] = /## What deletes data\n(.*?)\n## /s.exec(page) ?? [];
    const deleting = [...commands.keys()].filter((command) =>
      /(^|[ -])(down|delete|reset|replace|remove|import|load)$/.test(command),
    );
    const covered = (command: string) => section.includes(`dynops ${command}`) || /^\w+ delete$/.test(command);
    expect(section).toContain('every other `delete`');
    expect(deleting.filter((command) => command !== 'load' && !covered(command))).toEqual([]);
    // Of the options too.
    const removing = [...new Set([...commands.values()].flat())].filter((flag) =>
      /^--(replace|remove-|adopt|yes)/.test(flag),
    );
    expect(removing.filter((flag) => !section.includes(flag))).toEqual([]);
  });
});
