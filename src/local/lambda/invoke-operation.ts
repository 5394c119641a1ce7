import type { InvokeCommandInput, Lambda } from '@aws-sdk/client-lambda';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import { latest, requireVersion } from './functions.ts';
import { readTarget } from './names.ts';
import { refuseUnserved } from './settings.ts';

async function invoke(input: InvokeCommandInput, { engine, region }: Call) {
  refuseUnserved({
    'durable executions (DurableExecutionName)': input.DurableExecutionName,
    'tenants (TenantId)': input.TenantId,
  });
  const { name: functionName, qualifier } = readTarget(engine, region, input);
  // For a dry run too; who named no version is told that there is no `$LATEST`.
  requireVersion(engine, region, { FunctionName: functionName, Qualifier: qualifier ?? latest });
  const payload = input.Payload instanceof Uint8Array ? input.Payload : Buffer.alloc(0);
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
  const invocation = { region, functionName, qualifier, payload };
  if (input.InvocationType === 'Event') {
    // A client context is for those who wait for the answer. Source: Lambda API reference, Invoke.
    await engine.functions.invokeLater(invocation);
    return { StatusCode: 202 };
  }
  const result = await engine.functions.invoke({ ...invocation, clientContext: input.ClientContext });
  return {
    StatusCode: 200,
    ExecutedVersion: result.version,
    Payload: result.payload,
    ...(result.functionError && { FunctionError: result.functionError }),
    ...(input.LogType === 'Tail' && { LogResult: Buffer.from(result.logTail()).toString('base64') }),
  };
}

export const invokeOperations = { Invoke: invoke } satisfies Operations<Lambda>;
