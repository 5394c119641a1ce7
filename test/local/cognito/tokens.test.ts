import { JwtVerifier } from 'aws-jwt-verify';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, claimsOf, type PoolFixture, password, signIn, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;

beforeAll(async () => {
  fixture = await startPool({
    client: {
      AccessTokenValidity: 10,
      IdTokenValidity: 20,
      RefreshTokenValidity: 2,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
    },
  });
});
afterAll(() => fixture?.engine.stop());

function refresh(refreshToken: string, clientId = fixture.clientId) {
  return fixture.cognito.initiateAuth({
    ClientId: clientId,
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  });
}

const refused = (message: string) => ({ name: 'NotAuthorizedException', message });

describe('tokens', () => {
  it('say what AWS’s say, each signed by its own key', async () => {
    const { cognito, poolId, clientId, engine } = fixture;
    const attributes = { email: 'test@example.com', email_verified: 'true', address: 'Lane 1' };
    await cognito.adminUpdateUserAttributes({
      UserPoolId: poolId,
      Username: 'testuser',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    });
    const { idToken, accessToken } = await signIn(fixture);
    const [id, access] = [claimsOf(idToken), claimsOf(accessToken)];
    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const common = { sub: uuid, iss: `${engine.endpoint}/${poolId}`, origin_jti: uuid, event_id: uuid, jti: uuid };
    const times = { auth_time: expect.any(Number), iat: expect.any(Number), exp: expect.any(Number) };
    expect(id).toEqual({
      ...common,
      ...times,
      aud: clientId,
      token_use: 'id',
      'cognito:username': 'testuser',
      email: 'test@example.com',
      email_verified: true,
      address: { formatted: 'Lane 1' },
    });
    expect(access).toEqual({
      ...common,
      ...times,
      client_id: clientId,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: 'testuser',
    });
    expect([id.sub, id.origin_jti, id.event_id]).toEqual([access.sub, access.origin_jti, access.event_id]);
    expect(id.jti).not.toBe(access.jti);
    expect(Number(id.exp) - Number(id.iat)).toBe(1200);
    expect(Number(access.exp) - Number(access.iat)).toBe(600);
    const [idHeader, accessHeader] = [decodeProtectedHeader(idToken), decodeProtectedHeader(accessToken)];
    expect(Object.keys(idHeader)).toEqual(['kid', 'alg']);
    expect(idHeader.kid).not.toBe(accessHeader.kid);
  });

  it('verify against the published keys, by two other libraries', async () => {
    const { poolId, clientId, engine } = fixture;
    const { idToken, accessToken } = await signIn(fixture);
    const discovery = await fetch(`${engine.endpoint}/${poolId}/.well-known/openid-configuration`);
    const configuration = (await discovery.json()) as { issuer: string; jwks_uri: string };
    expect(configuration.issuer).toBe(`${engine.endpoint}/${poolId}`);
    const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
    const options = { issuer: configuration.issuer, audience: clientId, algorithms: ['RS256'] };
    expect((await jwtVerify(idToken, keys, options)).payload.token_use).toBe('id');
    const jwks = (await (await fetch(configuration.jwks_uri)).json()) as Jwks;
    expect(jwks.keys).toHaveLength(2);
    expect(JSON.stringify(jwks)).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    const verifier = JwtVerifier.create({
      issuer: configuration.issuer,
      audience: null,
      jwksUri: 'https://unused.example',
    });
    verifier.cacheJwks(jwks);
    expect((await verifier.verify(accessToken)).token_use).toBe('access');
  });

  it('publishes nothing for what is no pool', async () => {
    const { engine } = fixture;
    for (const path of ['us-east-1_AAAAAAAAA/.well-known/jwks.json', `${fixture.poolId}/.well-known/constructor`]) {
      expect((await fetch(`${engine.endpoint}/${path}`)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('shows a client the attributes it may read', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'narrow',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      ReadAttributes: ['email'],
    });
    const { idToken, accessToken } = await signIn({ ...fixture, clientId: client?.ClientId ?? '' });
    expect(claimsOf(idToken)).toMatchObject({ email: 'test@example.com' });
    expect(claimsOf(idToken)).not.toHaveProperty('address');
    const { UserAttributes: shown } = await cognito.getUser({ AccessToken: accessToken });
    expect(shown?.map(({ Name }) => Name).sort()).toEqual(['email', 'sub']);
  });
});

describe('refreshing', () => {
  it('gives new tokens of the same authentication, and no new refresh token', async () => {
    const first = await signIn(fixture);
    fixture.advance(5_000);
    const { AuthenticationResult: tokens = {} } = await refresh(first.refreshToken);
    expect(tokens).not.toHaveProperty('RefreshToken');
    const [before, after] = [claimsOf(first.idToken), claimsOf(tokens.IdToken ?? '')];
    expect([after.origin_jti, after.auth_time, after.event_id]).toEqual([
      before.origin_jti,
      before.auth_time,
      before.event_id,
    ]);
    expect(Number(after.iat)).toBeGreaterThan(Number(before.iat));
    expect(after.jti).not.toBe(before.jti);
  });

  it('ends with the client’s time', async () => {
    const { refreshToken } = await signIn(fixture);
    fixture.advance(2 * 3_600_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject(refused('Refresh Token has expired'));
  });

  it('is refused for made-up, foreign and other clients’ tokens', async () => {
    const { cognito, poolId } = fixture;
    const { refreshToken, accessToken } = await signIn(fixture);
    const { UserPoolClient: other } = await cognito.createUserPoolClient({ UserPoolId: poolId, ClientName: 'other' });
    const invalid = refused('Invalid Refresh Token');
    await expect(refresh(refreshToken, other?.ClientId)).rejects.toMatchObject(invalid);
    await expect(refresh(accessToken)).rejects.toMatchObject(invalid);
    const ending = refreshToken.endsWith('AA') ? 'BB' : 'AA';
    await expect(refresh(`${refreshToken.slice(0, -2)}${ending}`)).rejects.toMatchObject(invalid);
    await expect(refresh('A'.repeat(300))).rejects.toMatchObject(invalid);
  });

  it('ends when the user is signed out, disabled or deleted, or the token is revoked', async () => {
    const { cognito, poolId, clientId } = fixture;
    await addUser(cognito, poolId, 'leaving');
    const who = { UserPoolId: poolId, Username: 'leaving' };
    const enter = () => signIn(fixture, { username: 'leaving' });
    const revoked = refused('Refresh Token has been revoked');

    const signedOut = await enter();
    await cognito.globalSignOut({ AccessToken: signedOut.accessToken });
    await expect(refresh(signedOut.refreshToken)).rejects.toMatchObject(revoked);
    await expect(cognito.getUser({ AccessToken: signedOut.accessToken })).rejects.toMatchObject(
      refused('Access Token has been revoked'),
    );

    const back = await enter();
    expect((await cognito.getUser({ AccessToken: back.accessToken })).Username).toBe('leaving');
    await cognito.revokeToken({ ClientId: clientId, Token: back.refreshToken });
    await cognito.revokeToken({ ClientId: clientId, Token: back.refreshToken });
    await expect(refresh(back.refreshToken)).rejects.toMatchObject(revoked);
    await expect(cognito.getUser({ AccessToken: back.accessToken })).rejects.toMatchObject(
      refused('Access Token has been revoked'),
    );
    await expect(cognito.revokeToken({ ClientId: clientId, Token: back.accessToken })).rejects.toMatchObject({
      name: 'UnsupportedTokenTypeException',
    });

    const still = await enter();
    await cognito.adminDisableUser(who);
    await expect(refresh(still.refreshToken)).rejects.toMatchObject(refused('User is disabled.'));
    await expect(cognito.getUser({ AccessToken: still.accessToken })).rejects.toMatchObject(
      refused('User is disabled.'),
    );
    await cognito.adminEnableUser(who);
    await refresh(still.refreshToken);
    await cognito.adminDeleteUser(who);
    await expect(refresh(still.refreshToken)).rejects.toMatchObject(revoked);
    await expect(cognito.getUser({ AccessToken: still.accessToken })).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
    await addUser(cognito, poolId, 'leaving');
    await expect(refresh(still.refreshToken)).rejects.toMatchObject(revoked);
  });

  it('stay revoked with the access tokens that outlive them', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'outlived',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      AccessTokenValidity: 24,
      RefreshTokenValidity: 1,
      TokenValidityUnits: { RefreshToken: 'hours' },
    });
    const ClientId = client?.ClientId ?? '';
    const enter = () => signIn({ ...fixture, clientId: ClientId });
    const { refreshToken, accessToken } = await enter();
    await cognito.revokeToken({ ClientId, Token: refreshToken });
    fixture.advance(2 * 3_600_000);
    await cognito.revokeToken({ ClientId, Token: (await enter()).refreshToken });
    await expect(cognito.getUser({ AccessToken: accessToken })).rejects.toMatchObject(
      refused('Access Token has been revoked'),
    );
  });

  it('rotates where the client asks: each token once, the last one’s end kept', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'rotating',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
    });
    const ClientId = client?.ClientId ?? '';
    const { refreshToken } = await signIn({ ...fixture, clientId: ClientId });
    await expect(refresh(refreshToken, ClientId)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const use = (RefreshToken: string) => cognito.getTokensFromRefreshToken({ ClientId, RefreshToken });
    const outcomes = await Promise.allSettled([use(refreshToken), use(refreshToken)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [won] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const next = won?.AuthenticationResult?.RefreshToken ?? '';
    expect(next).not.toBe('');
    await expect(use(refreshToken)).rejects.toMatchObject(refused('Refresh Token has been revoked'));
    expect((await use(next)).AuthenticationResult?.RefreshToken).toBeDefined();
  });

  it('end as long after their first use as the client says, however often they are used until then', async () => {
    const { UserPoolClient: client } = await fixture.cognito.createUserPoolClient({
      UserPoolId: fixture.poolId,
      ClientName: 'rotating with grace',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
    });
    const ClientId = client?.ClientId ?? '';
    const { refreshToken: RefreshToken } = await signIn({ ...fixture, clientId: ClientId });
    const use = () => fixture.cognito.getTokensFromRefreshToken({ ClientId, RefreshToken });
    await use();
    fixture.advance(20_000);
    await use();
    fixture.advance(41_000);
    await expect(use()).rejects.toMatchObject(refused('Refresh Token has been revoked'));
  });
});

