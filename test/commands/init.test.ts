import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { init } from '../../src/commands/init.ts';
import { readService } from '../../src/service/read.ts';
import { templates } from '../../src/service/templates.ts';
import { createUi } from '../../src/ui/ui.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

function contextIn(cwd: string) {
  const options = {
    aws: false,
    json: false,
    quiet: true,
    debug: false,
    color: false,
    input: false,
    yes: false,
    trust: false,
  };
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return { cwd, options, ui: createUi(options, { stdin, stdout, stderr }) };
}

describe('init', () => {
  it.each(templates)('%s is a service without a mistake, with a test and a .gitignore', async (template) => {
    const { json } = await init(contextIn(folder), { template });
    const file = join(folder, 'dynops.json');
    const service = await readService(await readFile(file, 'utf8'), { file, settings: ['stack'] });
    expect(service.routes.length).toBeGreaterThan(0);
    expect(service.functions.every(({ code }) => code.kind !== 'tutorial')).toBe(true);
    const written = await readdir(folder);
    expect(written).toEqual(expect.arrayContaining(['.gitignore', '.github', 'test', 'dynops.json']));
    expect(json).toMatchObject({ ok: true, template });
  });

  it('overwrites nothing, and writes nothing then', async () => {
    await writeFile(join(folder, 'dynops.json'), '{}');
    await expect(init(contextIn(folder), { template: 'python' })).rejects.toMatchObject({ code: 'FileExists' });
    expect(await readdir(folder)).toEqual(['dynops.json']);
  });
});
