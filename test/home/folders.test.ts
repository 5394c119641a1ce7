import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  closeFolder,
  ensurePrivateFolder,
  homeFolder,
  readIfExists,
  refuseForeignFolder,
  removeIfExists,
  userConfigFile,
  writeSecret,
} from '../../src/home/folders.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-home-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('the home folder', () => {
  it.each([
    [{ DYNOPS_HOME: '/x' }, '/x'],
    [{ DYNOPS_HOME: '/x', XDG_DATA_HOME: '/data' }, '/x'],
    [{ XDG_DATA_HOME: '/data', HOME: '/home/ada' }, '/data/dynops'],
    [{ HOME: '/home/ada' }, '/home/ada/.local/share/dynops'],
    [{ HOME: '/home/ada', DYNOPS_HOME: '' }, '/home/ada/.local/share/dynops'],
  ])('by %j', (env, expected) => {
    expect(homeFolder(env)).toBe(expected);
  });

  it('does not move the settings, which are the user’s', () => {
    expect(userConfigFile({ DYNOPS_HOME: '/x', HOME: '/home/ada' })).toBe('/home/ada/.config/dynops/config.json');
    expect(userConfigFile({ XDG_CONFIG_HOME: '/c' })).toBe('/c/dynops/config.json');
  });
});

describe('secrets', () => {
  it('are files of mode 0600 in folders of mode 0700', async () => {
    const file = join(folder, 'a', 'b', 'secret');
    await writeSecret(file, 'one');
    await writeSecret(file, 'two');
    await expect(readIfExists(file)).resolves.toBe('two');
    await expect(Promise.all([file, join(folder, 'a'), join(folder, 'a', 'b')].map(mode))).resolves.toEqual([
      '600',
      '700',
      '700',
    ]);
    await expect(readdir(join(folder, 'a', 'b'))).resolves.toEqual(['secret']);
  });

  it('narrow a folder and a file that were open to others', async () => {
    const open = join(folder, 'open');
    await mkdir(open);
    await chmod(open, 0o755);
    await writeFile(join(open, 'secret'), 'old', { mode: 0o644 });
    await writeSecret(join(open, 'secret'), 'new');
    await expect(Promise.all([open, join(open, 'secret')].map(mode))).resolves.toEqual(['700', '600']);
  });

  it('are never half written: every reader sees a whole text', async () => {
    const file = join(folder, 'secret');
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await writeSecret(file, texts[0] ?? '');
    const reads = texts.map(async (text) => {
      await writeSecret(file, text);
      return readIfExists(file);
    });
    for (const read of await Promise.all(reads)) expect(texts).toContain(read);
  });
});

describe('a folder that is not the user’s own', () => {
  it('is refused', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(refuseForeignFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'UnsafeFolder' });
    await expect(ensurePrivateFolder(join(folder, 'file'))).rejects.toThrow();
  });

  it.skipIf(process.getuid?.() !== 0)('is refused when somebody else owns it (needs root to be shown)', async () => {
    const { chown } = await import('node:fs/promises');
    const theirs = join(folder, 'theirs');
    await mkdir(theirs);
    await chown(theirs, 12345, 12345);
    await expect(refuseForeignFolder(theirs)).rejects.toMatchObject({ code: 'UnsafeFolder' });
    await expect(writeSecret(join(theirs, 'secret'), 'x')).rejects.toMatchObject({ code: 'UnsafeFolder' });
    await expect(readdir(theirs)).resolves.toEqual([]);
  });

  it('is closed where it is open, and refused where others could put something of theirs into it', async () => {
    const open = join(folder, 'open');
    await mkdir(join(open, 'engine'), { recursive: true });
    await chmod(open, 0o777);
    await closeFolder(open);
    expect((await stat(open)).mode & 0o777).toBe(0o700);
    await expect(closeFolder(join(folder, 'none'))).resolves.toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)('is refused with what others put into it (needs root to be shown)', async () => {
    const { chown } = await import('node:fs/promises');
    const open = join(folder, 'open');
    await mkdir(join(open, 'engine'), { recursive: true });
    await chown(join(open, 'engine'), 12345, 12345);
    await chmod(open, 0o777);
    await expect(closeFolder(open)).rejects.toMatchObject({ code: 'UnsafeFolder' });
    // The folder alone was closed meanwhile; what is in it is still theirs.
    await chmod(open, 0o777);
    await expect(closeFolder(open)).rejects.toMatchObject({ message: expect.stringContaining('engine') });
  });

  it.each([['/proc/dynops/deeper'], ['/dev/null/deeper']])('says so where none can be made: %s', async (place) => {
    await expect(ensurePrivateFolder(place)).rejects.toMatchObject({
      code: 'NoFolder',
      hint: expect.stringContaining('DYNOPS_HOME'),
    });
  });

  it.each(['nowhere', 'itself', 'a file'])('is refused where it is a link to %s', async (where) => {
    const link = join(folder, 'link');
    await writeFile(join(folder, 'a file'), '');
    await symlink(join(folder, where === 'itself' ? 'link' : where), link);
    await expect(ensurePrivateFolder(link)).rejects.toMatchObject({ code: 'UnsafeFolder' });
    await expect(closeFolder(link)).rejects.toMatchObject({ code: 'UnsafeFolder' });
    await expect(removeIfExists(join(link, 'deeper'))).resolves.toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)('is refused where somebody else made the link (needs root)', async () => {
    const { lchown } = await import('node:fs/promises');
    const link = join(folder, 'link');
    await mkdir(join(folder, 'own'));
    await symlink(join(folder, 'own'), link);
    await expect(closeFolder(link)).resolves.toBeUndefined();
    await lchown(link, 12345, 12345);
    await expect(closeFolder(link)).rejects.toMatchObject({ code: 'UnsafeFolder' });
  });

  it('may be missing', async () => {
    await expect(refuseForeignFolder(join(folder, 'none', 'deeper'))).resolves.toBeUndefined();
  });
});
