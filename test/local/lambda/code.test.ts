import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ZippableFile, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readZip, storeCode } from '../../../src/local/lambda/code.ts';
import { zip } from './function.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-code-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The zip with another size written into its directory, for its first file. */
function claiming(files: Record<string, string>, bytes: number): Uint8Array {
  const whole = Buffer.from(zip(files));
  whole.writeUInt32LE(bytes, whole.indexOf('PK\x01\x02', 0, 'latin1') + 24);
  return whole;
}

describe('uploaded zips', () => {
  const bad: Record<string, Uint8Array> = {
    'an entry above the folder': zip({ '../../slip.js': 'x' }),
    'an entry above the folder, further down': zip({ 'a/../../slip.js': 'x' }),
    'a NUL in a name': zip({ 'a\0b': 'x' }),
    'a name too long for a file': zip({ [`${'x'.repeat(300)}.js`]: 'x' }),
    'a file and a folder of one name': zip({ a: 'x', 'a/b': 'x' }),
    'more than may be unpacked': claiming({ 'index.js': 'x' }, 300_000_000),
    'no zip': Buffer.from('not a zip'),
    'a zip cut short': Buffer.from(zip({ 'index.js': 'x' })).subarray(0, 40),
    nothing: new Uint8Array(),
  };

  it.each(Object.keys(bad))('are refused for %s, and leave nothing behind', async (name) => {
    await expect(storeCode(folder, bad[name] ?? new Uint8Array())).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    });
    expect(await readdir(join(folder, 'code')).catch(() => [])).toEqual([]);
    expect(await readdir(folder)).not.toContain('slip.js');
  });

  it('are unpacked with what may be run, and no other rights', async () => {
    const modes: Record<string, [attributes: number, os: number, mode: number]> = {
      plain: [0o100644, 3, 0o600],
      program: [0o100755, 3, 0o700],
      'others/program': [0o100601, 3, 0o700],
      'for everybody': [0o100777, 3, 0o700],
      'writable by all': [0o100666, 3, 0o600],
      'with set-user-id': [0o104711, 3, 0o700],
      'with set-group-id and sticky': [0o103644, 3, 0o600],
      'of no kind': [0o755, 3, 0o700],
      'a link': [0o120777, 3, 0o600],
      'a device': [0o020777, 3, 0o600],
      'without rights': [0o100000, 3, 0o600],
      'of MS-DOS': [0o100755, 0, 0o600],
      'naïve ☃': [0o100755, 3, 0o700],
    };
    const entries = Object.entries(modes).map(
      ([name, [attrs, os]]) =>
        [name, [Buffer.from(name), { attrs: attrs * 2 ** 16, os, comment: '☃' }] satisfies ZippableFile] as const,
    );
    const { sha256 } = await storeCode(folder, zipSync(Object.fromEntries(entries), { comment: 'x'.repeat(9) }));
    const task = join(folder, 'code', Buffer.from(sha256, 'base64').toString('hex'), 'task');
    const found = await Promise.all(
      Object.keys(modes).map(async (name) => [name, (await stat(join(task, name))).mode & 0o7777]),
    );
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(modes).map(([name, [, , mode]]) => [name, mode])),
    );
    await rm(join(folder, 'code'), { recursive: true });
  });

  it('are kept once, however many upload the same at one time', async () => {
    const good = zip({ 'index.js': 'x' });
    const stored = await Promise.all(Array.from({ length: 8 }, () => storeCode(folder, good)));
    expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
    const [kept, ...more] = await readdir(join(folder, 'code'));
    expect(more).toEqual([]);
    const { sha256 = '' } = stored[0] ?? {};
    expect(await readZip(folder, sha256)).toEqual(Buffer.from(good));
    // Before zips were kept, only what was unpacked was there.
    await rm(join(folder, 'code', kept ?? '', 'code.zip'));
    expect(await readZip(folder, sha256)).toBeUndefined();
    await storeCode(folder, good);
    expect(await readZip(folder, sha256)).toEqual(Buffer.from(good));
  });
});
