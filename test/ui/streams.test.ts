import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('nothing is written to a stream but by the ui', () => {
  const root = new URL('../../src/', import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const writers = files
    .filter((file) => file.endsWith('.ts') && !/^(?:local|handler)\//.test(file))
    .filter((file) => /\bstd(?:out|err)\.write\(|\bconsole\./.test(readFileSync(join(root, file), 'utf8')));
  // load-live and the waiting line draw themselves, what they show made printable; process.ts writes a line break.
  expect(writers.sort()).toEqual(['cli/process.ts', 'ui/load-live.ts', 'ui/ui.ts', 'ui/waiting-line.ts']);
});
