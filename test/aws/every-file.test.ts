import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const filesIn = (folder: string) => readdirSync(new URL(`../../${folder}`, import.meta.url));

it('every file of src/aws that calls AWS has a test of its own, by mocks', () => {
  // Each is covered by the tests of what it serves.
  const shared = ['table-schema', 'table-content'];
  const wanted = filesIn('src/aws').map((name) => name.replace(/\.ts$/, ''));
  const tested = new Set(filesIn('test/aws').map((name) => name.replace(/\.test\.ts$/, '')));
  expect(wanted.filter((name) => !tested.has(name) && !shared.includes(name))).toEqual([]);
});
