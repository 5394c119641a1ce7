import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Aws } from './aws.ts';
import { isOutcomeUnknown } from './errors.ts';

export interface Invocation {
  /** JSON text: the handler's answer, or an error object in Lambda's form. */
  payload: string;
  functionError: string | undefined;
  /** The last 4 KB of this invocation's log. */
  logTail: string;
}

/** Invokes a function directly, past the API, where it may run for up to 15 minutes. `payload`: JSON text. Throws DynopsError. */
export async function invokeFunction(
  aws: Aws,
  what: { functionName: string; payload: string; timeoutSeconds: number },
): Promise<Invocation> {
  const { functionName: FunctionName, payload, timeoutSeconds } = what;
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(payload), LogType: 'Tail' });
  const limits = { once: true, workMs: timeoutSeconds * 1000 };
  const answer = await aws.call(LambdaClient, command, limits).catch((error: unknown) => {
    if (!isOutcomeUnknown(error)) throw error;
    throw error.with({ facts: { mayHaveRun: true } });
  });
  return {
    payload: Buffer.from(answer.Payload ?? []).toString(),
    functionError: answer.FunctionError,
    logTail: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
}
