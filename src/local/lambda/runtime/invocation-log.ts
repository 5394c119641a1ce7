import type { Engine } from '../../engine.ts';
import type { LogEvent } from '../../logs/log-store.ts';
import { type FunctionRecord, usualLevels } from '../functions.ts';

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
  start(requestId: string, options: { cold: boolean }): void;
  /** Writes END and REPORT; answers the invocation's last 4 KB. */
  end(report: Report): string;
}

const tailBytes = 4_096;
/** From the least to the most serious. */
const levelOrder = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

export function createInvocationLog(engine: Engine, record: FunctionRecord, stream: string): InvocationLog {
  const { format, levels = usualLevels } = record.logging;
  const json = format === 'JSON';
  const isKept = (level: string, least: string) => levelOrder.indexOf(level) >= levelOrder.indexOf(least);
  let requestId: string | undefined;
  let pending: LogEvent[] = [];
  let tail: string[] = [];

  const add = (message: string) => {
    pending.push({ timestamp: engine.clock(), message });
    tail.push(message);
  };
  const flush = () => {
    const { region, logging, roleArn } = record;
    const arn = `arn:aws:logs:${region}:${engine.accountId}:log-group:${logging.group}`;
    // A group that is gone comes back only by a role that may make it, as in an account.
    const mayWrite =
      engine.logs.findGroup(region, logging.group) !== undefined ||
      engine.mayPerform(roleArn, 'logs:CreateLogGroup', arn);
    if (mayWrite) engine.logs.append(region, logging.group, stream, pending);
    pending = [];
  };
  /** Lambda's own lines of a JSON log; all are of level INFO. */
  const addPlatform = (type: string, details: object) => {
    if (!isKept('INFO', levels.system)) return;
    add(`${JSON.stringify({ time: new Date(engine.clock()).toISOString(), type, record: details })}\n`);
  };

  return {
    line(text, level) {
      if (json && level !== undefined && !isKept(level, levels.application)) return;
      const time = new Date(engine.clock()).toISOString();
      if (level === undefined) add(`${text}\n`);
      else if (json) add(`${JSON.stringify({ timestamp: time, level, requestId, message: text })}\n`);
      else add(`${time}\t${requestId ?? '-'}\t${level}\t${text}\n`);
      // What the function says is shown while it still runs.
      flush();
    },
    start(id, { cold }) {
      requestId = id;
      tail = [];
      const { runtime } = record;
      if (json) {
        if (cold) addPlatform('platform.initStart', { initializationType: 'on-demand', runtimeVersion: runtime });
        addPlatform('platform.start', { requestId: id, version: '$LATEST' });
        return;
      }
      if (cold) {
        const arn = `arn:aws:lambda:${record.region}::runtime:local`;
        add(`INIT_START Runtime Version: ${runtime.replace('nodejs', 'nodejs:')}\tRuntime Version ARN: ${arn}\n`);
      }
      add(`START RequestId: ${id} Version: $LATEST\n`);
    },
    end(report) {
      const id = requestId ?? '';
      if (report.problem !== undefined) add(`${new Date(engine.clock()).toISOString()} ${report.problem}\n\n`);
      if (json) addPlatform('platform.report', reportRecord(record, id, report));
      else {
        add(`END RequestId: ${id}\n`);
        add(reportLine(record, id, report));
      }
      flush();
      requestId = undefined;
      return Buffer.from(tail.join('')).subarray(-tailBytes).toString('utf8');
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
