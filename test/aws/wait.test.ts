import { describe, expect, it } from 'vitest';
import { waitFor } from '../../src/aws/wait.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { mockAws } from './mocks.ts';

const reason = 'the table demo is not active yet';

describe('waitFor', () => {
  it('asks at once, then with growing pauses, and says why it waits', async () => {
    const aws = await mockAws();
    const reasons: string[] = [];
    let asked = 0;
    const ask = async () => (++asked === 8 ? 'ready' : undefined);
    const answer = await waitFor(aws, { reason, limitMs: 60_000, onWait: (why) => reasons.push(why), ask });
    expect(answer).toBe('ready');
    expect(reasons).toEqual(Array(7).fill(reason));
    expect(aws.pauses).toEqual([...aws.pauses].sort((a, b) => a - b));
    expect(aws.pauses.at(-1)).toBeLessThan(1000);
  });

  it('ends at its deadline with the reason, as work that can go on', async () => {
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    const waiting = waitFor(aws, { reason, limitMs: 10_000, onWait: () => undefined, ask: async () => undefined });
    await expect(waiting).rejects.toMatchObject({
      code: 'WaitedTooLong',
      message: expect.stringContaining(reason),
      exitStatus: ExitStatus.partial,
    });
    expect(aws.clock() - startedAtMs).toBeGreaterThanOrEqual(10_000);
    expect(aws.clock() - startedAtMs).toBeLessThan(12_000);
  });

  it('an answer that is false or empty is an answer', async () => {
    const aws = await mockAws();
    const wait = { reason, limitMs: 1, onWait: () => undefined };
    expect(await waitFor(aws, { ...wait, ask: async () => false })).toBe(false);
    expect(await waitFor(aws, { ...wait, ask: async () => '' })).toBe('');
  });

  it('stops between two questions when the command is interrupted', async () => {
    const interrupt = new AbortController();
    const aws = await mockAws({ signal: interrupt.signal });
    let asked = 0;
    const waiting = waitFor(aws, {
      reason,
      limitMs: 60_000,
      onWait: () => undefined,
      async ask() {
        asked += 1;
        if (asked === 2) interrupt.abort(new Error('interrupted'));
        return undefined;
      },
    });
    await expect(waiting).rejects.toThrow('interrupted');
    expect(asked).toBe(2);
  });
});
