import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { asDynopsError, shortened } from '../../src/cli/failure.ts';
import { examplesFirst, expandHelp } from '../../src/cli/help.ts';
import { createProgram } from '../../src/cli/program.ts';

/** What a command line shows where it asks for help, and what it is refused with where it cannot be. */
async function shown(line: string): Promise<{ help: string; problem?: string; hint?: string | undefined }> {
  let help = '';
  const program = createProgram(
    async () => undefined,
    (text) => {
      help += text;
    },
  );
  const words = line.split(' ');
  try {
    await program.parseAsync(expandHelp(program, words), { from: 'user' });
    return { help };
  } catch (thrown) {
    const { message, hint } = asDynopsError(thrown, { signal: new AbortController().signal, words });
    return { help: examplesFirst(help), problem: message, hint };
  }
}

function everyCommand(command: Command, path = ''): string[] {
  return command.commands
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => {
      const line = `${path} ${child.name()}`.trim();
      return [line, ...everyCommand(child, line)];
    });
}

const lines = everyCommand(
  createProgram(
    async () => undefined,
    () => undefined,
  ),
);

describe('help', () => {
  it('knows every command', () => {
    expect(lines).toEqual(expect.arrayContaining(['up', 'trace show', 'pool update', 'export iam-policy']));
    expect(lines.length).toBeGreaterThan(70);
  });

  it.each(lines)('%s: the purpose, examples that name it, own options, then those of every command', async (line) => {
    const { help } = await shown(`${line} --help`);
    const at = (heading: string) => help.indexOf(`\n${heading}:\n`);
    expect(help.startsWith(`Usage: dynops ${line}`)).toBe(true);
    expect(at('Examples')).toBeGreaterThan(0);
    expect(at('Options')).toBeGreaterThan(at('Examples'));
    if (at('Global Options') >= 0) expect(at('Global Options')).toBeGreaterThan(at('Options'));
    const examples = help.slice(at('Examples'), at('Options'));
    expect(examples).toContain(`dynops ${line}`);
    expect(help.match(/Examples:/g)).toHaveLength(1);
  });

  it('of a command below another is that command’s own', async () => {
    expect((await shown('help trace show')).help).toBe((await shown('trace show --help')).help);
    expect(await shown('help trace shwo')).toMatchObject({
      problem: "Unknown command 'trace shwo'.",
      hint: 'Did you mean show?',
    });
  });
});

describe('words of other tools, and slips', () => {
  it.each([
    ['deploy', '`dynops up`'],
    ['destroy', '`dynops down`'],
    ['remove', '`dynops down`'],
    ['invoke', '`dynops call`'],
    ['diff', '`dynops plan`'],
    ['tail', '`dynops logs --follow`'],
    ['up --dry-run', '`dynops plan`'],
    ['down --force', '--yes'],
    ['status --verbose', '--debug'],
    ['status --output=json', '--json'],
    ['tabel', 'Did you mean table?'],
    ['trace lst', 'Did you mean list?'],
    ['call craete', 'Did you mean create?'],
    ['call lst', 'Did you mean list?'],
    ['call somethingelse', 'Give one of these.'],
    ['tune --strategy sped', 'Did you mean speed?'],
    ['load --shape spik', 'Did you mean spike?'],
    ['up --tracng', 'Did you mean --tracing?'],
  ])('%s', async (line, hint) => {
    expect((await shown(line)).hint).toContain(hint);
  });

  it('-y and -f are short for --yes and --follow', async () => {
    expect(await shown('down -y')).toEqual({ help: '' });
    expect(await shown('logs -f')).toEqual({ help: '' });
  });

  it('a long argument is not echoed whole', () => {
    const long = 'x'.repeat(100_000);
    const message = shortened(`--set ${long}: expected NAME=VALUE.`, ['call', '--set', long]);
    expect(message).toBe(`--set ${'x'.repeat(100)}… (100000 characters): expected NAME=VALUE.`);
    expect(shortened(`"${long}" is not`, ['call', `--set=${long}`]).length).toBeLessThan(200);
  });
});
