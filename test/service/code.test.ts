import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeCode } from '../../src/local/lambda/code.ts';
import { type CodeSource, openCodeSource } from '../../src/service/code.ts';
import { tutorialFunction } from '../../src/stack/service.ts';

let folder: string;
let source: CodeSource | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-code-'));
});
afterEach(async () => {
  await source?.close();
  source = undefined;
  await rm(folder, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

function open(entry: string, handler = 'index.handler'): CodeSource {
  const code = {
    kind: entry.endsWith('.py') ? ('python' as const) : ('node' as const),
    entry: join(folder, entry),
    folder,
  };
  source = openCodeSource({ ...tutorialFunction, name: 'orders', code, handler });
  return source;
}

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

/** Unpacks the zip and prints what its handler answers, in a process of its own. */
async function run(zip: Uint8Array, exported = 'handler'): Promise<{ stdout: string; stderr: string }> {
  const place = join(folder, 'unpacked');
  await mkdir(place, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(zip))) await writeFile(join(place, name), bytes);
  const [file] = Object.keys(unzipSync(zip)).filter((name) => /\.m?js$/.test(name));
  const script = `const m = await import('${join(place, file ?? '')}'); console.log(JSON.stringify(await m.${exported}({ n: 1 })))`;
  return promisify(execFile)(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', script]).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
}

describe('a TypeScript function', () => {
  it('is made of no file outside of its service, but for packages', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'dynops-outside-'));
    await writeFile(join(outside, 'credentials.json'), '{"secret": 1}');
    await mkdir(join(outside, 'node_modules/shared'), { recursive: true });
    await writeFile(join(outside, 'node_modules/shared/index.js'), 'exports.shared = 2;');
    await write({
      'a.ts': `import secret from '${outside}/credentials.json'; export const handler = () => secret;`,
      'b.ts': `import { shared } from '${outside}/node_modules/shared/index.js'; export const handler = () => shared;`,
    });
    await expect(open('a.ts').read()).rejects.toMatchObject({
      code: 'BuildFailed',
      message: expect.stringContaining('credentials.json is imported'),
    });
    await source?.close();
    expect((await run((await open('b.ts').read()).zip)).stdout).toBe('2\n');
    await rm(outside, { recursive: true });
  });

  it.each<[string, string, RegExp | undefined]>([
    ['with a query', "import s from 'OUTSIDE/secret.json?raw';", /secret\.json is imported/],
    ['with a fragment', "import s from 'OUTSIDE/secret.json#/a';", /secret\.json is imported/],
    ['with both', "import s from 'OUTSIDE/secret.json?raw#/a' with { type: 'json' };", /secret\.json is imported/],
    ['as text', "import s from 'OUTSIDE/secret.json' with { type: 'text' };", /secret\.json is imported/],
    ['by a pattern', "const s = (name: string) => require('OUTSIDE/' + name + '.json');", /\.json is imported/],
    ['by a link', "import s from './link.json';", /link\.json is imported|secret\.json is imported/],
    ['by a package that is a link', "import s from 'linked/secret.json';", /secret\.json is imported/],
    ['by the main file of a package', "import s from 'leading';", /secret\.json is imported/],
    ['by a path of tsconfig.json', "import s from 'mapped';", /secret\.json is imported/],
    ['by a source map', "import { s } from './mapped.js';", undefined],
    ['by the source that a source map names', "import { s } from './sourced.js';", undefined],
    ['by the source map of a package', "import { s } from 'with-map';", undefined],
  ])('takes nothing from outside %s', async (_how, statement, refusal) => {
    const outside = await mkdtemp(join(tmpdir(), 'dynops-outside-'));
    const map = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' };
    await writeFile(join(outside, 'secret.json'), '{"key": "TOP SECRET"}');
    await writeFile(join(outside, 'secret.map'), JSON.stringify({ ...map, sourcesContent: ['TOP SECRET'] }));
    await write({
      'a.ts': `${statement.replace('OUTSIDE', relative(folder, outside))}\nexport const handler = () => s;`,
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { mapped: [`${outside}/secret.json`] } } }),
      'node_modules/leading/package.json': JSON.stringify({
        main: `${relative(join(folder, 'node_modules/leading'), outside)}/secret.json`,
      }),
      'node_modules/with-map/index.js': `export const s = 1;\n//# sourceMappingURL=${outside}/secret.map`,
      'mapped.js': `export const s = 1;\n//# sourceMappingURL=${outside}/secret.map`,
      'sourced.js': 'export const s = 1;\n//# sourceMappingURL=own.map',
      'own.map': JSON.stringify({ ...map, sources: [`${outside}/secret.json`] }),
    });
    await symlink(join(outside, 'secret.json'), join(folder, 'link.json'));
    await symlink(outside, join(folder, 'node_modules/linked'));
    const read = open('a.ts').read();
    if (refusal) await expect(read).rejects.toMatchObject({ message: expect.stringMatching(refusal) });
    else {
      const files = Object.entries(unzipSync((await read).zip));
      expect(files.map(([name]) => name)).toContain('index.mjs.map');
      for (const [, bytes] of files) expect(textOf(bytes)).not.toContain('TOP SECRET');
    }
    await rm(outside, { recursive: true });
  });

  it('is bundled with what it imports, CommonJS packages too', async () => {
    await write({
      'src/orders.ts':
        "import { twice } from './twice.ts';\nimport old from './old.cjs';\nexport const handler = async (event: { n: number }) => old.name + twice(event.n);\n",
      'src/twice.ts': 'export const twice = (n: number): number => 2 * n;\n',
      'src/old.cjs': "const { basename } = require('node:path');\nmodule.exports = { name: basename('/a/b') };\n",
    });
    const { zip, sources } = await open('src/orders.ts').read();
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect((await run(zip)).stdout).toBe('"b2"\n');
    expect([...sources].sort()).toEqual(
      ['src/old.cjs', 'src/orders.ts', 'src/twice.ts'].map((name) => join(folder, name)),
    );
  });

  it('gives the same bytes for the same source, and others for another', async () => {
    await write({ 'a.ts': 'export const handler = () => 1;\n' });
    const opened = open('a.ts');
    const [first, second] = [await opened.read(), await opened.read()];
    expect(first.sha256).toBe(second.sha256);
    await write({ 'a.ts': 'export const handler = () => 2;\n' });
    expect((await opened.read()).sha256).not.toBe(first.sha256);
  });

  it('names its source in stack traces', async () => {
    await write({ 'a.ts': '\n\nexport const handler = (): never => {\n  throw new Error("broken");\n};\n' });
    const { zip } = await open('a.ts').read();
    expect((await run(zip)).stderr).toMatch(/a\.ts:4:9/);
  });

  it('takes the AWS SDK from the runtime where the project has none, and its own where it has one', async () => {
    const handler = "import { who } from '@aws-sdk/client-made-up';\nexport const handler = () => who;\n";
    await write({ 'a.ts': handler });
    const opened = open('a.ts');
    expect(textOf(unzipSync((await opened.read()).zip)['index.mjs'])).toMatch(/from "@aws-sdk\/client-made-up"/);
    await write({
      'node_modules/@aws-sdk/client-made-up/package.json': '{"name": "@aws-sdk/client-made-up", "main": "index.js"}',
      'node_modules/@aws-sdk/client-made-up/index.js': "exports.who = 'the project';\n",
    });
    expect((await run((await opened.read()).zip)).stdout).toBe('"the project"\n');
  });
});

