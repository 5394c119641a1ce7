import type { Figures, Interval } from '../measure/load/figures.ts';
import type { LoadModel } from '../measure/load/generator.ts';
import { count, milliseconds, percentage, significant } from './figures.ts';
import { printable } from './printable.ts';
import type { Ui } from './ui.ts';
import { duration } from './words.ts';

/** Shows a load on stderr while it runs. */
export interface LoadView {
  onInterval(interval: Interval, soFar: Figures): void;
  /** Ends what moves. */
  close(): void;
}

/** What is sent, as far as the view says it. */
export interface ShownLoad {
  model: LoadModel;
  durationMs: number;
}

/** Plain lines are for logs: one in this time is enough. */
const plainEveryMs = 5_000;
const levels = '▁▂▃▄▅▆▇█';

/** A block that redraws itself on a terminal, a line now and then elsewhere, nothing with `--json` or `--quiet`. */
export function showLoad(ui: Ui, load: ShownLoad): LoadView {
  if (ui.json || ui.quiet) return { onInterval: () => undefined, close: () => undefined };
  return ui.live ? liveView(ui, load) : plainView(ui, load);
}

function plainView(ui: Ui, { model }: ShownLoad): LoadView {
  let shownAtMs = 0;
  return {
    onInterval(interval, soFar) {
      if (interval.atMs - shownAtMs < plainEveryMs) return;
      shownAtMs = interval.atMs;
      ui.note(`${duration(interval.atMs)}: ${intervalText(interval, model)}, ${count(soFar.failed)} errors so far`);
    },
    close: () => undefined,
  };
}

function liveView(ui: Ui, load: ShownLoad): LoadView {
  let drawn = 0;
  const clear = (): void => {
    // From the line's beginning: the terminal shows a Ctrl-C as two characters.
    if (drawn > 0) ui.stderr.write(`\r\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  ui.clearBy(clear);
  return {
    onInterval(interval, soFar) {
      const lines = liveLines(interval, soFar, { ...load, width: ui.columns });
      clear();
      drawn = lines.length;
      ui.stderr.write(`${printable(lines.join('\n'), { styled: true })}\n`);
    },
    close: () => ui.clearBy(undefined),
  };
}

/** What the terminal shows at one moment; no line is wider than the terminal. */
export function liveLines(interval: Interval, soFar: Figures, view: ShownLoad & { width: number }): string[] {
  const { p50, p90, p95, p99, mean } = soFar.latencyMs;
  const room = Math.max(10, view.width - 12);
  const failures = soFar.failures.slice(0, 3).map(({ kind, count: times }) => `${count(times)} ${kind}`);
  const lines = [
    `${duration(interval.atMs)} of ${duration(view.durationMs)}  ${intervalText(interval, view.model)}`,
    `requests/s  ${sparkline(
      soFar.series.map(({ requestsPerSecond }) => requestsPerSecond),
      room,
    )}`,
    `p95         ${sparkline(
      soFar.series.map(({ latencyMs }) => latencyMs.p95),
      room,
    )}`,
    `latency     mean ${significant(mean)}, p50 ${significant(p50)}, p90 ${significant(p90)}, p95 ${significant(p95)}, p99 ${significant(p99)} ms`,
    `errors      ${count(soFar.failed)} of ${count(soFar.requests)} (${percentage(soFar.errorRate)})${failures.length > 0 ? `: ${failures.join(', ')}` : ''}`,
  ];
  return lines.map((line) => (line.length > view.width ? `${line.slice(0, view.width - 1)}…` : line));
}

function intervalText({ users, requestsPerSecond, latencyMs }: Interval, { kind }: LoadModel): string {
  const busy = `${count(users)} ${kind === 'closed' ? 'virtual user' : 'connection'}${users === 1 ? '' : 's'}`;
  return `${busy}, ${significant(requestsPerSecond)} requests/s, p95 ${milliseconds(latencyMs.p95)}`;
}

/** The latest values that fit, from nothing to the highest of them. */
export function sparkline(values: number[], width: number): string {
  const shown = values.slice(-width);
  const highest = Math.max(...shown, 0);
  if (highest === 0) return levels.charAt(0).repeat(shown.length);
  return shown.map((value) => levels.charAt(Math.round((value / highest) * (levels.length - 1)))).join('');
}
