/** Numbers for people: at most three digits that matter, thousands apart. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `0.42 ms`, `23.5 ms`, `180 ms`, `1,234 ms`. */
export function milliseconds(ms: number): string {
  return `${significant(ms)} ms`;
}

/** `0.42`, `23.5`, `1,234` */
export function significant(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A share from 0 to 1: `0 %`, `0.12 %`, `12.3 %`. */
export function percentage(share: number): string {
  return `${significant(share * 100)} %`;
}

/** A change, as `+12 %` or `−3 %`; from ten times on `×34`. */
export function signedPercentage(change: number): string {
  if (change >= 9) return `×${significant(change + 1)}`;
  const percent = Math.round(change * 100);
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${Math.abs(percent)} %`;
}

export function dollars(amount: number): string {
  return `$${amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2)}`;
}

/** `12:04:05.678Z`: a time of day in UTC, which the Z says. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11);
}
