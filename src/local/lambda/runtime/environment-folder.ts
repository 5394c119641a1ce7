import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What one process of a function has on the engine's disk; gone with the process. */
export interface EnvironmentFolder {
  /** In the process's command line too. */
  id: string;
  path: string;
  /** Writable by the function, where it has no /tmp of its own. */
  scratch: string;
  /** Where its jail's root is put. */
  root: string;
  /** As the machine knows it; undefined: it has not started yet. */
  pid(): number | undefined;
  recordPid(pid: number): void;
  remove(): Promise<void>;
}

const parent = (dataDir: string) => join(dataDir, 'scratch');
const pidFile = (folder: string) => join(folder, 'pid');

export async function makeEnvironmentFolder(dataDir: string, id: string): Promise<EnvironmentFolder> {
  const made = join(parent(dataDir), id);
  await mkdir(join(made, 'tmp'), { recursive: true, mode: 0o700 });
  await mkdir(join(made, 'root'), { mode: 0o700 });
  const path = await realpath(made);
  let pid: number | undefined;
  return {
    id,
    path,
    scratch: join(path, 'tmp'),
    root: join(path, 'root'),
    pid() {
      pid ??= readPid(path);
      return pid;
    },
    recordPid(started) {
      writeFileSync(pidFile(path), `${started}\n`, { mode: 0o600 });
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** The jail's keeper writes it before anything else. */
function readPid(folder: string): number | undefined {
  try {
    return Number(readFileSync(pidFile(folder), 'utf8')) || undefined;
  } catch {
    return undefined; // Not yet.
  }
}

/** Ends what an engine that was killed left running, and removes its folders. */
export async function endLeftOver(dataDir: string, log: (line: string) => void): Promise<void> {
  await mkdir(parent(dataDir), { recursive: true, mode: 0o700 });
  for (const id of await readdir(parent(dataDir))) {
    const folder = join(parent(dataDir), id);
    const pid = readPid(folder);
    // The number may be another program's by now; the id is nobody else's.
    if (pid !== undefined && (await commandOf(pid)).includes(id)) {
      log(`process ${pid} of a function outlived the engine and was ended`);
      process.kill(pid, 'SIGKILL');
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Empty where there is no such process. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout;
}
