import * as sdk from '@aws-sdk/client-iam';
import { defineService } from '../operations.ts';
import { accountOperations } from './account-operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { permission } from './permission.ts';
import { policyOperations } from './policy-operations.ts';
import { roleOperations } from './role-operations.ts';

export const service = defineService<sdk.IAM>({
  signingName: 'iam',
  protocol: 'query',
  version: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sdk,
  constraints,
  validation: { code: 'ValidationError', hidesValues: true, requiresElements: true },
  operations: { ...roleOperations, ...policyOperations, ...accountOperations },
  permission,
});
