import type { FunctionRecord } from '../functions.ts';
import type { Outcome } from './invocation-queue.ts';
import type { FunctionError } from './messages.ts';

/** What the caller gets, in Lambda's own forms. */
export function answerOf(
  outcome: Outcome,
  { timeoutSeconds, runtime }: FunctionRecord,
  requestId: string,
): { payload: Uint8Array; error?: Partial<FunctionError> } {
  switch (outcome.kind) {
    case 'answer':
      return { payload: outcome.payload };
    case 'error': {
      const { errorType, errorMessage, trace } = outcome.error;
      // Lambda's own words, not the runtime's.
      if (errorType.startsWith('Function.')) return failed({ errorMessage, errorType });
      if (!runtime.startsWith('python')) return failed(outcome.error);
      return failed({ errorMessage, errorType, requestId: outcome.atLoad ? '' : requestId, stackTrace: trace });
    }
    case 'timeout':
      return failed({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      });
    case 'exit':
      return failed({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} ${outcome.description}` });
    case 'untaken':
      return failed({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${requestId} Error: Runtime exited before it took the invocation`,
      });
  }
}

function failed(error: Partial<FunctionError> & { requestId?: string; stackTrace?: string[] }): {
  payload: Uint8Array;
  error: Partial<FunctionError>;
} {
  return { payload: Buffer.from(JSON.stringify(error)), error };
}
