import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLines, declaredCommands, faultsOf, runAll, sampleOf } from './command-lines.ts';
import { type Installation, install } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
});
afterAll(() => dynops.remove());

it('a thousand of all command lines with good, bad, empty, huge and strange values end with a word and a known status', async () => {
  const lines = sampleOf(commandLines(), 1_000, 18);
  expect(lines).toHaveLength(1_000);
  // Each option of each command is among them.
  const options = declaredCommands().flatMap(({ command, options }) => options.map(({ long }) => `${command} ${long}`));
  expect(options.filter((option) => !lines.some(({ tries }) => tries === option))).toEqual([]);
  expect(faultsOf(await runAll(lines, join(dynops.home, 'dynops')))).toEqual([]);
}, 120_000);
