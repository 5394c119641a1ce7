import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createProgram } from '../../src/cli/program.ts';
import {
  type CommandReference,
  commandReference,
  leavesOf,
  type OptionReference,
  type ValueReference,
} from '../../src/cli/reference.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { run } from '../../src/run.ts';

/*
 * Command lines made from the declarations: each option of each command with values that are good, bad, empty, huge and
 * strange, with --json and without. They run in this process, against whatever engine DYNOPS_HOME has.
 */

const good: Record<string, string[]> = {
  integer: ['3', '128'],
  number: ['0.5'],
  json: ['{"id":"1"}'],
  duration: ['60ms', '1s'],
  share: ['10%', '0.5'],
  rate: ['5/s'],
  'duration or share': ['10%'],
  'integer or share': ['1'],
  file: ['some file.json'],
  url: ['https://example.org/back'],
  text: ['a', 'POST /DynamoDBManager', 'id = "1"', 'id=1'],
};
const strange = [
  '',
  ' ',
  '-1',
  'x'.repeat(100_000),
  '😀é\u202e\u001b[2J',
  '@missing.json',
  '../../etc/passwd',
  '1e999',
  '__proto__',
  '"; rm -rf /',
  '%n',
  '{"id":',
];

/** What may be given for a value: what is right, what its choices have, and what is not. */
function valuesFor({ type, choices }: ValueReference): string[] {
  return [...(good[type] ?? []), ...choices.slice(0, 2), ...strange];
}

/** What is wrong with what these did, a line each. */
export function faultsOf(seen: readonly Seen[]): string[] {
  return seen.flatMap((each) => {
    const fault = faultOf(each);
    const { words, status, stdout, stderr } = each;
    const said = `${stdout.slice(0, 300)}${stderr.slice(0, 300)}`;
    return fault === undefined ? [] : [`${fault}: dynops ${words.join(' ').slice(0, 200)} → ${status} ${said}`];
  });
}

/** Ends what stands, or takes long by its nature: parsed, with all that may be refused, and not run. */
const onlyParsed =
  /^(up|down|dev|exec|init|load|tune|trust|local (start|stop|reset|snapshot load)|.* (create|update|delete|deploy|config))$/;
const waits = ['--follow', '--hosted-ui'];

export interface CommandLine {
  words: string[];
  runs: boolean;
  /** Nobody reads its stdout any more. */
  isClosed?: boolean;
  /** The option of the command that it tries. */
  tries?: string;
}

export function declaredCommands(): CommandReference[] {
  return leavesOf(programOf()).map(commandReference);
}

