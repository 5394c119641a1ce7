/** The variable in which a function's process is handed, as JSON, those that its owner set. */
export const ownVariables = 'DYNOPS_FUNCTION_VARIABLES';

/** What the engine tells a function's process: run this. */
export interface ToFunction {
  requestId: string;
  functionArn: string;
  /** JSON text. */
  payload: string;
  /** Milliseconds since the epoch. */
  deadlineMs: number;
  /** For `_X_AMZN_TRACE_ID`. */
  traceId?: string | undefined;
  /** JSON text. */
  clientContext?: string | undefined;
  /** Milliseconds to wait before the answer for each of processor time; see `cpu-share.ts`. */
  cpuWaitPerMs: number;
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
  | { kind: 'log'; level: string; requestId: string; text: string }
  | { kind: 'answer'; requestId: string; payload: string; maxMemoryBytes: number }
  | { kind: 'error'; requestId: string; error: FunctionError; maxMemoryBytes: number };

/** Reads a message that may be anything; undefined: not one of ours. */
export function readMessage(message: unknown): FromFunction | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  const fields = message as Record<string, unknown>;
  const texts = (...names: string[]) => names.every((name) => typeof fields[name] === 'string');
  switch (fields.kind) {
    case 'ready':
      return { kind: 'ready' };
    case 'init-error':
      return isFunctionError(fields.error) ? { kind: 'init-error', error: fields.error } : undefined;
    case 'log':
      return texts('level', 'requestId', 'text') ? (message as FromFunction) : undefined;
    case 'answer':
      return texts('requestId', 'payload') ? (message as FromFunction) : undefined;
    case 'error':
      return texts('requestId') && isFunctionError(fields.error) ? (message as FromFunction) : undefined;
    default:
      return undefined;
  }
}

function isFunctionError(error: unknown): error is FunctionError {
  if (typeof error !== 'object' || error === null) return false;
  const { errorType, errorMessage, trace } = error as Record<string, unknown>;
  return typeof errorType === 'string' && typeof errorMessage === 'string' && Array.isArray(trace);
}
