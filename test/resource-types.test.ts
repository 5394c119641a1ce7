import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resourceTypes } from '../src/resource-types.ts';

it('docs/provisioning.md lists what is not compared of each type of resource', async () => {
  const page = await readFile(new URL('../docs/provisioning.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(
    ([, type = '', what = '']) => [type, what] as const,
  );
  const stated = Object.entries(resourceTypes).map(
    ([type, { notCompared }]) => [type, notCompared.join(', ')] as const,
  );
  expect(new Map(rows)).toEqual(new Map(stated.filter(([, what]) => what !== '')));
});
