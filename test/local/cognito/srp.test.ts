import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, addUser, type PoolFixture, password, startPool } from './pool-fixture.ts';
import { N, type SrpAttempt, srpSignIn } from './srp-client.ts';

let fixture: PoolFixture;
let attempt: SrpAttempt;

beforeAll(async () => {
  fixture = await startPool({ client: { PreventUserExistenceErrors: 'ENABLED' } });
  const { clientId, poolId } = fixture;
  attempt = { clientId, poolId, username: 'testuser', password };
});
afterAll(() => fixture?.engine.stop());

const refused = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };

describe('sign-in by SRP', () => {
  it('ends in tokens, again and again, whatever the size of the random numbers', async () => {
    for (let round = 0; round < 20; round++) {
      const { AuthenticationResult: tokens } = await srpSignIn(fixture.cognito, attempt);
      expect(tokens).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 });
    }
  });

  it('takes the name in any case, where the pool ignores it', async () => {
    const { AuthenticationResult: tokens } = await srpSignIn(fixture.cognito, { ...attempt, username: 'TestUser' });
    expect(tokens?.AccessToken).toBeDefined();
  });

  it('leads a temporary password on to NEW_PASSWORD_REQUIRED', async () => {
    const { cognito, poolId, clientId } = fixture;
    await cognito.adminCreateUser({ UserPoolId: poolId, Username: 'fresh', TemporaryPassword: 'first1' });
    const challenge = await srpSignIn(cognito, { ...attempt, username: 'fresh', password: 'first1' });
    expect(challenge.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    await cognito.respondToAuthChallenge({
      ClientId: clientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: 'fresh', NEW_PASSWORD: 'chosen3' },
    });
    const after = await srpSignIn(cognito, { ...attempt, username: 'fresh', password: 'chosen3' });
    expect(after.AuthenticationResult?.IdToken).toBeDefined();
  });

  it('works with a client secret', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'secret',
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    });
    const { ClientId: clientId = '', ClientSecret: secret = '' } = client;
    const secretHash = (name: string) =>
      createHmac('sha256', secret)
        .update(name + clientId)
        .digest('base64');
    const signedIn = await srpSignIn(cognito, { ...attempt, clientId, secretHash });
    expect(signedIn.AuthenticationResult?.IdToken).toBeDefined();
    await expect(srpSignIn(cognito, { ...attempt, clientId })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('answers an unknown name like a known one: always the same salt, then no', async () => {
    const { cognito, clientId } = fixture;
    const begin = () =>
      cognito.initiateAuth({
        ClientId: clientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters: { USERNAME: 'nobody', SRP_A: 'a'.repeat(768) },
      });
    const [one, two] = [await begin(), await begin()];
    expect(one.ChallengeParameters?.SALT).toBe(two.ChallengeParameters?.SALT);
    expect(one.ChallengeParameters?.SRP_B).not.toBe(two.ChallengeParameters?.SRP_B);
    await expect(srpSignIn(cognito, { ...attempt, username: 'nobody' })).rejects.toMatchObject(refused);
  });

  it.each<[string, object, string, string]>([
    ['e-mail addresses', { UsernameAttributes: ['email'] }, 'ada@x.example', 'bob@x.example'],
    ['telephone numbers', { UsernameAttributes: ['phone_number'] }, '+15550001', '+15550002'],
    ['e-mail addresses as aliases', { AliasAttributes: ['email'] }, '', 'bob@x.example'],
  ])('names an unknown person by an id, the same each time, where people sign in by %s', async (...given) => {
    const [, pool, known, unknown] = given;
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito, pool);
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'app',
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    });
    const { ClientId: clientId = '' } = client;
    if (known) await addUser(cognito, poolId, known);
    const idOf = async (USERNAME: string) => {
      const AuthParameters = { USERNAME, SRP_A: 'a'.repeat(768) };
      const challenge = await cognito.initiateAuth({
        ClientId: clientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters,
      });
      const { USERNAME: name, USER_ID_FOR_SRP: id } = challenge.ChallengeParameters ?? {};
      expect(name).toBe(id);
      return id;
    };
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    if (known) expect(await idOf(known)).toMatch(uuid);
    expect(await idOf(unknown)).toMatch(uuid);
    expect(await idOf(unknown)).toBe(await idOf(unknown));
    // Refused, counted and locked as one, by whichever of his names he answers.
    const wrong = { clientId, poolId, username: unknown, password: 'wrong-1' };
    const byAddress = (responses: Record<string, string>) => ({ ...responses, USERNAME: unknown });
    for (const tamper of [undefined, byAddress, undefined, byAddress, undefined])
      await expect(srpSignIn(cognito, { ...wrong, ...(tamper && { tamper }) })).rejects.toMatchObject(refused);
    await expect(srpSignIn(cognito, wrong)).rejects.toMatchObject({ message: 'Password attempts exceeded' });
  });

  it('refuses a wrong password, and locks the name after five', async () => {
    const { cognito, poolId, advance } = fixture;
    await addUser(cognito, poolId, 'guessed');
    const wrong = { ...attempt, username: 'guessed', password: 'wrong-1' };
    for (let guess = 0; guess < 5; guess++) await expect(srpSignIn(cognito, wrong)).rejects.toMatchObject(refused);
    await expect(srpSignIn(cognito, { ...wrong, password })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Password attempts exceeded',
    });
    advance(2_000);
    expect((await srpSignIn(cognito, { ...wrong, password })).AuthenticationResult?.IdToken).toBeDefined();
  });

  it('takes a secret block once', async () => {
    const { cognito } = fixture;
    let sent: Record<string, string> = {};
    await srpSignIn(cognito, { ...attempt, tamper: (responses) => (sent = responses) });
    const replay = {
      ClientId: fixture.clientId,
      ChallengeName: 'PASSWORD_VERIFIER' as const,
      ChallengeResponses: sent,
    };
    await expect(cognito.respondToAuthChallenge(replay)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Invalid session for the user, session can only be used once.',
    });
  });

  it.each([
    ['another user’s name', { USERNAME: 'other' }],
    ['a block of its own making', { PASSWORD_CLAIM_SECRET_BLOCK: Buffer.alloc(600, 7).toString('base64') }],
    ['no block', { PASSWORD_CLAIM_SECRET_BLOCK: '' }],
    ['an empty signature', { PASSWORD_CLAIM_SIGNATURE: '' }],
    ['a signature of zeros', { PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString('base64') }],
  ])('refuses %s', async (_what, change: Record<string, string>) => {
    const { cognito, poolId } = fixture;
    if (change.USERNAME) await addUser(cognito, poolId, change.USERNAME);
    await expect(
      srpSignIn(cognito, { ...attempt, tamper: (responses) => ({ ...responses, ...change }) }),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await srpSignIn(cognito, attempt);
  });

  it('refuses a signature with something behind it', async () => {
    const tamper = ({ PASSWORD_CLAIM_SIGNATURE: signature = '', ...rest }: Record<string, string>) => ({
      ...rest,
      PASSWORD_CLAIM_SIGNATURE: `${signature}zz`,
    });
    await expect(srpSignIn(fixture.cognito, { ...attempt, tamper })).rejects.toMatchObject(refused);
  });

  it.each([
    ['0', '0'],
    ['N itself', 'N'],
    ['twice N', '2N'],
    ['no number', 'zz'],
    ['a number far too long', 'f'.repeat(5000)],
  ])('refuses the public value %s, which would fix the key', async (_what, value) => {
    const srpA = value === 'N' ? N.toString(16) : value === '2N' ? (2n * N).toString(16) : value;
    await expect(srpSignIn(fixture.cognito, { ...attempt, srpA })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
