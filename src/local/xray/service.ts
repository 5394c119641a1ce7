import * as sdk from '@aws-sdk/client-xray';
import { defineService } from '../operations.ts';
import { traceOperations } from './trace-operations.ts';

export const service = defineService<sdk.XRay>({
  signingName: 'xray',
  protocol: 'rest-json',
  sdk,
  validationError: 'InvalidRequestException',
  operations: traceOperations,
});
