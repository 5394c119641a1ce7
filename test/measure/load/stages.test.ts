import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/commands/load/plan.ts';
import { arrivalTimesMs } from '../../../src/measure/load/arrivals.ts';
import { levelAt, stagedProfile, userSpans } from '../../../src/measure/load/profile.ts';
import { isMissed } from '../../../src/measure/load/thresholds.ts';

const stages = [
  { ms: 1_000, amount: 10 },
  { ms: 1_000, amount: 10 },
  { ms: 0, amount: 4 },
  { ms: 1_000, amount: 4 },
  { ms: 1_000, amount: 10 },
  { ms: 1_000, amount: 0 },
];

describe('stages of one’s own', () => {
  it('rise and fall as often as they say', () => {
    const { profile, highest, durationMs } = stagedProfile(stages);
    expect([highest, durationMs]).toEqual([10, 5_000]);
    const usersAt = (ms: number) => levelAt(profile, ms / durationMs) * highest;
    expect([0, 500, 1_500, 2_500, 3_500, 4_500, 5_000].map((ms) => Math.round(usersAt(ms)))).toEqual([
      0, 5, 10, 4, 7, 5, 0,
    ]);
    const spans = userSpans(profile, highest, durationMs);
    const working = (ms: number) => spans.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs).length;
    expect([1_500, 2_500, 3_500, 4_500].map(working)).toEqual([10, 4, 7, 5]);
    // The first works always; the tenth twice.
    expect(spans[0]).toEqual({ startMs: 0, endMs: 5_000 });
    expect(spans.filter(({ startMs }) => startMs > 900 && startMs < 1_000)).toHaveLength(1);
    expect(spans.filter(({ startMs }) => startMs > 3_800 && startMs < 4_000)).toHaveLength(1);
  });

  it('are arrivals in the open model: as many as the area below them', () => {
    const { profile, highest, durationMs } = stagedProfile(stages);
    const area = 5 + 10 + 4 + 7 + 5;
    expect([...arrivalTimesMs(profile, highest, durationMs)]).toHaveLength(area);
  });

  it('say users, or with --rate requests a second, and nothing else says it too', () => {
    expect(shapeOf({ stage: stages })).toMatchObject({
      model: { kind: 'closed', users: 10 },
      durationMs: 5_000,
      profileName: 'stages',
    });
    expect(shapeOf({ stage: stages, rate: 10 })).toMatchObject({ model: { kind: 'open', ratePerSecond: 10 } });
    expect(() => shapeOf({ stage: stages, duration: 1 })).toThrow('leave out --duration');
    expect(() => shapeOf({ stage: stages, users: 1 })).toThrow('leave out --users');
    expect(() => shapeOf({ stage: stages, rate: 5 })).toThrow('differs from the highest stage');
    expect(() => shapeOf({ stage: [{ ms: 0, amount: 5 }] })).toThrow('take no time');
    expect(() => shapeOf({ stage: Array(3).fill({ ms: 200 * 3_600_000, amount: 5 }) })).toThrow('more than 20 days');
    expect(() => shapeOf({ stage: [{ ms: 5, amount: 0 }] })).toThrow('No stage has a load');
  });
});

describe('a threshold that is missed on the way', () => {
  const figures = (requests: number, p95: number, errorRate = 0) =>
    ({ requests, errorRate, latencyMs: { p95 }, distribution: [{ count: requests }] }) as never;

  it.each([
    [{ maxP95: 100 }, figures(50, 101), true],
    [{ maxP95: 100 }, figures(50, 100), false],
    [{ maxP95: 100 }, figures(49, 1_000), false],
    [{ maxErrorRate: 0.01 }, figures(100, 1, 0.02), true],
    // A rate is known only at the end.
    [{ minRate: 1_000_000 }, figures(100, 1), false],
    [{}, figures(100, 1_000, 1), false],
  ])('%j', (thresholds, soFar, missed) => {
    expect(isMissed(thresholds, soFar)).toBe(missed);
  });
});
