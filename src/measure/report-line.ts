import { isObject } from '../is-object.ts';

/** What Lambda says of one invocation at its end. */
export interface InvocationReport {
  requestId: string;
  durationMs: number;
  billedMs: number;
  memoryMb: number;
  usedMb: number;
  /** Of the cold start that this invocation caused. */
  initMs: number | undefined;
  /** Where the invocation was traced. */
  traceId: string | undefined;
}

/**
 * Reads a REPORT line, or its JSON form, `platform.report`; undefined for every other line.
 * The XRAY line that may follow is part of the same event.
 */
export function parseReport(text: string): InvocationReport | undefined {
  if (text.startsWith('{')) return parseJsonReport(text);
  const requestId = /^REPORT RequestId: (\S+)/.exec(text)?.[1];
  if (requestId === undefined) return undefined;
  const figure = (name: string) => {
    const value = new RegExp(`\\t${name}: ([\\d.]+) (?:ms|MB)`).exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [, traceId, after = ''] = /XRAY TraceId: (\S+)\t(.*)/.exec(text) ?? [];
  return {
    requestId,
    durationMs: figure('Duration') ?? 0,
    billedMs: figure('Billed Duration') ?? 0,
    memoryMb: figure('Memory Size') ?? 0,
    usedMb: figure('Max Memory Used') ?? 0,
    initMs: figure('Init Duration'),
    traceId: after.includes('Sampled: true') ? traceId : undefined,
  };
}

const membersOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** A function may write a line of this type itself, and anything into it. */
function parseJsonReport(text: string): InvocationReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // A function may write what looks like JSON and is none.
  }
  const { type, record } = membersOf(value);
  const { requestId, metrics, tracing } = membersOf(record);
  if (type !== 'platform.report' || typeof requestId !== 'string') return undefined;
  const figures = membersOf(metrics);
  const figure = (name: string) => {
    const found = figures[name];
    return typeof found === 'number' ? found : undefined;
  };
  const { value: traced } = membersOf(tracing);
  const header = typeof traced === 'string' ? traced : '';
  return {
    requestId,
    durationMs: figure('durationMs') ?? 0,
    billedMs: figure('billedDurationMs') ?? 0,
    memoryMb: figure('memorySizeMB') ?? 0,
    usedMb: figure('maxMemoryUsedMB') ?? 0,
    initMs: figure('initDurationMs'),
    traceId: header.includes('Sampled=1') ? /Root=([^;]+)/.exec(header)?.[1] : undefined,
  };
}

/** A log line taken apart. */
export interface LogEntry {
  kind: 'start' | 'end' | 'report' | 'init' | 'line';
  requestId: string | undefined;
  /** `INFO`, `ERROR`… where the line says it. */
  level: string | undefined;
  /** Without the time and request id that Lambda puts before it. */
  message: string;
  report: InvocationReport | undefined;
}

export function parseLogLine(text: string): LogEntry {
  const entry = { requestId: undefined, level: undefined, message: text, report: undefined };
  const report = parseReport(text);
  if (report) return { ...entry, kind: 'report', requestId: report.requestId, report };
  const mark = /^(START|END) RequestId: (\S+)/.exec(text);
  if (mark) return { ...entry, kind: mark[1] === 'START' ? 'start' : 'end', requestId: mark[2] };
  if (text.startsWith('INIT_START ')) return { ...entry, kind: 'init' };
  const [, requestId, level, message] = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(\S+)\t([A-Z]+)\t([\s\S]*)$/.exec(text) ?? [];
  if (message !== undefined) return { ...entry, kind: 'line', requestId, level, message };
  // What ended the process: the time, the request's id, the reason.
  const ended = /^\d{4}-\d\d-\d\dT[\d:.]+Z (?:RequestId: )?([0-9a-f-]{36}) ([\s\S]*)$/.exec(text);
  return { ...entry, kind: 'line', requestId: ended?.[1], message: ended?.[2] ?? text };
}