describe('what users do for themselves', () => {
  it('reads and changes their own attributes and password', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'self');
    const { accessToken: AccessToken } = await signIn(fixture, { username: 'self' });
    await cognito.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: 'name', Value: 'Myself' }] });
    const { UserAttributes: attributes } = await cognito.getUser({ AccessToken });
    expect(attributes).toContainEqual({ Name: 'name', Value: 'Myself' });
    await cognito.deleteUserAttributes({ AccessToken, UserAttributeNames: ['name'] });
    const verified = [{ Name: 'email_verified', Value: 'true' }];
    await expect(cognito.updateUserAttributes({ AccessToken, UserAttributes: verified })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    await cognito.changePassword({ AccessToken, PreviousPassword: password, ProposedPassword: 'third3' });
    await signIn(fixture, { username: 'self', password: 'third3' });
    await cognito.deleteUser({ AccessToken });
    await expect(cognito.adminGetUser({ UserPoolId: poolId, Username: 'self' })).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
  });

  it('needs an access token: no id token, none expired, none made up', async () => {
    const { cognito, advance } = fixture;
    const { idToken, accessToken } = await signIn(fixture);
    const read = (AccessToken: string) => cognito.getUser({ AccessToken });
    await expect(read(idToken)).rejects.toMatchObject(refused('Invalid Access Token'));
    await expect(read('a.b.c')).rejects.toMatchObject(refused('Invalid Access Token'));
    advance(600_000);
    await expect(read(accessToken)).rejects.toMatchObject(refused('Access Token has expired'));
  });
});
