import { expect, it } from 'vitest';
import type { Invocation } from '../../src/cli/declare.ts';
import { createProgram } from '../../src/cli/program.ts';
import { type CommandReference, type OptionReference, referenceOf } from '../../src/cli/reference.ts';

const reference = JSON.parse(
  JSON.stringify(
    referenceOf(
      createProgram(
        async () => undefined,
        () => undefined,
      ),
    ),
  ),
) as { commands: CommandReference[]; globalOptions: OptionReference[] };

/** What the program makes of a command line: the command that would run, or what it is refused with. */
async function parsed(words: string[]): Promise<Invocation | Error> {
  let invocation: Invocation | undefined;
  const program = createProgram(
    async (given) => {
      invocation = given as Invocation;
    },
    () => undefined,
  );
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return error as Error;
  }
  return invocation ?? new Error('nothing ran');
}

/** Of each type, texts of which an option takes one at least, and texts that none takes. */
const texts: Record<string, { good: string[]; bad: string[] }> = {
  integer: { good: ['1', '14', '256'], bad: ['x', '1.5', '-1', '1e3'] },
  number: { good: ['0.5'], bad: ['x'] },
  duration: { good: ['10s', '2h'], bad: ['x', '10', '-1s'] },
  share: { good: ['1%', '0.5'], bad: ['x', '101%'] },
  rate: { good: ['10/s'], bad: ['x', '-1/s'] },
  'duration or share': { good: ['10s'], bad: ['x'] },
  'integer or share': { good: ['3', '10%'], bad: ['x'] },
  stage: { good: ['30s:10'], bad: ['x', '30s', '10'] },
  url: { good: ['http://127.0.0.1:4566'], bad: ['x'] },
  file: { good: ['a.json', 'a.svg'], bad: [] },
  json: { good: ['{}'], bad: [] },
  text: {
    good: ['text', 'eu-west-1', 'nodejs22.x', 'GET /notes', '128', 'arm64', '000000000000', 'a=b', 'a: b'],
    bad: [],
  },
};

const lines = [
  ...reference.globalOptions.map((option) => ({ command: reference.commands[0], option })),
  ...reference.commands.flatMap((command) => command.options.map((option) => ({ command, option }))),
];

it.each(lines.map(({ command, option }) => [`${command?.command} ${option.long}`, { command, option }] as const))(
  'help --json tells of %s what the program takes',
  async (_name, { command, option: { long, value, repeatable } }) => {
    const { command: name = '', arguments: positional = [] } = command ?? {};
    const at = name.split(' ');
    const needed = positional.flatMap(({ choices, required }) => (required ? [choices[0] ?? 'a'] : []));
    // What takes several values in a row would take the arguments too.
    const given = (...words: string[]) =>
      parsed(value?.variadic ? [...at, ...needed, ...words] : [...at, ...words, '--json', ...needed]);
    if (value === null) {
      expect(await given(long)).toMatchObject({ name });
      expect(await given(`${long}=x`)).toBeInstanceOf(Error);
      return;
    }
    const { good = [], bad = [] } =
      value.choices.length > 0 ? { good: [...value.choices], bad: ['zzz'] } : (texts[value.type] ?? {});
    const taken = await Promise.all(
      good.map(async (text) => ((await given(long, text)) instanceof Error ? [] : [text])),
    );
    expect(taken.flat().length).toBeGreaterThanOrEqual(value.choices.length > 0 ? good.length : 1);
    for (const text of bad) expect([text, await given(`${long}=${text}`)]).toEqual([text, expect.any(Error)]);
    expect((await parsed([...at, ...needed, long])) instanceof Error).toBe(value.required);
    const [text = ''] = taken.flat();
    const once = await given(long, text);
    const twice = await given(long, text, long, text);
    if (once instanceof Error || twice instanceof Error) throw new Error('refused');
    // What is given twice is kept twice, or the last counts.
    const kept = ({ options, globals }: Invocation) => JSON.stringify([options, globals]);
    expect(kept(twice) !== kept(once)).toBe(repeatable);
  },
);

it('tells of defaults as they are where the option is left out', () => {
  const defaultOf = (of: readonly OptionReference[] = [], flag: string) =>
    of.find(({ long }) => long === flag)?.default;
  const optionsOf = (name: string) => reference.commands.find(({ command }) => command === name)?.options;
  expect(defaultOf(reference.globalOptions, '--stack')).toBe('default');
  expect(defaultOf(optionsOf('init'), '--template')).toBe('typescript');
  expect(defaultOf(optionsOf('up'), '--memory')).toBe('128');
  for (const [name, flag] of [
    ['function config', '--memory'],
    ['pool update', '--password-length'],
    ['client update', '--token-minutes'],
  ] as const) {
    expect(defaultOf(optionsOf(name), flag)).toBe('unchanged');
  }
});
