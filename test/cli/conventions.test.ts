import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredCommands, runAll } from './command-lines.ts';
import { type Installation, install } from './dynops.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/conventions.md', () => {
  const rows = read('docs/conventions.md').matchAll(/^\| (\d+) \| \*\*.* \| (.*) \|$/gm);
  const conventions = [...rows].map(([, place, tests = '']) => ({
    place: Number(place),
    tests: [...tests.matchAll(/`(test\/[\w./-]+\.test\.ts)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  }));

  it('has the twenty that it claims, each with a test', () => {
    expect(read('docs/conventions.md')).toContain('Twenty things');
    expect(conventions.map(({ place }) => place)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(conventions.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it.each(conventions)('$place: its tests are there', ({ tests }) => {
    // As the title of a test or a group; what a template adds to it stands behind.
    const isThere = ({ file, title }: { file: string; title: string }) =>
      [`'${title}'`, `"${title}"`, `\`${title}\``, `\`${title}$\{`].some((text) => read(file).includes(text));
    expect(tests.filter((test) => !isThere(test))).toEqual([]);
  });
});

it('no option takes a secret as its value', () => {
  const secretive = /password|secret|token|credential|key/i;
  const taking = declaredCommands().flatMap(({ command, options }) =>
    options
      .filter(({ long, value }) => value !== null && secretive.test(long))
      .map(({ flags, description }) => `${command} ${flags}: ${description}`),
  );
  // Lengths and life spans, an item's key, and a token that is only taken from a file or stdin.
  const harmless = /--password-length|--token-minutes|^call --key|^authorizer test --token .*(@FILE|stdin)/;
  expect(taking.filter((line) => !harmless.test(line))).toEqual([]);
  expect(taking.length).toBeGreaterThan(3);
});

describe('--json', () => {
  const home = join(tmpdir(), 'dynops-no-home');
  const run = (lines: string[][]) =>
    runAll(
      lines.map((words) => ({ words, runs: true })),
      home,
    );

  it('prints one document as the help of each command', async () => {
    const commands = declaredCommands().map(({ command }) => command);
    for (const { words, status, stdout, stderr } of await run(
      commands.map((one) => [...one.split(' '), '--help', '--json']),
    )) {
      expect([words, status, stderr]).toEqual([words, 0, '']);
      const { ok, commands: shown } = JSON.parse(stdout) as { ok: boolean; commands: { command: string }[] };
      expect([ok, shown.map(({ command }) => command)]).toEqual([
        true,
        expect.arrayContaining([words.slice(0, -2).join(' ')]),
      ]);
    }
  });

  it('is refused with what does not end', async () => {
    const endless = declaredCommands().filter(({ options }) => options.some(({ long }) => long === '--follow'));
    expect(endless.length).toBeGreaterThan(3);
    for (const { words, status, stdout } of await run(
      endless.map(({ command }) => [...command.split(' '), '--follow', '--json']),
    )) {
      expect([words, status]).toEqual([words, 64]);
      expect(JSON.parse(stdout).error.message).toContain('--follow');
    }
  });
});

describe('settings', () => {
  let dynops: Installation;
  let folder: string;
  beforeAll(async () => {
    dynops = await install();
    folder = join(dynops.home, 'folder');
    await mkdir(folder);
    await mkdir(join(dynops.home, '.config/dynops'), { recursive: true });
  });
  afterAll(() => dynops.remove());

  it.each([
    ['stack', 'DYNOPS_STACK', ['default', 'by-user', 'by-folder', 'by-env', 'by-flag']],
    ['region', 'AWS_REGION', ['us-east-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1']],
  ])(
    'an option wins over the environment, that over the folder, that over the user, that over the default: %s',
    async (name, variable, [fallback, byUser, byFolder, byEnv = '', byFlag = '']) => {
      const found = async (words: string[] = [], env = {}) => {
        const { stdout } = await dynops.run(['doctor', '--json', ...words], { cwd: folder, env });
        const { settings } = JSON.parse(stdout) as { settings: { name: string; value: unknown; from: string }[] };
        return settings.find((setting) => setting.name === name);
      };
      const env = { [variable]: byEnv };
      const [user, own] = [join(dynops.home, '.config/dynops/config.json'), join(folder, 'dynops.json')];
      expect(await found()).toEqual({ name, value: fallback, from: 'default' });
      await writeFile(user, JSON.stringify({ [name]: byUser }));
      expect(await found()).toEqual({ name, value: byUser, from: user });
      await writeFile(own, JSON.stringify({ [name]: byFolder }));
      expect(await found()).toEqual({ name, value: byFolder, from: own });
      expect(await found([], env)).toEqual({ name, value: byEnv, from: variable });
      expect(await found([`--${name}`, byFlag], env)).toEqual({ name, value: byFlag, from: `--${name}` });
      await Promise.all([rm(own), rm(user)]);
    },
  );
});
