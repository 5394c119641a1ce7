import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/aws/log-events.ts';
import { mergedLogs } from '../../src/session/merge-logs.ts';

const line = (atMs: number, stream = 'a'): LogLine => ({ id: `${stream}${atMs}`, atMs, stream, text: String(atMs) });

/** What had been given out when each page was asked for, and at the end. */
async function merged(pages: LogLine[][]): Promise<{ soFar: number[]; all: number[] }> {
  const all: number[] = [];
  const soFar: number[] = [];
  async function* asked() {
    for (const page of pages) {
      soFar.push(all.length);
      yield page;
    }
  }
  for await (const lines of mergedLogs(asked())) all.push(...lines.map(({ atMs }) => atMs));
  return { soFar, all };
}

describe('log lines of several streams', () => {
  it('come in order, though their pages do not', async () => {
    const { all } = await merged([[line(1_000), line(3_000)], [line(2_500, 'b'), line(6_000)], [line(4_500, 'c')], []]);
    expect(all).toEqual([1_000, 2_500, 3_000, 4_500, 6_000]);
  });

  it('come while later pages are still to be read', async () => {
    const pages = Array.from({ length: 5 }, (_, page) =>
      Array.from({ length: 10 }, (_, at) => line(page * 10_000 + at * 1_000)),
    );
    const { soFar, all } = await merged(pages);
    expect(soFar).toEqual([0, 8, 18, 28, 38]);
    expect(all).toHaveLength(50);
  });

  it('are not held back without a bound where all are of one moment', async () => {
    const pages = Array.from({ length: 5 }, () => Array.from({ length: 10_000 }, () => line(1_000)));
    expect((await merged(pages)).soFar).toEqual([0, 0, 0, 10_000, 20_000]);
  });
});
