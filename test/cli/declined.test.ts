import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { noGlobals } from '../../src/cli/declare.ts';
import { load } from '../../src/commands/load.ts';
import { tune } from '../../src/commands/tune.ts';
import type { Context } from '../../src/session/command.ts';
import { openSession } from '../../src/session/open-session.ts';
import { createUi, type Ui } from '../../src/ui/ui.ts';
import { open, password, type Session } from '../stack/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { declaredCommands } from './command-lines.ts';
import { type Installation, install, type Report } from './dynops.ts';
import { completeLines } from './failing.ts';
import { noTerminal, onTerminal } from './terminal.ts';

/* Whoever answers a question with no: 1, and everything is as it was. */

const asking = declaredCommands().filter(({ description }) => /asks first/i.test(description));
const names = (which: (description: string) => boolean) =>
  asking.filter(({ description }) => which(description)).map(({ command }) => command);
const onlyOnAws = names((description) => description.includes('With --aws'));
const everywhere = names((description) => !description.includes('With --aws'));

it('every command that asks says so in its help', () => {
  const folder = new URL('../../src/commands/', import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const confirming = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('session/confirm.ts'));
  // A new file in this list asks: its commands say "Asks first", and are tried here by that.
  const asks = ['down.ts', 'load/caution.ts', 'local-snapshot.ts', 'local.ts', 'step.ts', 'tune.ts', 'user.ts'];
  expect(confirming.sort()).toEqual(asks);
  expect(onlyOnAws).toEqual(['load', 'tune']);
  const deleting = declaredCommands().filter(({ command }) => /^down$|(^| )(delete|reset)$/.test(command));
  expect(everywhere).toEqual(
    expect.arrayContaining([...deleting.map(({ command }) => command), 'local snapshot load']),
  );
});

describe.skipIf(noTerminal !== '')(`a question on a terminal, answered with no${noTerminal}`, () => {
  let dynops: Installation;
  beforeAll(async () => {
    dynops = await install();
    await dynops.json(['up']);
    await dynops.json(['local', 'snapshot', 'save', 'one']);
  });
  afterAll(() => dynops.remove());

  it.each([...everywhere.map((command) => [command, []] as [string, string[]]), ['user delete', ['testuser']]])(
    '%s %j',
    async (command, more) => {
      const words = [...(completeLines(dynops.home)[command] ?? []), ...more];
      const { raw, status } = await declining(dynops, words);
      expect(raw).toMatch(/Declined[\s\S]*Nothing was changed\./);
      expect(status).toBe(1);
    },
  );

  it.each([{ CI: 'true' }, { CI: '1' }])('is not asked with %j: 64', async (env) => {
    for (const words of [['down'], ['local', 'reset'], ['user', 'delete', 'ada']]) {
      const { raw, status } = await onTerminal(dynops, words, { columns: 80, env });
      expect(raw).toMatch(/ConfirmationNeeded[\s\S]*--yes/);
      expect(status, words.join(' ')).toBe(64);
    }
  });

  it('has left everything as it was', async () => {
    const { resources } = await dynops.json<Report>(['status']);
    expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['present']));
    const { snapshots } = await dynops.json<{ snapshots: unknown[] }>(['local', 'snapshot', 'list']);
    expect(snapshots).toHaveLength(1);
  });
});

/** Its engine finds no programs that make namespaces. */
describe.skipIf(noTerminal !== '')(`whether Python may run that cannot be confined${noTerminal}`, () => {
  let dynops: Installation;
  let cwd: string;
  let bin: string;
  beforeAll(async () => {
    dynops = await install();
    cwd = join(dynops.home, 'python');
    bin = join(cwd, 'bin');
    await mkdir(join(cwd, 'app'), { recursive: true });
    await mkdir(bin);
    for (const [name, program] of [
      ['node', process.execPath],
      ['stty', '/usr/bin/stty'],
    ] as const)
      await symlink(program, join(bin, name));
    await writeFile(join(cwd, 'app/main.py'), 'def handler(event, context):\n    return {"statusCode": 200}\n');
    const functions = { report: { entry: 'app/main.py' } };
    const routes = { 'GET /report': { function: 'report', auth: 'none' } };
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify({ stack: 'python', functions, routes }));
  });
  afterAll(() => dynops.remove());

  it.each([['up'], ['dev'], ['exec', '--', 'node', '--version'], ['function', 'create']])('%s', async (...words) => {
    const { raw, status } = await declining(dynops, ['--timeout', '30', ...words], { cwd, path: bin });
    expect(raw).toMatch(/Declined[\s\S]*Nothing was changed\./);
    expect(status).toBe(1);
  });
});

/** Answers no as soon as something is asked. */
function declining(dynops: Installation, words: string[], { cwd, path }: { cwd?: string; path?: string } = {}) {
  let answered = false;
  return onTerminal(dynops, words, {
    columns: 80,
    cwd,
    env: path === undefined ? {} : { PATH: path },
    type: (shown) => {
      if (answered || !/\?[\s\S]*No/.test(shown)) return undefined;
      answered = true;
      return 'n';
    },
  });
}

describe('in a real account', () => {
  let engine: TestEngine;
  let session: Session;
  beforeAll(async () => {
    engine = await startEngine();
    session = await open(engine);
    await session.up();
  });
  afterAll(() => engine.stop());

  it.each([
    ['load', load],
    ['tune', tune],
  ])('%s', async (command, run) => {
    expect(onlyOnAws).toContain(command);
    const asked: string[] = [];
    const said: string[] = [];
    const ui: Ui = {
      ...createUi({ json: false, quiet: true, color: false, input: true }, process),
      interactive: true,
      warn: (line) => said.push(line),
      confirm: async (question) => asked.push(question) < 0,
    };
    const context = await createContext({
      options: { ...noGlobals, aws: true },
      env: { DYNOPS_HOME: engine.dataDir, DYNOPS_PASSWORD: password },
      cwd: engine.dataDir,
      ui,
      signal: new AbortController().signal,
      onTimeout: () => undefined,
    });
    const { resources } = await session.status();
    const own: Context = { ...context, aws: async () => session.aws, session: async () => openSession(own) };
    await expect(run(own, {})).rejects.toMatchObject({
      code: 'Declined',
      exitStatus: 1,
    });
    expect(asked).toHaveLength(1);
    expect(said[0]).toMatch(/ stack "\w+" in AWS, account \d{12}, region [\w-]+/);
    expect((await session.status()).resources).toEqual(resources);
  });
});
