import type { Profile } from './profile.ts';

/**
 * The open model's moments of arrival, in milliseconds from the run's start: evenly at `ratePerSecond` times the
 * profile's level, whatever the answers do. The k-th arrival is when the expected number reaches k.
 */
export function* arrivalTimesMs(profile: Profile, ratePerSecond: number, durationMs: number): Generator<number> {
  let dueCount = 0;
  let passedCount = 0;
  let from: Profile['points'][number] | undefined;
  for (const to of profile.points) {
    if (from && to.at - from.at > 1e-9) {
      const seconds = ((to.at - from.at) * durationMs) / 1000;
      const startRate = from.level * ratePerSecond;
      const slope = ((to.level - from.level) * ratePerSecond) / seconds;
      const endCount = passedCount + startRate * seconds + (slope * seconds ** 2) / 2;
      // A rounding error must not make an arrival at the very end.
      for (; dueCount < endCount - 1e-9; dueCount++) {
        yield from.at * durationMs + secondsUntil(dueCount - passedCount, startRate, slope) * 1000;
      }
      passedCount = endCount;
    }
    from = to;
  }
}

/** Solves startRate·t + slope·t²/2 = count for t, in the form that stays exact where the slope is near 0. */
function secondsUntil(count: number, startRate: number, slope: number): number {
  if (count <= 0) return 0;
  return (2 * count) / (startRate + Math.sqrt(Math.max(0, startRate ** 2 + 2 * slope * count)));
}
