import * as sdk from '@aws-sdk/client-xray';
import { defineService } from '../operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { traceOperations } from './trace-operations.ts';

export const service = defineService<sdk.XRay>({
  signingName: 'xray',
  protocol: 'rest-json',
  sdk,
  constraints,
  validation: { code: 'InvalidRequestException' },
  operations: traceOperations,
});
