import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { bundleFunctionCode } from '../../src/stack/code.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The hash as another process computes it, in another folder and time zone. */
function hashElsewhere(zone: string): string {
  const script = `import { bundleFunctionCode } from ${JSON.stringify(`${root}src/stack/code.ts`)};
    process.stdout.write((await bundleFunctionCode()).sha256);`;
  return execFileSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script],
    { cwd: tmpdir(), env: { ...process.env, TZ: zone }, encoding: 'utf8' },
  );
}

test('the zip holds index.js alone, and its hash is what Lambda would compute', async () => {
  const { zip, sha256 } = await bundleFunctionCode();
  expect(Object.keys(unzipSync(zip))).toEqual(['index.js']);
  expect(sha256).toBe(createHash('sha256').update(zip).digest('base64'));
});

test('the same source gives the same bytes, at another time, in another folder and time zone', async () => {
  const [first, second] = [await bundleFunctionCode(), await bundleFunctionCode()];
  expect(Buffer.compare(first.zip, second.zip)).toBe(0);
  expect(hashElsewhere('America/New_York')).toBe(first.sha256);
  expect(hashElsewhere('Asia/Tokyo')).toBe(first.sha256);
});

test("the zip is less than half of what esbuild's defaults make of the same source", async () => {
  const { zip } = await bundleFunctionCode();
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/handler/index.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    tsconfigRaw: {},
  });
  const unshaken = zipSync({ 'index.js': outputFiles[0]?.contents ?? new Uint8Array() }, { level: 9 });
  expect(unshaken.length).toBeGreaterThan(100_000);
  expect(zip.length / unshaken.length).toBeLessThan(0.5);
});

test('nothing of the machine is in the bundle', async () => {
  const { zip } = await bundleFunctionCode();
  const source = Buffer.from(unzipSync(zip)['index.js'] ?? []).toString();
  expect(source).not.toContain(root);
  expect(source).not.toContain('sourceMappingURL');
});
