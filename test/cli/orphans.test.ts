import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { isOurLivingProcess } from '../../src/home/living-process.ts';
import { type Installation, install, until } from './dynops.ts';

/** Every process below this one. */
async function below(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-eo', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set([pid]);
  // Children may be listed before their parents.
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [child = 0, parent = 0] of rows) if (found.has(parent)) found.add(child);
  }
  return [...found].filter((one) => one !== pid);
}

it.concurrent.each([
  ['in namespaces, where the machine has them', {}],
  ['without namespaces', { PATH: '/nowhere' }],
])('a function that spins when its engine is killed is gone with the next start: %s', async (_how, env) => {
  const dynops = await install();
  try {
    await spinAndKill(dynops, env);
  } finally {
    await dynops.remove();
  }
});

it.concurrent('an export that is killed leaves neither the engine that it worked with nor its files', async () => {
  const dynops = await install();
  const TMPDIR = join(dynops.home, 'tmp');
  await mkdir(TMPDIR);
  const homes = async () => (await readdir(TMPDIR)).filter((name) => name.startsWith('dynops-scratch-'));
  const records = async () => {
    const read = (await homes()).map((home) =>
      readFile(join(TMPDIR, home, 'engine/engine.json'), 'utf8').catch(() => ''),
    );
    return (await Promise.all(read)).filter(Boolean);
  };
  try {
    let found: string[] = [];
    let signal: string | null = null;
    // Until it was not done before the signal came.
    for (let round = 0; round < 20 && signal === null; round += 1) {
      const outcome = await dynops.run(['export', 'aws-cli'], {
        env: { TMPDIR },
        onSpawn: (child) =>
          void until(async () => {
            if (child.exitCode !== null) return true;
            found = await records();
            return found.length > 0;
          }).then(() => child.kill('SIGKILL')),
      });
      signal = outcome.signal;
    }
    expect([signal, found.length]).toEqual(['SIGKILL', 1]);
    const { pid } = JSON.parse(found[0] ?? '');
    await until(async () => !isOurLivingProcess(pid) && (await homes()).length === 0);
  } finally {
    await dynops.remove();
  }
});

async function spinAndKill(dynops: Installation, env: Record<string, string>): Promise<void> {
  const cwd = join(dynops.home, 'app');
  await mkdir(cwd);
  const spinning = 'export const handler = async () => { for (;;); };';
  await writeFile(join(cwd, 'spin.mjs'), spinning);
  const functions = { spin: { entry: 'spin.mjs', timeoutSeconds: 60 } };
  const service = { stack: 'spin', functions, routes: { 'GET /spin': { function: 'spin', auth: 'none' } } };
  await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
  const options = { cwd, env };
  await dynops.json(['up'], options);
  const { pid } = await dynops.json<{ pid: number }>(['local', 'status'], options);
  const asked = dynops.run(['request', 'GET', '/spin', '--no-auth'], options);
  // The process tells by its processor time that it is past its start.
  await until(async () => (await below(pid)).length > 0 && (await busiestMs(pid)) >= 1_000);
  const processes = await below(pid);
  process.kill(pid, 'SIGKILL');
  await asked;
  await dynops.json(['status'], options);
  await until(() => processes.every((one) => !isOurLivingProcess(one)));
  expect(processes.length).toBeGreaterThan(0);
}

/** The most processor time that one process below has used, in milliseconds. */
async function busiestMs(pid: number): Promise<number> {
  const asked = promisify(execFile)('/bin/ps', ['-o', 'cputimes=', '-p', (await below(pid)).join(',')]);
  // One that has ended meanwhile makes ps fail.
  const { stdout } = await asked.catch(() => ({ stdout: '0' }));
  return Math.max(
    ...stdout
      .trim()
      .split('\n')
      .map((seconds) => 1_000 * Number(seconds)),
  );
}
