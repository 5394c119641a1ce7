import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, signIn } from '../cognito/pool-fixture.ts';
import { openBrowser } from './browser.ts';
import {
  callback,
  type HostedFixture,
  obtainCode,
  pkce,
  postToken,
  startHosted,
  submitLogin,
} from './hosted-fixture.ts';

let hosted: HostedFixture;

beforeAll(async () => {
  hosted = await startHosted();
});
afterAll(() => hosted?.engine.stop());

const redeem = (code: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  postToken(
    hosted,
    { grant_type: 'authorization_code', client_id: hosted.clientId, redirect_uri: callback, code, ...more },
    headers,
  );

async function userInfo(accessToken: string, headers: Record<string, string> = {}) {
  const answer = await openBrowser().get(`${hosted.base}/oauth2/userInfo`, {
    authorization: `Bearer ${accessToken}`,
    ...headers,
  });
  return { ...answer, body: JSON.parse(answer.text) as Record<string, unknown> };
}

describe('the token endpoint', () => {
  it('changes a code for tokens, uncached', async () => {
    const { status, headers, body } = await redeem(await obtainCode(hosted, { nonce: 'n-2' }));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toBe('application/json;charset=UTF-8');
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type']);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(claimsOf(String(body.id_token))).toMatchObject({ nonce: 'n-2', token_use: 'id', aud: hosted.clientId });
    expect(claimsOf(String(body.access_token))).toMatchObject({ scope: 'openid email', version: 2 });
  });

  it('checks PKCE', async () => {
    const { verifier, challenge } = pkce();
    const parameters = { code_challenge: challenge, code_challenge_method: 'S256' };
    const right = await redeem(await obtainCode(hosted, parameters), { code_verifier: verifier });
    expect(right.status).toBe(200);
  });

  it('refreshes, with tokens of either way in, and gives no second refresh token', async () => {
    const { body } = await redeem(await obtainCode(hosted));
    const { refreshToken } = await signIn(hosted);
    for (const token of [String(body.refresh_token), refreshToken]) {
      const form = { grant_type: 'refresh_token', client_id: hosted.clientId, refresh_token: token };
      const refreshed = await postToken(hosted, form);
      expect(refreshed.status).toBe(200);
      expect(Object.keys(refreshed.body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'token_type']);
    }
  });

  it('rotates refresh tokens, without the flow for refreshing', async () => {
    const { cognito, poolId } = hosted;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'rotating',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [callback],
    });
    const clientId = client.ClientId ?? '';
    const { refreshToken } = await signIn({ ...hosted, clientId });
    const use = (token: string) =>
      postToken(hosted, { grant_type: 'refresh_token', client_id: clientId, refresh_token: token });
    const { body } = await use(refreshToken);
    const next = String(body.refresh_token);
    expect([next === refreshToken, next.length > 20]).toEqual([false, true]);
    expect((await use(refreshToken)).body).toEqual({ error: 'invalid_grant' });
    expect((await use(next)).status).toBe(200);
  });

  it.each([
    [0, 1_000, 'invalid_grant'],
    [20, 19_000, undefined],
    [20, 21_000, 'invalid_grant'],
    [60, 59_000, undefined],
  ])('takes a rotated token again within its grace of %i s: %i ms later', async (grace, laterMs, error) => {
    const { cognito, poolId: UserPoolId, advance } = hosted;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: 'graceful',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: grace },
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [callback],
    });
    const clientId = client.ClientId ?? '';
    const { refreshToken } = await signIn({ ...hosted, clientId });
    const use = () =>
      postToken(hosted, { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken });
    const first = await use();
    expect([first.status, typeof first.body.refresh_token]).toEqual([200, 'string']);
    advance(laterMs);
    const { status, body } = await use();
    expect([status, body.error]).toEqual([error === undefined ? 200 : 400, error]);
  });

  it.each([
    ['a code', 'code'],
    ['the implicit grant', 'token'],
    ['a refresh', 'refresh'],
  ])('has the hash of the access token in the id token of %s', async (_what, how) => {
    const pair = async (): Promise<[unknown, unknown]> => {
      if (how === 'token') {
        const { location } = await submitLogin(openBrowser(), hosted.url('/login', { response_type: 'token' }));
        const fragment = new URLSearchParams(new URL(location ?? '').hash.slice(1));
        return [fragment.get('id_token'), fragment.get('access_token')];
      }
      const { body } = await redeem(await obtainCode(hosted));
      if (how === 'code') return [body.id_token, body.access_token];
      const form = { grant_type: 'refresh_token', client_id: hosted.clientId };
      const { body: renewed } = await postToken(hosted, { ...form, refresh_token: String(body.refresh_token) });
      return [renewed.id_token, renewed.access_token];
    };
    const [idToken, accessToken] = await pair();
    const hash = createHash('sha256').update(String(accessToken)).digest();
    expect(claimsOf(String(idToken)).at_hash).toBe(hash.subarray(0, 16).toString('base64url'));
  });

  it('binds the id token to the access token by at_hash', async () => {
    const { body } = await redeem(await obtainCode(hosted));
    const hash = createHash('sha256').update(String(body.access_token)).digest();
    expect(claimsOf(String(body.id_token)).at_hash).toBe(hash.subarray(0, 16).toString('base64url'));
    expect(claimsOf((await signIn(hosted)).idToken)).not.toHaveProperty('at_hash');
  });

  it('gives a client with a secret tokens of its own', async () => {
    const { cognito, poolId } = hosted;
    const scopes = [{ ScopeName: 'read', ScopeDescription: 'Read' }];
    await cognito.createResourceServer({ UserPoolId: poolId, Identifier: 'things', Name: 'things', Scopes: scopes });
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'machine',
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['things/read'],
    });
    const basic = `Basic ${Buffer.from(`${client.ClientId}:${client.ClientSecret}`).toString('base64')}`;
    const answer = await postToken(hosted, { grant_type: 'client_credentials' }, { authorization: basic });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
    expect(claimsOf(String(answer.body.access_token))).toMatchObject({
      sub: client.ClientId,
      client_id: client.ClientId,
      scope: 'things/read',
      token_use: 'access',
    });
    const inForm = { client_id: client.ClientId ?? '', client_secret: client.ClientSecret ?? '' };
    const posted = await postToken(hosted, { grant_type: 'client_credentials', scope: 'things/read', ...inForm });
    expect(posted.status).toBe(200);
    const wrongScope = { grant_type: 'client_credentials', scope: 'openid', ...inForm };
    expect((await postToken(hosted, wrongScope)).body).toEqual({ error: 'invalid_scope' });
  });

  it('answers scripts of a callback’s origin, and no others', async () => {
    const headers = { origin: 'https://app.example.com' };
    const answer = await redeem(await obtainCode(hosted), {}, headers);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('vary')).toContain('origin');
    const preflight = await fetch(`${hosted.base}/oauth2/token`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
    const foreign = await redeem(await obtainCode(hosted), {}, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('userInfo', () => {
  it('shows what the scopes open, as text', async () => {
    const { cognito, poolId } = hosted;
    const attributes = { email: 'test@example.com', email_verified: 'true', name: 'Test' };
    await cognito.adminUpdateUserAttributes({
      UserPoolId: poolId,
      Username: 'testuser',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    });
    const { body } = await redeem(await obtainCode(hosted));
    const info = await userInfo(String(body.access_token));
    expect(info.status).toBe(200);
    expect(info.body).toEqual({
      sub: expect.any(String),
      email: 'test@example.com',
      email_verified: 'true',
      username: 'testuser',
    });
  });

  it('refuses tokens that are missing, without openid, of the wrong kind, or revoked', async () => {
    const { cognito, clientId } = hosted;
    const { body } = await redeem(await obtainCode(hosted));
    const { accessToken } = await signIn(hosted);
    expect((await openBrowser().get(`${hosted.base}/oauth2/userInfo`)).status).toBe(400);
    for (const token of [accessToken, String(body.id_token), 'a.b.c']) {
      const refused = await userInfo(token);
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_token']);
      expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    await cognito.revokeToken({ ClientId: clientId, Token: String(body.refresh_token) });
    expect((await userInfo(String(body.access_token))).status).toBe(401);
  });
});

describe('revoke', () => {
  const revoke = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    openBrowser().post(`${hosted.base}/oauth2/revoke`, { client_id: hosted.clientId, ...form }, headers);
  const refresh = (token: unknown) =>
    postToken(hosted, { grant_type: 'refresh_token', client_id: hosted.clientId, refresh_token: String(token) });
  const code = async () => (await redeem(await obtainCode(hosted))).body;

  it('ends a refresh token and what came of it, and is quiet about unknown ones', async () => {
    const { body } = await redeem(await obtainCode(hosted));
    expect((await revoke({ token: 'unknown' })).status).toBe(200);
    expect((await refresh(body.refresh_token)).status).toBe(200);
    const done = await revoke({ token: String(body.refresh_token) });
    expect([done.status, done.text, done.headers.get('content-type')]).toEqual([200, '', null]);
    expect((await refresh(body.refresh_token)).body).toEqual({ error: 'invalid_grant' });
    const access = await revoke({ token: String(body.access_token) });
    expect([access.status, JSON.parse(access.text)]).toEqual([400, { error: 'unsupported_token_type' }]);
    expect((await revoke({})).status).toBe(400);
    expect((await revoke({ client_id: 'unknown', token: 'x' })).status).toBe(401);
  });

  it('answers a second time and with a hint as the first, and leaves other sign-ins alone', async () => {
    const [one, other] = [await code(), await code()];
    for (const hint of [{}, { token_type_hint: 'refresh_token' }, { token_type_hint: 'access_token' }]) {
      const done = await revoke({ token: String(one.refresh_token), ...hint });
      expect([done.status, done.text, done.headers.get('content-type')]).toEqual([200, '', null]);
    }
    expect((await userInfo(String(one.access_token))).status).toBe(401);
    expect([(await refresh(other.refresh_token)).status, (await userInfo(String(other.access_token))).status]).toEqual([
      200, 200,
    ]);
  });

  it('takes the client from a header, with its secret, and the token from no other client', async () => {
    const { cognito, poolId: UserPoolId } = hosted;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: 'with a secret',
      GenerateSecret: true,
    });
    const basic = (secret = '') => ({
      authorization: `Basic ${Buffer.from(`${client.ClientId}:${secret}`).toString('base64')}`,
    });
    const { refresh_token: token } = await code();
    const post = (headers: Record<string, string>) =>
      openBrowser().post(`${hosted.base}/oauth2/revoke`, { token: String(token) }, headers);
    const wrong = await post(basic('wrong'));
    expect([wrong.status, JSON.parse(wrong.text)]).toEqual([401, { error: 'invalid_client' }]);
    await post(basic(client.ClientSecret));
    expect((await refresh(token)).status).toBe(200);
    const unknown = await openBrowser().post(
      `${hosted.base}/oauth2/revoke`,
      { token: 'unknown' },
      basic(client.ClientSecret),
    );
    expect([unknown.status, unknown.text]).toEqual([200, '']);
  });

  it('is for scripts of a callback’s origin, without a type of nothing there too', async () => {
    const { refresh_token: token } = await code();
    const foreign = await revoke({ token: String(token) }, { origin: 'https://evil.example' });
    expect([foreign.status, (await refresh(token)).status]).toEqual([403, 200]);
    const own = await revoke({ token: String(token) }, { origin: 'https://app.example.com' });
    expect([own.status, own.headers.get('access-control-allow-origin'), own.headers.get('content-type')]).toEqual([
      200,
      'https://app.example.com',
      null,
    ]);
    expect((await refresh(token)).body).toEqual({ error: 'invalid_grant' });
  });

  it('takes forms by POST, one token each', async () => {
    const { refresh_token: token } = await code();
    const got = await openBrowser().get(`${hosted.base}/oauth2/revoke?client_id=${hosted.clientId}&token=${token}`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const twice = `client_id=${hosted.clientId}&token=${token}&token=${token}`;
    const json = JSON.stringify({ client_id: hosted.clientId, token });
    for (const [body, type] of [
      [twice, 'application/x-www-form-urlencoded'],
      [json, 'application/json'],
    ] as const) {
      const refused = await openBrowser().post(`${hosted.base}/oauth2/revoke`, body, { 'content-type': type });
      expect([refused.status, JSON.parse(refused.text)]).toEqual([400, { error: 'invalid_request' }]);
    }
    expect((await refresh(token)).status).toBe(200);
  });

  it('is not for a client whose tokens cannot be revoked', async () => {
    const { cognito, poolId: UserPoolId } = hosted;
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: 'irrevocable',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      EnableTokenRevocation: false,
    });
    const clientId = client.ClientId ?? '';
    const { refreshToken } = await signIn({ ...hosted, clientId });
    const refused = await revoke({ client_id: clientId, token: refreshToken });
    expect([refused.status, JSON.parse(refused.text)]).toEqual([400, { error: 'invalid_request' }]);
  });
});