describe('a JavaScript function', () => {
  it('may be CommonJS', async () => {
    await write({ 'a.cjs': 'exports.main = async ({ n }) => n + 1;\n' });
    const { zip } = await open('a.cjs', 'index.main').read();
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(['index.js', 'index.js.map']);
    expect((await run(zip, 'default.main')).stdout).toBe('2\n');
  });
});

describe('what cannot be built', () => {
  it('is told with its place', async () => {
    await write({ 'a.ts': 'export const handler = () => {\n  return 1 +;\n};\n' });
    await expect(open('a.ts').read()).rejects.toMatchObject({
      code: 'BuildFailed',
      message: expect.stringMatching(/a\.ts:2:12/),
    });
  });

  it('is told for an import that is not there', async () => {
    await write({ 'a.ts': "import x from './nowhere.ts';\nexport const handler = () => x;\n" });
    await expect(open('a.ts').read()).rejects.toMatchObject({
      message: expect.stringMatching(/Could not resolve "\.\/nowhere\.ts"/),
    });
  });

  it('is told for an entry without its handler, and names what there is', async () => {
    await write({ 'a.ts': 'export const main = () => 1;\n' });
    await expect(open('a.ts').read()).rejects.toMatchObject({
      message: expect.stringMatching(/exports no "handler"; it exports main\.$/),
    });
  });
});

