import { type InvocationReport, type LogEntry, parseLogLine } from '../measure/report-line.ts';
import { milliseconds, timeText } from './figures.ts';
import { printable } from './printable.ts';
import { hanging } from './words.ts';

/** Log lines for a person, each with its line break; `width`: that of the terminal. */
export function logLines(lines: readonly { atMs: number; text: string }[], width: number): string {
  return lines
    .flatMap(({ atMs, text }) => logText(atMs, parseLogLine(text), width) ?? [])
    .map((line) => `${line}\n`)
    .join('');
}

/** Members picked from log lines, one line each: the time, and the values in the order in which they were asked for. */
export function fieldLines(lines: readonly { atMs: number; values: readonly unknown[] }[]): string {
  const shown = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '-'));
  return lines
    .map(({ atMs, values }) => [timeText(atMs), ...values.map(shown)])
    .map((cells) => `${cells.map((cell) => printable(cell).replaceAll('\n', ' ')).join('  ')}\n`)
    .join('');
}

/** A log line for a person; undefined for one that says nothing to them (END, START). */
export function logText(atMs: number, entry: LogEntry, width: number): string | undefined {
  const { kind, requestId, level, message, report } = entry;
  if (kind === 'start' || kind === 'end') return undefined;
  const words = report ? reportText(report) : `${level === undefined ? '' : `${level} `}${messageText(message)}`;
  const about = `${timeText(atMs)}  ${(requestId ?? '').slice(0, 8).padEnd(8)}  `;
  const [first = '', ...others] = printable(words).split('\n');
  const below = others.flatMap((line) => hanging(' '.repeat(about.length), line, width)).filter((line) => line !== '');
  return [...hanging(about, first, width), ...below].join('\n');
}

export function reportText(report: InvocationReport): string {
  const { durationMs, billedMs, usedMb, memoryMb, initMs, traceId } = report;
  return [
    `took ${milliseconds(durationMs)}`,
    `billed ${milliseconds(billedMs)}`,
    `used ${usedMb} of ${memoryMb} MB`,
    ...(initMs === undefined ? [] : [`cold start ${milliseconds(initMs)}`]),
    ...(traceId === undefined ? [] : [`dynops trace show ${traceId}`]),
  ].join(', ');
}

/** What a function threw is logged as JSON with line breaks in it; a start as an ARN that says nothing more. */
function messageText(message: string): string {
  if (message.startsWith('INIT_START ')) return `starting: ${/Runtime Version: (\S+)/.exec(message)?.[1] ?? ''}`;
  const thrown = /^Invoke Error\s+(\{[\s\S]*\})$/.exec(message)?.[1];
  if (thrown === undefined) return message;
  try {
    const { errorType, errorMessage, stack, trace } = Object.assign(
      { errorType: 'Error', errorMessage: '' },
      JSON.parse(thrown),
    );
    const frames = [stack ?? trace ?? []].flat().filter((line: unknown) => /^\s+at /.test(String(line)));
    return [`${errorType}: ${errorMessage}`, ...frames].join('\n');
  } catch {
    return message; // Cut off: shown as it is.
  }
}
