import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { bundleHandler } from '../../scripts/bundle-handler.mjs';
import { readFunctionCode } from '../../src/stack/code.ts';

test('the zip holds what src/handler is built to, as index.js alone, and its hash is what Lambda would compute', async () => {
  const { zip, sha256 } = await readFunctionCode();
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(['index.js']);
  expect(Buffer.from(files['index.js'] ?? []).equals(await bundleHandler())).toBe(true);
  expect(sha256).toBe(createHash('sha256').update(zip).digest('base64'));
});
