import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { readmeScript, runScript } from './first-service.ts';

const limitMs = 120_000;
let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
});
afterAll(() => dynops.remove());

it(
  'comes up, is edited, tested and taken down as the README says',
  async () => {
    const { status, stdout, stderr } = await runScript(dynops, await readmeScript(), { limitMs });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/"id":"1","text":"Buy milk"/);
    expect(stdout).toMatch(/\[\{.*"text":"Buy milk".*\}\]/);
    expect(stdout).toContain('{"message":"No such note."}');
    expect(stdout).toMatch(/# pass 3\n# fail 0/);
    expect(stderr).toContain('No AWS credentials were found');
    expect(stdout).toContain('Nothing is left.');
  },
  limitMs,
);
