import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { guarded } from './attempts.ts';
import { changeAttributes, sendAttributeCode, verifyAttribute } from './attribute-changes.ts';
import { withoutAttributes } from './attributes.ts';
import { invalidParameter } from './constraints.ts';
import { checkHistory, checkPassword, checkPolicy, makePassword, rememberPassword } from './passwords.ts';
import { listPools, type PoolClaims, PoolTokenError, requirePublicClient, verifyPoolToken } from './pools.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { isRevoked, isSignedOut, revoke } from './revocations.ts';
import { attemptName, isClientSecret, wrongPassword } from './sign-in.ts';
import { refuseOwnVerification } from './sign-up.ts';
import { openRefreshToken, userScope } from './tokens.ts';
import { changeUser, findUser, removeUser, shownAttributes, userNotFound } from './users.ts';

interface Self {
  pool: PoolRecord;
  client: ClientRecord | undefined;
  user: UserRecord;
  scopes: string[];
}

const refuse = (message: string) => new AwsError('NotAuthorizedException', message);

/**
 * The user behind an access token, as the user pool's own API checks it: here revocation, sign-out and disabling count at once.
 * Throws NotAuthorizedException, UserNotFoundException.
 */
export async function selfOf(
  engine: Engine,
  pools: readonly PoolRecord[],
  request: { accessToken: string; scope: string },
): Promise<Self> {
  const poolArns = pools.map(({ arn }) => arn);
  const claims = await verifyPoolToken(engine, { token: request.accessToken, poolArns }).catch((error: unknown) => {
    if (error instanceof PoolTokenError)
      throw refuse(error.reason === 'expired' ? 'Access Token has expired' : 'Invalid Access Token');
    throw error;
  });
  if (claims.token_use !== 'access' || typeof claims.username !== 'string') throw refuse('Invalid Access Token');
  const scopes = String(claims.scope ?? '').split(' ');
  if (!scopes.includes(request.scope)) throw refuse('Access Token does not have required scopes');
  const pool = pools.find((candidate) => String(claims.iss).endsWith(`/${candidate.id}`));
  const user = pool && findUser(engine, pool, claims.username);
  if (!pool || user?.sub !== claims.sub) throw userNotFound();
  if (isVoid(engine, { pool, user, claims })) throw refuse('Access Token has been revoked');
  if (!user.enabled) throw refuse('User is disabled.');
  return { pool, client: pool.clients.find(({ ClientId }) => ClientId === claims.client_id), user, scopes };
}

/** True after a sign-out everywhere, or a revocation; tokens without origin_jti know only the second of their sign-in. */
function isVoid(engine: Engine, given: { pool: PoolRecord; user: UserRecord; claims: PoolClaims }): boolean {
  const { pool, user, claims } = given;
  const { origin_jti: originJti } = claims;
  if (typeof originJti === 'string') return isSignedOut(user, originJti) || isRevoked(engine, pool, originJti);
  return user.signedOutAtMs !== undefined && Number(claims.auth_time) * 1000 <= user.signedOutAtMs;
}

function self({ engine }: Call, accessToken: string | undefined): Promise<Self> {
  return selfOf(engine, listPools(engine), { accessToken: accessToken ?? '', scope: userScope });
}

async function getUser(input: sdk.GetUserCommandInput, call: Call): Promise<sdk.GetUserResponse> {
  const { user, client } = await self(call, input.AccessToken);
  const readable = client?.ReadAttributes && ['sub', ...client.ReadAttributes];
  return { Username: user.username, UserAttributes: shownAttributes(user, readable) };
}

async function changePassword(input: sdk.ChangePasswordCommandInput, call: Call): Promise<sdk.ChangePasswordResponse> {
  const { engine } = call;
  const { pool, user } = await self(call, input.AccessToken);
  const { PreviousPassword: previous = '', ProposedPassword: proposed = '' } = input;
  checkPolicy(pool, proposed, 'did not conform with policy');
  const isRight = await guarded(engine, attemptName(pool, user.username, user), () =>
    checkPassword(engine, previous, user),
  );
  if (!isRight) throw wrongPassword();
  await checkHistory(engine, pool, { user, password: proposed });
  const password = await makePassword(engine, user, { text: proposed });
  await changeUser(engine, pool, {
    user,
    change(current) {
      // Another was set while this one was hashed: by an administrator perhaps, against whoever asks here.
      if (current.password?.salt !== user.password?.salt) throw wrongPassword();
      return { ...current, password, formerPasswords: rememberPassword(pool, current) };
    },
  });
  return {};
}

