import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsPage } from '../../scripts/command-pages.ts';
import { DynopsError } from '../../src/errors.ts';
import { failureKinds } from '../../src/failure-kinds.ts';
import { declaredCommands, runAll } from './command-lines.ts';
import { type Installation, install } from './dynops.ts';
import { completeLines, faultIn, type Situation, situations, statusFaults, textFaultIn } from './failing.ts';

/* Some commands in each situation; exit-statuses.exhaustive.test.ts has all of them. */

let dynops: Installation;
let given: Awaited<ReturnType<typeof situations>>;
let where: { home: string; folder: string };

beforeAll(async () => {
  dynops = await install();
  given = await situations();
  where = { home: join(dynops.home, 'dynops'), folder: dynops.home };
});
afterAll(async () => {
  given.close();
  await dynops.remove();
});

const commands = declaredCommands().map(({ command }) => command);
const run = (lines: string[][]) =>
  runAll(
    lines.map((words) => ({ words: [...words, '--json'], runs: true })),
    where.home,
  );

describe('the exit status of a failure', () => {
  it('is that of its kind, in docs/errors.md as in the source', () => {
    expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsPage());
    expect(new DynopsError({ code: 'PasswordNeeded', message: '' }).exitStatus).toBe(4);
    const denied = new DynopsError({ foreignCode: 'AccessDenied', message: '', facts: { problem: 'denied' } });
    expect([denied.kind, denied.exitStatus]).toEqual(['denied', failureKinds.denied.exitStatus]);
    const partial = denied.with({ message: 'Some', kind: 'unfinished' });
    expect([partial.code, partial.exitStatus]).toEqual(['AccessDenied', 2]);
  });

  it.each(['--no-such', '--timeout=never', '--region=nowhere!'])('%s: 64 in every command', async (wrong) => {
    const lines = completeLines(where.folder);
    const wrongLines = commands.map((command) => [wrong, ...(lines[command] ?? [])]);
    const seen = await run(wrongLines);
    expect(seen).toHaveLength(commands.length);
    expect(seen.flatMap((one) => faultIn(one, 'usage'))).toEqual([]);
    const told = await runAll(
      wrongLines.map((words) => ({ words, runs: true })),
      where.home,
    );
    expect(told.flatMap((one) => textFaultIn(one, 'usage'))).toEqual([]);
  });

  it('of a deletion that nobody can be asked about: 64, before the first call', async () => {
    const lines = completeLines(where.folder);
    const deleting = commands.filter((command) => /^down$|(^| )(delete|reset)$/.test(command));
    expect(deleting.length).toBeGreaterThan(10);
    await run([['local', 'snapshot', 'save', 'one']]);
    const seen = await run(
      [...deleting, 'local snapshot load'].map((command) => ['--no-input', ...(lines[command] ?? [])]),
    );
    expect(seen.flatMap((one) => faultIn(one, 'unasked'))).toEqual([]);
  });

  it('of what needs a stack where there is none: 1', async () => {
    const lines = completeLines(where.folder);
    const needy = [
      ...[
        'call',
        'token',
        'export curl',
        'export postman',
        'request',
        'trace on',
        'trace off',
        'trace show',
        'logs',
        'load',
      ],
      ...['tune', 'function test', 'function config', 'table items', 'table export', 'table import', 'api deploy'],
      ...['pool update', 'client update', 'authorizer test', 'user list', 'user enable', 'user disable'],
    ];
    const seen = await run([
      ...needy.map((command) => lines[command] ?? []),
      ['local', 'snapshot', 'load', 'none', '--yes'],
    ]);
    expect(seen.flatMap((one) => faultIn(one, 'absent'))).toEqual([]);
  });

  it('is the same in whichever command it comes', async () => {
    const every = Object.values(given.all).map((situation, index): [Situation, number, number] => [
      situation,
      9,
      index,
    ]);
    for (const [situation, step, first] of [...every, [given.unreachable, 40, 3] as [Situation, number, number]]) {
      const concerned = commands.filter((command) => !situation.except.test(command));
      const some = concerned.filter((_, index) => index % step === first);
      expect(await statusFaults(some, { situation, ...where })).toEqual([]);
    }
  });
});
