import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { AuthFlowType, ChallengeNameType } from '@aws-sdk/client-cognito-identity-provider';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { missingAttributes } from './attributes.ts';
import { allowedFlows } from './client-settings.ts';
import { checkEnum, checkText, invalidParameter, usernamePattern } from './constraints.ts';
import { requireClient, requirePool, requirePublicClient } from './pools.ts';
import type { ClientRecord, PoolRecord, UserRecord } from './records.ts';
import { authenticationOf, isRotating, redeemRefreshToken } from './refresh.ts';
import { openSession, readSession, spendSession } from './sessions.ts';
import { checkBeforePassword, checkSecretHash, chooseNewPassword, isClientSecret, signIn } from './sign-in.ts';
import { beginSrp, finishSrp } from './srp-sign-in.ts';
import { authentication, issueRefreshToken, issueTokens, type Tokens } from './tokens.ts';
import { findUser, foldName, hasAttribute } from './users.ts';

interface To {
  pool: PoolRecord;
  client: ClientRecord;
}

function result(tokens: Tokens, refreshToken?: string): sdk.AuthenticationResultType {
  return {
    AccessToken: tokens.accessToken,
    ExpiresIn: tokens.expiresInS,
    TokenType: 'Bearer',
    ...(refreshToken !== undefined && { RefreshToken: refreshToken }),
    IdToken: tokens.idToken,
  };
}

/** Tokens for a user who has proved the password, or the challenge to choose a new one. */
async function admit(engine: Engine, to: To, user: UserRecord): Promise<sdk.InitiateAuthResponse> {
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    const shown = user.attributes.map(({ Name = '', Value = '' }) => [Name, Value]);
    const required = missingAttributes(to.pool, hasAttribute(user)).map((name) => `userAttributes.${name}`);
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: openSession(engine, 'NEW_PASSWORD_REQUIRED', { ...to, username: user.username, user, state: {} }),
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.username,
        requiredAttributes: JSON.stringify(required),
        userAttributes: JSON.stringify(Object.fromEntries(shown)),
      },
    };
  }
  const auth = authentication(engine, { ...to, user });
  const tokens = await issueTokens(engine, auth);
  return { ChallengeParameters: {}, AuthenticationResult: result(tokens, issueRefreshToken(engine, auth)) };
}

function parameter(parameters: Record<string, string>, name: string): string {
  const value = ownMember(parameters, name);
  if (value === undefined) throw invalidParameter(`Missing required parameter ${name}`);
  return value;
}

function usernameOf(parameters: Record<string, string>): string {
  const username = parameter(parameters, 'USERNAME');
  checkText(username, { member: 'username', min: 1, max: 128, pattern: usernamePattern, secret: true });
  return username;
}

const publicFlows = ['USER_PASSWORD_AUTH', 'USER_SRP_AUTH', 'USER_AUTH', 'REFRESH_TOKEN_AUTH', 'REFRESH_TOKEN'];
const adminFlows = ['ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH', ...publicFlows.slice(1)];

function requireFlow(client: ClientRecord, flow: string, served: readonly string[]): void {
  const allowed = allowedFlows(client);
  if (flow === 'CUSTOM_AUTH' && allowed.includes('ALLOW_CUSTOM_AUTH'))
    throw invalidParameter('Custom auth lambda trigger is not configured for the user pool.');
  // AWS's words for a flow that belongs to the other of the two operations (docs/aws-facts.md#fact-4-8).
  if (flow !== 'CUSTOM_AUTH' && !served.includes(flow)) throw invalidParameter('Initiate Auth method not supported.');
  const needed: Record<string, string> = {
    ADMIN_NO_SRP_AUTH: 'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    REFRESH_TOKEN: 'ALLOW_REFRESH_TOKEN_AUTH',
  };
  if (!allowed.includes(needed[flow] ?? `ALLOW_${flow}`)) throw invalidParameter(notEnabled(flow));
}

/** Source: docs/aws-facts.md#fact-11-22. */
function notEnabled(flow: string): string {
  if (flow === 'USER_SRP_AUTH' || flow === 'CUSTOM_AUTH') return `${flow} is not enabled for the client.`;
  return `${flow.startsWith('ADMIN_') ? 'Auth' : flow} flow not enabled for this client`;
}

