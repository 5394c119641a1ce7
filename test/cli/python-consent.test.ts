import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, install, type Report } from './dynops.ts';

const service = {
  functions: { report: { entry: 'report/main.py' } },
  routes: { 'GET /report': { function: 'report', auth: 'none' } },
};

let dynops: Installation;
let cwd: string;
/** Without the programs that make namespaces. */
let env: { PATH: string };
beforeAll(async () => {
  dynops = await install();
  cwd = join(dynops.home, 'app');
  await mkdir(join(cwd, 'report'), { recursive: true });
  await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
  await writeFile(join(cwd, 'report/main.py'), 'def handler(event, context):\n    return {"statusCode": 200}\n');
  env = { PATH: join(dynops.home, 'bin') };
  await mkdir(env.PATH);
  await symlink(process.execPath, join(env.PATH, 'node'));
});
afterAll(() => dynops.remove());

const run = (...words: string[]) => dynops.run(words, { cwd, env });

it('Python that cannot be confined is refused where nobody can be asked, before anything is made', async () => {
  for (const words of [['up'], ['dev'], ['exec', '--', 'node', '-e', '0'], ['function', 'create']]) {
    const { status, stderr } = await run(...words);
    expect(status, words.join(' ')).toBe(64);
    expect(stderr).toMatch(/Python functions cannot be confined on this machine.*--trust for one run/s);
  }
  const { resources } = await dynops.json<Report>(['status'], { cwd, env });
  expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['absent']));
});

it('--trust allows it for one run, dynops trust once for the folder', async () => {
  expect((await run('exec', '--trust', '--', 'node', '-e', 'process.exit(3)')).status).toBe(3);
  expect((await run('function', 'create')).status).toBe(64);
  const { stdout } = await run('trust');
  expect(stdout).toContain('Its Python functions may run where they cannot be confined.');
  expect((await run('up')).status).toBe(0);
  expect((await run('exec', '--', 'node', '-e', 'process.exit(3)')).status).toBe(3);
  // It is of the folder, whatever the file becomes.
  await writeFile(join(cwd, 'dynops.json'), JSON.stringify({ ...service, memoryMb: 256 }));
  expect((await run('up')).status).toBe(0);
  expect(await readFile(join(dynops.home, 'dynops/trusted.json'), 'utf8')).toContain('#python');
});
