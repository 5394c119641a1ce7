import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { script } from '../../../src/local/login/script.ts';
import { password } from '../cognito/pool-fixture.ts';
import { type Answer, hiddenFields, openBrowser } from './browser.ts';
import { callback, type HostedFixture, startHosted, submitLogin } from './hosted-fixture.ts';

const ownScript = `<script>${script}</script>`;
let hosted: HostedFixture;
let disabledClientId: string;
let manyClientId: string;
let codeOnlyClientId: string;

beforeAll(async () => {
  hosted = await startHosted({ slowPasswords: true });
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
    return client.ClientId ?? '';
  };
  codeOnlyClientId = await make({});
  manyClientId = await make({
    CallbackURLs: ['https://app.example.com/back?app=1', 'com.example.app://back', 'http://127.0.0.1:7777/back'],
  });
  disabledClientId = await make({ AllowedOAuthFlowsUserPoolClient: false });
});
afterAll(() => hosted?.engine.stop());

const isOwn = (answer: Answer) => answer.location === undefined || answer.location.startsWith(hosted.engine.endpoint);

describe('links that must not lead away', () => {
  const evil = 'https://evil.example/';
  const redirects: [name: string, redirectUri: string][] = [
    ['another site', evil],
    ['a longer path', `${callback}/more`],
    ['a shorter path', 'https://app.example.com/'],
    ['a query', `${callback}?x=y`],
    ['a fragment', `${callback}#x`],
    ['another letter case', callback.replace('callback', 'Callback')],
    ['http for https', callback.replace('https', 'http')],
    ['another port', 'http://127.0.0.1:9999/callback'],
    ['a user name', 'https://app.example.com@evil.example/callback'],
    ['a sibling domain', 'https://app.example.com.evil.example/callback'],
    ['a parent folder', `${callback}/../elsewhere`],
    ['no scheme', '//evil.example/callback'],
    ['a script', 'javascript:alert(1)//'],
    ['data', 'data:text/html,hello'],
    ['a line break', `${callback}\r\nlocation: ${evil}`],
    ['a NUL', `${callback}\u0000.evil.example`],
    ['a space before', ` ${callback}`],
    ['full-width letters', 'https://ａpp.example.com/callback'],
    ['an encoded dot', 'https://app%2Eexample.com/callback'],
    ['nothing', ''],
  ];

  it.each(redirects)('%s', async (_name, redirect_uri) => {
    for (const path of ['/oauth2/authorize', '/login']) {
      const answer = await openBrowser().get(hosted.url(path, { redirect_uri }));
      expect([answer.status, isOwn(answer)]).toEqual([302, true]);
      const page = await openBrowser().get(answer.location ?? '');
      expect([page.status, page.text.includes('redirect_mismatch')]).toEqual([400, true]);
    }
    const posted = await submitLogin(openBrowser(), hosted.url('/login', { redirect_uri }));
    expect(isOwn(posted)).toBe(true);
  });

  it('two redirect URIs, two client ids, two states', async () => {
    for (const more of [`redirect_uri=${encodeURIComponent(evil)}`, 'client_id=x']) {
      const answer = await openBrowser().get(`${hosted.url('/oauth2/authorize')}&${more}`);
      expect([answer.status, isOwn(answer)]).toEqual([302, true]);
    }
    const twice = await openBrowser().get(`${hosted.url('/oauth2/authorize', { state: 'a' })}&state=b`);
    expect(new URL(twice.location ?? '').searchParams.get('error')).toBe('invalid_request');
  });

  it('a logout URI that is not registered', async () => {
    for (const target of [evil, 'https://app.example.com/bye/', callback]) {
      const url = `${hosted.base}/logout?client_id=${hosted.clientId}&logout_uri=${encodeURIComponent(target)}`;
      expect(isOwn(await openBrowser().get(url))).toBe(true);
    }
  });

  it('the client of another pool, none, or one without hosted pages', async () => {
    for (const client_id of ['unknown', '__proto__', undefined, disabledClientId]) {
      const answer = await openBrowser().get(hosted.url('/oauth2/authorize', { client_id }));
      expect([answer.status, isOwn(answer), answer.location?.includes('/error?')]).toEqual([302, true, true]);
    }
  });
});