describe('a Python function', () => {
  it('is its folder as it is, with its requirements beside it', async () => {
    await write({
      'report/main.py': 'def handler(event, context):\n    return 1\n',
      'report/lib/tools.py': 'X = 1\n',
      'report/requirements/six.py': 'Y = 2\n',
      'report/__pycache__/main.pyc': '',
      'report/.env': 'SECRET=1',
    });
    const { zip, sources } = await open('report/main.py', 'main.handler').read();
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(['lib/tools.py', 'main.py', 'six.py']);
    expect(sources.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      'report/lib/tools.py',
      'report/main.py',
    ]);
  });

  it.skipIf(process.platform === 'win32')('keeps which of its files are programs, as Lambda does', async () => {
    await write({
      'fn/main.py': 'def handler(event, context): return 1',
      'fn/bin/tool': '#!/bin/sh',
      'fn/same': 'own',
      'fn/requirements/same': 'of a package',
      'fn/requirements/bin/other': '#!/bin/sh',
    });
    for (const name of ['bin/tool', 'requirements/same', 'requirements/bin/other']) {
      await chmod(join(folder, 'fn', name), 0o755);
    }
    const { zip, sha256 } = await open('fn/main.py', 'main.handler').read();
    await storeCode(folder, zip);
    const task = join(folder, 'code', Buffer.from(sha256, 'base64').toString('hex'), 'task');
    const modeOf = async (name: string) => (await stat(join(task, name))).mode & 0o777;
    expect(await Promise.all(['main.py', 'same', 'bin/tool', 'bin/other'].map(modeOf))).toEqual([
      0o600, 0o600, 0o700, 0o700,
    ]);
    for (const name of ['bin/tool', 'requirements/bin/other']) await chmod(join(folder, 'fn', name), 0o644);
    expect((await open('fn/main.py', 'main.handler').read()).sha256).not.toBe(sha256);
  });

  it.each(['a package folder elsewhere', 'a link to it'])('takes no requirements from outside: %s', async (what) => {
    const outside = await mkdtemp(join(tmpdir(), 'dynops-outside-'));
    await writeFile(join(outside, 'credentials'), 'TOP SECRET');
    await write({ 'fn/main.py': 'def handler(event, context): return 1' });
    const by = what.startsWith('a link') ? join(folder, 'by') : outside;
    if (by !== outside) await symlink(outside, by);
    await symlink(by, join(folder, 'fn/requirements'));
    await expect(open('fn/main.py', 'main.handler').read()).rejects.toMatchObject({
      message: expect.stringContaining('leads out of'),
    });
    await rm(outside, { recursive: true });
  });
});

it('the tutorial’s function is the zip that was built with dynops', async () => {
  const { zip } = await openCodeSource(tutorialFunction).read();
  expect(Object.keys(unzipSync(zip))).toEqual(['index.js']);
});
