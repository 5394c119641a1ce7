import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-strays-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = pathToFileURL(join(import.meta.dirname, '../../src/run.ts')).href;

/** A command that would never end, during which something is thrown. */
async function during(stray: string, words: string[]) {
  const script = join(folder, 'command.mjs');
  await writeFile(
    script,
    `import { run } from ${JSON.stringify(run)};
     const status = await run(${JSON.stringify(words)}, async () => {
       ${stray}
       await new Promise((resolve) => setTimeout(resolve, 600_000));
     });
     process.exit(status);`,
  );
  const env = { PATH: process.env.PATH, HOME: folder, DYNOPS_HOME: join(folder, 'home') };
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], { cwd: folder, env });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, status };
}

it.each([
  ['a timer', `setTimeout(() => { throw new TypeError('it is not there'); });`],
  [
    'an event’s handler',
    `process.once('stray', () => { throw new TypeError('it is not there'); }); process.nextTick(() => process.emit('stray'));`,
  ],
  ['a promise that nobody waits for', `void Promise.reject(new TypeError('it is not there'));`],
  ['two at once', `for (const n of [1, 2]) void Promise.reject(new TypeError('it is not there'));`],
])('%s that fails is told as a failure of the command, without a stack', async (_where, stray) => {
  const { stdout, stderr, status } = await during(stray, ['status']);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'Unexpected\nerror: it is not there\nThis is a bug in dynops; --debug shows where it happened.\n',
  );
  const json = await during(stray, ['status', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    error: { code: 'Unexpected', message: 'it is not there' },
  });
  expect([json.status, json.stderr]).toEqual([1, '']);
});

it('a full disk in one is a failure of the machine', async () => {
  const failing = `Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' })`;
  const { stderr, status } = await during(`setImmediate(() => { throw ${failing}; });`, ['status']);
  expect(status).toBe(1);
  expect(stderr).toContain('Free some disk space');
});
