import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { endProcessTree } from '../../src/endpoint/process-tree.ts';
import { isOurLivingProcess } from '../../src/home/living-process.ts';
import { until } from '../cli/dynops.ts';

/** Starts a shell; it tells so many process ids, each on a line. */
async function start(script: string, count: number) {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pids: number[] = [];
  for await (const line of createInterface(child.stdout)) if (pids.push(Number(line)) === count) break;
  return { child, pids };
}

it('ends a process with all that it has started, however deep, and none beside it', async () => {
  const beside = await start('echo $$; exec sleep 600', 1);
  const nested = `echo $$; sh -c 'echo $$; sleep 600 & echo $!; sh -c "echo \\$\\$; exec sleep 600"; echo'; echo`;
  const { child, pids } = await start(nested, 4);
  expect(pids.filter(isOurLivingProcess)).toEqual(pids);
  await endProcessTree(child);
  await until(() => !pids.some(isOurLivingProcess));
  expect(beside.pids.filter(isOurLivingProcess)).toEqual(beside.pids);
  await endProcessTree(beside.child);
  await until(() => !beside.pids.some(isOurLivingProcess));
});

it('leaves alone what has ended: its number may be another’s by now', async () => {
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.once('close', resolve));
  await expect(endProcessTree(Object.assign(child, { pid: process.pid }))).resolves.toBeUndefined();
  const missing = spawn('/nowhere/program');
  await new Promise((resolve) => missing.once('error', resolve));
  await expect(endProcessTree(missing)).resolves.toBeUndefined();
});
