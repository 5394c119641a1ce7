import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalTimesMs } from '../../../src/measure/load/arrivals.ts';
import { levelAt, profileNames, profileOf, userSpans } from '../../../src/measure/load/profile.ts';
import { parseDurationMs, parseRatePerSecond, parseShare } from '../../../src/measure/quantities.ts';

test.each([
  ['fixed', 0, 1],
  ['fixed', 1, 1],
  ['ramp-up', 0, 0.25],
  ['ramp-up', 0.125, 0.625],
  ['ramp-up', 0.25, 1],
  ['ramp-up', 1, 1],
  ['spike', 0, 0.1],
  ['spike', 0.4, 0.1],
  ['spike', 0.45, 0.55],
  ['spike', 0.5, 1],
  ['spike', 0.55, 0.55],
  ['spike', 0.6, 0.1],
  ['spike', 1, 0.1],
  ['peak', 0.1, 0.2],
  ['peak', 0.35, 1],
  ['peak', 0.5, 1],
  ['peak', 0.65, 1],
  ['peak', 0.95, 0.2],
] as const)('%s at %f of the run: %f of the load', (name, at, level) => {
  expect(levelAt(profileOf(name), at)).toBeCloseTo(level, 10);
});

test('profiles bend, and what does not fit is refused', () => {
  const bent = profileOf('peak', { base: 0.5, ramp: 0.1, hold: 0.8 });
  expect([0, 0.1, 0.5, 0.9, 1].map((at) => levelAt(bent, at))).toEqual([0.5, 1, 1, 1, 0.5]);
  expect(() => profileOf('peak', { ramp: 0.4, hold: 0.3 })).toThrow(RangeError);
  expect(() => profileOf('ramp-up', { ramp: 1.1 })).toThrow(RangeError);
});

const shape = fc.record({
  name: fc.constantFrom(...profileNames),
  users: fc.integer({ min: 1, max: 200 }),
  base: fc.double({ min: 0, max: 1, noNaN: true }),
  ramp: fc.double({ min: 0, max: 0.3, noNaN: true }),
  hold: fc.double({ min: 0, max: 0.4, noNaN: true }),
});

test('at every moment as many users work as the level says, and never none', () => {
  fc.assert(
    fc.property(shape, fc.double({ min: 0.001, max: 0.999, noNaN: true }), ({ name, users, ...bend }, at) => {
      const profile = profileOf(name, bend);
      const working = userSpans(profile, users, 1000).filter(
        ({ startMs, endMs }) => at * 1000 >= startMs && at * 1000 < endMs,
      );
      // At the instant of a jump either side is right.
      const around = [at - 1e-6, at, at + 1e-6].map((moment) =>
        Math.max(1, Math.round(users * levelAt(profile, moment))),
      );
      expect(working.length).toBeGreaterThanOrEqual(Math.min(...around));
      expect(working.length).toBeLessThanOrEqual(Math.max(...around));
    }),
    { numRuns: 500 },
  );
});

test('arrivals come in order, within the run, and as many as the rate and profile say up to every moment', () => {
  fc.assert(
    fc.property(shape, fc.double({ min: 1, max: 300, noNaN: true }), ({ name, users: _users, ...bend }, rate) => {
      const profile = profileOf(name, bend);
      const times = [...arrivalTimesMs(profile, rate, 4_000)];
      for (const [index, time] of times.entries()) {
        expect(time).toBeGreaterThanOrEqual(times[index - 1] ?? 0);
        expect(time).toBeLessThan(4_000.001);
      }
      for (const until of [0.2, 0.5, 0.8, 1]) {
        let expected = 0;
        const steps = 2_000;
        for (let step = 0; step < steps; step++)
          expected += (levelAt(profile, ((step + 0.5) / steps) * until) * until * rate * 4) / steps;
        const come = times.filter((time) => time < until * 4_000).length;
        expect(Math.abs(come - expected)).toBeLessThanOrEqual(1.5 + expected * 0.002);
      }
    }),
    { numRuns: 100 },
  );
});

test('a constant rate is exact', () => {
  const times = [...arrivalTimesMs(profileOf('fixed'), 10, 1_000)];
  expect(times).toHaveLength(10);
  for (const [index, time] of times.entries()) expect(time).toBeCloseTo(index * 100, 9);
});

test('amounts', () => {
  expect(['200ms', '30s', '1.5m', '1h', '1m30s'].map(parseDurationMs)).toEqual([
    200, 30_000, 90_000, 3_600_000, 90_000,
  ]);
  expect(['1%', '0.01', '100%', '0'].map(parseShare)).toEqual([0.01, 0.01, 1, 0]);
  expect(['100/s', '100', '90/m'].map(parseRatePerSecond)).toEqual([100, 100, 1.5]);
  for (const wrong of ['', '10', 's', '-1s', '1d', '1 s', '87601h', `${'9'.repeat(400)}s`])
    expect(() => parseDurationMs(wrong)).toThrow(RangeError);
  for (const wrong of ['', '101%', '2', '-1%', 'x']) expect(() => parseShare(wrong)).toThrow(RangeError);
  for (const wrong of ['', '0', '-1', '1/h', 'x', '1000000000/s'])
    expect(() => parseRatePerSecond(wrong)).toThrow(RangeError);
});
