import { run } from './measure.ts';

export interface Process {
  pid: number;
  parent: number;
  megabytes: number;
}

export async function processes(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss='], process.env);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, kilobytes] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined ? [] : [{ pid, parent, megabytes: (kilobytes ?? 0) / 1024 }];
  });
}

/** Megabytes that a process and all below it have resident; pages that they share are counted in each. */
export async function treeMegabytes(root: number): Promise<{ count: number; megabytes: number }> {
  const all = await processes();
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  const members = [...all.filter(({ pid }) => pid === root), ...below(root)];
  return { count: members.length, megabytes: members.reduce((sum, { megabytes }) => sum + megabytes, 0) };
}
