import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, addUser, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

function attribute(attributes: { Name?: string | undefined; Value?: string | undefined }[] | undefined, name: string) {
  return attributes?.find(({ Name }) => Name === name)?.Value;
}

describe('users', () => {
  it('is made with a temporary password and must change it', async () => {
    const { cognito, poolId } = fixture;
    const { User: user } = await cognito.adminCreateUser({
      UserPoolId: poolId,
      Username: 'Ada',
      TemporaryPassword: 'first1',
      UserAttributes: [{ Name: 'email', Value: 'ada@example.com' }],
      MessageAction: 'SUPPRESS',
    });
    expect(user).toMatchObject({ Username: 'Ada', Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' });
    expect(attribute(user?.Attributes, 'sub')).toMatch(/^[0-9a-f-]{36}$/);
    const read = await cognito.adminGetUser({ UserPoolId: poolId, Username: 'ADA' });
    expect(read).toMatchObject({ Username: 'Ada', UserStatus: 'FORCE_CHANGE_PASSWORD' });
    expect(attribute(read.UserAttributes, 'email')).toBe('ada@example.com');
    await expect(cognito.adminCreateUser({ UserPoolId: poolId, Username: 'ada' })).rejects.toMatchObject({
      name: 'UsernameExistsException',
    });
  });

  it('makes one user of two creates at once', async () => {
    const { cognito, poolId } = fixture;
    const create = () => cognito.adminCreateUser({ UserPoolId: poolId, Username: 'twin', TemporaryPassword: 'first1' });
    const outcomes = await Promise.allSettled([create(), create(), create()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('tells upper from lower case where the pool does', async () => {
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito, { UsernameConfiguration: { CaseSensitive: true } });
    await addUser(cognito, poolId, 'ada');
    await addUser(cognito, poolId, 'Ada');
    await expect(cognito.adminGetUser({ UserPoolId: poolId, Username: 'ADA' })).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
    });
  });

  it('changes, removes and refuses attributes', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'grace');
    const who = { UserPoolId: poolId, Username: 'grace' };
    const set = (attributes: Record<string, string>) =>
      cognito.adminUpdateUserAttributes({
        ...who,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      });
    await set({ email: 'grace@example.com', email_verified: 'true', name: 'Grace' });
    await set({ email: 'hopper@example.com' });
    const { UserAttributes: after } = await cognito.adminGetUser(who);
    expect(attribute(after, 'email_verified')).toBe('false');
    await cognito.adminDeleteUserAttributes({ ...who, UserAttributeNames: ['name'] });
    expect(attribute((await cognito.adminGetUser(who)).UserAttributes, 'name')).toBeUndefined();
    const refusals = [
      { email: 'nonsense' },
      { phone_number: '12' },
      { shoe_size: '44' },
      { sub: 'x' },
      { birthdate: '1' },
    ];
    for (const refused of refusals) {
      await expect(set(refused as unknown as Record<string, string>)).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
  });

  it('disables, enables and deletes', async () => {
    const { cognito, poolId, clientId } = fixture;
    await addUser(cognito, poolId, 'linus');
    const who = { UserPoolId: poolId, Username: 'linus' };
    await cognito.adminDisableUser(who);
    const attempt = {
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH' as const,
      AuthParameters: { USERNAME: 'linus', PASSWORD: password },
    };
    await expect(cognito.initiateAuth(attempt)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User is disabled.',
    });
    await cognito.adminEnableUser(who);
    expect((await cognito.initiateAuth(attempt)).AuthenticationResult?.TokenType).toBe('Bearer');
    await cognito.adminDeleteUser(who);
    await expect(cognito.adminGetUser(who)).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await expect(cognito.adminDeleteUser(who)).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  it('renews an unused temporary password by RESEND only', async () => {
    const { cognito, poolId } = fixture;
    const who = { UserPoolId: poolId, Username: 'renewed' };
    await cognito.adminCreateUser({ ...who, TemporaryPassword: 'first1' });
    await cognito.adminCreateUser({ ...who, TemporaryPassword: 'again1', MessageAction: 'RESEND' });
    await cognito.adminSetUserPassword({ ...who, Password: password, Permanent: true });
    await expect(cognito.adminCreateUser({ ...who, MessageAction: 'RESEND' })).rejects.toMatchObject({
      name: 'UnsupportedUserStateException',
    });
    const missing = { UserPoolId: poolId, Username: 'missing', MessageAction: 'RESEND' as const };
    await expect(cognito.adminCreateUser(missing)).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  it('resets only a user who can be reached', async () => {
    const { cognito, poolId, clientId } = fixture;
    await addUser(cognito, poolId, 'reset');
    const who = { UserPoolId: poolId, Username: 'reset' };
    await expect(cognito.adminResetUserPassword(who)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const reachable = [
      { Name: 'email', Value: 'reset@example.com' },
      { Name: 'email_verified', Value: 'true' },
    ];
    await cognito.adminUpdateUserAttributes({ ...who, UserAttributes: reachable });
    await cognito.adminResetUserPassword(who);
    const attempt = { USERNAME: 'reset', PASSWORD: password };
    await expect(
      cognito.initiateAuth({ ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: attempt }),
    ).rejects.toMatchObject({ name: 'PasswordResetRequiredException' });
  });

  it('lets addresses be usernames and aliases', async () => {
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito, { UsernameAttributes: ['email'] });
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    });
    await expect(cognito.adminCreateUser({ UserPoolId: poolId, Username: 'ada' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Username should be an email.',
    });
    await addUser(cognito, poolId, 'ada@example.com');
    const user = await cognito.adminGetUser({ UserPoolId: poolId, Username: 'ADA@example.com' });
    expect(user.Username).toBe(attribute(user.UserAttributes, 'sub'));
    const tokens = await signIn({ ...fixture, clientId: client?.ClientId ?? '' }, { username: 'ada@example.com' });
    expect(tokens.idToken).not.toBe('');
    await expect(cognito.adminCreateUser({ UserPoolId: poolId, Username: 'Ada@example.com' })).rejects.toMatchObject({
      name: 'UsernameExistsException',
    });
  });

  it('lists by filter and page', async () => {
    const { cognito } = fixture;
    const { poolId } = await addPool(cognito);
    const create = (name: string, email: string) =>
      cognito.adminCreateUser({
        UserPoolId: poolId,
        Username: name,
        UserAttributes: [{ Name: 'email', Value: email }],
      });
    for (const name of ['anna', 'annika', 'bert', 'carla', 'dora']) await create(name, `${name}@example.com`);
    await cognito.adminDisableUser({ UserPoolId: poolId, Username: 'dora' });
    const names = async (filter: string) =>
      (await cognito.listUsers({ UserPoolId: poolId, Filter: filter })).Users?.map(({ Username }) => Username);
    expect(await names('username ^= "ANN"')).toEqual(['anna', 'annika']);
    expect(await names('email = "bert@example.com"')).toEqual(['bert']);
    expect(await names('email ^= "BERT@"')).toEqual(['bert']);
    expect(await names('cognito:user_status ^= "force_"')).toHaveLength(5);
    expect(await names('status = "disabled"')).toEqual([]);
    expect(await names('status = "Disabled"')).toEqual(['dora']);
    expect(await names('cognito:user_status = "CONFIRMED"')).toEqual([]);
    await expect(names('password = "x"')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await cognito.listUsers({ UserPoolId: poolId, Limit: 2, ...(token && { PaginationToken: token }) });
      seen.push(...(page.Users ?? []).map(({ Username }) => Username));
      token = page.PaginationToken;
    } while (token);
    expect(seen).toEqual(['anna', 'annika', 'bert', 'carla', 'dora']);
    const { Users: [only] = [] } = await cognito.listUsers({
      UserPoolId: poolId,
      Limit: 1,
      AttributesToGet: ['email'],
    });
    expect(only?.Attributes).toEqual([{ Name: 'email', Value: 'anna@example.com' }]);
    for (const name of ['no-attribute', 'custom:none', 'constructor']) {
      await expect(cognito.listUsers({ UserPoolId: poolId, AttributesToGet: ['email', name] })).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'One or more requested attributes do not exist.',
      });
    }
    expect((await cognito.describeUserPool({ UserPoolId: poolId })).UserPool?.EstimatedNumberOfUsers).toBe(5);
  });

  it.each([
    ['name = "MÜLLER"', ['Mila']],
    ['given_name ^= "mI"', ['Mila', 'milo']],
    ['family_name = "lOvElace"', ['milo']],
    ['preferred_username ^= "NICK-"', ['Mila']],
    ['phone_number ^= "+49"', ['milo']],
    ['email = "Mila@Example.com"', ['Mila']],
    ['cognito:user_status = "force_change_PASSWORD"', ['Mila', 'milo']],
    ['status = "ENABLED"', []],
    ['status ^= "enab"', []],
    ['status = "Enabled"', ['Mila', 'milo']],
    ['username = "MILA"', []],
    ['username ^= "mil"', ['milo']],
    ['username = "Mila"', ['Mila']],
  ])('lists by %s, in a pool that heeds the case of names', async (Filter, expected) => {
    const { cognito } = fixture;
    casePool ??= await makeCasePool();
    const { Users = [] } = await cognito.listUsers({ UserPoolId: casePool, Filter });
    expect(Users.map(({ Username }) => Username).sort()).toEqual(expected);
  });

  it('puts groups into tokens, and takes them out with the group', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'member');
    const group = { UserPoolId: poolId, GroupName: 'admins' };
    await cognito.createGroup({ ...group, Precedence: 1 });
    await expect(cognito.createGroup(group)).rejects.toMatchObject({ name: 'GroupExistsException' });
    await cognito.adminAddUserToGroup({ ...group, Username: 'member' });
    const read = async () => {
      const { idToken } = await signIn(fixture, { username: 'member' });
      return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())['cognito:groups'];
    };
    expect(await read()).toEqual(['admins']);
    expect((await cognito.listUsersInGroup(group)).Users?.map(({ Username }) => Username)).toEqual(['member']);
    await cognito.deleteGroup(group);
    expect(await read()).toBeUndefined();
  });

  it('keeps nothing of a password but hashes', async () => {
    const { cognito, poolId, engine } = fixture;
    await cognito.adminCreateUser({
      UserPoolId: poolId,
      Username: 'secretive',
      TemporaryPassword: 'Plainly-Visible-1',
    });
    const users = engine.engine.store.collection<object>('cognito/users').values(poolId);
    expect(users.length).toBeGreaterThan(0);
    expect(JSON.stringify(users)).not.toContain('Plainly-Visible');
  });
});

let casePool: string | undefined;

async function makeCasePool(): Promise<string> {
  const { cognito } = fixture;
  const { poolId: UserPoolId } = await addPool(cognito, { UsernameConfiguration: { CaseSensitive: true } });
  const users = {
    Mila: { name: 'Müller', given_name: 'Mila', preferred_username: 'Nick-1', email: 'mila@EXAMPLE.com' },
    milo: { given_name: 'Milo', family_name: 'Lovelace', phone_number: '+4930123' },
  };
  for (const [Username, attributes] of Object.entries(users)) {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' });
  }
  return UserPoolId;
}
