/** From this memory on a function has a whole core. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const wholeCoreMb = 1_769;

/**
 * How long a function of so much memory waits for each millisecond of processor time that it used, so that an invocation
 * lasts as long as on Lambda's share of one core. 0 in the plain mood. Starting is not stretched: Lambda starts functions
 * at full speed whatever their memory.
 */
export function cpuWaitOf(memoryMb: number, scale: number): number {
  return Math.max(0, wholeCoreMb / memoryMb - 1) * scale;
}

/**
 * Begins to count processor time; what it returns tells the milliseconds still to wait at the end. Done inside the
 * function's process, with what every platform counts: stopped from outside, a process stays stopped when the engine is killed.
 */
export function countCpuWait(waitPerMs: number): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return ((user + system) / 1000) * waitPerMs;
  };
}
