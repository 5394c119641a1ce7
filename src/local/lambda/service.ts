import * as sdk from '@aws-sdk/client-lambda';
import type { Service } from '../service.ts';
import { functionOperations } from './function-operations.ts';
import { permissionOperations } from './permission-operations.ts';
import { tagOperations } from './tag-operations.ts';

export const service: Service = {
  signingName: 'lambda',
  protocol: 'rest-json',
  sdk,
  operations: { ...functionOperations, ...permissionOperations, ...tagOperations },
};
