import * as sdk from '@aws-sdk/client-lambda';
import type { Service } from '../service.ts';
import { functionOperations } from './function-operations.ts';
import { invoke } from './invoke-operation.ts';
import { permissionOperations } from './permission-operations.ts';
import { tagOperations } from './tag-operations.ts';

export const service: Service = {
  signingName: 'lambda',
  protocol: 'rest-json',
  sdk,
  operations: { ...functionOperations, Invoke: invoke, ...permissionOperations, ...tagOperations },
};
