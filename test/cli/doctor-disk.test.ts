import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';

const dynops: Installation = await install();
const disk = join(dynops.home, 'disk');
mkdirSync(disk);

/** A real file system of that size; only the superuser may mount one. */
function mounted(options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const unmount = () => execFileSync('umount', [disk]);
const canMount = mounted('size=1m');

beforeAll(() => {
  if (canMount) unmount();
});
afterAll(() => dynops.remove());

describe.skipIf(!canMount)('doctor on the disk of its home (needs to mount a tmpfs)', () => {
  it.each([
    ['with room', 'size=128m', { ok: true, detail: expect.stringContaining('MB free') }],
    ['nearly full', 'size=32m', { ok: false, detail: expect.stringMatching(/is full: 3\d MB/) }],
    ['full', 'size=4k', { ok: false, detail: expect.stringMatching(/is full: 0 MB/) }],
    [
      'without room for another file',
      'size=128m,nr_inodes=2',
      { ok: false, detail: expect.stringMatching(/ 0 files/) },
    ],
  ])('%s', async (_how, options, expected) => {
    expect(mounted(options)).toBe(true);
    try {
      const env = { DYNOPS_HOME: join(disk, 'home') };
      // No engine is wanted: it would be started there.
      const { stdout } = await dynops.run(['doctor', '--json', '--endpoint-url', 'http://127.0.0.1:1'], { env });
      const { checks } = JSON.parse(stdout) as { checks: { name: string; hint?: string }[] };
      const found = checks.find(({ name }) => name === 'disk');
      expect(found).toMatchObject(expected);
      expect(found?.hint).toEqual(expected.ok ? undefined : expect.stringContaining('DYNOPS_HOME'));
    } finally {
      unmount();
    }
  });
});
