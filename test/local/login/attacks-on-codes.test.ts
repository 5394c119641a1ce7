import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, signIn } from '../cognito/pool-fixture.ts';
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
let secretClient: { id: string; secret: string };
let disabledClientId: string;
let codeOnlyClientId: string;

beforeAll(async () => {
  hosted = await startHosted();
  const { cognito, poolId } = hosted;
  const make = async (settings: object) => {
    const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'other',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email'],
      CallbackURLs: [callback],
      SupportedIdentityProviders: ['COGNITO'],
      ...settings,
    });
    return { id: client.ClientId ?? '', secret: client.ClientSecret ?? '' };
  };
  secretClient = await make({ GenerateSecret: true });
  codeOnlyClientId = (await make({})).id;
  disabledClientId = (await make({ AllowedOAuthFlowsUserPoolClient: false })).id;
});
afterAll(() => hosted?.engine.stop());

describe('codes and refresh tokens in wrong hands', () => {
  const form = (code: string, change: Record<string, string> = {}) => ({
    grant_type: 'authorization_code',
    client_id: hosted.clientId,
    redirect_uri: callback,
    code,
    ...change,
  });
  const challenged = async () => {
    const { verifier, challenge } = pkce();
    const code = await obtainCode(hosted, { code_challenge: challenge, code_challenge_method: 'S256' });
    return { verifier, code };
  };
  const invalidGrant = [400, 'invalid_grant'];
  async function outcome(sent: Record<string, string> | string, headers: Record<string, string> = {}) {
    const { status, body } = await postToken(hosted, sent, headers);
    expect(body).not.toHaveProperty('access_token');
    return [status, body.error];
  }

  it('a code is taken once; a second use ends what the first one got', async () => {
    const code = await obtainCode(hosted);
    const { body } = await postToken(hosted, form(code));
    expect(body).toHaveProperty('refresh_token');
    expect(await outcome(form(code))).toEqual(invalidGrant);
    const refresh = {
      grant_type: 'refresh_token',
      client_id: hosted.clientId,
      refresh_token: String(body.refresh_token),
    };
    expect(await outcome(refresh)).toEqual(invalidGrant);
  });

  it('a second use by another client ends for good what the first one got', async () => {
    const { cognito, poolId } = hosted;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'brief',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [callback],
      SupportedIdentityProviders: ['COGNITO'],
      RefreshTokenValidity: 1,
      TokenValidityUnits: { RefreshToken: 'hours' },
    });
    const brief = { client_id: client?.ClientId ?? '' };
    const code = await obtainCode(hosted);
    const { refresh_token } = (await postToken(hosted, form(code))).body;
    expect(await outcome(form(code, brief))).toEqual(invalidGrant);
    // What was revoked is forgotten when it can be of no use any more, and is looked through at the next revocation.
    hosted.advance(3 * 86_400_000);
    const next = await obtainCode(hosted);
    await postToken(hosted, form(next));
    expect(await outcome(form(next))).toEqual(invalidGrant);
    const { client_id } = form(code);
    expect(await outcome({ grant_type: 'refresh_token', client_id, refresh_token: String(refresh_token) })).toEqual(
      invalidGrant,
    );
  });

  it('a code is nothing to another pool, which neither spends it nor ends what it got', async () => {
    const { cognito, engine } = hosted;
    const { UserPool: pool } = await cognito.createUserPool({ PoolName: 'other' });
    const UserPoolId = pool?.Id ?? '';
    await cognito.createUserPoolDomain({ UserPoolId, Domain: 'other-sign-in' });
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: 'other',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [callback],
      SupportedIdentityProviders: ['COGNITO'],
    });
    const code = await obtainCode(hosted);
    const elsewhere = { ...hosted, base: `${engine.endpoint}/_aws/cognito-domain/other-sign-in` };
    const there = async () => {
      const { status, body } = await postToken(elsewhere, form(code, { client_id: client?.ClientId ?? '' }));
      return [status, body.error];
    };
    expect(await there()).toEqual(invalidGrant);
    const { status, body } = await postToken(hosted, form(code));
    expect(status).toBe(200);
    expect(await there()).toEqual(invalidGrant);
    const refresh = {
      grant_type: 'refresh_token',
      client_id: hosted.clientId,
      refresh_token: String(body.refresh_token),
    };
    expect((await postToken(hosted, refresh)).status).toBe(200);
    expect(await outcome(form(code))).toEqual(invalidGrant);
    expect(await outcome(refresh)).toEqual(invalidGrant);
  });

  it('of ten uses at once one is served at most', async () => {
    const code = await obtainCode(hosted);
    const answers = await Promise.all(Array.from({ length: 10 }, () => postToken(hosted, form(code))));
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  });

  it('a code ends after five minutes', async () => {
    const code = await obtainCode(hosted);
    hosted.advance(5 * 60_000);
    expect(await outcome(form(code))).toEqual(invalidGrant);
  });

  it('a code is for its client, its redirect URI and its verifier', async () => {
    const wrongs: [name: string, outcome: Promise<unknown[]>][] = [
      ['another client', obtainCode(hosted).then((code) => outcome(form(code, { client_id: codeOnlyClientId })))],
      [
        'another redirect URI',
        obtainCode(hosted).then((code) => outcome(form(code, { redirect_uri: 'http://127.0.0.1:8976/callback' }))),
      ],
      ['no verifier', challenged().then(({ code }) => outcome(form(code)))],
      ['another verifier', challenged().then(({ code }) => outcome(form(code, { code_verifier: pkce().verifier })))],
      ['an empty verifier', challenged().then(({ code }) => outcome(form(code, { code_verifier: '' })))],
      [
        'a verifier with a letter more',
        challenged().then(({ code, verifier }) => outcome(form(code, { code_verifier: `${verifier}=` }))),
      ],
      [
        'a verifier nobody asked for',
        obtainCode(hosted).then((code) => outcome(form(code, { code_verifier: pkce().verifier }))),
      ],
      ['a code made up', outcome(form('00000000-0000-0000-0000-000000000000'))],
      ['a code of another kind', outcome(form('__proto__'))],
    ];
    for (const [name, result] of wrongs) expect([name, await result]).toEqual([name, invalidGrant]);
  });

  it('a code is spent by a wrong verifier', async () => {
    const { code, verifier } = await challenged();
    expect(await outcome(form(code, { code_verifier: pkce().verifier }))).toEqual(invalidGrant);
    expect(await outcome(form(code, { code_verifier: verifier }))).toEqual(invalidGrant);
  });

  it('a code of a user who has since been disabled or deleted', async () => {
    const { cognito, poolId } = hosted;
    const who = { UserPoolId: poolId, Username: 'passing' };
    const enter = async () => {
      const { location } = await submitLogin(openBrowser(), hosted.url('/login'), { username: 'passing' });
      return new URL(location ?? '').searchParams.get('code') ?? '';
    };
    await addUser(cognito, poolId, 'passing');
    const [one, two] = [await enter(), await enter()];
    await cognito.adminDisableUser(who);
    expect(await outcome(form(one))).toEqual(invalidGrant);
    await cognito.adminDeleteUser(who);
    expect(await outcome(form(two))).toEqual(invalidGrant);
  });

  it('a code from before its user was signed out everywhere', async () => {
    const { cognito, poolId } = hosted;
    const code = await obtainCode(hosted);
    await cognito.adminUserGlobalSignOut({ UserPoolId: poolId, Username: 'testuser' });
    expect(await outcome(form(code))).toEqual(invalidGrant);
    hosted.advance(1);
    const [later, latest] = [await obtainCode(hosted), await obtainCode(hosted)];
    expect((await postToken(hosted, form(later))).status).toBe(200);
    const { accessToken } = await signIn(hosted);
    await cognito.globalSignOut({ AccessToken: accessToken });
    expect(await outcome(form(latest))).toEqual(invalidGrant);
    hosted.advance(1);
  });

  it('malformed requests', async () => {
    const code = await obtainCode(hosted);
    const { client_id, redirect_uri } = form(code);
    const wrongs: [
      name: string,
      sent: Record<string, string> | string,
      expected: unknown[],
      headers?: Record<string, string>,
    ][] = [
      ['no grant type', { client_id, code }, [400, 'invalid_request']],
      ['an unknown grant type', { ...form(code), grant_type: 'password' }, [400, 'unsupported_grant_type']],
      ['a grant type of Object', { ...form(code), grant_type: 'constructor' }, [400, 'unsupported_grant_type']],
      ['no code', { grant_type: 'authorization_code', client_id, redirect_uri }, [400, 'invalid_request']],
      ['no redirect URI', { grant_type: 'authorization_code', client_id, code }, [400, 'invalid_request']],
      ['the code twice', `${new URLSearchParams(form(code))}&code=x`, [400, 'invalid_request']],
      ['JSON', JSON.stringify(form(code)), [400, 'invalid_request'], { 'content-type': 'application/json' }],
      ['no client', { ...form(code), client_id: '' }, [400, 'invalid_client']],
      ['an unknown client', form(code, { client_id: 'unknown' }), [400, 'invalid_client']],
      ['a superfluous secret', form(code, { client_secret: 'x' }), [400, 'invalid_client']],
      ['a client without hosted pages', form(code, { client_id: disabledClientId }), [400, 'unauthorized_client']],
      [
        'client_credentials of a public client',
        { grant_type: 'client_credentials', client_id },
        [400, 'unauthorized_client'],
      ],
      ['no refresh token', { grant_type: 'refresh_token', client_id }, [400, 'invalid_request']],
      [
        'a refresh token made up',
        { grant_type: 'refresh_token', client_id, refresh_token: 'x' },
        [400, 'invalid_grant'],
      ],
      ['a foreign origin', form(code), [403, 'invalid_request'], { origin: 'https://evil.example' }],
    ];
    for (const [name, sent, expected, headers] of wrongs) {
      expect([name, await outcome(sent, headers)]).toEqual([name, expected]);
    }
  });

  it('clients with a secret that do not prove it', async () => {
    const { id, secret } = secretClient;
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const code = () => obtainCode(hosted, { client_id: id });
    const own = async (change: Record<string, string> = {}) => ({
      ...form(await code(), { client_id: id }),
      ...change,
    });
    const invalid = [400, 'invalid_client'];
    expect(await outcome(await own())).toEqual(invalid);
    expect(await outcome(await own({ client_secret: 'wrong' }))).toEqual(invalid);
    expect(await outcome(await own({ client_secret: secret.toUpperCase() }))).toEqual(invalid);
    expect(await outcome(await own(), basic(`${id}:wrong`))).toEqual(invalid);
    expect(await outcome(await own(), basic(`${id}:`))).toEqual(invalid);
    expect(await outcome(await own(), basic(`${hosted.clientId}:${secret}`))).toEqual(invalid);
    expect(await outcome(await own({ client_secret: secret }), basic(`${id}:${secret}`))).toEqual(invalid);
    expect(await outcome(await own(), { authorization: 'Bearer x' })).toEqual(invalid);
    const { authorization } = basic(`${id}:${secret}`);
    expect(await outcome(await own(), { authorization: `${authorization}=x` })).toEqual(invalid);
    expect((await postToken(hosted, await own(), basic(`${id}:${secret}`))).status).toBe(200);
  });
});