async function updateUserAttributes(
  input: sdk.UpdateUserAttributesCommandInput,
  call: Call,
): Promise<sdk.UpdateUserAttributesResponse> {
  const { pool, user, client } = await self(call, input.AccessToken);
  const { UserAttributes: given } = input;
  refuseOwnVerification(given);
  const sent = await changeAttributes(call.engine, pool, { user, given, writable: client?.WriteAttributes });
  return { CodeDeliveryDetailsList: sent };
}

async function getUserAttributeVerificationCode(
  input: sdk.GetUserAttributeVerificationCodeCommandInput,
  call: Call,
): Promise<sdk.GetUserAttributeVerificationCodeResponse> {
  const { pool, user } = await self(call, input.AccessToken);
  return { CodeDeliveryDetails: await sendAttributeCode(call.engine, pool, { user, name: input.AttributeName }) };
}

async function verifyUserAttribute(
  input: sdk.VerifyUserAttributeCommandInput,
  call: Call,
): Promise<sdk.VerifyUserAttributeResponse> {
  const { pool, user } = await self(call, input.AccessToken);
  await verifyAttribute(call.engine, pool, { user, name: input.AttributeName, code: input.Code });
  return {};
}

async function deleteUserAttributes(
  input: sdk.DeleteUserAttributesCommandInput,
  call: Call,
): Promise<sdk.DeleteUserAttributesResponse> {
  const { pool, user } = await self(call, input.AccessToken);
  await changeUser(call.engine, pool, {
    user,
    change: (current) => ({ ...current, attributes: withoutAttributes(pool, current, input.UserAttributeNames) }),
  });
  return {};
}

async function deleteUser(input: sdk.DeleteUserCommandInput, call: Call): Promise<object> {
  const { pool, user } = await self(call, input.AccessToken);
  await removeUser(call.engine, pool, user.username);
  return {};
}

async function globalSignOut(input: sdk.GlobalSignOutCommandInput, call: Call): Promise<sdk.GlobalSignOutResponse> {
  const { pool, user } = await self(call, input.AccessToken);
  const signedOutAtMs = call.engine.clock();
  await changeUser(call.engine, pool, {
    user,
    change: (current) => ({ ...current, signedOutAtMs }),
  });
  return {};
}

/** Revokes a refresh token and every access token that came of it. A token that is not valid any more is no error. */
async function revokeToken(input: sdk.RevokeTokenCommandInput, { engine }: Call): Promise<sdk.RevokeTokenResponse> {
  const { pool, client } = requirePublicClient(engine, input.ClientId);
  if (!isClientSecret(client, input.ClientSecret))
    throw new AwsError('UnauthorizedException', 'Invalid client secret.');
  await revokeRefreshToken(engine, { pool, client, token: input.Token ?? '' });
  return {};
}

/** Throws UnsupportedOperationException where the client has no revocation, UnsupportedTokenTypeException, InvalidParameterException. */
export async function revokeRefreshToken(
  engine: Engine,
  request: { pool: PoolRecord; client: ClientRecord; token: string },
): Promise<void> {
  const { pool, client, token } = request;
  if (client.EnableTokenRevocation === false)
    throw new AwsError('UnsupportedOperationException', 'Token revocation is not enabled for this client.');
  if (token.split('.').length === 3) throw new AwsError('UnsupportedTokenTypeException', 'Unsupported token type.');
  const grant = openRefreshToken(pool, token);
  if (!grant) return;
  if (grant.clientId !== client.ClientId) throw invalidParameter('The token belongs to another client.');
  await revoke(engine, pool, { id: grant.originJti, untilMs: grant.expiresAtMs });
}

export const selfOperations = {
  ChangePassword: changePassword,
  DeleteUser: deleteUser,
  DeleteUserAttributes: deleteUserAttributes,
  GetUser: getUser,
  GetUserAttributeVerificationCode: getUserAttributeVerificationCode,
  GlobalSignOut: globalSignOut,
  RevokeToken: revokeToken,
  UpdateUserAttributes: updateUserAttributes,
  VerifyUserAttribute: verifyUserAttribute,
} satisfies Operations<sdk.CognitoIdentityProvider>;
