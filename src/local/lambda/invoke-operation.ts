import type { InvokeCommandInput, Lambda } from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import { readTarget, requireFunction } from './functions.ts';
import { refuseUnserved } from './settings.ts';

async function invoke(input: InvokeCommandInput, { engine, region }: Call) {
  refuseUnserved({
    'durable executions (DurableExecutionName)': input.DurableExecutionName,
    'tenants (TenantId)': input.TenantId,
  });
  const { name: asked, qualifier = '$LATEST' } = readTarget(engine, region, input);
  const { name } = requireFunction(engine, region, asked, qualifier);
  const payload = input.Payload instanceof Uint8Array ? input.Payload : Buffer.alloc(0);
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
  const invocation = {
    region,
    functionName: name,
    payload,
    ...(input.ClientContext !== undefined && { clientContext: input.ClientContext }),
  };
  if (input.InvocationType === 'Event') {
    inBackground(engine, invocation);
    return { StatusCode: 202 };
  }
  const result = await engine.functions.invoke(invocation);
  return {
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    Payload: result.payload,
    ...(result.functionError && { FunctionError: result.functionError }),
    ...(input.LogType === 'Tail' && { LogResult: Buffer.from(result.logTail()).toString('base64') }),
  };
}

/** Asynchronous invocations are tried three times in all. */
function inBackground(engine: Engine, invocation: Parameters<Engine['functions']['invoke']>[0], attempt = 1): void {
  engine.functions.invoke(invocation).then(
    ({ functionError }) => {
      if (functionError && attempt < 3) inBackground(engine, invocation, attempt + 1);
    },
    (error: unknown) => engine.log(`an asynchronous invocation of ${invocation.functionName} failed: ${String(error)}`),
  );
}

export const invokeOperations = { Invoke: invoke } satisfies Operations<Lambda>;
