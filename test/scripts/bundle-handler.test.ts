import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundleHandler, zipHandler } from '../../scripts/bundle-handler.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The zip as another process makes it, in another folder and time zone. */
function zipElsewhere(zone: string): Buffer {
  const script = `import { bundleHandler, zipHandler } from ${JSON.stringify(`${root}scripts/bundle-handler.mjs`)};
    process.stdout.write(await zipHandler(await bundleHandler()));`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: tmpdir(),
    env: { ...process.env, TZ: zone },
  });
}

test('the same source gives the same bytes, at another time, in another folder and time zone', async () => {
  const zip = await zipHandler(await bundleHandler());
  expect(zipElsewhere('America/New_York').equals(zip)).toBe(true);
  expect(zipElsewhere('Asia/Tokyo').equals(zip)).toBe(true);
});

test('nothing of the machine is in the bundle', async () => {
  const source = Buffer.from(await bundleHandler()).toString();
  expect(source).not.toContain(root);
  expect(source).not.toContain('sourceMappingURL');
});
