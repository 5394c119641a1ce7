import type { Aws } from '../aws/aws.ts';
import { type LogLine, type LogQuery, logEvents } from '../aws/log-events.ts';

/** Events may arrive this much after their time; what was given is not given again. */
const lateMs = 30_000;

export interface LogFollower {
  /** What has come since the last time, oldest first. */
  next(): Promise<LogLine[]>;
}

/** Reads a log group again and again, each event once. */
export function createLogFollower(aws: Aws, query: LogQuery): LogFollower {
  const given = new Map<string, number>();
  let { fromMs } = query;
  /** How far this machine's clock is ahead of that of the events, at most. */
  let aheadMs = Number.POSITIVE_INFINITY;
  return {
    async next() {
      const fresh: LogLine[] = [];
      for await (const page of logEvents(aws, { ...query, fromMs }))
        fresh.push(...page.filter(({ id }) => !given.has(id)));
      for (const { id, atMs } of fresh) {
        given.set(id, atMs);
        aheadMs = Math.max(0, Math.min(aheadMs, aws.clock() - atMs));
      }
      fromMs = Math.max(fromMs, aws.clock() - aheadMs - lateMs);
      for (const [id, atMs] of given) if (atMs < fromMs) given.delete(id);
      return inOrder(fresh);
    },
  };
}

export const inOrder = (lines: LogLine[]) => lines.sort((a, b) => a.atMs - b.atMs);
