import { milliseconds, timeText } from './figures.ts';
import { printable } from './printable.ts';
import type { Ui } from './ui.ts';

/** One request a line: time, what was asked, status and how long it took. */
export function requestText(
  entry: { atMs: number; ms: number; method: string; path: string; status: number; operation?: string },
  ui: Pick<Ui, 'style'>,
): string {
  const { atMs, ms, method, path, status, operation } = entry;
  const colour = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red';
  const what = operation === undefined ? printable(path) : printable(operation);
  return `${timeText(atMs)}  ${ui.style(colour, String(status), 'stdout')}  ${milliseconds(ms).padStart(8)}  ${printable(method)} ${what}`;
}
