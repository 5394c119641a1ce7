import { afterEach, expect, it } from 'vitest';
import { createInvoker } from '../../../src/local/lambda/runtime/function-invoker.ts';
import type { FromFunction } from '../../../src/local/lambda/runtime/messages.ts';
import { eventually } from '../../eventually.ts';

const listeners = process.listeners('beforeExit');
afterEach(() => {
  for (const listener of process.listeners('beforeExit')) {
    if (!listeners.includes(listener)) process.off('beforeExit', listener);
  }
});

const later = () => new Promise((resolve) => setTimeout(resolve, 20));

it('begins nothing before the engine can read that it was taken', async () => {
  const begun: unknown[] = [];
  const said: FromFunction['kind'][] = [];
  const unwritten: (() => void)[] = [];
  const invoker = createInvoker(
    {
      call: async (event) => begun.push(event),
      isAsync: true,
      takesCallbacks: false,
      streams: false,
    },
    {
      send: ({ kind }) => said.push(kind),
      together: (say) => say(),
      whenWritten: (then) => unwritten.push(then),
      maxMemoryBytes: () => 1,
      hold: () => undefined,
    },
  );
  const message = (number: number) => ({
    number,
    requestId: `request-${number}`,
    functionArn: 'arn',
    limitMs: 1_000,
    behind: number > 1,
    cpuWaitPerMs: 0,
    payload: Buffer.from(String(number)),
  });
  invoker.invoke(message(1));
  invoker.invoke(message(2));
  await eventually(() => expect(unwritten).toHaveLength(1));
  await later();
  expect({ said, begun }).toEqual({ said: ['taken'], begun: [] });
  unwritten.shift()?.();
  await eventually(() => expect(unwritten).toHaveLength(1));
  await later();
  expect({ said, begun }).toEqual({ said: ['taken', 'answer', 'taken'], begun: [1] });
  unwritten.shift()?.();
  await eventually(() =>
    expect({ said, begun }).toEqual({ said: ['taken', 'answer', 'taken', 'answer'], begun: [1, 2] }),
  );
});
