import type { FunctionError } from './messages.ts';

/** Errors that Lambda names `Runtime.…`. */
export function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  return error;
}

/** A thrown value in Lambda's form. Source: aws-lambda-nodejs-runtime-interface-client, Errors.js. */
export function describeError(thrown: unknown): FunctionError {
  if (thrown instanceof Error || isErrorLike(thrown)) {
    const { name, message, stack } = thrown;
    return {
      errorType: String(name),
      errorMessage: String(message) + whatWasRefused(thrown),
      trace: typeof stack === 'string' ? stack.split('\n') : [],
    };
  }
  return { errorType: typeof thrown, errorMessage: textOf(thrown), trace: [] };
}

/** A promise that was rejected and that nobody handled: its reason is the message. */
export function describeRejection(reason: unknown): FunctionError & { reason: FunctionError } {
  const error = runtimeError('UnhandledPromiseRejection', textOf(reason));
  const described = describeError(reason);
  const trace = [`${error.name}: ${error.message}`, ...described.trace.slice(1)];
  return { errorType: error.name, errorMessage: error.message, trace, reason: described };
}

const refusals: Record<string, string> = {
  FileSystemRead: 'a function may read only its own code, its runtime and /tmp',
  FileSystemWrite: 'a function may write only to /tmp',
  ChildProcess: 'a function may not start programs here',
  WorkerThreads: 'a function may not start threads here',
  WASI: 'WASI is not served here',
  Inspector: 'the debugger is not served here',
};

/** Node's permission model says that something was refused; what and why are in members of the error. */
function whatWasRefused(error: Error): string {
  if (!('code' in error) || error.code !== 'ERR_ACCESS_DENIED' || !('permission' in error)) return '';
  const permission = String(error.permission);
  const resource = 'resource' in error && error.resource ? ` of ${String(error.resource)}` : '';
  return ` (${permission}${resource}: ${refusals[permission] ?? 'not served here'})`;
}

/** Errors of another realm (`vm`) are no instances of this one's. */
function isErrorLike(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && 'message' in thrown && 'stack' in thrown;
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'an error that cannot be shown';
  }
}
