import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInvocationQueue } from '../../../src/local/lambda/runtime/invocation-queue.ts';
import { eventually } from '../../eventually.ts';
import { type LambdaFixture, startLambda } from './function.ts';

describe('what one process was given', () => {
  /** A queue with the invocations a, b, …, and what came of each. */
  function queueOf(...requestIds: string[]) {
    const outcomes: Record<string, string> = {};
    const given: [string, boolean][] = [];
    let withdrawn: { requestIds: (string | undefined)[]; then: () => void } | undefined;
    const queue = createInvocationQueue({
      give: ({ requestId, behind }) => given.push([requestId, behind]),
      withdraw: (numbers, then) => {
        withdrawn = { requestIds: numbers.map((number) => given[number - 1]?.[0]), then };
      },
      end: () => undefined,
    });
    const add = (requestId: string) =>
      queue.add({
        message: { requestId, functionArn: 'arn', limitMs: 3_000, cpuWaitPerMs: 0, payload: Buffer.from('{}') },
        begun: () => undefined,
        isSlow: () => undefined,
        ended: ({ kind }) => {
          outcomes[requestId] = kind;
        },
      });
    requestIds.forEach(add);
    const firstNumber = (requestId: string) => given.findIndex(([id]) => id === requestId) + 1;
    return {
      outcomes,
      given,
      add,
      queue,
      taken: (requestId: string, number = firstNumber(requestId)) => queue.receive({ kind: 'taken', number }),
      dropped: (requestId: string) => queue.receive({ kind: 'dropped', number: firstNumber(requestId) }),
      answers: (requestId: string) =>
        queue.receive({ kind: 'answer', requestId, payload: Buffer.from('1'), maxMemoryBytes: 1, durationMs: 0 }),
      slow: () =>
        eventually(() => {
          if (!withdrawn) throw new Error('nothing was withdrawn');
          return withdrawn.requestIds;
        }),
      drained: () => withdrawn?.then(),
    };
  }

  it('ends in order, each when the next is taken at the latest', () => {
    const { outcomes, given, taken, answers } = queueOf('a', 'b');
    expect(given).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect([taken('a'), answers('a'), outcomes.a, taken('b'), outcomes.a, answers('b')]).toEqual([
      true,
      true,
      undefined,
      true,
      'answer',
      true,
    ]);
    expect(outcomes.b).toBeUndefined();
    return eventually(() => expect(outcomes).toEqual({ a: 'answer', b: 'answer' }));
  });

  it('believes nothing that is out of order', () => {
    const { taken, answers, dropped } = queueOf('a', 'b');
    expect([answers('a'), taken('b'), dropped('a'), dropped('z'), taken('a'), taken('a'), answers('b')]).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('takes back what waits behind a slow one, and never believes an answer to it', async () => {
    const { outcomes, taken, answers, slow, drained, queue } = queueOf('a', 'b', 'c');
    taken('a');
    expect(await slow()).toEqual(['b', 'c']);
    expect([queue.isSlow(), outcomes]).toEqual([true, {}]);
    drained();
    expect(outcomes).toEqual({ b: 'untaken', c: 'untaken' });
    // It may still say that it took it, since it reads that it must not only then.
    expect([answers('a'), taken('b'), answers('b')]).toEqual([true, true, false]);
  });

  it('leaves to the process what it had taken before it could know', async () => {
    const { outcomes, taken, answers, slow, drained, dropped } = queueOf('a', 'b', 'c');
    taken('a');
    await slow();
    expect([answers('a'), taken('b')]).toEqual([true, true]);
    drained();
    expect(outcomes).toEqual({ a: 'answer', c: 'untaken' });
    expect(dropped('b')).toBe(true);
    expect(outcomes.b).toBe('untaken');
    expect(dropped('b')).toBe(false);
  });

  it('tells what comes back to the process from what was withdrawn of it', async () => {
    const { outcomes, taken, answers, slow, drained, dropped, add } = queueOf('a', 'b');
    taken('a');
    await slow();
    drained();
    expect(outcomes).toEqual({ b: 'untaken' });
    add('b');
    // It says the first two before it reads that it was to drop b, and the rest after.
    expect([answers('a'), taken('b'), dropped('b'), outcomes.a]).toEqual([true, true, true, 'answer']);
    expect([taken('b', 3), answers('b')]).toEqual([true, true]);
    await eventually(() => expect(outcomes).toEqual({ a: 'answer', b: 'answer' }));
  });

  it('is free for others when the process is gone, but for what it had begun', () => {
    const { outcomes, taken, queue } = queueOf('a', 'b');
    taken('a');
    queue.gone();
    expect(outcomes).toEqual({ b: 'untaken' });
    queue.closed('gone');
    expect(outcomes).toEqual({ a: 'exit', b: 'untaken' });
  });
});

describe('quick and slow invocations together', () => {
  let fixture: LambdaFixture;
  beforeAll(async () => {
    fixture = await startLambda();
  });
  afterAll(() => fixture.engine.stop());

  it('each runs once, and none waits for one that is slow', async () => {
    let isOver: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    const server = createServer((_, response) => over.then(() => response.end()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await Promise.all([
      tryOut('waits', `await fetch('http://127.0.0.1:${port}/')`).finally(isOver),
      // Nobody can tell it to end.
      tryOut('computes', 'for (;;)'),
    ]);
    server.close();
  });

  async function tryOut(name: string, slowly: string): Promise<void> {
    await fixture.create(
      name,
      `exports.handler = async ({ n, slow }) => { console.log('ran', n); if (slow) ${slowly}; return n; };`,
      { Timeout: 20 },
    );
    const invoke = (n: number, slow = false) => fixture.invoke(name, JSON.stringify({ n, slow }));
    const crowd = (from: number) => Promise.all(Array.from({ length: 16 }, (_, index) => invoke(from + index)));
    // Until they are known to be quick, and lie in their process's queue.
    for (let turn = 0; turn < 6; turn += 1) await crowd(turn * 16);
    let hasEnded = false;
    const slow = invoke(1_000, true).finally(() => {
      hasEnded = true;
    });
    slow.catch(() => undefined);
    const quick = await crowd(1_001);
    expect(hasEnded).toBe(false);
    for (const [index, { payload, log }] of quick.entries()) {
      expect(payload).toBe(1_001 + index);
      expect(log.match(/^START|\tran \d+|^END|^REPORT/gm)).toEqual(['START', `\tran ${payload}`, 'END', 'REPORT']);
    }
  }
});
