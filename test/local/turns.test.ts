import { expect, it } from 'vitest';
import { createTurns } from '../../src/local/turns.ts';

const refused = new Error('too many');

it('lets so many go on at once, the others in order, and refuses those beyond', async () => {
  const inTurn = createTurns({ atOnce: 2, mostWaiting: 3, refuse: () => refused });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (number: number) =>
    inTurn(() => {
      begun.push(number);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const done = [1, 2, 3, 4, 5].map(work);
  await expect(work(6)).rejects.toBe(refused);
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  await done[1];
  expect(begun).toEqual([1, 2, 3]);
  for (const index of [0, 2, 3, 4]) {
    ends[index]?.();
    await done[index];
  }
  expect(begun).toEqual([1, 2, 3, 4, 5]);
});

it('gives the turn on after work that failed', async () => {
  const inTurn = createTurns({ atOnce: 1, mostWaiting: 1, refuse: () => refused });
  const failing = inTurn(() => Promise.reject(new Error('failed')));
  const next = inTurn(async () => 'done');
  await expect(failing).rejects.toThrow('failed');
  await expect(next).resolves.toBe('done');
});
