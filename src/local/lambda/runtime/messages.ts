import { encodeFrame, type Frame } from './frames.ts';
import { signalText } from './signals.ts';

/** The variable in which a function's process is handed, as JSON, those that its owner set. */
export const ownVariables = 'DYNOPS_FUNCTION_VARIABLES';
/** The variable in which it is told the process id that the machine knows, where it sees another one itself. */
export const processId = 'DYNOPS_PROCESS_ID';
/** The descriptor of the pipe to the engine. */
export const pipeDescriptor = 3;

/** What the engine tells a function's process: run this. */
export interface ToFunction {
  /** Counts what this process was given, from 1. A request that was withdrawn may come back to it, with another number. */
  number: number;
  requestId: string;
  functionArn: string;
  /** How long it may take, from when it begins. */
  limitMs: number;
  /** Something else is to be run before it, so it may be withdrawn: whoever takes it looks for that before it begins. */
  behind: boolean;
  /** For `_X_AMZN_TRACE_ID`. */
  traceId?: string | undefined;
  /** JSON text. */
  clientContext?: string | undefined;
  /** Milliseconds to wait before the answer for each of processor time; see `cpu-share.ts`. */
  cpuWaitPerMs: number;
  /** JSON text. */
  payload: Uint8Array;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** What a function's process tells the engine. It comes from where foreign code runs: believe nothing in it. */
export type FromFunction =
  | { kind: 'ready' }
  | { kind: 'init-error'; error: FunctionError }
  /** `level`: a line of a console; undefined: an event of the log, as it is. */
  | { kind: 'log'; level?: string; text: string }
  /** It sent itself this one, which the first process of a namespace outlives: it is to be ended as by it. */
  | { kind: 'signal'; signal: string }
  /** The invocation has been read; what the one before it left behind did not keep it from that. */
  | { kind: 'taken'; number: number }
  /** It was withdrawn before it began, and will not. */
  | { kind: 'dropped'; number: number }
  | ({ kind: 'answer'; payload: Buffer } & Ended)
  | ({ kind: 'error'; error: FunctionError } & Ended);

export interface Ended {
  requestId: string;
  maxMemoryBytes: number;
  /** How long it ran. */
  durationMs?: number | undefined;
}

const letters = {
  ready: 'R',
  'init-error': 'F',
  log: 'L',
  signal: 'K',
  taken: 'T',
  dropped: 'D',
  answer: 'A',
  error: 'E',
} as const;
const withdrawal = 'W';

export function encodeToFunction(invocation: ToFunction): Buffer {
  const { payload, ...header } = invocation;
  return encodeFrame('I', header, payload);
}

/** What these were given for is not to be run, where it has not begun. */
export function encodeWithdrawal(numbers: number[]): Buffer {
  return encodeFrame(withdrawal, { numbers });
}

/** Written by the engine. */
export function readToFunction({ kind, header, body }: Frame): ToFunction | { withdrawn: number[] } {
  if (kind === withdrawal) return { withdrawn: header.numbers as number[] };
  return { ...(header as Omit<ToFunction, 'payload'> & Record<string, unknown>), payload: body };
}

export function encodeFromFunction(message: FromFunction): Buffer {
  const letter = letters[message.kind];
  switch (message.kind) {
    case 'ready':
      return encodeFrame(letter, {});
    case 'taken':
    case 'dropped':
      return encodeFrame(letter, { number: message.number });
    case 'init-error':
      return encodeFrame(letter, {}, JSON.stringify(message.error));
    case 'log':
      return encodeFrame(letter, { level: message.level }, message.text);
    case 'signal':
      return encodeFrame(letter, { signal: message.signal });
    case 'answer':
    case 'error': {
      const { requestId, maxMemoryBytes, durationMs } = message;
      const body = message.kind === 'answer' ? message.payload : JSON.stringify(message.error);
      return encodeFrame(letter, { requestId, maxMemoryBytes, durationMs }, body);
    }
  }
}

/** Reads a frame that anybody may have written; undefined: not one of ours. */
export function readFromFunction({ kind, header, body }: Frame): FromFunction | undefined {
  const { number, level, signal } = header;
  switch (kind) {
    case letters.ready:
      return { kind: 'ready' };
    case letters['init-error']: {
      const error = readError(body);
      return error && { kind: 'init-error', error };
    }
    case letters.log:
      if (level === undefined) return { kind: 'log', text: body.toString('utf8') };
      return typeof level === 'string' && logLevel.test(level)
        ? { kind: 'log', level, text: body.toString('utf8') }
        : undefined;
    case letters.signal:
      return typeof signal === 'string' && signalText(signal) !== undefined ? { kind: 'signal', signal } : undefined;
    case letters.taken:
      return typeof number === 'number' ? { kind: 'taken', number } : undefined;
    case letters.dropped:
      return typeof number === 'number' ? { kind: 'dropped', number } : undefined;
    case letters.answer: {
      const ended = readEnded(header);
      return ended && { kind: 'answer', payload: body, ...ended };
    }
    case letters.error: {
      const error = readError(body);
      const ended = readEnded(header);
      return error && ended && { kind: 'error', error, ...ended };
    }
    default:
      return undefined;
  }
}

const logLevel = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)$/;

const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0;

function readEnded({ requestId, maxMemoryBytes, durationMs }: Frame['header']): Ended | undefined {
  if (typeof requestId !== 'string' || !isAmount(maxMemoryBytes)) return undefined;
  if (durationMs === undefined) return { requestId, maxMemoryBytes };
  return isAmount(durationMs) ? { requestId, maxMemoryBytes, durationMs } : undefined;
}

function readError(body: Buffer): FunctionError | undefined {
  try {
    const { errorType, errorMessage, trace } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined;
    if (!Array.isArray(trace) || !trace.every((line) => typeof line === 'string')) return undefined;
    return { errorType, errorMessage, trace };
  } catch {
    return undefined; // Neither JSON nor an object.
  }
}
