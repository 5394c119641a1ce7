import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  InvalidParameterException,
  NotAuthorizedException,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { refreshTokens, signIn } from '../../src/aws/sign-in.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, inputs, mockAws, sent, socketError } from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
afterEach(() => cognito.reset());

const who = {
  userPoolId: 'eu-central-1_x',
  clientId: 'client',
  username: 'Ada',
  password: 'correct horse',
  newPassword: () => Promise.reject(new Error('no new password is needed')),
};
const AuthenticationResult = { IdToken: 'id', AccessToken: 'access', RefreshToken: 'refresh' };
const tokens = { idToken: 'id', accessToken: 'access', refreshToken: 'refresh' };
const verifier = {
  ChallengeName: 'PASSWORD_VERIFIER' as const,
  Session: 's1',
  ChallengeParameters: { USER_ID_FOR_SRP: 'ada-id', SRP_B: 'abcdef', SALT: '12', SECRET_BLOCK: 'AAAA' },
};
const newPasswordRequired = (requiredAttributes: string) => ({
  ChallengeName: 'NEW_PASSWORD_REQUIRED' as const,
  Session: 's2',
  ChallengeParameters: { USER_ID_FOR_SRP: 'ada-id', requiredAttributes, userAttributes: '{}' },
});
const refused = new NotAuthorizedException({ $metadata: {}, message: 'Incorrect username or password.' });
const srpOff = new InvalidParameterException({
  $metadata: {},
  message: 'USER_SRP_AUTH is not enabled for the client.',
});

describe('signIn', () => {
  it('proves the password under the pool’s own name of the user; it does not cross the wire', async () => {
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito.on(RespondToAuthChallengeCommand).resolves({ AuthenticationResult });
    expect(await signIn(await mockAws({ nowMs: Date.UTC(2026, 10, 3, 9, 5, 7) }), who)).toEqual(tokens);
    expect(inputs(cognito, 'RespondToAuthChallenge')).toEqual([
      {
        ClientId: 'client',
        ChallengeName: 'PASSWORD_VERIFIER',
        Session: 's1',
        ChallengeResponses: {
          USERNAME: 'ada-id',
          TIMESTAMP: 'Tue Nov 3 09:05:07 UTC 2026',
          PASSWORD_CLAIM_SECRET_BLOCK: 'AAAA',
          PASSWORD_CLAIM_SIGNATURE: expect.any(String),
        },
      },
    ]);
    expect(JSON.stringify(sent(cognito))).not.toContain(who.password);
  });

  it('goes by password where the client does not allow SRP', async () => {
    cognito.on(InitiateAuthCommand).rejectsOnce(srpOff).resolves({ AuthenticationResult });
    expect(await signIn(await mockAws(), who)).toEqual(tokens);
    expect(inputs(cognito, 'InitiateAuth')[1]).toEqual({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: 'client',
      AuthParameters: { USERNAME: 'Ada', PASSWORD: who.password },
    });
  });

  it.each([
    refused,
    awsError('UserNotFoundException', 'User does not exist.'),
    awsError('UserNotConfirmedException', 'User is not confirmed.'),
    awsError('PasswordResetRequiredException', 'Password reset required for the user'),
  ])('$name is a matter of credentials, and the password is not sent after it', async (error) => {
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito.on(RespondToAuthChallengeCommand).rejects(error);
    await expect(signIn(await mockAws(), who)).rejects.toMatchObject({
      code: error.name,
      exitStatus: ExitStatus.credentials,
      facts: { problem: 'wrong-password', username: who.username },
    });
    expect(inputs(cognito, 'InitiateAuth')).toHaveLength(1);
  });

  it.each([
    ['User is disabled.', 'user-disabled'],
    ['Password attempts exceeded', 'too-many-attempts'],
  ])('"%s" is not mended by another password', async (message, problem) => {
    cognito.on(InitiateAuthCommand).rejects(awsError('NotAuthorizedException', message));
    await expect(signIn(await mockAws(), who)).rejects.toMatchObject({
      code: 'NotAuthorizedException',
      facts: { problem },
    });
  });

  it('a wrong password is told so after the detour by password too', async () => {
    cognito.on(InitiateAuthCommand).rejectsOnce(srpOff).rejects(refused);
    await expect(signIn(await mockAws(), who)).rejects.toMatchObject({
      code: 'NotAuthorizedException',
      exitStatus: ExitStatus.credentials,
    });
  });

  it('answers a first sign-in with a new password', async () => {
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito
      .on(RespondToAuthChallengeCommand)
      .resolvesOnce(newPasswordRequired('[]'))
      .resolves({ AuthenticationResult });
    expect(await signIn(await mockAws(), { ...who, newPassword: async () => 'new one' })).toEqual(tokens);
    expect(inputs(cognito, 'RespondToAuthChallenge')[1]).toEqual({
      ClientId: 'client',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: 's2',
      ChallengeResponses: { USERNAME: 'ada-id', NEW_PASSWORD: 'new one' },
    });
  });

  it('a new password that breaks the rules is told as that', async () => {
    const message = 'Password did not conform with password policy: Password must have numeric characters';
    cognito.on(InitiateAuthCommand).resolves(newPasswordRequired('[]'));
    cognito.on(RespondToAuthChallengeCommand).rejects(awsError('InvalidPasswordException', message));
    const signing = signIn(await mockAws(), { ...who, newPassword: async () => 'new one' });
    await expect(signing).rejects.toMatchObject({
      code: 'InvalidPasswordException',
      message: expect.stringContaining('numeric characters'),
      exitStatus: ExitStatus.credentials,
    });
  });

  it('attributes that are asked for with it are named, before a password is asked for', async () => {
    cognito.on(InitiateAuthCommand).resolves(newPasswordRequired('["userAttributes.name","userAttributes.email"]'));
    await expect(signIn(await mockAws(), who)).rejects.toMatchObject({
      code: 'AttributesRequired',
      message: expect.stringContaining('userAttributes.name, userAttributes.email'),
      exitStatus: ExitStatus.credentials,
    });
  });

  it('a second factor is not answered here, and where it can be is said', async () => {
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito.on(RespondToAuthChallengeCommand).resolves({ ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's3' });
    await expect(signIn(await mockAws(), who)).rejects.toMatchObject({
      code: 'UnsupportedChallenge',
      message: expect.stringContaining('SOFTWARE_TOKEN_MFA'),
    });
  });

  it('begins anew when the answer to its proof was lost: a challenge can be answered once', async () => {
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito.on(RespondToAuthChallengeCommand).rejectsOnce(socketError('ECONNRESET')).resolves({ AuthenticationResult });
    expect(await signIn(await mockAws(), who)).toEqual(tokens);
    expect(inputs(cognito, 'InitiateAuth')).toHaveLength(2);
  });

  it('of a new password whose answer was lost, finds out whether it was taken', async () => {
    const first = { ...who, newPassword: async () => 'new one' };
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito
      .on(RespondToAuthChallengeCommand)
      .resolvesOnce(newPasswordRequired('[]'))
      .rejectsOnce(socketError('ECONNRESET'))
      .resolves({ AuthenticationResult });
    expect(await signIn(await mockAws(), first)).toEqual(tokens);
    cognito.reset();
    cognito.on(InitiateAuthCommand).resolves(verifier);
    cognito
      .on(RespondToAuthChallengeCommand)
      .resolvesOnce(newPasswordRequired('[]'))
      .rejectsOnce(socketError('ECONNRESET'))
      .rejects(refused);
    await expect(signIn(await mockAws(), first)).rejects.toMatchObject({ code: 'AnswerLost' });
  });

  it('throttled, it waits', async () => {
    cognito
      .on(InitiateAuthCommand)
      .rejectsOnce(awsError('TooManyRequestsException', 'Too many requests', { status: 400 }))
      .resolves({ AuthenticationResult });
    expect(await signIn(await mockAws(), who)).toEqual(tokens);
  });
});

