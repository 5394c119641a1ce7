import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredCommands } from './command-lines.ts';
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

  it('an option wins over the environment, that over the folder, that over the user, that over the default', async () => {
    const stackOf = async (words: string[] = [], env = {}) => {
      const { stdout } = await dynops.run(['doctor', '--json', ...words], { cwd: folder, env });
      const { settings } = JSON.parse(stdout) as { settings: { name: string; value: unknown; from: string }[] };
      return settings.find(({ name }) => name === 'stack');
    };
    const env = { DYNOPS_STACK: 'by-env' };
    const [user, own] = [join(dynops.home, '.config/dynops/config.json'), join(folder, 'dynops.json')];
    expect(await stackOf()).toEqual({ name: 'stack', value: 'default', from: 'default' });
    await writeFile(user, '{"stack": "by-user"}');
    expect(await stackOf()).toEqual({ name: 'stack', value: 'by-user', from: user });
    await writeFile(own, '{"stack": "by-folder"}');
    expect(await stackOf()).toEqual({ name: 'stack', value: 'by-folder', from: own });
    expect(await stackOf([], env)).toEqual({ name: 'stack', value: 'by-env', from: 'DYNOPS_STACK' });
    expect(await stackOf(['--stack', 'by-flag'], env)).toEqual({ name: 'stack', value: 'by-flag', from: '--stack' });
    await rm(own);
  });
});
