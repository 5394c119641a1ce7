import type { LogLine } from '../aws/log-events.ts';
import { inOrder } from './log-follower.ts';

/** Events of several streams may come this much after later ones. */
const apartMs = 2_000;
/** More than AWS's page has; what is held back has a bound. */
const mostHeld = 20_000;

/**
 * Brings pages of log lines in order across streams, and gives them out while they come: what is later than all else by
 * `apartMs` waits for the page after it.
 */
export async function* mergedLogs(pages: AsyncIterable<readonly LogLine[]>): AsyncGenerator<LogLine[]> {
  let held: LogLine[] = [];
  for await (const page of pages) {
    held = inOrder([...held, ...page]);
    const settledMs = (held.at(-1)?.atMs ?? 0) - apartMs;
    const settled = held.findIndex(({ atMs }) => atMs > settledMs);
    const ready = held.splice(0, Math.max(settled, held.length - mostHeld));
    if (ready.length > 0) yield ready;
  }
  if (held.length > 0) yield held;
}
