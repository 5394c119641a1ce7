/** How the load changes over a run, as fractions: straight lines between points, in the order of time. */
export interface Profile {
  points: { at: number; level: number }[];
}

export const profileNames = ['fixed', 'ramp-up', 'spike', 'peak'] as const;
export type ProfileName = (typeof profileNames)[number];

export interface ProfileShape {
  /** Load before and after, as a share of the highest. */
  base: number;
  /** Share of the run that each rise or fall takes. */
  ramp: number;
  /** Share of the run at the highest load, where the load falls again. */
  hold: number;
}

/**
 * Postman's shapes: ramp-up 25→100 % and stay, spike 10→100→10 %, peak 20→100→20 % with a hold.
 * How long the parts take is not documented there; these are ours.
 */
const defaultShapes: Record<ProfileName, ProfileShape> = {
  fixed: { base: 1, ramp: 0, hold: 1 },
  'ramp-up': { base: 0.25, ramp: 0.25, hold: 0.75 },
  spike: { base: 0.1, ramp: 0.1, hold: 0 },
  peak: { base: 0.2, ramp: 0.2, hold: 0.3 },
};

/** Throws a RangeError when the parts are longer than the run. */
export function profileOf(name: ProfileName, bent: Partial<ProfileShape> = {}): Profile {
  const { base, ramp, hold } = { ...defaultShapes[name], ...bent };
  if (name === 'fixed') return fromPoints([0, 1], [1, 1]);
  if (name === 'ramp-up') {
    if (ramp > 1) throw new RangeError('The ramp is longer than the run.');
    return fromPoints([0, base], [ramp, 1], [1, 1]);
  }
  const lead = (1 - 2 * ramp - hold) / 2;
  // Sums of shares such as 0.3 + 0.7 come out a little above 1.
  if (lead < -1e-9) throw new RangeError('Two ramps and the hold are longer than the run.');
  const start = Math.max(0, lead);
  return fromPoints([0, base], [start, base], [start + ramp, 1], [1 - start - ramp, 1], [1 - start, base], [1, base]);
}

/** The load at a moment, both as fractions. */
export function levelAt({ points }: Profile, at: number): number {
  const after = points.findIndex((point) => point.at >= at);
  const to = points[after];
  const from = points[after - 1];
  if (!to) return points.at(-1)?.level ?? 0;
  if (!from || to.at === from.at) return to.level;
  return from.level + ((at - from.at) / (to.at - from.at)) * (to.level - from.level);
}

/** A part of a run of one's own: in so long the load comes to so many users, or requests a second. */
export interface Stage {
  ms: number;
  amount: number;
}

/** Node's timers count no further than 24 days, and fire at once beyond. */
export const longestRunMs = 20 * 24 * 3_600_000;

/** The stages one after another, each from what the one before it came to; the first from nothing. Throws a RangeError. */
export function stagedProfile(stages: readonly Stage[]): { profile: Profile; highest: number; durationMs: number } {
  const durationMs = stages.reduce((sum, { ms }) => sum + ms, 0);
  const highest = Math.max(...stages.map(({ amount }) => amount));
  if (durationMs <= 0) throw new RangeError('The stages take no time.');
  if (durationMs > longestRunMs) throw new RangeError('The stages take more than 20 days.');
  if (highest <= 0) throw new RangeError('No stage has a load.');
  let atMs = 0;
  const points = stages.map(({ ms, amount }) => {
    atMs += ms;
    return { at: atMs / durationMs, level: amount / highest };
  });
  return { profile: { points: [{ at: 0, level: 0 }, ...points] }, highest, durationMs };
}

/**
 * When each virtual user works, from the run's start: while the rounded number of users reaches it, which may be several
 * times. The first one always works.
 */
export function userSpans(profile: Profile, users: number, durationMs: number): { startMs: number; endMs: number }[] {
  return Array.from({ length: users }, (_, index) => {
    const level = index === 0 ? 0 : (index + 0.5) / users;
    return spansAbove(profile, level).map(([from, to]) => ({ startMs: from * durationMs, endMs: to * durationMs }));
  }).flat();
}

/** Where the profile is at a level or above it, as shares of the run. */
function spansAbove({ points }: Profile, level: number): [from: number, to: number][] {
  const spans: [number, number][] = [];
  let since: number | undefined;
  let before: Profile['points'][number] | undefined;
  for (const point of points) {
    if (since === undefined && point.level >= level) since = before ? crossing(before, point, level) : point.at;
    if (since !== undefined && before && point.level < level) {
      spans.push([since, crossing(before, point, level)]);
      since = undefined;
    }
    before = point;
  }
  return since === undefined ? spans : [...spans, [since, 1]];
}

function crossing(from: Profile['points'][number], to: Profile['points'][number], level: number): number {
  return from.at + ((level - from.level) / (to.level - from.level)) * (to.at - from.at);
}

function fromPoints(...points: [at: number, level: number][]): Profile {
  return { points: points.map(([at, level]) => ({ at, level })) };
}
