import * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { defineService } from '../operations.ts';
import { adminUserOperations } from './admin-user-operations.ts';
import { authOperations } from './auth-operations.ts';
import { brandingOperations } from './branding-operations.ts';
import { clientOperations } from './client-operations.ts';
import { domainOperations } from './domains.ts';
import { groupOperations } from './group-operations.ts';
import { listUsersOperations } from './list-users.ts';
import { poolOperations } from './pool-operations.ts';
import { resourceServerOperations } from './resource-server-operations.ts';
import { selfOperations } from './self-operations.ts';

/** Cognito user pools: sign-in with passwords; no sign-up, messages, MFA or federation. */
export const service = defineService<sdk.CognitoIdentityProvider>({
  signingName: 'cognito-idp',
  protocol: 'json-1.1',
  targetPrefix: 'AWSCognitoIdentityProviderService',
  sdk,
  validationError: 'InvalidParameterException',
  operations: {
    ...adminUserOperations,
    ...authOperations,
    ...brandingOperations,
    ...clientOperations,
    ...groupOperations,
    ...poolOperations,
    ...resourceServerOperations,
    ...selfOperations,
    ...domainOperations,
    ...listUsersOperations,
  },
  unsigned: [
    // Not served, but to be answered so rather than asked for a signature.
    'AssociateSoftwareToken',
    'CompleteWebAuthnRegistration',
    'ConfirmDevice',
    'ConfirmForgotPassword',
    'ConfirmSignUp',
    'DeleteWebAuthnCredential',
    'ForgetDevice',
    'ForgotPassword',
    'GetDevice',
    'GetUserAttributeVerificationCode',
    'GetUserAuthFactors',
    'ListDevices',
    'ListWebAuthnCredentials',
    'ResendConfirmationCode',
    'SetUserMFAPreference',
    'SetUserSettings',
    'SignUp',
    'StartWebAuthnRegistration',
    'UpdateAuthEventFeedback',
    'UpdateDeviceStatus',
    'VerifySoftwareToken',
    'VerifyUserAttribute',
    'InitiateAuth',
    'RespondToAuthChallenge',
    'GetTokensFromRefreshToken',
    'GetUser',
    'ChangePassword',
    'UpdateUserAttributes',
    'DeleteUserAttributes',
    'DeleteUser',
    'GlobalSignOut',
    'RevokeToken',
  ],
});