async function authenticate(
  engine: Engine,
  to: To,
  request: { flow: string | undefined; served: readonly string[]; parameters: Record<string, string> | undefined },
): Promise<sdk.InitiateAuthResponse> {
  const { flow = '', served, parameters = {} } = request;
  checkEnum(flow, 'authFlow', AuthFlowType);
  requireFlow(to.client, flow, served);
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    const { client } = to;
    if (isRotating(client))
      throw invalidParameter('Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.');
    const { auth } = authenticationOf(engine, { ...to, refreshToken: parameter(parameters, 'REFRESH_TOKEN') });
    checkSecretHash(client, auth.user.username, parameters.SECRET_HASH);
    return { ChallengeParameters: {}, AuthenticationResult: result(await issueTokens(engine, auth)) };
  }
  const username = usernameOf(parameters);
  checkSecretHash(to.client, username, parameters.SECRET_HASH);
  if (flow === 'USER_AUTH') {
    const { PREFERRED_CHALLENGE: preferred } = parameters;
    checkEnum(preferred, 'preferredChallenge', ChallengeNameType);
    // AWS, too, offers what there is in place of a preference that the user cannot meet.
    if (!isFactor(preferred)) return offerChoice(engine, to, username);
    if (preferred === 'PASSWORD' && ownMember(parameters, 'PASSWORD') === undefined)
      return askPassword(engine, to, username);
    return byFactor(engine, to, { factor: preferred, username, parameters });
  }
  const factor = flow === 'USER_SRP_AUTH' ? 'PASSWORD_SRP' : 'PASSWORD';
  return byFactor(engine, to, { factor, username, parameters });
}

/** What USER_AUTH lets a user choose from, in AWS's order (docs/aws-facts.md#fact-11-14). */
const factors: sdk.ChallengeNameType[] = ['PASSWORD_SRP', 'PASSWORD'];
const isFactor = (name: string | undefined): name is string => factors.some((factor) => factor === name);

/** Ends in tokens or the next challenge by a password, or begins SRP. */
async function byFactor(
  engine: Engine,
  to: To,
  given: { factor: string; username: string; parameters: Record<string, string> },
): Promise<sdk.InitiateAuthResponse> {
  const { factor, username, parameters } = given;
  if (factor === 'PASSWORD_SRP')
    return {
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeParameters: await beginSrp(engine, to, { username, srpA: parameter(parameters, 'SRP_A') }),
    };
  const password = parameter(parameters, 'PASSWORD');
  checkText(password, { member: 'password', max: 256, secret: true });
  return admit(engine, to, await signIn(engine, to, { username, password }));
}

function boundTo(engine: Engine, to: To, username: string) {
  const user = findUser(engine, to.pool, username);
  return { ...to, username: user?.username ?? foldName(to.pool, username), user };
}

function offerChoice(engine: Engine, to: To, username: string): sdk.InitiateAuthResponse {
  const bound = boundTo(engine, to, username);
  checkBeforePassword(to.client, bound.user);
  const session = openSession(engine, 'SELECT_CHALLENGE', { ...bound, state: {} });
  return {
    ChallengeName: 'SELECT_CHALLENGE',
    Session: session,
    AvailableChallenges: factors,
    ChallengeParameters: {},
  };
}

function askPassword(engine: Engine, to: To, username: string): sdk.InitiateAuthResponse {
  const bound = boundTo(engine, to, username);
  checkBeforePassword(to.client, bound.user);
  const session = openSession(engine, 'PASSWORD', { ...bound, state: {} });
  return { ChallengeName: 'PASSWORD', Session: session, ChallengeParameters: {} };
}

/** Answers to the two challenges of USER_AUTH; a session is good for one. */
async function respondToChoice(
  engine: Engine,
  to: To,
  given: { challenge: 'SELECT_CHALLENGE' | 'PASSWORD'; username: string; answer: Answer },
): Promise<sdk.RespondToAuthChallengeResponse> {
  const { challenge, username, answer } = given;
  const { ChallengeResponses: parameters = {}, Session: session } = answer;
  const factor = challenge === 'PASSWORD' ? challenge : parameter(parameters, 'ANSWER');
  if (!isFactor(factor)) throw invalidParameter(`${factor} is none of the available challenges.`);
  const opened = readSession(engine, challenge, { ...boundTo(engine, to, username), session });
  spendSession(engine, opened);
  if (factor === 'PASSWORD' && ownMember(parameters, 'PASSWORD') === undefined)
    return askPassword(engine, to, username);
  return byFactor(engine, to, { factor, username, parameters });
}

