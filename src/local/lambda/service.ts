import * as sdk from '@aws-sdk/client-lambda';
import { defineService } from '../operations.ts';
import { aliasOperations } from './alias-operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { eventInvokeOperations } from './event-invoke-operations.ts';
import { functionOperations } from './function-operations.ts';
import { invokeOperations } from './invoke-operation.ts';
import { permission } from './permission.ts';
import { permissionOperations } from './permission-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { versionOperations } from './version-operations.ts';

export const service = defineService<sdk.Lambda>({
  signingName: 'lambda',
  protocol: 'rest-json',
  sdk,
  constraints,
  validation: { code: 'ValidationException', requiresElements: true },
  operations: {
    ...aliasOperations,
    ...eventInvokeOperations,
    ...functionOperations,
    ...invokeOperations,
    ...permissionOperations,
    ...tagOperations,
    ...versionOperations,
  },
  permission,
});
