import { failedShare, layOut, type MapNode } from '../measure/trace/service-map.ts';
import type { Span, Waterfall } from '../measure/trace/waterfall.ts';
import { count, milliseconds, percentage } from './figures.ts';
import { printable } from './printable.ts';
import { type Look, tableLines } from './table.ts';
import { shortened, wrapped } from './words.ts';

/** A trace as a list shows it. */
export interface ListedTrace {
  id: string;
  startedAtMs: number;
  responseMs: number;
  status: number | undefined;
  method: string | undefined;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  partial: boolean;
}

/** The date is only shown where one of them is not of today. */
export function traceListLines(traces: readonly ListedTrace[], look: Look & { nowMs: number }): string[] {
  const timeOf = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
  const today = timeOf(look.nowMs).slice(0, 11);
  const from = traces.every(({ startedAtMs }) => timeOf(startedAtMs).startsWith(today)) ? today.length : 0;
  return tableLines(
    [
      { title: 'time (UTC)' },
      { title: 'took' },
      { title: 'status' },
      { title: 'outcome' },
      { title: 'trace', narrow: 'below', untitled: true },
    ],
    traces.map((trace) => ({
      cells: [
        timeOf(trace.startedAtMs).slice(from),
        milliseconds(trace.responseMs),
        trace.status === undefined ? '-' : String(trace.status),
        outcomeOf(trace),
        trace.id,
      ],
    })),
    look,
  );
}

export function outcomeOf(trace: Pick<ListedTrace, 'fault' | 'error' | 'throttle' | 'partial'>): string {
  if (trace.fault) return 'fault';
  if (trace.throttle) return 'throttled';
  if (trace.error) return 'error';
  return trace.partial ? 'unfinished' : 'ok';
}

/**
 * A bar for each part under its name, on one scale; `width` is the terminal's. `room`: for messages, which another
 * program gets whole.
 */
export function waterfallLines(
  { spans, durationMs, startedAtMs, traceId }: Waterfall,
  width: number,
  room = width,
): string[] {
  const names = spans.map(nameOf);
  const nameWidth = Math.min(48, Math.max(12, width - 26), Math.max(...names.map((name) => name.length), 0));
  const barWidth = Math.max(10, Math.min(60, width - nameWidth - 14));
  const scale = durationMs === 0 ? 0 : barWidth / durationMs;
  return [
    ...wrapped(`${traceId} ${new Date(startedAtMs).toISOString()} ${milliseconds(durationMs)}`, width),
    ...spans.flatMap((span, index) => {
      const from = Math.min(barWidth - 1, Math.floor(span.startMs * scale));
      const length = Math.max(1, Math.min(barWidth - from, Math.round(span.durationMs * scale)));
      const bar = `${' '.repeat(from)}${(span.outcome === 'ok' ? '█' : '▓').repeat(length)}`.padEnd(barWidth);
      const name = shortened(names[index] ?? '', nameWidth).padEnd(nameWidth);
      const line = `${name} ${bar} ${milliseconds(span.durationMs)}${remarkOf(span)}`;
      const indent = ' '.repeat(span.depth * 2 + 2);
      const message = span.message === undefined ? [] : wrapped(printable(span.message), room - indent.length);
      return [line, ...message.map((part) => indent + part)];
    }),
  ];
}

export function nameOf({ component, detail, depth }: Span): string {
  return `${'  '.repeat(depth)}${component}${detail === '' ? '' : ` ${detail}`}`;
}

export function remarkOf({ outcome, status, inProgress }: Span): string {
  const words = [
    ...(outcome === 'ok' ? [] : [outcome]),
    ...(status !== undefined && status >= 400 ? [`HTTP ${status}`] : []),
    ...(inProgress ? ['not finished'] : []),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** Each service with whom it calls. */
export function mapLines(nodes: readonly MapNode[], look: Look): string[] {
  const placed = layOut(nodes);
  const names = new Map(placed.map(({ id, kind, name }) => [id, `${kind} ${name}`]));
  return tableLines(
    [
      { title: 'service', narrow: 'shorten' },
      { title: 'requests' },
      { title: 'mean' },
      { title: 'failed' },
      { title: 'calls', narrow: 'below', untitled: true },
    ],
    placed
      .filter(({ isClient }) => !isClient)
      .map(({ kind, name, statistics, calls }) => ({
        cells: [
          `${kind} ${name}`,
          count(statistics.requests),
          milliseconds(statistics.meanMs),
          percentage(failedShare(statistics)),
          calls.map(({ to, requests }) => `→ ${names.get(to) ?? to} (${count(requests)})`).join(', '),
        ],
      })),
    look,
  );
}