/** Some of them, the same for the same seed: one that tries each option of each command, then any. */
export function sampleOf(lines: readonly CommandLine[], most: number, seed: number): CommandLine[] {
  const rank = (line: CommandLine) =>
    createHash('sha256')
      .update(JSON.stringify([seed, line.words]))
      .digest('hex');
  const ranked = lines.map((line) => ({ line, rank: rank(line) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const shuffled = ranked.map(({ line }) => line);
  const first = new Map(shuffled.toReversed().map((line) => [line.tries, line]));
  const isFirst = (line: CommandLine) => line.tries !== undefined && first.get(line.tries) === line;
  return [...shuffled.filter(isFirst), ...shuffled.filter((line) => !isFirst(line))].slice(0, most);
}

/** Every command with each of its options, and of the global ones, at each value. */
export function commandLines(): CommandLine[] {
  const globals = commandReference(programOf()).options.filter(
    ({ long }) => !['--json', '--yes', '--timeout'].includes(long),
  );
  return declaredCommands().flatMap((command, at) => {
    const positionals = command.arguments.map((argument) => argument.choices[0] ?? good[argument.type]?.[0] ?? 'x');
    const base = [...command.command.split(' '), ...positionals];
    const runs = !onlyParsed.test(command.command);
    // Every command takes the global ones in the same way.
    const global = globals[at % globals.length];
    const lines = [...command.options, ...(global ? [global] : [])].flatMap((option) =>
      withOption(base, option).map((words) => ({ words, tries: `${command.command} ${option.long}` })),
    );
    const wrong = command.arguments.flatMap((argument, index) =>
      valuesFor(argument).map((value) => [...command.command.split(' '), ...positionals.with(index, value)]),
    );
    const others = [base, [...base, '--no-such'], [...base, 'one', 'too', 'many'], ...wrong].map((words) => ({
      words,
    }));
    return [...others, ...lines].flatMap(({ words, ...about }) =>
      [[], ['--json']].map((json) => ({
        ...about,
        words: [...words, ...json],
        runs: runs && !words.some((word) => waits.includes(word)),
      })),
    );
  });
}

function withOption(base: string[], { long, value }: OptionReference): string[][] {
  if (value === null) return [[...base, long]];
  return [[...base, long], ...valuesFor(value).map((given) => [...base, `${long}=${given}`])];
}

function programOf() {
  return createProgram(
    async () => undefined,
    () => undefined,
  );
}

export interface Seen {
  words: string[];
  /** undefined: it did not end. */
  status: number | undefined;
  stdout: string;
  stderr: string;
  ms: number;
}

/** Runs command lines in this process, in a folder of their own that has these files, with an empty stdin. */
export async function runAll(
  lines: readonly CommandLine[],
  home: string,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Seen[]> {
  const before = { cwd: process.cwd(), env: { ...process.env }, stdin: process.stdin };
  const folder = mkdtempSync(join(tmpdir(), 'dynops-lines-'));
  const seen: Seen[] = [];
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (/^(AWS_|DYNOPS_)/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: folder,
    DYNOPS_HOME: home,
    DYNOPS_PORT: '0',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...env,
  });
  // Where one does not end, that is thrown, and all stays as it is: in the tester's own home it might start an engine.
  for (const line of lines) seen.push(await runOne(line));
  Object.defineProperty(process, 'stdin', { value: before.stdin, configurable: true });
  process.chdir(before.cwd);
  // In place, as what runs has taken hold of the object itself.
  for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
  Object.assign(process.env, before.env);
  rmSync(folder, { recursive: true, force: true });
  return seen;
}

async function runOne({ words, runs, isClosed = false }: CommandLine): Promise<Seen> {
  const { stdout, stderr } = process;
  const written = { stdout: '', stderr: '' };
  const real = { stdout: stdout.write, stderr: stderr.write };
  const take = (name: 'stdout' | 'stderr') =>
    ((chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      if (isClosed && name === 'stdout')
        stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
      return true;
    }) as typeof stdout.write;
  Object.defineProperty(process, 'stdin', { value: Readable.from([]), configurable: true });
  stdout.write = take('stdout');
  stderr.write = take('stderr');
  const startMs = performance.now();
  const others = process.listeners('SIGTERM');
  try {
    const ended = runs ? run(words) : run(words, async () => undefined);
    const status = await inTime(ended);
    const ms = performance.now() - startMs;
    if (status === undefined) {
      const own = process.listeners('SIGTERM').filter((listener) => !others.includes(listener));
      for (const stop of own) stop('SIGTERM');
      if ((await inTime(ended)) === undefined)
        throw new Error(`dynops ${words.join(' ')} does not end, even if stopped`);
    }
    return { words, status, ...written, ms };
  } finally {
    stdout.write = real.stdout;
    stderr.write = real.stderr;
    for (const event of ['SIGINT', 'SIGTERM']) process.removeAllListeners(event);
    for (const stream of [stdout, stderr]) stream.removeAllListeners('error');
  }
}

/** On a machine that is slow and has much else to do. */
const longestMs = 30_000;

/** undefined: it goes on. */
async function inTime<Value>(ended: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), longestMs);
  });
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

const statuses: number[] = Object.values(ExitStatus);

/** What is wrong with what a command line did; undefined: nothing. */
function faultOf({ words, status, stdout, stderr }: Seen): string | undefined {
  if (status === undefined) return 'it waits without --timeout';
  if (!statuses.includes(status)) return `status ${status} is not documented`;
  // What --debug shows is for who mends dynops.
  if (!words.includes('--debug') && /\n\s+at .*[:(]\d+:\d+|\n\s+at \S+ \(/.test(stdout + stderr))
    return 'a stack trace';
  if (/^Unexpected$|"code": "Unexpected"/m.test(stdout + stderr)) return 'an unexpected error';
  if ((stdout + stderr).includes('\u001b[2J')) return 'orders to the terminal';
  // Where bodies are asked for, those of the last thousand requests.
  if (stdout.length + stderr.length > (words.includes('--bodies') ? 5_000_000 : 300_000)) return 'a flood';
  if (status !== 0 && stdout + stderr === '') return 'a failure without a word';
  if (!words.includes('--json') || stdout === '') return undefined;
  try {
    const document = JSON.parse(stdout) as { ok?: boolean } | null;
    // What `--exit-code` and a missed threshold answer is no failure of the command.
    return status === 0 || status === 3 || document?.ok === false || document?.ok === undefined
      ? undefined
      : 'ok, and yet a failure';
  } catch {
    return 'not one document';
  }
}
