/** Parsers of the amounts that command lines and files give; each throws a RangeError that says what is expected. */

const millisecondsIn = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** From the clock, so long ago is still a date; and no number of digits makes it endless. */
const longestMs = 10 * 365 * 24 * 3_600_000;

/** `200ms`, `30s`, `1.5m`, `2h` to milliseconds; several in a row add up (`1m30s`). */
export function parseDurationMs(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text))
    throw new RangeError(`"${text}" is not a duration: a number with its unit (ms, s, m or h), such as 30s or 1h30m.`);
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * millisecondsIn[unit as keyof typeof millisecondsIn];
  }
  if (totalMs > longestMs) throw new RangeError(`"${text}" is more than ten years.`);
  return totalMs;
}

/** `1%` or `0.01` to 0.01. */
export function parseShare(text: string): number {
  return shareIn(text, 'a share, such as 20% or 0.2');
}

/** A share, or a duration. */
export function parseStretch(text: string): { share: number } | { ms: number } {
  if (/[a-z]$/.test(text)) return { ms: parseDurationMs(text) };
  return { share: shareIn(text, 'a time with its unit (ms, s, m or h) or a share, such as 30s or 20%') };
}

/** A share, or a number of users or of requests a second. */
export function parseBase(text: string): { share: number } | { amount: number } {
  if (/^\d+$/.test(text)) return { amount: Number(text) };
  return { share: shareIn(text, 'a number or a share, such as 5 or 20%') };
}

function shareIn(text: string, expected: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const share = match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  throw new RangeError(`"${text}" is not ${expected}.`);
}

/** More than one machine sends, and than its network carries. */
const highestRatePerSecond = 100_000;

/** `100/s`, `100`, `90/m` to requests a second. */
export function parseRatePerSecond(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text);
  const rate = match ? Number(match[1]) / (match[2] === 'm' ? 60 : 1) : Number.NaN;
  if (rate > highestRatePerSecond) {
    throw new RangeError(`"${text}" is more than one machine can send: at most ${highestRatePerSecond}/s.`);
  }
  if (rate > 0) return rate;
  throw new RangeError(`"${text}" is not a rate: a number for each second (/s) or minute (/m), such as 100/s.`);
}
