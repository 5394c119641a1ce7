import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredCommands, runAll, type Seen } from './command-lines.ts';
import { completeLines, faultIn } from './failing.ts';

/* What is wrong with a file or a name that a command was given is told before an engine starts for it. */

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynops-before-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one in a home of its own. */
async function runAlone(words: string[], files: Record<string, string>): Promise<Seen & { started: boolean }> {
  const home = join(folder, 'home');
  const [seen] = await runAll([{ words: ['--yes', '--json', ...words], runs: true }], home, {}, files);
  if (seen === undefined) throw new Error('Nothing ran');
  // That of `exec` is elsewhere.
  const started = existsSync(join(home, 'engine')) || seen.stderr.includes('Starting the embedded engine');
  if (started) await runAll([{ words: ['local', 'stop'], runs: true }], home);
  rmSync(home, { recursive: true, force: true });
  return { ...seen, started };
}

const faults = ({ started, ...seen }: Seen & { started: boolean }) => [
  ...faultIn(seen, 'usage'),
  ...(started ? [`dynops ${seen.words.join(' ')}: an engine was started`] : []),
];

describe('before anything starts', () => {
  it('a service file that is wrong is told, by every command that needs it', async () => {
    const lines = completeLines(folder);
    const found: string[] = [];
    // What reads no service goes on without.
    const others =
      /^(local .*|completion|init|trust|doctor|list|load compare|user (list|enable|disable|set-password|create)|authorizer test)$/;
    for (const { command } of declaredCommands().filter((one) => !others.test(one.command))) {
      found.push(...faults(await runAlone(lines[command] ?? [], { 'dynops.json': '{"routes": {"GET /": "hello"}}' })));
    }
    expect(found).toEqual([]);
  });

  const missing = '@none.json';
  const wrong: string[][] = [
    ...['load', 'tune'].flatMap((command) => [
      [command, '--scenario', missing],
      [command, '--data', 'none.csv'],
      [command, '--payload', missing],
      [command, '--request', 'GET /nowhere'],
      [command, '--out', 'none/x.json'],
    ]),
    ['tune', '--shape', 'fixed', '--ramp', '1s'],
    ['tune', '--function', 'none'],
    ['tune', '--cold', '1', '--function', 'none'],
    ['function', 'test', '--event', missing],
    ['function', 'test', '--event', 'none'],
    ['function', 'test', '--function', 'none'],
    ['logs', '--function', 'none'],
    ...['list', 'show', 'map'].map((command) => ['trace', command, '--function', 'none']),
    ...['show', 'map'].map((command) => ['trace', command, '--report', 'none/x.html']),
    ['trace', 'show', 'not-an-id'],
    ...['aws-cli', 'terraform'].map((command) => ['export', command, '--zip', 'none/x.zip']),
    ['status', '--diagram', 'none/x.svg'],
    ['table', 'import', 'none.jsonl'],
    ['table', 'export', '--out', 'none/x.jsonl'],
    ['call', 'create', '--item', missing],
    ['request', 'GET', '/x', '--body', missing],
    ['authorizer', 'test', '--token', missing],
    ['exec', '--', 'no-such-program'],
  ];
  it.each(wrong.map((words) => ({ line: words.join(' '), words })))('$line is refused', async ({ words }) => {
    expect(faults(await runAlone(words, {}))).toEqual([]);
  });
});
