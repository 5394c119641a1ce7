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
});

it('every command ends quietly, with 0, when nobody reads what it prints', async () => {
  const base = commandLines().filter(
    ({ words, runs, tries }) => runs && tries === undefined && !words.includes('--no-such'),
  );
  const home = join(dynops.home, 'dynops');
  // It succeeds once.
  const isOnce = (words: readonly string[]) => words.join(' ').startsWith('local snapshot save');
  const printing = (await runAll(base, home)).filter(
    ({ words, status, stdout }) => status === 0 && stdout !== '' && !isOnce(words),
  );
  expect(printing.length).toBeGreaterThan(30);
  const closed = await runAll(
    printing.map(({ words }) => ({ words, runs: true, isClosed: true })),
    home,
  );
  // What is not data may still be said.
  const faults = closed.filter(({ status, stderr }) => status !== 0 || /^error:|^EPIPE/m.test(stderr));
  expect(faults.map(({ words, status, stderr }) => [words, status, stderr])).toEqual([]);
});
