/** One invocation, as the Lambda service and the API gateway ask for it. */
export interface InvokeInput {
  region: string;
  functionName: string;
  /** Raw request payload: must be JSON, or empty for `{}`. */
  payload: Uint8Array;
  /** `X-Amzn-Trace-Id` of the caller: `Root=…;Parent=…;Sampled=0|1`. */
  traceHeader?: string | undefined;
  /** The caller's base64 client context, for direct invocations. */
  clientContext?: string | undefined;
}

export interface InvokeResult {
  /** 16-byte request id in UUID form, as in START and REPORT lines. */
  requestId: string;
  /** Raw response payload: the handler's JSON, or an error object where `functionError` is set. */
  payload: Uint8Array;
  functionError: 'Unhandled' | undefined;
  /** Last 4 KB of this invocation's log, for `LogType: Tail`. */
  logTail: string;
  durationMs: number;
  initDurationMs: number | undefined;
}

/** Runs uploaded zips in Node processes of their own. */
export interface FunctionRuntime {
  /** Throws AwsError: ResourceNotFoundException, ResourceConflictException, InvalidRequestContentException, TooManyRequestsException, RequestTooLargeException. */
  invoke(input: InvokeInput): Promise<InvokeResult>;
  /** Ends the processes of a function whose code or configuration changed or that was deleted. */
  retire(region: string, functionName: string): Promise<void>;
  close(): Promise<void>;
}
