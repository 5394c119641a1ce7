import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyPoolToken } from '../../src/local/cognito/pools.ts';
import { lastCode, wrongCode } from '../local/cognito/inbox-reader.ts';
import { type HostedFixture, pkce, postToken, startHosted } from '../local/login/hosted-fixture.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : ' (skipped: needs chromium)';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(missing !== '')(`the hosted pages in Chromium${missing}`, () => {
  let hosted: HostedFixture;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let application: Server;
  let callback: string;
  let onward: string;
  /** Screenshots are for people: DYNOPS_SCREENSHOTS keeps them in a folder of one's own. */
  let shots: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    shots = process.env.DYNOPS_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), 'dynops-screenshots-')));
    application = createServer((request, response) => {
      if (request.url?.startsWith('/onward')) {
        response.writeHead(302, { location: `http://localhost:${port()}/callback?onward` }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>The application</title>');
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${port()}/callback`;
    onward = `http://127.0.0.1:${port()}/onward`;
    hosted = await startHosted({
      pool: {
        AutoVerifiedAttributes: ['email'],
        // As long as names may be, and nowhere to break them.
        PoolName: 'pool'.repeat(32),
        Schema: [
          { Name: 'name', AttributeDataType: 'String', Required: true, Mutable: true },
          { Name: 'birthdate', AttributeDataType: 'String', Required: true, Mutable: true },
          { Name: 'phone_number', AttributeDataType: 'String', Required: true, Mutable: true },
        ],
      },
      client: { ClientName: 'client__'.repeat(16), CallbackURLs: [callback, onward] },
    });
    browser = await chromium.launch({ executablePath, args: flags });
  });
  afterAll(async () => {
    await browser?.close();
    await hosted?.engine.stop();
    application?.closeAllConnections();
    await new Promise((resolve) => (application ? application.close(resolve) : resolve(undefined)));
    if (shots && !process.env.DYNOPS_SCREENSHOTS) await rm(shots, { recursive: true, force: true });
  });

  const port = () => (application.address() as AddressInfo).port;

  /** A new browser profile; scripts are off, as the pages promise to do without. */
  async function open(options: { colorScheme?: 'dark' | 'light'; javaScriptEnabled?: boolean } = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ javaScriptEnabled: false, ...options });
    page = await context.newPage();
    page.on('console', (message) => {
      // The browser reports each page that is answered with an error status; those are expected here.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
  }

  async function photograph(name: string): Promise<void> {
    for (const [width, height] of [
      [360, 740],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      const path = join(shots, `${name}-${width}.png`);
      await page.screenshot({ path, fullPage: true });
      expect((await stat(path)).size).toBeGreaterThan(1000);
      const { width: needed = 0 } = (await page.locator('body').boundingBox()) ?? {};
      const card = await page.locator('main').boundingBox();
      expect(needed).toBeLessThanOrEqual(width);
      expect((card?.x ?? -1) >= 0 && (card?.x ?? 0) + (card?.width ?? 0) <= width).toBe(true);
    }
  }

  async function signIn(username: string, given: string): Promise<void> {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(given);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const hasFocus = (label: string) =>
    page.getByLabel(label).evaluate((field) => field === field.ownerDocument.activeElement);

  async function makeUser(username: string): Promise<void> {
    await hosted.cognito.adminCreateUser({
      UserPoolId: hosted.poolId,
      Username: username,
      TemporaryPassword: 'first1',
    });
  }

  async function chooseNewPassword(phone = '+4930123456'): Promise<void> {
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await page.getByLabel('New password', { exact: true }).fill('chosen3');
    await page.getByLabel('New password again').fill('chosen3');
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Date of birth').fill('1815-12-10');
    await page.getByLabel('Phone number').fill(phone);
    await page.getByRole('button').click();
  }

  it('signs in by the implicit grant: wrong password, temporary password, new password, token', async () => {
    await makeUser('ada');
    await open();
    await page.goto(hosted.url('/login', { response_type: 'token', redirect_uri: callback, state: 'a b&c' }));
    await photograph('login');
    expect(await hasFocus('Username')).toBe(true);
    await signIn('ada', 'wrong-1');
    expect(await page.getByRole('alert').textContent()).toBe('Incorrect username or password.');
    await photograph('wrong-password');
    await signIn('ada', 'first1');
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await photograph('new-password');
    await chooseNewPassword('030 123456');
    expect(await page.getByRole('alert').textContent()).toBe('Invalid phone number format.');
    expect(await hasFocus('Phone number')).toBe(true);
    await photograph('wrong-phone-number');
    await chooseNewPassword();
    await page.waitForURL(`${callback}#*`);
    const fragment = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect(fragment.get('state')).toBe('a b&c');
    const token = fragment.get('id_token') ?? '';
    const claims = await verifyPoolToken(hosted.engine.engine, { token, poolArns: [hosted.poolArn] });
    expect(claims).toMatchObject({ token_use: 'id', aud: hosted.clientId, 'cognito:username': 'ada' });
  });

  it('signs in by the code grant with PKCE, and remembers the browser', async () => {
    await makeUser('grace');
    await open();
    const { verifier, challenge } = pkce();
    const change = { redirect_uri: callback, state: 's', code_challenge: challenge, code_challenge_method: 'S256' };
    await page.goto(hosted.url('/oauth2/authorize', change));
    await signIn('grace', 'first1');
    await chooseNewPassword();
    await page.waitForURL(`${callback}?*`);
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id: hosted.clientId, redirect_uri: callback, code };
    const { status, body } = await postToken(hosted, { ...form, code_verifier: verifier });
    expect(status).toBe(200);
    const claims = await verifyPoolToken(hosted.engine.engine, {
      token: String(body.id_token),
      poolArns: [hosted.poolArn],
    });
    expect(claims['cognito:username']).toBe('grace');
    await page.goto(hosted.url('/oauth2/authorize', { redirect_uri: callback }));
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);
  });

  it('lets the form end behind a callback that redirects again', async () => {
    await hosted.cognito.adminCreateUser({ UserPoolId: hosted.poolId, Username: 'alan', TemporaryPassword: 'first1' });
    await open();
    await page.goto(hosted.url('/login', { redirect_uri: onward }));
    await signIn('alan', 'first1');
    await chooseNewPassword();
    await page.waitForURL(`http://localhost:${port()}/callback?onward`);
  });

  it('works on the domain’s own host name', async () => {
    await open();
    const own = `http://sign-in.auth.localhost:${new URL(hosted.engine.endpoint).port}`;
    await page.goto(hosted.url('/login', { redirect_uri: callback }).replace(hosted.base, own));
    await signIn('ada', 'chosen3');
    await page.waitForURL(`${callback}?*`);
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);
  });

  it('shows errors, and a dark page to who asks for one', async () => {
    await open({ colorScheme: 'dark' });
    await page.goto(hosted.url('/login', { redirect_uri: 'https://evil.example/' }));
    expect(await page.getByRole('alert').textContent()).toBe('redirect_mismatch');
    expect(await page.getByText('Refused:').textContent()).toBe('Refused: https://evil.example/');
    await photograph('error');
    await page.goto(hosted.url('/login', { redirect_uri: callback }));
    await photograph('login-dark');
  });

  async function fillSignUp(): Promise<void> {
    await page.getByLabel('Username').fill('hopper');
    await page.getByLabel('E-mail address').fill('hopper@example.com');
    await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
    await page.getByLabel('Date of birth').fill('1906-12-09');
    await page.getByLabel('Phone number').fill('+12025550123');
    await page.getByLabel('Password', { exact: true }).fill('chosen3');
    await page.getByLabel('Password again').fill('chosen3');
    await page.getByRole('button').click();
  }

  it.each(['light', 'dark'] as const)(
    'signs up, confirms and resets a password without scripts (%s)',
    async (scheme) => {
      await open({ colorScheme: scheme });
      await page.goto(hosted.url('/login', { redirect_uri: callback }));
      await page.getByRole('link', { name: 'Create an account' }).click();
      await photograph(`sign-up-${scheme}`);
      await fillSignUp();
      if (scheme === 'light') {
        await page.getByRole('heading', { name: 'Confirm your account' }).waitFor();
        await photograph('confirm-light');
        await page.getByRole('button', { name: 'Send a new code' }).click();
        await page.getByLabel('Code').fill(wrongCode(lastCode(hosted, 'hopper')));
        await page.getByRole('button', { name: 'Confirm account' }).click();
        expect(await page.getByRole('alert').textContent()).toMatch(/^Invalid verification code/);
        await photograph('confirm-wrong-light');
        await page.getByLabel('Code').fill(lastCode(hosted, 'hopper'));
        await page.getByRole('button', { name: 'Confirm account' }).click();
        await page.waitForURL(`${callback}?*`);
        return;
      }
      expect(await page.getByRole('alert').textContent()).toBe('User already exists');
      expect(await hasFocus('Username')).toBe(true);
      await photograph('sign-up-refused-dark');
      await page.getByRole('link', { name: 'Back to sign-in' }).click();
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await photograph('forgotten-dark');
      await page.getByLabel('Username').fill('hopper');
      await page.getByRole('button').click();
      await photograph('reset-dark');
      await page.getByLabel('Code').fill(lastCode(hosted, 'hopper'));
      await page.getByLabel('New password', { exact: true }).fill('another4');
      await page.getByLabel('New password again').fill('another4');
      await page.getByRole('button').click();
      await photograph('changed-dark');
      await page.getByLabel('Password', { exact: true }).fill('another4');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${callback}?*`);
    },
  );

  it('shows a password to who asks for it, where scripts run', async () => {
    await open({ javaScriptEnabled: true });
    await page.goto(hosted.url('/login', { redirect_uri: callback }));
    const field = page.locator('input[name=password]');
    await field.fill('secret-1');
    await page.getByLabel('Show password').check();
    expect(await field.getAttribute('type')).toBe('text');
    await photograph('login-shown');
    await page.getByLabel('Show password').uncheck();
    expect([await field.getAttribute('type'), await field.inputValue()]).toEqual(['password', 'secret-1']);
  });

  it.each([
    ['signing up', '/signup'],
    ['a new password', 'first1'],
  ])('shows both fields together for %s', async (_what, where) => {
    const names = ['new_password', 'confirm_password'];
    await open({ javaScriptEnabled: true });
    if (where.startsWith('/')) await page.goto(hosted.url(where, { redirect_uri: callback }));
    else {
      await makeUser('showing');
      await page.goto(hosted.url('/login', { redirect_uri: callback }));
      await signIn('showing', where);
      await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    }
    const types = () => Promise.all(names.map((name) => page.locator(`input[name="${name}"]`).getAttribute('type')));
    expect(await types()).toEqual(['password', 'password']);
    await page.getByLabel('Show password').check();
    expect(await types()).toEqual(['text', 'text']);
    await page.getByLabel('Show password').uncheck();
    expect(await types()).toEqual(['password', 'password']);
  });

  it('never made the browser complain', () => {
    expect(complaints).toEqual([]);
  });
});
