import { readFileSync } from 'node:fs';

/** Whether a process of this user's runs under this id. */
export function isOurLivingProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // No such process, or one of another user.
    return false;
  }
  return !isZombie(pid);
}

/** Containers often have no init process that buries the dead, and a dead process then answers signal 0 for ever. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It ended meanwhile, or /proc is not mounted, and signal 0 was the best there is.
    return false;
  }
}
