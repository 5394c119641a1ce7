import { execFile } from 'node:child_process';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isOurLivingProcess } from '../home/living-process.ts';

/**
 * The processes of this user that run an engine on this folder, by their command lines: also one that does not answer, or whose
 * record is broken or gone. A process id alone may have been given to another program since.
 */
export async function engineProcesses(folder: string): Promise<number[]> {
  const wanted = await real(folder);
  const found: number[] = [];
  for (const { pid, words } of await commandLines()) {
    const at = words.indexOf('--folder');
    if (at < 0 || !words.some((word) => word.endsWith('engine.js')) || pid === process.pid) continue;
    if ((await real(words[at + 1] ?? '')) === wanted && isOurLivingProcess(pid)) found.push(pid);
  }
  return found;
}

const real = (path: string) => realpath(path).catch(() => path);

async function commandLines(): Promise<{ pid: number; words: string[] }[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,args='], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').map((line) => {
      const [pid, ...words] = line.trim().split(/\s+/);
      return { pid: Number(pid), words };
    });
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      // It may have ended meanwhile, or be another user's.
      const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), words: text.split('\0') };
    }),
  );
}
