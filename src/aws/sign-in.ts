import {
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type AwsProblem, DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { isOutcomeUnknown } from './errors.ts';
import { createSrpClient } from './srp.ts';

/** Who signs in, and where. */
export interface SignIn {
  userPoolId: string;
  clientId: string;
  username: string;
  password: string;
  /** Asked when a first sign-in needs one. */
  newPassword: () => Promise<string>;
}

export interface SignedIn {
  idToken: string;
  accessToken: string;
  refreshToken: string | null;
}

type Challenge = Pick<
  InitiateAuthCommandOutput,
  'ChallengeName' | 'ChallengeParameters' | 'Session' | 'AuthenticationResult'
>;

/**
 * Signs in by SRP, where the password does not cross the wire, or by password where the client does not allow SRP.
 * Throws DynopsError, exit status 4: `NotAuthorizedException` and the like; `UnsupportedChallenge` for MFA.
 */
export async function signIn(aws: Aws, who: SignIn): Promise<SignedIn> {
  const first = await signInBySrp(aws, who)
    .catch((error: unknown) => {
      // A challenge can be answered once; whether it was is not known, so the sign-in begins anew.
      if (isOutcomeUnknown(error)) return signInBySrp(aws, who);
      throw error;
    })
    .catch((error: unknown) => {
      if (isFlowOff(error)) return signInByPassword(aws, who);
      throw asCredentialProblem(error, who);
    });
  const { AuthenticationResult: result } = await answerNewPassword(aws, { who, challenge: first }).catch(
    (error: unknown) => {
      throw asCredentialProblem(error, who);
    },
  );
  return tokensOf(result, null);
}

/** New tokens by the refresh token; undefined when it is not taken, or not any more. */
export async function refreshTokens(
  aws: Aws,
  who: { clientId: string; refreshToken: string },
): Promise<SignedIn | undefined> {
  const command = new InitiateAuthCommand({
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    ClientId: who.clientId,
    AuthParameters: { REFRESH_TOKEN: who.refreshToken },
  });
  try {
    const { AuthenticationResult } = await aws.call(CognitoIdentityProviderClient, command);
    return tokensOf(AuthenticationResult, who.refreshToken);
  } catch (error) {
    const codes = ['NotAuthorizedException', 'ResourceNotFoundException', 'UserNotFoundException'];
    // A client that does not do refresh tokens, or rotates them, takes a password all the same.
    if (error instanceof DynopsError && (codes.includes(error.code) || isFlowOff(error))) return undefined;
    throw error;
  }
}

async function signInBySrp(aws: Aws, who: SignIn): Promise<Challenge> {
  const { clientId: ClientId, username, password, userPoolId } = who;
  const srp = createSrpClient(userPoolId);
  const started = await aws.call(
    CognitoIdentityProviderClient,
    new InitiateAuthCommand({
      AuthFlow: 'USER_SRP_AUTH',
      ClientId,
      AuthParameters: { USERNAME: username, SRP_A: srp.publicValue },
    }),
  );
  if (started.ChallengeName !== 'PASSWORD_VERIFIER') return started;
  const parameters = started.ChallengeParameters ?? {};
  return aws.call(
    CognitoIdentityProviderClient,
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      Session: started.Session,
      ChallengeResponses: srp.prove({ parameters, password, now: new Date(aws.clock()) }),
    }),
    { once: true },
  );
}

async function signInByPassword(aws: Aws, who: SignIn): Promise<Challenge> {
  const command = new InitiateAuthCommand({
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: who.clientId,
    AuthParameters: { USERNAME: who.username, PASSWORD: who.password },
  });
  return aws.call(CognitoIdentityProviderClient, command).catch((error: unknown) => {
    throw asCredentialProblem(error, who);
  });
}

async function answerNewPassword(aws: Aws, asked: { who: SignIn; challenge: Challenge }): Promise<Challenge> {
  const { who, challenge } = asked;
  if (challenge.ChallengeName === undefined) return challenge;
  if (challenge.ChallengeName !== 'NEW_PASSWORD_REQUIRED') throw unsupported(challenge.ChallengeName);
  // A JSON list in a string, as `["userAttributes.name"]`.
  const required = JSON.parse(challenge.ChallengeParameters?.requiredAttributes ?? '[]') as string[];
  if (required.length > 0) {
    throw new DynopsError({
      code: 'AttributesRequired',
      message: `The pool asks ${who.username} for ${required.join(', ')} with the new password.`,
    });
  }
  const newPassword = await who.newPassword();
  const command = new RespondToAuthChallengeCommand({
    ClientId: who.clientId,
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: challenge.Session,
    ChallengeResponses: {
      USERNAME: challenge.ChallengeParameters?.USER_ID_FOR_SRP ?? who.username,
      NEW_PASSWORD: newPassword,
    },
  });
  const answered = await aws
    .call(CognitoIdentityProviderClient, command, { once: true })
    .catch(async (error: unknown): Promise<Challenge> => {
      if (!isOutcomeUnknown(error)) throw error;
      // If the new password was taken, it signs in now.
      return signInBySrp(aws, { ...who, password: newPassword }).catch(() => {
        throw error;
      });
    });
  if (answered.ChallengeName !== undefined) throw unsupported(answered.ChallengeName);
  return answered;
}

function tokensOf(result: AuthenticationResultType | undefined, refreshToken: string | null): SignedIn {
  const { IdToken: idToken, AccessToken: accessToken, RefreshToken } = result ?? {};
  if (idToken === undefined || accessToken === undefined) {
    throw new DynopsError({ code: 'NoTokens', message: 'The user pool answered without tokens.' });
  }
  return { idToken, accessToken, refreshToken: RefreshToken ?? refreshToken };
}

/** The client, or the endpoint, does not do what was begun. */
function isFlowOff(error: unknown): boolean {
  if (!(error instanceof DynopsError)) return false;
  const codes = ['InvalidParameterException', 'UnsupportedOperationException'];
  return codes.includes(error.code) || /unsupported|not implemented|InitAuth/i.test(error.message);
}

function asCredentialProblem(error: unknown, { username }: SignIn): unknown {
  if (!(error instanceof DynopsError)) return error;
  const codes = [
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'InvalidPasswordException',
    'PasswordResetRequiredException',
  ];
  if (!codes.includes(error.code)) return error;
  const facts = { problem: signInProblem(error.message), username };
  return error.with({ facts, kind: 'credentials' });
}

/** By the message: Cognito has one code for a wrong password, a disabled user and too many attempts. */
function signInProblem(message: string): AwsProblem {
  if (/user is disabled/i.test(message)) return 'user-disabled';
  return /attempts exceeded/i.test(message) ? 'too-many-attempts' : 'wrong-password';
}

function unsupported(challenge: string): DynopsError {
  return new DynopsError({
    code: 'UnsupportedChallenge',
    message: `The user pool asks for ${challenge}, which this command does not answer.`,
  });
}
