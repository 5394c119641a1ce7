import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../../src', import.meta.url).pathname;

/**
 * V8 makes a hidden class for each evaluation of an object literal that has a getter, among the old objects, and it holds on to the
 * closures of the getter until the next full collection: one in the path of a request kept 335 requests of each 60 ms.
 */
it.each(['local', 'handler'])('%s makes no objects with getters', (folder) => {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(5);
  const withGetter = files.filter((name) => /^\s+[gs]et \w+\(/m.test(readFileSync(join(root, folder, name), 'utf8')));
  expect(withGetter).toEqual([]);
});
