import * as sdk from '@aws-sdk/client-lambda';
import { defineService } from '../operations.ts';
import { functionOperations } from './function-operations.ts';
import { invokeOperations } from './invoke-operation.ts';
import { permissionOperations } from './permission-operations.ts';
import { tagOperations } from './tag-operations.ts';

export const service = defineService<sdk.Lambda>({
  signingName: 'lambda',
  protocol: 'rest-json',
  sdk,
  operations: { ...functionOperations, ...invokeOperations, ...permissionOperations, ...tagOperations },
});
