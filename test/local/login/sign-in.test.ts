import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { script } from '../../../src/local/login/script.ts';
import { addUser, claimsOf, password } from '../cognito/pool-fixture.ts';
import { hiddenFields, openBrowser } from './browser.ts';
import { callback, type HostedFixture, startHosted, submitLogin } from './hosted-fixture.ts';

let hosted: HostedFixture;

beforeAll(async () => {
  hosted = await startHosted({
    pool: { Schema: [{ Name: 'name', AttributeDataType: 'String', Required: true, Mutable: true }] },
  });
});
afterAll(() => hosted?.engine.stop());

const parametersOf = (location: string | undefined) => new URL(location ?? 'about:blank').searchParams;
const fragmentOf = (location: string | undefined) =>
  new URLSearchParams(new URL(location ?? 'about:blank').hash.slice(1));

describe('signing in on the hosted pages', () => {
  it('goes from authorize to login to the callback, with code and state', async () => {
    const browser = openBrowser();
    const state = 'a&b="<ü>';
    const start = await browser.get(hosted.url('/oauth2/authorize', { state }));
    expect(start.status).toBe(302);
    expect(start.location?.startsWith(`${hosted.base}/login?`)).toBe(true);
    const end = await submitLogin(browser, start.location ?? '');
    expect(end.status).toBe(302);
    expect(end.location?.startsWith(`${callback}?`)).toBe(true);
    expect(parametersOf(end.location).get('code')).toMatch(/^[0-9a-f-]{36}$/);
    expect(parametersOf(end.location).get('state')).toBe(state);
  });

  it('gives tokens in the fragment by the implicit grant, with nonce, and an id token only for openid', async () => {
    const url = hosted.url('/login', { response_type: 'token', nonce: 'n-1', state: 's' });
    const { location } = await submitLogin(openBrowser(), url);
    const fragment = fragmentOf(location);
    expect(Object.fromEntries(fragment)).toMatchObject({ expires_in: '3600', token_type: 'Bearer', state: 's' });
    expect(claimsOf(fragment.get('id_token') ?? '')).toMatchObject({ nonce: 'n-1', aud: hosted.clientId });
    expect(claimsOf(fragment.get('access_token') ?? '')).toMatchObject({ scope: 'openid email', version: 2 });
    expect(fragment.has('refresh_token')).toBe(false);
    const plain = hosted.url('/login', { response_type: 'token', scope: 'aws.cognito.signin.user.admin' });
    expect(fragmentOf((await submitLogin(openBrowser(), plain)).location).has('id_token')).toBe(false);
  });

  it('narrows the id token by scope', async () => {
    const { cognito, poolId } = hosted;
    const attributes = { email: 'test@example.com', name: 'Test', website: 'https://example.com' };
    await cognito.adminUpdateUserAttributes({
      UserPoolId: poolId,
      Username: 'testuser',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    });
    const claims = async (scope: string) => {
      const { location } = await submitLogin(openBrowser(), hosted.url('/login', { response_type: 'token', scope }));
      return claimsOf(fragmentOf(location).get('id_token') ?? '');
    };
    expect(await claims('openid email')).toMatchObject({ email: 'test@example.com' });
    expect(await claims('openid email')).not.toHaveProperty('website');
    expect(await claims('openid profile')).toMatchObject(attributes);
    expect(await claims('openid')).toMatchObject(attributes);
  });

  it('remembers the browser for an hour, until logout or a password change', async () => {
    const { cognito, poolId, advance } = hosted;
    await addUser(cognito, poolId, 'remembered');
    const browser = openBrowser();
    const authorize = hosted.url('/oauth2/authorize');
    const enter = () => submitLogin(browser, hosted.url('/login', { prompt: 'login' }), { username: 'remembered' });
    const isKnown = async () => parametersOf((await browser.get(authorize)).location).has('code');

    await enter();
    expect(await isKnown()).toBe(true);
    expect(parametersOf((await browser.get(hosted.url('/login'))).location).has('code')).toBe(true);
    expect((await browser.get(hosted.url('/oauth2/authorize', { prompt: 'login' }))).location).toContain('/login?');
    const out = await browser.get(
      `${hosted.base}/logout?client_id=${hosted.clientId}&logout_uri=https://app.example.com/bye`,
    );
    expect(out.location).toBe('https://app.example.com/bye');
    expect(await isKnown()).toBe(false);

    await enter();
    const cookies = new Map(browser.cookies);
    await browser.get(hosted.url('/logout', { logout_uri: undefined }));
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await isKnown()).toBe(false);

    await enter();
    advance(3_600_000);
    expect(await isKnown()).toBe(false);

    await enter();
    const who = { UserPoolId: poolId, Username: 'remembered' };
    await cognito.adminSetUserPassword({ ...who, Password: 'changed9', Permanent: false });
    expect(await isKnown()).toBe(false);
  });

  it('asks for nothing where the client says prompt=none', async () => {
    const browser = openBrowser();
    const url = hosted.url('/oauth2/authorize', { prompt: 'none', state: 's' });
    expect(parametersOf((await browser.get(url)).location).get('error')).toBe('login_required');
    await submitLogin(browser, hosted.url('/login'));
    expect(parametersOf((await browser.get(url)).location).has('code')).toBe(true);
  });

  it('shows a wrong password and locks after five, together with the API', async () => {
    const { cognito, poolId, clientId } = hosted;
    await addUser(cognito, poolId, 'guessed');
    const enter = (given: string) =>
      submitLogin(openBrowser(), hosted.url('/login'), { username: 'guessed', password: given });
    for (let guess = 0; guess < 5; guess++) {
      const page = await enter('wrong-1');
      expect([page.status, page.text.includes('Incorrect username or password.')]).toEqual([401, true]);
    }
    expect((await enter(password)).text).toMatch(/Password attempts exceeded\. Try again in 1 second\./);
    const parameters = { USERNAME: 'guessed', PASSWORD: password };
    await expect(
      cognito.initiateAuth({ ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: parameters }),
    ).rejects.toMatchObject({ message: 'Password attempts exceeded' });
  });

  it('says how long a name waits, longer each time', async () => {
    const { cognito, poolId, advance } = hosted;
    await addUser(cognito, poolId, 'waiting');
    const enter = async (given = 'wrong-1') =>
      (await submitLogin(openBrowser(), hosted.url('/login'), { username: 'waiting', password: given })).text;
    for (let guess = 0; guess < 5; guess++) await enter();
    const waits: (string | undefined)[] = [];
    for (let lockMs = 1_000; lockMs <= 128_000; lockMs *= 2) {
      waits.push(/Try again in ([^.]*)\./.exec(await enter(password))?.[1]);
      advance(lockMs + 1);
      expect(await enter()).toContain('Incorrect username or password.');
    }
    expect(waits).toEqual([
      '1 second',
      '2 seconds',
      '4 seconds',
      '8 seconds',
      '16 seconds',
      '32 seconds',
      '64 seconds',
      '3 minutes',
    ]);
  });

  it('says nothing about which names exist, and lets no disabled user in', async () => {
    const { cognito, poolId } = hosted;
    const unknown = await submitLogin(openBrowser(), hosted.url('/login'), { username: 'nobody' });
    expect([unknown.status, unknown.text.includes('Incorrect username or password.')]).toEqual([401, true]);
    await addUser(cognito, poolId, 'disabled');
    await cognito.adminDisableUser({ UserPoolId: poolId, Username: 'disabled' });
    const disabled = await submitLogin(openBrowser(), hosted.url('/login'), { username: 'disabled' });
    expect([disabled.status, disabled.text.includes('User is disabled.')]).toEqual([401, true]);
  });

  it('leads a temporary password to a page that asks for a new one and for what is missing', async () => {
    const { cognito, poolId } = hosted;
    await cognito.adminCreateUser({ UserPoolId: poolId, Username: 'fresh', TemporaryPassword: 'first1' });
    const browser = openBrowser();
    const url = hosted.url('/login', { state: 's' });
    const page = await submitLogin(browser, url, { username: 'fresh', password: 'first1' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Choose a new password');
    expect(page.text).toContain('name="userAttributes.name"');
    const change = (form: Record<string, string>, from = page) =>
      browser.post(url.replace('/login?', '/changePassword?'), { ...hiddenFields(from.text), ...form });
    const twice = (given: string) => ({ new_password: given, confirm_password: given });

    const differ = await change({ new_password: 'chosen3', confirm_password: 'chosen4', 'userAttributes.name': '<b>' });
    expect(differ.text).toContain('The two passwords differ.');
    expect(differ.text).toContain('value="&lt;b&gt;"');
    const short = await change({ ...twice('abc'), 'userAttributes.name': 'Fresh' }, differ);
    expect(short.status).toBe(400);
    const nameless = await change(twice('chosen3'), short);
    expect(nameless.text).toContain('name is missing');
    expect([invalidFields(short.text), invalidFields(nameless.text)]).toEqual([
      ['new_password'],
      ['userAttributes.name'],
    ]);
    const done = await change({ ...twice('chosen3'), 'userAttributes.name': 'Fresh' }, nameless);
    expect(parametersOf(done.location).get('state')).toBe('s');
    expect((await cognito.adminGetUser({ UserPoolId: poolId, Username: 'fresh' })).UserStatus).toBe('CONFIRMED');
    const replayed = await change({ ...twice('stolen5'), 'userAttributes.name': 'Fresh' }, nameless);
    expect(replayed.status).toBe(401);
    const again = await submitLogin(openBrowser(), url, { username: 'fresh', password: 'chosen3' });
    expect(again.status).toBe(302);
  });

  it('labels the name by what the pool signs in with', async () => {
    const page = await openBrowser().get(hosted.url('/login'));
    expect(page.text).toMatch(/<label for="username">Username<\/label>/);
    expect(page.text).toMatch(/<html lang="en">/);
    expect(page.text).toMatch(/autocomplete="current-password"/);
    // One script, which the policy names by its hash.
    expect(page.text.replace(`<script>${script}</script>`, '')).not.toMatch(/<script|onload=|style="/);
  });

  it('is unavailable in version 2 until the client has a style', async () => {
    const { cognito, poolId, clientId } = hosted;
    const version = (ManagedLoginVersion: number) =>
      cognito.updateUserPoolDomain({ UserPoolId: poolId, Domain: 'sign-in', ManagedLoginVersion });
    await version(2);
    const page = await openBrowser().get(hosted.url('/login'));
    expect([page.status, page.text.includes('Login pages unavailable')]).toEqual([400, true]);
    const style = { UserPoolId: poolId, ClientId: clientId, UseCognitoProvidedValues: true };
    const { ManagedLoginBranding: made } = await cognito.createManagedLoginBranding(style);
    expect((await openBrowser().get(hosted.url('/login'))).status).toBe(200);
    await cognito.deleteManagedLoginBranding({
      UserPoolId: poolId,
      ManagedLoginBrandingId: made?.ManagedLoginBrandingId ?? '',
    });
    await version(1);
  });

  it('is found under the domain’s own host name too', async () => {
    const port = new URL(hosted.engine.endpoint).port;
    const answer = await fetchFrom(
      `sign-in.auth.localhost:${port}`,
      hosted.url('/login').replace(/^.*\/login/, '/login'),
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('action="/login?');
  });
});

/** The fields that a page marks, each of which must have the keyboard's focus and name the problem. */
function invalidFields(html: string): (string | undefined)[] {
  const marked = [...html.matchAll(/<input id="([^"]*)"[^>]*>/g)].filter(([input]) =>
    /aria-invalid|autofocus/.test(input),
  );
  for (const [input] of marked) expect(input).toMatch(/aria-describedby="problem.*" aria-invalid="true" autofocus>/);
  return marked.map(([, name]) => name);
}

/** A GET with a Host header of one's own, which fetch does not allow. */
async function fetchFrom(host: string, path: string): Promise<{ status: number; text: string }> {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(hosted.engine.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, headers: { host } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
