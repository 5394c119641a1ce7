import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Exchanger, withinTime } from '../../src/aws/exchange-limit.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Over the wire: `call.test.ts`. */
function limited(handle: Exchanger['handle']) {
  const exchanger = { handle };
  withinTime(exchanger, 120_000);
  return (body?: unknown) => exchanger.handle({ body });
}

/** Ends when it is told to, as the SDK's does. */
const hanging: Exchanger['handle'] = (_request, { abortSignal } = {}) =>
  new Promise((_resolve, reject) => {
    (abortSignal as AbortSignal).addEventListener('abort', () => reject(new Error('Request aborted')));
  });

const outcome = async (asked: Promise<unknown>) => {
  let settled: unknown = 'waiting';
  asked.then(
    () => {
      settled = 'answered';
    },
    (error: Error) => {
      settled = error.name;
    },
  );
  return async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return settled;
  };
};

it('two minutes, and longer for code that is sent', async () => {
  const call = await outcome(limited(hanging)('{}'));
  expect([await call(119_000), await call(2_000)]).toEqual(['waiting', 'TimeoutError']);
  const upload = await outcome(limited(hanging)(new Uint8Array(50_000_000)));
  expect([await upload(2_500_000), await upload(200_000)]).toEqual(['waiting', 'TimeoutError']);
});

it('what fails by itself fails so, and what has ended is left alone', async () => {
  const refused = limited(() => Promise.reject(new RangeError('refused')))();
  await expect(refused).rejects.toThrow(new RangeError('refused'));
  expect(vi.getTimerCount()).toBe(0);
  const body = Readable.from(['whole']);
  const { response } = await limited(async () => ({ response: { body } }))();
  await expect(text(response.body ?? Readable.from([]))).resolves.toBe('whole');
  expect(vi.getTimerCount()).toBe(0);
  await limited(async () => ({ response: {} }))();
  expect(vi.getTimerCount()).toBe(0);
});
