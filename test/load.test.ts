import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const loader = new URL('../dist/load.js', import.meta.url).pathname;
const pack = './a.pack.js';
const kept = `cache/${process.version}-${process.arch}`;

describe('the loader', () => {
  let folder: string;
  /** Where the program asks for `b`; by default in a file of its own. */
  const writeProgram = (content: string, elsewhere = '') => {
    const wrapped = `function(exports,require,module,__filename,__dirname){${content}}`;
    return writeFile(join(folder, 'a.pack.js'), `({"./a.js":${wrapped}${elsewhere}})`);
  };
  const sayNames = "console.log(require('./b.js').name(), require('node:path').basename(__filename))";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-load-'));
    await writeProgram(sayNames);
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'b'");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (env: NodeJS.ProcessEnv = {}) =>
    execFileSync(
      process.execPath,
      ['-e', `require(process.argv[1]).load(process.argv[2], "${pack}")`, loader, folder],
      {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      },
    );
  const codes = async () => (await readdir(join(folder, kept))).sort();

  it('keeps the compiled code of what was required, and runs from it', async () => {
    expect(run()).toBe('b a.js\n');
    expect(await codes()).toEqual(['a.pack.js.code', 'b.js.code']);
    // What had to be compiled would be kept again, in a new file.
    const files = async () =>
      Promise.all((await codes()).map(async (code) => (await stat(join(folder, kept, code))).ino));
    const before = await files();
    expect(run()).toBe('b a.js\n');
    expect(await files()).toEqual(before);
  });

  it('adds to the code of a pack what a later run compiles that compiles something new', async () => {
    const more = `const more = () => [${'"a", '.repeat(50)}].map((it) => it + it).join().length`;
    await writeProgram(`${more}; if (process.env.MORE) console.log(require('./b.js').name(), more())`);
    const sizeOf = async (code: string) => (await stat(join(folder, kept, code))).size;
    run();
    const before = await sizeOf('a.pack.js.code');
    run({ MORE: '1' });
    expect(await codes()).toEqual(['a.pack.js.code', 'b.js.code']);
    expect(await sizeOf('a.pack.js.code')).toBeGreaterThan(before);
    const after = await sizeOf('a.pack.js.code');
    // A run that compiles a file anew takes nothing away that it did not run.
    await rm(join(folder, kept, 'b.js.code'));
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'c'");
    expect(run({ MORE: '1' })).toContain('c ');
    expect(await sizeOf('a.pack.js.code')).toBeGreaterThanOrEqual(after);
  });

  it('finds what another pack holds, once for all who ask for it', async () => {
    const inPack = "function(exports){console.log('b runs');exports.name=()=>'packed'}";
    await writeFile(join(folder, 'c.pack.js'), `({"./b.js":${inPack},"./c.js":function(){console.log('c runs')}})`);
    await writeProgram(
      `require('./c.js');${sayNames};require('./b.js')`,
      ',"./b.js":"./c.pack.js","./c.js":"./c.pack.js"',
    );
    expect(run()).toBe('c runs\nb runs\npacked a.js\n');
    expect(await codes()).toEqual(['a.pack.js.code', 'c.pack.js.code']);
    expect(run()).toBe('c runs\nb runs\npacked a.js\n');
  });

  it.each([
    ['of the same length', "exports.name = () => 'c'", 'c a.js\n'],
    ['of another length', "exports.name = () => 'another'", 'another a.js\n'],
  ])('runs no code that was compiled of other content, %s', async (_what, source, printed) => {
    run();
    const { atime, mtime } = await stat(join(folder, 'b.js'));
    await writeFile(join(folder, 'b.js'), source);
    // npm gives every version's files the same time.
    await utimes(join(folder, 'b.js'), atime, mtime);
    expect(run()).toBe(printed);
    expect(run()).toBe(printed);
  });

  it('is not misled by a process that began before the files were replaced, and ends after it', async () => {
    await writeProgram("const { name } = require('./b.js'); process.stdin.on('data', () => console.log(name()));");
    const program = `require(process.argv[1]).load(process.argv[2], "${pack}"); console.log("ready")`;
    const old = spawn(process.execPath, ['-e', program, loader, folder]);
    await once(old.stdout, 'data');
    await rm(join(folder, 'b.js'));
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'c'");
    old.stdin.end('go');
    expect(await text(old.stdout)).toBe('b\n');
    expect(await codes()).toEqual(['a.pack.js.code', 'b.js.code']);
    await writeProgram("console.log(require('./b.js').name())");
    expect(run()).toBe('c\n');
  });

  it('compiles again what is kept and broken', async () => {
    run();
    await writeFile(join(folder, kept, 'a.pack.js.code'), 'broken');
    expect(run()).toBe('b a.js\n');
    expect((await readFile(join(folder, kept, 'a.pack.js.code'))).length).toBeGreaterThan(100);
    expect(run()).toBe('b a.js\n');
  });

  it('runs where nothing can be kept', async () => {
    await writeFile(join(folder, 'cache'), 'a file where the folder would be');
    expect(run()).toBe('b a.js\n');
    expect(await readdir(folder)).toHaveLength(3);
  });

  it.runIf(process.getuid?.() === 0)("keeps nothing in another user's installation", async () => {
    execFileSync('chown', ['1', folder]);
    expect(run()).toBe('b a.js\n');
    expect(await readdir(folder)).toHaveLength(2);
  });
});