describe('refreshTokens', () => {
  const refresh = { clientId: 'client', refreshToken: 'refresh-0' };

  it('keeps the refresh token, which Cognito does not answer again', async () => {
    cognito.on(InitiateAuthCommand).resolves({ AuthenticationResult: { IdToken: 'id', AccessToken: 'access' } });
    expect(await refreshTokens(await mockAws(), refresh)).toEqual({ ...tokens, refreshToken: 'refresh-0' });
    expect(inputs(cognito, 'InitiateAuth')).toEqual([
      { AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId: 'client', AuthParameters: { REFRESH_TOKEN: 'refresh-0' } },
    ]);
  });

  it.each([
    'NotAuthorizedException',
    'ResourceNotFoundException',
    'UserNotFoundException',
    'InvalidParameterException',
    'UnsupportedOperationException',
  ])('%s: the token is not taken, or not any more', async (name) => {
    cognito.on(InitiateAuthCommand).rejects(awsError(name));
    expect(await refreshTokens(await mockAws(), refresh)).toBeUndefined();
  });

  it('an endpoint that cannot be reached says nothing about the token', async () => {
    cognito.on(InitiateAuthCommand).rejects(socketError('ECONNREFUSED'));
    await expect(refreshTokens(await mockAws(), refresh)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('an answer without tokens is an error', async () => {
    cognito.on(InitiateAuthCommand).resolves({});
    await expect(refreshTokens(await mockAws(), refresh)).rejects.toMatchObject({ code: 'NoTokens' });
  });
});
