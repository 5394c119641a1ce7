import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Report } from './dynops.ts';
import { noTerminal, onTerminal } from './terminal.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
});
afterAll(() => dynops.remove());

describe.skipIf(noTerminal !== '')(`status and plan on a terminal${noTerminal}`, () => {
  it.each([40, 80, 120])('fit %i columns', async (columns) => {
    const [status, plan, diagram] = await Promise.all([
      onTerminal(dynops, ['status'], { columns }),
      onTerminal(dynops, ['plan', '--memory', '512'], { columns }),
      onTerminal(dynops, ['status', '--diagram'], { columns }),
    ]);
    for (const { lines } of [status, plan, diagram]) {
      const table = lines.slice(0, lines.indexOf(''));
      expect(table.length).toBeGreaterThan(13);
      expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
    expect(status.lines[0]).toMatch(/STATE +TYPE +NAME/);
    expect(status.raw).toContain('\u001b[32m✔');
    expect(plan.lines).toContainEqual(expect.stringMatching(/^~ {2}update +function/));
  });

  it('are whole with --wide', async () => {
    const { lines } = await onTerminal(dynops, ['status', '--wide'], { columns: 60 });
    expect(lines.join('\n')).toMatch(/arn:aws:logs:us-east-1:\d+:log-group:\/aws\/lambda\/LambdaFunctionOverHttps/);
    expect(lines.join('\n')).not.toContain('…');
  });
});

describe('status --diagram FILE', () => {
  it('writes the picture, and answers as status does', async () => {
    const file = join(dynops.home, 'stack.svg');
    const { resources } = await dynops.json<Report>(['status', '--diagram', file]);
    const svg = await readFile(file, 'utf8');
    for (const { name } of resources) expect(svg).toContain(name);
    expect(resources.every(({ state }) => state === 'present')).toBe(true);
  });

  it('refuses a place that cannot be written before anything is asked', async () => {
    await writeFile(join(dynops.home, 'file'), '');
    const { status, stdout } = await dynops.run(['status', '--diagram', 'file/stack.svg', '--json']);
    expect(status).toBe(64);
    expect(JSON.parse(stdout).error.message).toContain('--diagram');
  });
});
