import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { invalidParameter } from './constraints.ts';
import { requirePool, requirePublicClient } from './pools.ts';
import { confirmForgotPassword, forgotPassword, resetByAdmin } from './recovery.ts';
import { checkSecretHash } from './sign-in.ts';
import { confirmByAdmin, confirmSignUp, resendSignUpCode, signUp } from './sign-up.ts';
import { requireUser } from './users.ts';

/** The pool, client and name of a call by somebody who is not signed in; the client's secret, where it has one, is proved. */
function from(
  { engine }: Call,
  input: { ClientId?: string | undefined; Username?: string | undefined; SecretHash?: string | undefined },
) {
  const to = requirePublicClient(engine, input.ClientId);
  const { Username: username = '' } = input;
  checkSecretHash(to.client, username, input.SecretHash);
  return { engine, to, username };
}

async function signUpOperation(input: sdk.SignUpCommandInput, call: Call): Promise<sdk.SignUpResponse> {
  const { engine, to, username } = from(call, input);
  if (input.Password === undefined)
    throw invalidParameter('Password is required: the user pool allows no sign-in without one.');
  const asked = { username, password: input.Password, attributes: input.UserAttributes };
  const { user, delivery } = await signUp(engine, to, asked);
  return { UserConfirmed: false, UserSub: user.sub, ...(delivery && { CodeDeliveryDetails: delivery }) };
}

async function confirmSignUpOperation(
  input: sdk.ConfirmSignUpCommandInput,
  call: Call,
): Promise<sdk.ConfirmSignUpResponse> {
  const { engine, to, username } = from(call, input);
  // SignUp hands none out here, so that none can be right.
  if (input.Session !== undefined) throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
  const { ConfirmationCode: code = '', ForceAliasCreation: takesAliases } = input;
  await confirmSignUp(engine, to, { username, code, takesAliases });
  return {};
}

async function resendConfirmationCode(
  input: sdk.ResendConfirmationCodeCommandInput,
  call: Call,
): Promise<sdk.ResendConfirmationCodeResponse> {
  const { engine, to, username } = from(call, input);
  return { CodeDeliveryDetails: await resendSignUpCode(engine, to, username) };
}

async function forgotPasswordOperation(
  input: sdk.ForgotPasswordCommandInput,
  call: Call,
): Promise<sdk.ForgotPasswordResponse> {
  const { engine, to, username } = from(call, input);
  return { CodeDeliveryDetails: await forgotPassword(engine, to, username) };
}

async function confirmForgotPasswordOperation(
  input: sdk.ConfirmForgotPasswordCommandInput,
  call: Call,
): Promise<sdk.ConfirmForgotPasswordResponse> {
  const { engine, to, username } = from(call, input);
  const { ConfirmationCode: code = '', Password: password = '' } = input;
  await confirmForgotPassword(engine, to, { username, code, password });
  return {};
}

async function adminConfirmSignUp(
  input: sdk.AdminConfirmSignUpCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminConfirmSignUpResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  await confirmByAdmin(engine, pool, requireUser(engine, pool, input.Username));
  return {};
}

async function adminResetUserPassword(
  input: sdk.AdminResetUserPasswordCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminResetUserPasswordResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  await resetByAdmin(engine, pool, requireUser(engine, pool, input.Username));
  return {};
}

export const signUpOperations = {
  AdminConfirmSignUp: adminConfirmSignUp,
  AdminResetUserPassword: adminResetUserPassword,
  ConfirmForgotPassword: confirmForgotPasswordOperation,
  ConfirmSignUp: confirmSignUpOperation,
  ForgotPassword: forgotPasswordOperation,
  ResendConfirmationCode: resendConfirmationCode,
  SignUp: signUpOperation,
} satisfies Operations<sdk.CognitoIdentityProvider>;
