import { describe, expect, it } from 'vitest';
import { createTokenBuckets } from '../../src/local/token-bucket.ts';

describe('createTokenBuckets', () => {
  function make() {
    const time = { nowMs: 1_000 };
    const take = createTokenBuckets(() => time.nowMs);
    const count = (name: string, rate: { burst: number; perSecond: number }) => {
      let taken = 0;
      while (taken < 100 && take(name, rate)) taken += 1;
      return taken;
    };
    return { time, count };
  }

  it('gives the burst at once, then what time adds, and never more than the burst', () => {
    const { time, count } = make();
    const rate = { burst: 5, perSecond: 2 };
    expect(count('a', rate)).toBe(5);
    time.nowMs += 1_500;
    expect(count('a', rate)).toBe(3);
    time.nowMs += 400;
    expect(count('a', rate)).toBe(0);
    time.nowMs += 100;
    expect(count('a', rate)).toBe(1);
    time.nowMs += 3_600_000;
    expect(count('a', rate)).toBe(5);
  });

  it('keeps names apart', () => {
    const { count } = make();
    expect(count('a', { burst: 1, perSecond: 1 })).toBe(1);
    expect(count('b', { burst: 2, perSecond: 1 })).toBe(2);
    expect(count('a', { burst: 1, perSecond: 1 })).toBe(0);
  });

  it('fills on from where it was when the clock is put back', () => {
    const { time, count } = make();
    const rate = { burst: 5, perSecond: 1 };
    expect(count('a', rate)).toBe(5);
    time.nowMs -= 3_600_000;
    expect(count('a', rate)).toBe(0);
    time.nowMs += 3_000;
    expect(count('a', rate)).toBe(3);
  });

  it('follows a rate that changes', () => {
    const { time, count } = make();
    expect(count('a', { burst: 5, perSecond: 1 })).toBe(5);
    time.nowMs += 10_000;
    expect(count('a', { burst: 2, perSecond: 1 })).toBe(2);
    expect(count('b', { burst: 0, perSecond: 0 })).toBe(0);
  });
});
