import { type ChildProcess, execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Asks a process that this one has started to end, and all that it has started in turn: a shell passes no signal on. */
export async function endProcessTree({ pid, exitCode, signalCode }: ChildProcess): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  for (const member of [pid, ...(await descendantsOf(pid))]) {
    try {
      process.kill(member, 'SIGTERM');
    } catch {
      // It ended meanwhile.
    }
  }
}

async function descendantsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  const further = await Promise.all(children.map(descendantsOf));
  return [...children, ...further.flat()];
}

/** None where the system does not tell, as Windows, which has no signals either. */
async function childrenOf(pid: number): Promise<number[]> {
  const list =
    process.platform === 'linux'
      ? readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : promisify(execFile)('pgrep', ['-P', String(pid)]).then(({ stdout }) => stdout);
  return (await list.catch(() => '')).split(/\s+/).filter(Boolean).map(Number);
}
