import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { install } from './dynops.ts';

const page = readFileSync(new URL('../../llms.txt', import.meta.url), 'utf8');

it('the session of llms.txt does what it says, each line one document', async () => {
  const [, block = ''] = /## A session\n\n```sh\n(.*?)```/s.exec(page) ?? [];
  const dynops = await install();
  const folder = await mkdtemp(join(tmpdir(), 'dynops-llms-'));
  try {
    const ended: [string, number | null, boolean][] = [];
    for (const line of block.trim().split('\n')) {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare).slice(1);
      const { status, stdout } = await dynops.run(words, { cwd: folder });
      ended.push([line, status, typeof JSON.parse(stdout) === 'object']);
    }
    expect(ended.length).toBeGreaterThan(5);
    expect(ended).toEqual(ended.map(([line]) => [line, 0, true]));
  } finally {
    await dynops.remove();
    await rm(folder, { recursive: true });
  }
});
