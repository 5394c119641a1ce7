import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
