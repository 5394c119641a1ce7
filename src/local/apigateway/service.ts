import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-api-gateway';
import type { Engine } from '../engine.ts';
import { defineService } from '../operations.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError, type Call } from '../service.ts';
import { apiOperations } from './api-operations.ts';
import { authorizerOperations } from './authorizer-operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { deploymentOperations } from './deployment-operations.ts';
import { gatewayResponseOperations } from './gateway-responses.ts';
import { integrationOperations } from './integration-operations.ts';
import { methodOperations } from './method-operations.ts';
import { modelOperations } from './models.ts';
import { permission } from './permission.ts';
import { resourceOperations } from './resource-operations.ts';
import { stageOperations } from './stage-operations.ts';
import { testInvokeOperations } from './test-invoke.ts';

const changing = perEngine(() => new Set<string>());

/** In an account, changes of one API that meet are refused; so are they here, where AWS is simulated. */
async function refuseMeetingChanges(
  operation: string,
  input: Record<string, unknown>,
  { engine }: Call,
  run: () => unknown,
): Promise<unknown> {
  const isChange = /^(Create|Put|Update|Delete)/.test(operation) && !ofNoApi.has(operation);
  if (!isChange || engine.simulation.scale === 0) return run();
  const busy = changing(engine);
  const id = String(input.restApiId);
  if (busy.has(id)) throw concurrentModification();
  busy.add(id);
  try {
    const answer = await run();
    await settle(engine);
    return answer;
  } finally {
    busy.delete(id);
  }
}

const ofNoApi = new Set(['CreateRestApi', 'UpdateAccount']);

const settle = (engine: Engine) => sleep(engine.simulation.delayMs('apigateway.change-settles'));

function concurrentModification(): AwsError {
  return new AwsError(
    'ConflictException',
    'Unable to complete operation due to concurrent modification. Please try again later.',
  );
}

export const service = defineService<sdk.APIGateway>({
  signingName: 'apigateway',
  protocol: 'rest-json',
  sdk,
  constraints,
  validation: { code: 'ValidationException', namesInput: true },
  operations: {
    ...apiOperations,
    ...authorizerOperations,
    ...deploymentOperations,
    ...gatewayResponseOperations,
    ...integrationOperations,
    ...methodOperations,
    ...modelOperations,
    ...resourceOperations,
    ...stageOperations,
    ...testInvokeOperations,
  },
  around: refuseMeetingChanges,
  permission,
});
