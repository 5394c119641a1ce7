import { createHmac } from 'node:crypto';
import type { AuthFlowType } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool({ slowPasswords: true });
});
afterAll(() => fixture?.engine.stop());

const wrong = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };
const exceeded = { name: 'NotAuthorizedException', message: 'Password attempts exceeded' };

function begin(username: string, given: string, flow: AuthFlowType = 'USER_PASSWORD_AUTH') {
  const parameters = { USERNAME: username, PASSWORD: given };
  return fixture.cognito.initiateAuth({ ClientId: fixture.clientId, AuthFlow: flow, AuthParameters: parameters });
}

describe('InitiateAuth', () => {
  it('gives tokens for a password, in the shape of AWS', async () => {
    const { AuthenticationResult: tokens, ChallengeParameters: parameters } = await begin('TESTUSER', password);
    expect(parameters).toEqual({});
    expect(tokens).toMatchObject({ ExpiresIn: 3600, TokenType: 'Bearer' });
    expect(Object.keys(tokens ?? {}).sort()).toEqual([
      'AccessToken',
      'ExpiresIn',
      'IdToken',
      'RefreshToken',
      'TokenType',
    ]);
  });

  it('says by the client’s setting whether a name exists', async () => {
    const { cognito, poolId } = fixture;
    await expect(begin('nobody', password)).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
    });
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'discreet',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    });
    const parameters = { USERNAME: 'nobody', PASSWORD: password };
    const attempt = {
      ClientId: client?.ClientId ?? '',
      AuthFlow: 'USER_PASSWORD_AUTH' as const,
      AuthParameters: parameters,
    };
    for (let guess = 0; guess < 5; guess++) await expect(cognito.initiateAuth(attempt)).rejects.toMatchObject(wrong);
    await expect(cognito.initiateAuth(attempt)).rejects.toMatchObject(exceeded);
  });

  it.each([
    ['ADMIN_USER_PASSWORD_AUTH', 'Initiate Auth method not supported.'],
    ['CUSTOM_AUTH', 'CUSTOM_AUTH is not enabled for the client.'],
    ['NO_SUCH_FLOW', expect.stringContaining('enum value set')],
  ])('refuses the flow %s', async (flow, message) => {
    await expect(begin('testuser', password, flow as AuthFlowType)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message,
    });
  });

  it('refuses a flow that the client does not allow, a missing parameter and an unknown client', async () => {
    const { cognito, poolId, clientId } = fixture;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'defaults',
    });
    const attempt = {
      AuthFlow: 'USER_PASSWORD_AUTH' as const,
      AuthParameters: { USERNAME: 'testuser', PASSWORD: password },
    };
    await expect(cognito.initiateAuth({ ...attempt, ClientId: client?.ClientId ?? '' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'USER_PASSWORD_AUTH flow not enabled for this client',
    });
    const others = [
      ['USER_SRP_AUTH', ['ALLOW_USER_PASSWORD_AUTH'], 'USER_SRP_AUTH is not enabled for the client.'],
      ['CUSTOM_AUTH', ['ALLOW_USER_SRP_AUTH'], 'CUSTOM_AUTH is not enabled for the client.'],
      ['CUSTOM_AUTH', ['ALLOW_CUSTOM_AUTH'], 'Custom auth lambda trigger is not configured for the user pool.'],
      ['ADMIN_USER_PASSWORD_AUTH', ['ALLOW_USER_SRP_AUTH'], 'Auth flow not enabled for this client'],
      ['ADMIN_NO_SRP_AUTH', ['ALLOW_USER_SRP_AUTH'], 'Auth flow not enabled for this client'],
    ] as const;
    for (const [AuthFlow, allowed, message] of others) {
      const { UserPoolClient } = await cognito.createUserPoolClient({
        UserPoolId: poolId,
        ClientName: AuthFlow,
        ExplicitAuthFlows: [...allowed],
      });
      const request = { ...attempt, AuthFlow, ClientId: UserPoolClient?.ClientId ?? '' };
      const asked = AuthFlow.startsWith('ADMIN')
        ? cognito.adminInitiateAuth({ ...request, UserPoolId: poolId })
        : cognito.initiateAuth(request);
      await expect(asked).rejects.toMatchObject({ name: 'InvalidParameterException', message });
    }
    const incomplete = { ...attempt, ClientId: clientId, AuthParameters: { USERNAME: 'testuser' } };
    await expect(cognito.initiateAuth(incomplete)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Missing required parameter PASSWORD',
    });
    await expect(cognito.initiateAuth({ ...attempt, ClientId: 'constructor' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'User pool client constructor does not exist.',
    });
  });

  it('lets administrators sign users in', async () => {
    const { cognito, poolId, clientId } = fixture;
    const { AuthenticationResult: tokens } = await cognito.adminInitiateAuth({
      UserPoolId: poolId,
      ClientId: clientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'testuser', PASSWORD: password },
    });
    expect(tokens?.RefreshToken).toBeDefined();
  });

  it('checks the secret hash, where the client has a secret', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: made = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'secret',
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    });
    const { ClientId: id = '', ClientSecret: secret = '' } = made;
    const hash = (name: string) =>
      createHmac('sha256', secret)
        .update(name + id)
        .digest('base64');
    const attempt = (more: Record<string, string>) =>
      cognito.initiateAuth({
        ClientId: id,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'testuser', PASSWORD: password, ...more },
      });
    const { AuthenticationResult: tokens } = await attempt({ SECRET_HASH: hash('testuser') });
    await expect(attempt({})).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: `Client ${id} is configured for secret but secret was not received`,
    });
    for (const wrong of [hash('other'), `${hash('testuser')}zz`, hash('testuser').replace('=', '')])
      await expect(attempt({ SECRET_HASH: wrong })).rejects.toMatchObject({
        name: 'NotAuthorizedException',
        message: `Unable to verify secret hash for client ${id}`,
      });
    const refresh = (more: Record<string, string>) =>
      cognito.initiateAuth({
        ClientId: id,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: tokens?.RefreshToken ?? '', ...more },
      });
    await expect(refresh({})).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    expect((await refresh({ SECRET_HASH: hash('testuser') })).AuthenticationResult?.IdToken).toBeDefined();
  });
});

