/** One invocation, as the Lambda service and the API gateway ask for it. */
export interface InvokeInput {
  region: string;
  functionName: string;
  /** The version or alias that was named, which the context says with the function's ARN; undefined: none was. */
  qualifier?: string | undefined;
  /** Raw request payload: must be JSON, or empty for `{}`. */
  payload: Uint8Array;
  /** `X-Amzn-Trace-Id` of the caller: `Root=…;Parent=…;Sampled=0|1`. */
  traceHeader?: string | undefined;
  /** The caller's base64 client context, for direct invocations. */
  clientContext?: string | undefined;
  /** UUID, of an event that is tried again; undefined: a new one. */
  requestId?: string | undefined;
}

export interface InvokeResult {
  /** UUID, as in START and REPORT lines. */
  requestId: string;
  /** Which version ran. */
  version: string;
  /** Raw response payload: the handler's JSON, or an error object where `functionError` is set. */
  payload: Uint8Array;
  functionError: 'Unhandled' | undefined;
  /** Last 4 KB of this invocation's log, for `LogType: Tail`. */
  logTail: () => string;
  /** Milliseconds since the epoch. */
  startedAtMs: number;
  durationMs: number;
  /** undefined: the process was warm. */
  initDurationMs: number | undefined;
}
