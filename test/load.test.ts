import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const loader = new URL('../dist/load.js', import.meta.url).pathname;
const kept = `cache/${process.version}-${process.arch}`;

describe('the loader', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-load-'));
    await writeFile(
      join(folder, 'a.js'),
      "console.log(require('./b.js').name(), require('node:path').basename(__filename))",
    );
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'b'");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = () =>
    execFileSync(process.execPath, ['-e', 'require(process.argv[1]).load(process.argv[2], "a.js")', loader, folder], {
      encoding: 'utf8',
    });
  const codes = async () => (await readdir(join(folder, kept))).sort();

  it('keeps the compiled code of what was required, and runs from it', async () => {
    expect(run()).toBe('b a.js\n');
    expect(await codes()).toEqual(['a.js.code', 'b.js.code']);
    const before = await readFile(join(folder, kept, 'b.js.code'));
    // Of the same length, which is all that V8 compares: seen, it would be what runs.
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'c'");
    expect(run()).toBe('b a.js\n');
    expect(await readFile(join(folder, kept, 'b.js.code'))).toEqual(before);
  });

  it('compiles again what is kept and broken, or of other code', async () => {
    run();
    await writeFile(join(folder, kept, 'a.js.code'), 'broken');
    await writeFile(join(folder, 'b.js'), "exports.name = () => 'another'");
    expect(run()).toBe('another a.js\n');
    expect((await readFile(join(folder, kept, 'a.js.code'))).length).toBeGreaterThan(100);
    expect(run()).toBe('another a.js\n');
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