describe('the back-off', () => {
  it('locks after five failures for a second, then twice as long each time, up to fifteen minutes', async () => {
    const { cognito, poolId, advance } = fixture;
    await addUser(cognito, poolId, 'guessed');
    const guess = () => begin('guessed', 'wrong-1');
    for (let failure = 0; failure < 5; failure++) await expect(guess()).rejects.toMatchObject(wrong);
    let lockMs = 1000;
    for (let failure = 6; failure < 20; failure++) {
      await expect(begin('GUESSED', password)).rejects.toMatchObject(exceeded);
      advance(lockMs - 500);
      await expect(guess()).rejects.toMatchObject(exceeded);
      advance(501);
      await expect(guess()).rejects.toMatchObject(wrong);
      lockMs = Math.min(lockMs * 2, 15 * 60_000);
    }
    advance(15 * 60_000);
    expect((await begin('guessed', password)).AuthenticationResult?.IdToken).toBeDefined();
    await expect(guess()).rejects.toMatchObject(wrong);
    expect((await begin('guessed', password)).AuthenticationResult?.IdToken).toBeDefined();
  });

  it('lets no more than five of many guesses at once be checked', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'flooded');
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, at) => begin('flooded', `wrong-${at}`)));
    const messages = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.message : 'let through',
    );
    expect(messages.filter((message) => message === wrong.message)).toHaveLength(5);
    expect(messages.filter((message) => message === exceeded.message)).toHaveLength(25);
  });

  it('does not hinder many right passwords at once', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'busy');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => begin('busy', password)));
    expect(outcomes.every(({ AuthenticationResult: tokens }) => tokens?.IdToken)).toBe(true);
  });

  it('counts changes of the password too', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'changing');
    const { accessToken } = await signIn(fixture, { username: 'changing' });
    const change = (previous: string) =>
      cognito.changePassword({ AccessToken: accessToken, PreviousPassword: previous, ProposedPassword: 'third3' });
    for (let failure = 0; failure < 5; failure++) await expect(change('wrong-1')).rejects.toMatchObject(wrong);
    await expect(change(password)).rejects.toMatchObject(exceeded);
  });
});
