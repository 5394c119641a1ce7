import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { addUser, type PoolFixture, password, startPool } from './pool-fixture.ts';
import { srpSignIn } from './srp-client.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool({
    client: { ExplicitAuthFlows: ['ALLOW_USER_AUTH'], PreventUserExistenceErrors: 'ENABLED' },
  });
  await addUser(fixture.cognito, fixture.poolId, 'rival');
});
afterAll(() => fixture?.engine.stop());

function begin(parameters: Record<string, string> = {}) {
  const AuthParameters = { USERNAME: 'testuser', ...parameters };
  return fixture.cognito.initiateAuth({ ClientId: fixture.clientId, AuthFlow: 'USER_AUTH', AuthParameters });
}

function respond(
  ChallengeName: 'SELECT_CHALLENGE' | 'PASSWORD',
  Session: string | undefined,
  responses: Record<string, string>,
) {
  const ChallengeResponses = { USERNAME: 'testuser', ...responses };
  return fixture.cognito.respondToAuthChallenge({
    ClientId: fixture.clientId,
    ChallengeName,
    Session,
    ChallengeResponses,
  });
}

const tokens = { AuthenticationResult: { TokenType: 'Bearer', ExpiresIn: 3600 } };

describe('choice-based sign-in (USER_AUTH)', () => {
  it('offers what the pool has, and takes a password with the choice or after it', async () => {
    const offer = await begin();
    expect(offer).toMatchObject({
      ChallengeName: 'SELECT_CHALLENGE',
      AvailableChallenges: ['PASSWORD_SRP', 'PASSWORD'],
      ChallengeParameters: {},
    });
    const chosen = { ANSWER: 'PASSWORD', PASSWORD: password };
    expect(await respond('SELECT_CHALLENGE', offer.Session, chosen)).toMatchObject(tokens);
    expect((await refusal(respond('SELECT_CHALLENGE', offer.Session, chosen))).message).toBe(
      'Invalid session for the user, session can only be used once.',
    );
    const later = await respond('SELECT_CHALLENGE', (await begin()).Session, { ANSWER: 'PASSWORD' });
    expect(later.ChallengeName).toBe('PASSWORD');
    expect(await respond('PASSWORD', later.Session, { PASSWORD: password })).toMatchObject(tokens);
  });

  it('begins with the preference, and offers the rest where it cannot be met', async () => {
    expect(await begin({ PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: password })).toMatchObject(tokens);
    const asked = await begin({ PREFERRED_CHALLENGE: 'PASSWORD' });
    expect(await respond('PASSWORD', asked.Session, { PASSWORD: password })).toMatchObject(tokens);
    expect((await begin({ PREFERRED_CHALLENGE: 'EMAIL_OTP' })).ChallengeName).toBe('SELECT_CHALLENGE');
    expect((await refusal(begin({ PREFERRED_CHALLENGE: 'NONSENSE' }))).name).toBe('InvalidParameterException');
    expect((await refusal(begin({ PREFERRED_CHALLENGE: 'PASSWORD_SRP' }))).message).toBe(
      'Missing required parameter SRP_A',
    );
  });

  it('signs in by SRP', async () => {
    const { cognito, clientId, poolId } = fixture;
    const attempt = { clientId, poolId, username: 'testuser', password, byChoice: true };
    expect(await srpSignIn(cognito, attempt)).toMatchObject(tokens);
    expect((await refusal(srpSignIn(cognito, { ...attempt, password: 'wrong-1' }))).name).toBe(
      'NotAuthorizedException',
    );
  });

  it('refuses wrong passwords, sessions of others and what is not on offer', async () => {
    const { Session } = await begin();
    const rival = { USERNAME: 'rival', ANSWER: 'PASSWORD', PASSWORD: password };
    expect((await refusal(respond('SELECT_CHALLENGE', Session, rival))).message).toBe('Invalid session for the user.');
    expect((await refusal(respond('PASSWORD', Session, { PASSWORD: password }))).message).toBe(
      'Invalid session for the user.',
    );
    expect((await refusal(respond('SELECT_CHALLENGE', Session, { ANSWER: 'WEB_AUTHN' }))).name).toBe(
      'InvalidParameterException',
    );
    const wrong = { ANSWER: 'PASSWORD', PASSWORD: 'wrong-1' };
    expect((await refusal(respond('SELECT_CHALLENGE', Session, wrong))).message).toBe(
      'Incorrect username or password.',
    );
  });

  it('is offered to unknown names alike, and to clients that allow it only', async () => {
    const offer = await begin({ USERNAME: 'nobody' });
    expect(offer.AvailableChallenges).toEqual(['PASSWORD_SRP', 'PASSWORD']);
    const answer = { USERNAME: 'nobody', ANSWER: 'PASSWORD', PASSWORD: password };
    expect((await refusal(respond('SELECT_CHALLENGE', offer.Session, answer))).message).toBe(
      'Incorrect username or password.',
    );
    const { UserPoolClient } = await fixture.cognito.createUserPoolClient({
      UserPoolId: fixture.poolId,
      ClientName: 'c',
    });
    const other = fixture.cognito.initiateAuth({
      ClientId: UserPoolClient?.ClientId,
      AuthFlow: 'USER_AUTH',
      AuthParameters: { USERNAME: 'testuser' },
    });
    expect((await refusal(other)).message).toBe('USER_AUTH flow not enabled for this client');
  });
});
