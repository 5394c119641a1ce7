import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-api-gateway';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError, type Call, type Service } from '../service.ts';
import { apiOperations } from './api-operations.ts';
import { authorizerOperations } from './authorizer-operations.ts';
import { integrationOperations } from './integration-operations.ts';
import { methodOperations } from './method-operations.ts';
import { modelOperations } from './models.ts';
import { resourceOperations } from './resource-operations.ts';
import { stageOperations } from './stage-operations.ts';
import { testInvokeMethod } from './test-invoke.ts';

const operations: Service['operations'] = {
  ...apiOperations,
  ...authorizerOperations,
  ...integrationOperations,
  ...methodOperations,
  ...modelOperations,
  ...resourceOperations,
  ...stageOperations,
  TestInvokeMethod: testInvokeMethod,
};

const changing = perEngine(() => new Set<string>());

/** In an account, changes of one API that meet are refused; so are they here, where AWS is simulated. */
function refuseMeetingChanges(name: string, operation: Service['operations'][string]): Service['operations'][string] {
  if (!/^(Create|Put|Update|Delete)/.test(name) || name === 'CreateRestApi' || name === 'UpdateAccount')
    return operation;
  return async (input: { restApiId?: string }, call: Call) => {
    const { engine } = call;
    if (engine.simulation.scale === 0) return operation(input as never, call);
    const busy = changing(engine);
    const id = input.restApiId ?? '';
    if (busy.has(id)) throw concurrentModification();
    busy.add(id);
    try {
      const answer = await operation(input as never, call);
      await settle(engine);
      return answer;
    } finally {
      busy.delete(id);
    }
  };
}

const settle = (engine: Engine) => sleep(engine.simulation.delayMs('apigateway.change-settles'));

function concurrentModification(): AwsError {
  return new AwsError(
    'ConflictException',
    'Unable to complete operation due to concurrent modification. Please try again later.',
  );
}

export const service: Service = {
  signingName: 'apigateway',
  protocol: 'rest-json',
  sdk,
  validationError: 'BadRequestException',
  operations: Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, refuseMeetingChanges(name, operation)]),
  ),
};