describe('requests that go back to the client with an error', () => {
  it.each([
    ['response_type is missing', { response_type: undefined }, 'invalid_request'],
    ['response_type is unknown', { response_type: 'id_token' }, 'invalid_request'],
    ['a scope is unknown', { scope: 'openid admin' }, 'invalid_request', 'invalid_scope'],
    ['a scope is only separated', { scope: ' ' }, 'invalid_request', 'invalid_scope'],
    ['email is asked without openid', { scope: 'email' }, 'invalid_request', 'invalid_scope'],
    [
      'the challenge method is plain',
      { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      'invalid_request',
    ],
    ['the challenge has no method', { code_challenge: 'x'.repeat(43) }, 'invalid_request'],
    ['the method has no challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['the challenge is short', { code_challenge: 'x', code_challenge_method: 'S256' }, 'invalid_request'],
    ['the provider is unknown', { identity_provider: 'Google' }, 'invalid_request'],
  ])('%s', async (_what, change: Record<string, string | undefined>, error, description?: string) => {
    const { location } = await openBrowser().get(hosted.url('/oauth2/authorize', { ...change, state: 's' }));
    const target = new URL(location ?? 'about:blank');
    expect(target.origin + target.pathname).toBe(callback);
    expect([target.searchParams.get('error'), target.searchParams.get('state')]).toEqual([error, 's']);
    if (description !== undefined) expect(target.searchParams.get('error_description')).toBe(description);
    expect(target.searchParams.has('code')).toBe(false);
  });

  it.each([
    ['a callback with a query, which is kept', 'https://app.example.com/back?app=1', { scope: 'nothing' }, 's&1'],
    ['an application’s scheme', 'com.example.app://back', { response_type: 'none' }, 'ü/?'],
    ['a loopback callback', 'http://127.0.0.1:7777/back', { identity_provider: 'LoginWithAmazon' }, undefined],
    ['prompt=none of nobody', 'https://app.example.com/back?app=1', { prompt: 'none' }, '"'],
  ])('goes to %s', async (_what, redirect_uri, change, state) => {
    const { location = '' } = await openBrowser().get(
      hosted.url('/oauth2/authorize', { client_id: manyClientId, redirect_uri, state, ...change }),
    );
    expect(location.startsWith(redirect_uri)).toBe(true);
    const { searchParams, hash } = new URL(location);
    expect([searchParams.get('error'), searchParams.get('state'), hash]).toEqual([
      'prompt' in change ? 'login_required' : 'invalid_request',
      state ?? null,
      '',
    ]);
    expect(searchParams.get('app')).toBe(redirect_uri.includes('app=1') ? '1' : null);
  });

  it.each(['response_type', 'scope', 'nonce', 'state', 'code_challenge', 'prompt'])('%s is repeated', async (name) => {
    const url = `${hosted.url('/oauth2/authorize')}&${name}=one&${name}=two`;
    const { location = '' } = await openBrowser().get(url);
    const { origin, pathname, searchParams } = new URL(location);
    expect(origin + pathname).toBe(callback);
    expect([searchParams.get('error'), searchParams.get('error_description')]).toEqual([
      'invalid_request',
      `${name} is repeated`,
    ]);
  });

  it('the client may not use the grant', async () => {
    const { location } = await openBrowser().get(
      hosted.url('/oauth2/authorize', { client_id: codeOnlyClientId, response_type: 'token' }),
    );
    expect(new URL(location ?? 'about:blank').searchParams.get('error')).toBe('unauthorized_client');
  });
});

describe('the sign-in form', () => {
  const fill = { username: 'testuser', password };

  it('is not taken without the page’s own token, cookie and origin', async () => {
    const url = hosted.url('/login');
    const visited = openBrowser();
    const fields = hiddenFields((await visited.get(url)).text);
    const strange = openBrowser();
    const theirs = hiddenFields((await strange.get(url)).text);
    const attempts: [name: string, answer: Promise<Answer>][] = [
      ['no cookie and no token', openBrowser().post(url, fill)],
      ['a token without its cookie', openBrowser().post(url, { ...fields, ...fill })],
      ['the cookie without its token', visited.post(url, fill)],
      ['the token of another browser', visited.post(url, { ...theirs, ...fill })],
      ['another site’s origin', visited.post(url, { ...fields, ...fill }, { origin: 'https://evil.example' })],
      ['another port’s origin', visited.post(url, { ...fields, ...fill }, { origin: 'http://127.0.0.1:1' })],
      ['a hidden origin', visited.post(url, { ...fields, ...fill }, { origin: 'null' })],
      ['another content type', visited.post(url, JSON.stringify(fill), { 'content-type': 'text/plain' })],
    ];
    for (const [name, answer] of attempts) expect([name, (await answer).status]).toEqual([name, 403]);
    const tossed = openBrowser();
    tossed.cookies.set('XSRF-TOKEN', 'made.up');
    expect((await tossed.post(url, { ...fill, _csrf: 'made.up' })).status).toBe(403);
    const lengthened = `${fields._csrf}.x`;
    tossed.cookies.set('XSRF-TOKEN', lengthened);
    expect((await tossed.post(url, { ...fill, _csrf: lengthened })).status).toBe(403);
    const renamed = { cookie: `\xA0XSRF-TOKEN=${fields._csrf}` };
    expect((await openBrowser().post(url, { ...fields, ...fill }, renamed)).status).toBe(403);
    expect((await visited.post(url, { ...fields, ...fill }, { origin: hosted.engine.endpoint })).status).toBe(302);
  });

  it('echoes nothing unescaped', async () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
    const pages = await Promise.all([
      openBrowser().get(
        `${hosted.url('/login', { state: evil, nonce: evil, login_hint: evil })}&x=${encodeURIComponent(evil)}`,
      ),
      openBrowser().get(`${hosted.url('/login')}&x=">${evil.replaceAll(' ', '+')}`),
      openBrowser().get(`${hosted.base}/error?error=${encodeURIComponent(evil)}&client_id=${encodeURIComponent(evil)}`),
      submitLogin(openBrowser(), hosted.url('/login'), { username: evil }),
      openBrowser().get(`${hosted.base}/${encodeURIComponent(evil)}`),
    ]);
    for (const { text } of pages) expect(text.replace(ownScript, '')).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
  });

  it('guards its pages with headers', async () => {
    for (const path of ['/login', '/error', '/nowhere']) {
      const { headers } = await openBrowser().get(hosted.url(path));
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; script-src 'sha256-[A-Za-z0-9+/=]+'; form-action 'self'/,
      );
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe| \*|\/\/\*/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('keeps its cookies from scripts and from other paths', async () => {
    const browser = openBrowser();
    const { headers } = await submitLogin(browser, hosted.url('/login'));
    const [cookie = ''] = headers.getSetCookie().filter((line) => line.startsWith('cognito='));
    expect(cookie).toMatch(/; Path=\/_aws\/cognito-domain\/sign-in; Max-Age=3600; HttpOnly; SameSite=Lax$/);
    const kept = hosted.engine.engine.store.collection<object>('cognito/browser-sessions');
    const token = browser.cookies.get('cognito') ?? 'none';
    expect(JSON.stringify([kept.keys(), kept.values()])).not.toContain(token);
  });

  it('is not shown in frames, images or scripts, and not to other methods', async () => {
    for (const dest of ['iframe', 'image', 'script', 'empty']) {
      const answer = await openBrowser().get(hosted.url('/oauth2/authorize'), { 'sec-fetch-dest': dest });
      expect([dest, answer.status, answer.location]).toEqual([dest, 403, undefined]);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(hosted.url('/login'), { method })).status).toBe(405);
    }
    expect((await openBrowser().get(`${hosted.base}/oauth2/token`)).status).toBe(405);
    const huge = await openBrowser().post(hosted.url('/login'), `username=${'a'.repeat(100_000)}`);
    expect(huge.status).toBe(413);
  });

  it('does not open a browser session by a made-up, empty or foreign cookie', async () => {
    for (const value of ['', 'a', 'A'.repeat(43), '__proto__']) {
      const browser = openBrowser();
      browser.cookies.set('cognito', value);
      expect((await browser.get(hosted.url('/oauth2/authorize'))).location).toContain('/login?');
    }
  });

  it('is gone with its domain', async () => {
    const answer = await openBrowser().get(hosted.url('/login').replace('/sign-in/', '/other-domain/'));
    expect(answer.status).toBe(404);
  });
});
