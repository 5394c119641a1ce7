import type { EngineParts } from '../../engine-parts.ts';
import type { LogEvent } from '../../logs/gathered-events.ts';
import { createWritePermission } from '../../logs/write-permission.ts';
import { type FunctionRecord, usualLevels, versionOf } from '../functions.ts';

/** How an invocation ended, for its REPORT line. */
export interface Report {
  durationMs: number;
  /** undefined: the process was warm. */
  initDurationMs: number | undefined;
  maxMemoryBytes: number;
  /** Why the runtime itself ended it. */
  problem: string | undefined;
  /** `Root=…;Parent=…;Sampled=…` */
  traceHeader: string | undefined;
}

/** The log stream of one process, in the form that Lambda writes it. */
export interface InvocationLog {
  /** A line that the function wrote; `level` for those of its console. */
  line(text: string, level: string | undefined): void;
  /** What a runtime of its own writes, whole. */
  event(text: string): void;
  start(requestId: string, options: { cold: boolean }): void;
  /** Writes what `start` has to say, which otherwise waits for what follows. */
  begun(): void;
  /** What was started did not begin; nothing was said of it yet. */
  abandon(requestId: string): void;
  /** Writes END and REPORT; what it answers gives the invocation's last 4 KB. */
  end(report: Report): () => string;
}

const tailBytes = 4_096;
/** From the least to the most serious. */
const levelOrder = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

export function createInvocationLog(engine: EngineParts, record: FunctionRecord, stream: string): InvocationLog {
  const { format, levels = usualLevels } = record.logging;
  const json = format === 'JSON';
  const isKept = (level: string, least: string) => levelOrder.indexOf(level) >= levelOrder.indexOf(least);
  const { region, roleArn, logging } = record;
  const mayWrite = createWritePermission(engine, { region, group: logging.group, stream, roleArn: () => roleArn });
  let requestId: string | undefined;
  /** Written with the times that they had, when it is sure that the invocation runs. */
  let announced: LogEvent[] = [];
  let tail: string[] = [];
  let tailLength = 0;

  const begun = () => {
    if (announced.length === 0) return;
    const events = announced;
    announced = [];
    write(events);
  };
  const add = (...messages: string[]) => {
    const timestamp = engine.clock();
    for (const message of messages) announced.push({ timestamp, message });
    begun();
  };
  const announce = (messages: string[]) => {
    for (const message of messages) announced.push({ timestamp: engine.clock(), message });
  };
  const write = (events: LogEvent[]) => {
    for (const { message } of events) {
      // Recorded: no part of it (localstack `lambda_/test_lambda` test_invocation_with_logs, 2025).
      if (message === initStart) continue;
      tail.push(message);
      tailLength += message.length;
      while (tail[0] !== undefined && tailLength - tail[0].length >= tailBytes) tailLength -= tail.shift()?.length ?? 0;
    }
    if (mayWrite()) engine.logs.append(record.region, record.logging.group, stream, events);
  };
  const clearTail = () => {
    tail = [];
    tailLength = 0;
  };
  /** Lambda's own lines of a JSON log; all are of level INFO. */
  const platform = (type: string, details: object) =>
    isKept('INFO', levels.system)
      ? [`${JSON.stringify({ time: new Date(engine.clock()).toISOString(), type, record: details })}\n`]
      : [];

  const { runtime } = record;
  const version = versionOf(record);
  const arn = `arn:aws:lambda:${record.region}::runtime:local`;
  const [initStart] = json
    ? platform('platform.initStart', { initializationType: 'on-demand', runtimeVersion: runtime })
    : [`INIT_START Runtime Version: ${runtime.replace(/^[a-z]+/, '$&:')}\tRuntime Version ARN: ${arn}\n`];
  if (initStart !== undefined) announce([initStart]);

  return {
    line(text, level) {
      if (json && level !== undefined && !isKept(level, levels.application)) return;
      if (level === undefined) {
        add(`${text}\n`);
        return;
      }
      const time = new Date(engine.clock()).toISOString();
      if (json) add(`${JSON.stringify({ timestamp: time, level, requestId, message: text })}\n`);
      else add(`${time}\t${requestId ?? '-'}\t${level}\t${text}\n`);
    },
    event: (text) => add(text),
    start(id, { cold }) {
      requestId = id;
      if (!cold) clearTail();
      announce(
        json
          ? platform('platform.start', { requestId: id, version })
          : [`START RequestId: ${id} Version: ${version}\n`],
      );
    },
    begun,
    abandon(id) {
      if (requestId !== id) return;
      requestId = undefined;
      announced = [];
    },
    end(report) {
      const id = requestId ?? '';
      if (report.problem !== undefined) add(`${new Date(engine.clock()).toISOString()} ${report.problem}\n\n`);
      const last = json
        ? platform('platform.report', reportRecord(record, id, report))
        : [`END RequestId: ${id}\n`, reportLine(record, id, report)];
      add(...last);
      requestId = undefined;
      const own = tail;
      return () => Buffer.from(own.join('')).subarray(-tailBytes).toString('utf8');
    },
  };
}

/** Billed time is rounded up to a millisecond, and since August 2025 has the start in it. */
function figures(record: FunctionRecord, report: Report) {
  const { durationMs, initDurationMs = 0, maxMemoryBytes } = report;
  return {
    durationMs,
    billedMs: Math.ceil(durationMs + initDurationMs),
    memoryMb: record.memoryMb,
    usedMb: Math.min(record.memoryMb, Math.ceil(maxMemoryBytes / 1024 / 1024)),
  };
}

function reportLine(record: FunctionRecord, requestId: string, report: Report): string {
  const { durationMs, billedMs, memoryMb, usedMb } = figures(record, report);
  const init = report.initDurationMs === undefined ? '' : `Init Duration: ${report.initDurationMs.toFixed(2)} ms\t`;
  const line = `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${usedMb} MB\t${init}\n`;
  const root = /Root=([^;]+)/.exec(report.traceHeader ?? '')?.[1];
  const sampled = /Sampled=1/.test(report.traceHeader ?? '');
  const parent = /Parent=([^;]+)/.exec(report.traceHeader ?? '')?.[1];
  if (record.tracing !== 'Active' || root === undefined) return line;
  return `${line}XRAY TraceId: ${root}\tSegmentId: ${parent ?? '-'}\tSampled: ${sampled}\t\n`;
}

function reportRecord(record: FunctionRecord, requestId: string, report: Report) {
  const { durationMs, billedMs, memoryMb, usedMb } = figures(record, report);
  return {
    requestId,
    metrics: {
      durationMs,
      billedDurationMs: billedMs,
      memorySizeMB: memoryMb,
      maxMemoryUsedMB: usedMb,
      ...(report.initDurationMs !== undefined && { initDurationMs: report.initDurationMs }),
    },
    status: report.problem === undefined ? 'success' : 'error',
  };
}
