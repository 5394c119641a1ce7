import * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { defineService } from '../operations.ts';
import { adminUserOperations } from './admin-user-operations.ts';
import { authOperations } from './auth-operations.ts';
import { brandingOperations } from './branding-operations.ts';
import { clientOperations } from './client-operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { domainOperations } from './domains.ts';
import { groupOperations } from './group-operations.ts';
import { listUsersOperations } from './list-users.ts';
import { permission } from './permission.ts';
import { poolOperations } from './pool-operations.ts';
import { resourceServerOperations } from './resource-server-operations.ts';
import { selfOperations } from './self-operations.ts';
import { signUpOperations } from './sign-up-operations.ts';

/** Cognito user pools: sign-up and sign-in with passwords, messages to a local inbox; no MFA or federation. */
export const service = defineService<sdk.CognitoIdentityProvider>({
  signingName: 'cognito-idp',
  protocol: 'json-1.1',
  targetPrefix: 'AWSCognitoIdentityProviderService',
  sdk,
  constraints,
  validation: { code: 'InvalidParameterException' },
  operations: {
    ...adminUserOperations,
    ...authOperations,
    ...brandingOperations,
    ...clientOperations,
    ...groupOperations,
    ...poolOperations,
    ...resourceServerOperations,
    ...selfOperations,
    ...signUpOperations,
    ...domainOperations,
    ...listUsersOperations,
  },
  permission,
});
