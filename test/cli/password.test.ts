import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { signsIn, upAtOnce } from './up-at-once.ts';

let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
});
afterAll(() => dynops.remove());

async function kept(name: string): Promise<string> {
  const files = await readdir(join(dynops.home, 'dynops', 'stacks'), { recursive: true });
  const found = files.find((file) => file.endsWith(`default/${name}`));
  if (found === undefined) throw new Error(`${name} is not kept`);
  return join(dynops.home, 'dynops', 'stacks', found);
}

// The exhaustive suite does it again and again.
it('several `up` at once leave a user who can sign in', () => upAtOnce(dynops));

it('a further `up` repairs a user whose password nobody has', async () => {
  await dynops.json(['up']);
  await writeFile(await kept('password'), 'Not-the-right-1', { mode: 0o600 });
  const [tokens = ''] = await readdir(await kept('tokens'));
  await writeFile(join(await kept('tokens'), tokens), '{}', { mode: 0o600 });
  await dynops.json(['up']);
  await expect(signsIn(dynops)).resolves.toMatchObject({ status: 0 });
});

it('a file of tokens that others could have written is not sent', async () => {
  const { chmod } = await import('node:fs/promises');
  const [tokens = ''] = await readdir(await kept('tokens'));
  const file = join(await kept('tokens'), tokens);
  const planted = 'eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.x';
  await writeFile(file, JSON.stringify({ idToken: planted, accessToken: planted, refreshToken: null }));
  await chmod(file, 0o666);
  const { stdout } = await dynops.run(['token']);
  expect(stdout).not.toContain(planted);
});
