import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, type PoolFixture, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

function begin(username: string, given: string) {
  const parameters = { USERNAME: username, PASSWORD: given };
  const attempt = { ClientId: fixture.clientId, AuthFlow: 'USER_PASSWORD_AUTH' as const, AuthParameters: parameters };
  return fixture.cognito.initiateAuth(attempt);
}

async function makeTemporary(username: string): Promise<void> {
  await fixture.cognito.adminCreateUser({
    UserPoolId: fixture.poolId,
    Username: username,
    TemporaryPassword: 'first1',
  });
}

function answer(username: string, session: string | undefined, responses: Record<string, string>) {
  return fixture.cognito.respondToAuthChallenge({
    ClientId: fixture.clientId,
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: session,
    ChallengeResponses: { USERNAME: username, ...responses },
  });
}

describe('NEW_PASSWORD_REQUIRED', () => {
  it('asks for a new password and the required attributes, and confirms the user', async () => {
    const { cognito } = fixture;
    const schema = [{ Name: 'name', AttributeDataType: 'String' as const, Required: true, Mutable: true }];
    const { poolId } = await addPool(cognito, { Schema: schema });
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    });
    const ClientId = client?.ClientId ?? '';
    const given = { UserPoolId: poolId, Username: 'ada', TemporaryPassword: 'first1' };
    await cognito.adminCreateUser({ ...given, UserAttributes: [{ Name: 'email', Value: 'ada@example.com' }] });
    const parameters = { USERNAME: 'ada', PASSWORD: 'first1' };
    const challenge = await cognito.initiateAuth({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: parameters,
    });
    expect(challenge.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    expect(challenge.ChallengeParameters).toEqual({
      USER_ID_FOR_SRP: 'ada',
      requiredAttributes: '["userAttributes.name"]',
      userAttributes: '{"email":"ada@example.com"}',
    });
    const respond = (responses: Record<string, string>) =>
      cognito.respondToAuthChallenge({
        ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: challenge.Session,
        ChallengeResponses: { USERNAME: 'ada', ...responses },
      });
    await expect(respond({ NEW_PASSWORD: 'chosen3' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid attributes given, name is missing',
    });
    const tokens = await respond({ NEW_PASSWORD: 'chosen3', 'userAttributes.name': 'Ada' });
    expect(tokens.AuthenticationResult?.IdToken).toBeDefined();
    const user = await cognito.adminGetUser({ UserPoolId: poolId, Username: 'ada' });
    expect(user.UserStatus).toBe('CONFIRMED');
    expect(user.UserAttributes).toContainEqual({ Name: 'name', Value: 'Ada' });
  });

  it('changes nothing that the administrator set, and no proof that an address is his', async () => {
    const { cognito, poolId } = fixture;
    const set = [
      { Name: 'email', Value: 'given@example.com' },
      { Name: 'given_name', Value: 'Given' },
    ];
    await cognito.adminCreateUser({
      UserPoolId: poolId,
      Username: 'proud',
      TemporaryPassword: 'first1',
      UserAttributes: set,
    });
    const { Session: session } = await begin('proud', 'first1');
    const nonMutable = (name: string) => ({
      name: 'InvalidParameterException',
      message: `Cannot modify the non-mutable attribute ${name}`,
    });
    const provided = (name: string) => ({
      name: 'NotAuthorizedException',
      message: `Cannot modify an already provided ${name}`,
    });
    const attempts: [Record<string, string>, object][] = [
      [{ email_verified: 'true' }, nonMutable('email_verified')],
      [{ phone_number: '+15550100', phone_number_verified: 'true' }, nonMutable('phone_number_verified')],
      [{ email: 'victim@example.com' }, provided('email')],
      [{ email: 'given@example.com' }, provided('email')],
      [{ email: '' }, provided('email')],
      [{ given_name: 'Other' }, provided('given_name')],
      [{ sub: '00000000-0000-4000-8000-000000000000' }, provided('sub')],
    ];
    for (const [attributes, error] of attempts) {
      const given = Object.entries(attributes).map(([name, value]) => [`userAttributes.${name}`, value]);
      await expect(
        answer('proud', session, { NEW_PASSWORD: 'chosen3', ...Object.fromEntries(given) }),
        JSON.stringify(attributes),
      ).rejects.toMatchObject(error);
    }
    await answer('proud', session, { NEW_PASSWORD: 'chosen3', 'userAttributes.nickname': 'Own' });
    const { UserAttributes: kept } = await cognito.adminGetUser({ UserPoolId: poolId, Username: 'proud' });
    expect(kept).toEqual(expect.arrayContaining([...set, { Name: 'nickname', Value: 'Own' }]));
    expect(kept?.filter(({ Name }) => Name?.endsWith('_verified'))).not.toContainEqual(
      expect.objectContaining({ Value: 'true' }),
    );
  });

  it('lets a session be answered again after a refused password, and never after a taken one', async () => {
    await makeTemporary('again');
    const { Session: session } = await begin('again', 'first1');
    await expect(answer('again', session, { NEW_PASSWORD: 'short' })).rejects.toMatchObject({
      name: expect.stringMatching(/InvalidPasswordException|InvalidParameterException/),
    });
    await answer('again', session, { NEW_PASSWORD: 'chosen3' });
    await expect(answer('again', session, { NEW_PASSWORD: 'stolen4' })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Invalid session for the user, session can only be used once.',
    });
  });

  it('confirms once of two answers at once', async () => {
    await makeTemporary('raced');
    const { Session: session } = await begin('raced', 'first1');
    const outcomes = await Promise.allSettled(
      ['chosen3', 'chosen4'].map((chosen) => answer('raced', session, { NEW_PASSWORD: chosen })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses sessions that are foreign, stale or made up', async () => {
    const { cognito, poolId, clientId, advance } = fixture;
    await makeTemporary('mine');
    await makeTemporary('theirs');
    const { Session: mine } = await begin('mine', 'first1');
    const chosen = { NEW_PASSWORD: 'chosen3' };
    const refused = {
      name: 'NotAuthorizedException',
      message: expect.stringContaining('Invalid session for the user'),
    };
    await expect(answer('theirs', mine, chosen)).rejects.toMatchObject(refused);
    await expect(answer('nobody', mine, chosen)).rejects.toMatchObject(refused);
    await expect(answer('mine', `${mine?.slice(0, -4)}AAAA`, chosen)).rejects.toMatchObject(refused);
    await expect(answer('mine', 'A'.repeat(200), chosen)).rejects.toMatchObject(refused);
    const { UserPoolClient: other } = await cognito.createUserPoolClient({ UserPoolId: poolId, ClientName: 'other' });
    const elsewhere = {
      ClientId: other?.ClientId ?? '',
      ChallengeName: 'NEW_PASSWORD_REQUIRED' as const,
      Session: mine,
      ChallengeResponses: { USERNAME: 'mine', ...chosen },
    };
    await expect(cognito.respondToAuthChallenge(elsewhere)).rejects.toMatchObject(refused);
    await expect(
      cognito.respondToAuthChallenge({ ...elsewhere, ClientId: clientId, ChallengeName: 'SMS_MFA' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const reset = { UserPoolId: poolId, Username: 'mine', Password: 'reset99', Permanent: false };
    await cognito.adminSetUserPassword(reset);
    await expect(answer('mine', mine, chosen)).rejects.toMatchObject(refused);
    const { Session: late } = await begin('mine', 'reset99');
    advance(3 * 60_000);
    await expect(answer('mine', late, chosen)).rejects.toMatchObject({
      message: 'Invalid session for the user, session is expired.',
    });
  });

  it('takes a temporary password for as many days as the pool says', async () => {
    const { advance } = fixture;
    await makeTemporary('slow');
    advance(7 * 86_400_000 - 60_000);
    expect((await begin('slow', 'first1')).ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    advance(60_000);
    await expect(begin('slow', 'first1')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Temporary password has expired and must be reset by an administrator.',
    });
  });
});

describe('password policies', () => {
  const start = 'Password did not conform with password policy: ';
  let strictPoolId: string;

  beforeAll(async () => {
    const { UserPool: pool } = await fixture.cognito.createUserPool({ PoolName: 'strict' });
    strictPoolId = pool?.Id ?? '';
    await fixture.cognito.adminCreateUser({ UserPoolId: strictPoolId, Username: 'ada' });
  });

  it.each([
    ['Ab1', 'InvalidParameterException', undefined],
    ['with a space 1A!', 'InvalidParameterException', undefined],
    ['x'.repeat(257), 'InvalidParameterException', undefined],
    ['Ab1!xyz', 'InvalidPasswordException', `${start}Password not long enough`],
    ['ab1!xyzw', 'InvalidPasswordException', `${start}Password must have uppercase characters`],
    ['AB1!XYZW', 'InvalidPasswordException', `${start}Password must have lowercase characters`],
    ['Abc!xyzw', 'InvalidPasswordException', `${start}Password must have numeric characters`],
    ['Abc1xyzw', 'InvalidPasswordException', `${start}Password must have symbol characters`],
  ])('refuses %.20s with one violation', async (given, name, message) => {
    const { cognito } = fixture;
    const who = { UserPoolId: strictPoolId, Username: 'ada' };
    await expect(cognito.adminSetUserPassword({ ...who, Password: given, Permanent: true })).rejects.toMatchObject({
      name,
      ...(message && { message }),
    });
    await expect(cognito.adminCreateUser({ ...who, Username: 'eve', TemporaryPassword: given })).rejects.toMatchObject({
      name,
    });
  });

  it('remembers as many passwords as the pool asks', async () => {
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito, {
      Policies: { PasswordPolicy: { MinimumLength: 6, PasswordHistorySize: 2 } },
    });
    const set = (given: string) =>
      cognito.adminSetUserPassword({ UserPoolId: poolId, Username: 'ada', Password: given, Permanent: true });
    await cognito.adminCreateUser({ UserPoolId: poolId, Username: 'ada', TemporaryPassword: 'first1' });
    await set('second2');
    await expect(set('second2')).rejects.toMatchObject({ name: 'PasswordHistoryPolicyViolationException' });
    await expect(set('first1')).rejects.toMatchObject({ name: 'PasswordHistoryPolicyViolationException' });
    await set('third3');
    await set('first1');
  });
});
