import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLines, declaredCommands, faultsOf, runAll, sampleOf } from './command-lines.ts';
import { type Installation, install } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});
afterAll(() => dynops.remove());

it('some of all command lines end with a word and a known status; the thousand are in the exhaustive suite', async () => {
  const lines = sampleOf(commandLines(), 40, 7);
  expect(faultsOf(await runAll(lines, join(dynops.home, 'dynops')))).toEqual([]);
});

it('each command, and each of its options, is among them', () => {
  const all = commandLines().map(({ words }) => words);
  for (const { command, options } of declaredCommands()) {
    const own = all.filter((words) => words.slice(0, command.split(' ').length).join(' ') === command);
    for (const { long, value } of options) {
      const given = own.filter((words) => words.some((word) => word === long || word.startsWith(`${long}=`)));
      expect([command, long, given.length >= (value ? 24 : 2)]).toEqual([command, long, true]);
    }
  }
});

it('help --json has every command with its options, and the types that they take', async () => {
  const document = await dynops.json<{ ok: boolean; commands: { command: string; options: { long: string }[] }[] }>([
    'help',
  ]);
  expect(document.commands).toEqual(JSON.parse(JSON.stringify(declaredCommands())));
  expect(document.commands.find(({ command }) => command === 'call')?.options).toContainEqual(
    expect.objectContaining({ long: '--limit', value: expect.objectContaining({ type: 'integer', required: true }) }),
  );
  const one = await dynops.json<typeof document>(['help', 'trace']);
  expect(one.commands.map(({ command }) => command)).toEqual([
    'trace on',
    'trace off',
    'trace list',
    'trace show',
    'trace map',
  ]);
});