/** Unsigned on AWS too: the client id and the user's proof are all there is. */
function initiateAuth(input: sdk.InitiateAuthCommandInput, { engine }: Call): Promise<sdk.InitiateAuthResponse> {
  const to = requirePublicClient(engine, input.ClientId);
  return authenticate(engine, to, { flow: input.AuthFlow, served: publicFlows, parameters: input.AuthParameters });
}

function adminInitiateAuth(
  input: sdk.AdminInitiateAuthCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminInitiateAuthResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const to = { pool, client: requireClient(pool, input.ClientId) };
  return authenticate(engine, to, { flow: input.AuthFlow, served: adminFlows, parameters: input.AuthParameters });
}

interface Answer {
  ChallengeName?: string | undefined;
  Session?: string | undefined;
  ChallengeResponses?: Record<string, string> | undefined;
}

async function respond(engine: Engine, to: To, answer: Answer): Promise<sdk.RespondToAuthChallengeResponse> {
  const responses = answer.ChallengeResponses ?? {};
  checkEnum(answer.ChallengeName, 'challengeName', ChallengeNameType);
  const username = usernameOf(responses);
  checkSecretHash(to.client, username, responses.SECRET_HASH);
  if (answer.ChallengeName === 'PASSWORD_VERIFIER') return admit(engine, to, await finishSrp(engine, to, responses));
  if (answer.ChallengeName === 'SELECT_CHALLENGE' || answer.ChallengeName === 'PASSWORD')
    return respondToChoice(engine, to, { challenge: answer.ChallengeName, username, answer });
  if (answer.ChallengeName !== 'NEW_PASSWORD_REQUIRED')
    throw invalidParameter(`The embedded engine does not serve the challenge ${answer.ChallengeName}.`);
  const user = findUser(engine, to.pool, username);
  const bound = { ...to, username: user?.username ?? '', user, session: answer.Session };
  const session = readSession(engine, 'NEW_PASSWORD_REQUIRED', bound);
  if (!user?.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
  const password = parameter(responses, 'NEW_PASSWORD');
  const attributes = Object.entries(responses).flatMap(([name, value]) =>
    name.startsWith('userAttributes.') ? [{ Name: name.slice('userAttributes.'.length), Value: value }] : [],
  );
  // A password that the policy refuses may be tried again with the same session.
  const confirmed = await chooseNewPassword(engine, to.pool, { user, password, attributes, client: to.client });
  spendSession(engine, session);
  return admit(engine, to, confirmed);
}

function respondToAuthChallenge(
  input: sdk.RespondToAuthChallengeCommandInput,
  { engine }: Call,
): Promise<sdk.RespondToAuthChallengeResponse> {
  return respond(engine, requirePublicClient(engine, input.ClientId), input);
}

function adminRespondToAuthChallenge(
  input: sdk.AdminRespondToAuthChallengeCommandInput,
  { engine, region }: Call,
): Promise<sdk.AdminRespondToAuthChallengeResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  return respond(engine, { pool, client: requireClient(pool, input.ClientId) }, input);
}

/** Refreshes; with rotation, a new refresh token replaces the one given, which ends after the grace period. */
async function getTokensFromRefreshToken(
  input: sdk.GetTokensFromRefreshTokenCommandInput,
  { engine }: Call,
): Promise<sdk.GetTokensFromRefreshTokenResponse> {
  const { pool, client } = requirePublicClient(engine, input.ClientId);
  if (!isClientSecret(client, input.ClientSecret))
    throw new AwsError('NotAuthorizedException', `Unable to verify secret for client ${client.ClientId}`);
  const { tokens, refreshToken } = await redeemRefreshToken(engine, {
    pool,
    client,
    refreshToken: input.RefreshToken ?? '',
  });
  return { AuthenticationResult: result(tokens, refreshToken) };
}

export const authOperations = {
  AdminInitiateAuth: adminInitiateAuth,
  AdminRespondToAuthChallenge: adminRespondToAuthChallenge,
  GetTokensFromRefreshToken: getTokensFromRefreshToken,
  InitiateAuth: initiateAuth,
  RespondToAuthChallenge: respondToAuthChallenge,
} satisfies Operations<sdk.CognitoIdentityProvider>;
