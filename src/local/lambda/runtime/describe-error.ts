import type { FunctionError } from './messages.ts';

/** A thrown value in Lambda's form. Source: aws-lambda-nodejs-runtime-interface-client, Errors.js. */
export function describeError(thrown: unknown): FunctionError {
  if (thrown instanceof Error || isErrorLike(thrown)) {
    const { name, message, stack } = thrown;
    return {
      errorType: String(name),
      errorMessage: String(message),
      trace: typeof stack === 'string' ? stack.split('\n') : [],
    };
  }
  return { errorType: typeof thrown, errorMessage: textOf(thrown), trace: [] };
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
