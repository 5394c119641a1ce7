import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { expandHelp } from '../../src/cli/expand-help.ts';
import { asDynopsError, shortened } from '../../src/cli/failure.ts';
import { examplesFirst, fittedHelp } from '../../src/cli/help.ts';
import { createProgram } from '../../src/cli/program.ts';
import { declaredCommands } from './command-lines.ts';

/** What a command line shows where it asks for help, and what it is refused with where it cannot be. */
async function shown(line: string, width = 80): Promise<Shown> {
  return shownFor(line.split(' '), width);
}

interface Shown {
  help: string;
  problem?: string;
  hint?: string | undefined;
}

async function shownFor(words: string[], width = 80): Promise<Shown> {
  let help = '';
  const program = createProgram(
    async () => undefined,
    (text) => {
      help += text;
    },
  );
  setWidth(program, width);
  try {
    await program.parseAsync(expandHelp(program, words), { from: 'user' });
    return { help };
  } catch (thrown) {
    const { message, hint } = asDynopsError(thrown, { signal: new AbortController().signal, words });
    return { help: examplesFirst(help), problem: message, hint };
  }
}

function setWidth(command: Command, width: number): void {
  command.configureOutput({ getOutHelpWidth: () => width });
  for (const child of command.commands) setWidth(child, width);
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

  it.each([40, 60])('of every command fits %i columns, and loses no word', async (width) => {
    for (const line of ['', ...lines]) {
      const { help } = await shown(`${line} --help`.trim(), width);
      const fitted = fittedHelp(help, width);
      expect(fitted.split(/\s+/)).toEqual(help.split(/\s+/));
      // A command line, and a name, are there to be copied.
      const long = fitted.split('\n').filter((each) => each.length > width && !/^ {2}(\$ |\S+$|-)/.test(each));
      expect(
        long.filter((each) =>
          each
            .trim()
            .split(/`[^`]*`| /)
            .some((word) => word.length < width - 6),
        ),
      ).toEqual([]);
    }
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

  /** One letter is missing: the last but one, where a slip is easily made. */
  const slip = (word: string) => word.slice(0, -2) + word.slice(-1);
  const suggestions = (hint: string | undefined) =>
    /^\(?Did you mean (?:one of )?(.*)\?\)?$/.exec(hint ?? '')?.[1]?.split(', ');

  it.each(lines)('a slip in the name of %s is answered with it', async (line) => {
    const words = line.split(' ');
    const name = words.at(-1) ?? '';
    if (name.length < 3) return;
    expect(suggestions((await shown([...words.slice(0, -1), slip(name)].join(' '))).hint)).toContain(name);
  });

  it('a slip in any option, or in a value or an argument that is one of some, is answered with it', async () => {
    const faults: string[] = [];
    for (const { command, options, arguments: given } of declaredCommands()) {
      const needed = given.filter(({ required }) => required).map(({ choices }) => choices[0] ?? '1');
      const base = [command, ...needed].join(' ');
      for (const [place, { choices }] of given.entries()) {
        for (const choice of choices.filter((one) => one.length > 3)) {
          const line = [command, ...needed.with(place, slip(choice))].join(' ');
          const near = suggestions((await shown(line)).hint);
          if (!near?.includes(choice)) faults.push(`${line}: ${near}`);
        }
      }
      for (const { long, value } of options.filter((option) => option.long.length > 4)) {
        const hint = suggestions((await shown(`${base} ${slip(long)}`)).hint);
        if (!hint?.includes(long)) faults.push(`${base} ${slip(long)}: ${hint}`);
        for (const choice of (value?.choices ?? []).filter((one) => one.length > 3 && !/^\d+$/.test(one))) {
          const near = suggestions((await shown(`${base} ${long} ${slip(choice)}`)).hint);
          if (!near?.includes(choice)) faults.push(`${base} ${long} ${slip(choice)}: ${near}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('an amount without its unit, or in another, is answered with the units that there are', async () => {
    const units: Record<string, RegExp> = {
      duration: /ms, s, m or h/,
      'duration or share': /ms, s, m or h/,
      stage: /ms, s, m or h/,
      rate: /\/s.*\/m/,
      integer: /[<[](n|seconds|days|minutes|mb)[>\]]|one of 1, 3/,
    };
    const faults: string[] = [];
    for (const { command, options, arguments: given } of declaredCommands()) {
      const needed = given.filter(({ required }) => required).map(({ choices }) => choices[0] ?? '1');
      for (const { long, value } of options) {
        const named = units[value?.type ?? ''];
        if (value === null || named === undefined) continue;
        for (const wrong of ['x', '5d', '5 s', '200']) {
          const line = [command, ...needed].join(' ').split(' ');
          const { problem } = await shownFor([...line, `${long}=${value.type === 'stage' ? `${wrong}:5` : wrong}`]);
          // A number alone is an amount to some.
          if (problem === undefined && wrong === '200' && !/^(duration|stage)/.test(value.type)) continue;
          if (!named.test(problem ?? '')) faults.push(`${command} ${long}=${wrong}: ${problem}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('-y and -f are short for --yes and --follow', async () => {
    expect(await shown('down -y')).toEqual({ help: '' });
    expect(await shown('logs -f')).toEqual({ help: '' });
  });

  it('a failure of the system is told by file and reason, without the code and the call that Node names', () => {
    const told = (error: unknown) => asDynopsError(error, { signal: new AbortController().signal, words: [] }).message;
    const failed = (code: string, message: string, more: object) =>
      Object.assign(new Error(message), { code, ...more });
    expect([
      told(failed('EACCES', "EACCES: permission denied, mkdir '/a/b'", { syscall: 'mkdir', path: '/a/b' })),
      told(failed('EISDIR', "EISDIR: illegal operation on a directory, open '/a'", { syscall: 'open', path: '/a' })),
      told(failed('ECONNRESET', 'read ECONNRESET', { syscall: 'read' })),
    ]).toEqual(['/a/b: permission denied.', '/a: illegal operation on a directory.', 'read ECONNRESET']);
  });

  it('a long argument is not echoed whole', () => {
    const long = 'x'.repeat(100_000);
    const message = shortened(`--set ${long}: expected NAME=VALUE.`, ['call', '--set', long]);
    expect(message).toBe(`--set ${'x'.repeat(100)}… (100000 characters): expected NAME=VALUE.`);
    expect(shortened(`"${long}" is not`, ['call', `--set=${long}`]).length).toBeLessThan(200);
  });
});
