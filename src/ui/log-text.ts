import { type InvocationReport, parseLogLine } from '../measure/report-line.ts';
import { milliseconds, timeText } from './figures.ts';
import { printable } from './printable.ts';
import { hanging } from './words.ts';

/** Members picked from a log line, in one line: the time, and the values in the order in which they were asked for. */
export function fieldText(atMs: number, values: readonly unknown[]): string {
  const shown = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '-'));
  const cells = [timeText(atMs), ...values.map(shown)];
  return `${cells.map((cell) => printable(cell).replaceAll('\n', ' ')).join('  ')}\n`;
}

/**
 * A log line for a person, with its line break; '' for one that says nothing to them (END, START). `width`: that of the
 * terminal.
 */
export function logText({ atMs, text }: { atMs: number; text: string }, width: number): string {
  const { kind, requestId, level, message, report } = parseLogLine(text);
  if (kind === 'start' || kind === 'end') return '';
  const words = report ? reportText(report) : `${level === undefined ? '' : `${level} `}${messageText(message)}`;
  const about = `${timeText(atMs)}  ${(requestId ?? '').slice(0, 8).padEnd(8)}  `;
  const [first = '', ...others] = printable(words).split('\n');
  const below = others.flatMap((line) => hanging(' '.repeat(about.length), line, width)).filter((line) => line !== '');
  return `${[...hanging(about, first, width), ...below].join('\n')}\n`;
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
