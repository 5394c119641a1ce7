import { encodeFrame, type Frame } from './frames.ts';

/** The variable in which a function's process is handed, as JSON, those that its owner set. */
export const ownVariables = 'DYNOPS_FUNCTION_VARIABLES';
/** The variable in which it is told the process id that the machine knows, where it sees another one itself. */
export const processId = 'DYNOPS_PROCESS_ID';
/** The descriptor of the pipe to the engine. */
export const pipeDescriptor = 3;

/** What the engine tells a function's process: run this. */
export interface ToFunction {
  requestId: string;
  functionArn: string;
  /** Milliseconds since the epoch. */
  deadlineMs: number;
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
  | { kind: 'log'; level: string; text: string }
  /** The invocation has been read; what the one before it left behind did not keep it from that. */
  | { kind: 'taken'; requestId: string }
  | { kind: 'answer'; requestId: string; payload: Buffer; maxMemoryBytes: number }
  | { kind: 'error'; requestId: string; error: FunctionError; maxMemoryBytes: number };

const letters = { ready: 'R', 'init-error': 'F', log: 'L', taken: 'T', answer: 'A', error: 'E' } as const;

export function encodeToFunction(invocation: ToFunction): Buffer {
  const { requestId, functionArn, deadlineMs, traceId, clientContext, cpuWaitPerMs, payload } = invocation;
  return encodeFrame('I', { requestId, functionArn, deadlineMs, traceId, clientContext, cpuWaitPerMs }, payload);
}

export function readToFunction({ header, body }: Frame): ToFunction {
  // Written by the engine.
  return { ...(header as Omit<ToFunction, 'payload'> & Record<string, unknown>), payload: body };
}

export function encodeFromFunction(message: FromFunction): Buffer {
  const letter = letters[message.kind];
  switch (message.kind) {
    case 'ready':
    case 'taken':
      return encodeFrame(letter, message);
    case 'init-error':
      return encodeFrame(letter, {}, JSON.stringify(message.error));
    case 'log':
      return encodeFrame(letter, { level: message.level }, message.text);
    case 'answer': {
      const { requestId, maxMemoryBytes } = message;
      return encodeFrame(letter, { requestId, maxMemoryBytes }, message.payload);
    }
    case 'error': {
      const { requestId, maxMemoryBytes } = message;
      return encodeFrame(letter, { requestId, maxMemoryBytes }, JSON.stringify(message.error));
    }
  }
}

/** Reads a frame that anybody may have written; undefined: not one of ours. */
export function readFromFunction({ kind, header, body }: Frame): FromFunction | undefined {
  const { requestId, level, maxMemoryBytes } = header;
  switch (kind) {
    case letters.ready:
      return { kind: 'ready' };
    case letters['init-error']: {
      const error = readError(body);
      return error && { kind: 'init-error', error };
    }
    case letters.log:
      return typeof level === 'string' && logLevel.test(level)
        ? { kind: 'log', level, text: body.toString('utf8') }
        : undefined;
    case letters.taken:
      return typeof requestId === 'string' ? { kind: 'taken', requestId } : undefined;
    case letters.answer:
      return typeof requestId === 'string' && isBytes(maxMemoryBytes)
        ? { kind: 'answer', requestId, maxMemoryBytes, payload: body }
        : undefined;
    case letters.error: {
      const error = readError(body);
      return error && typeof requestId === 'string' && isBytes(maxMemoryBytes)
        ? { kind: 'error', requestId, maxMemoryBytes, error }
        : undefined;
    }
    default:
      return undefined;
  }
}

const logLevel = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)$/;

const isBytes = (value: unknown): value is number => typeof value === 'number' && value >= 0;

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
