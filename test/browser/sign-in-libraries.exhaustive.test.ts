import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import * as client from 'openid-client';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyPoolToken } from '../../src/local/cognito/pools.ts';
import { lastCode } from '../local/cognito/inbox-reader.ts';
import { password } from '../local/cognito/pool-fixture.ts';
import { openBrowser } from '../local/login/browser.ts';
import { type HostedFixture, startHosted, submitLogin } from '../local/login/hosted-fixture.ts';
import type { LibraryPage, PageSettings } from './pages/library-page.ts';
import type { OidcPage } from './pages/oidc.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : ' (skipped: needs chromium)';

type Oidc = { library: OidcPage };
type Window = { start(settings: PageSettings): LibraryPage; library: LibraryPage };

/** An application's server: one page that loads the script of that name. */
async function serve(scripts: ReadonlyMap<string, string>): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1).split('?')[0] ?? '';
    const script = scripts.get(name.replace(/\.js$/, ''));
    if (name.endsWith('.js') && script !== undefined)
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(`<script src="/${name}.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL(`./pages/${name}.ts`, import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    define: { global: 'globalThis' },
  });
  return outputFiles[0]?.text ?? '';
}

describe.skipIf(missing !== '')(`sign-in libraries in Chromium${missing}`, () => {
  let fixture: HostedFixture;
  let browser: Browser;
  let listed: Awaited<ReturnType<typeof serve>>;
  let stranger: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    const names = ['identity-js', 'amplify', 'oidc'];
    const texts = await Promise.all(names.map(bundle));
    const scripts = new Map(names.map((name, at) => [name, texts[at] ?? '']));
    [listed, stranger] = await Promise.all([serve(scripts), serve(scripts)]);
    fixture = await startHosted({
      pool: { AutoVerifiedAttributes: ['email'] },
      client: {
        CallbackURLs: [`${listed.origin}/oidc`],
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      },
    });
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.engine.stop();
    for (const application of [listed, stranger]) {
      application?.server.closeAllConnections();
      application?.server.close();
    }
  });

  async function open(origin: string, library: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${origin}/${library}`);
    await startIn(page);
    return page;
  }

  const startIn = (page: Page) =>
    page.evaluate(
      (given) => {
        const window = globalThis as unknown as Window;
        window.library = window.start(given);
      },
      {
        endpoint: `${fixture.engine.endpoint}/`,
        userPoolId: fixture.poolId,
        clientId: fixture.clientId,
        redirectUri: `${listed.origin}/oidc`,
      },
    );

  /** One step in the page; its answer, or the error's name and message. */
  const step = <Name extends keyof LibraryPage>(page: Page, name: Name, ...given: Parameters<LibraryPage[Name]>) =>
    page.evaluate(
      async ([method, parameters]) => {
        const { library } = globalThis as unknown as Window;
        const call = library[method as keyof LibraryPage] as (...all: unknown[]) => Promise<unknown>;
        try {
          return await call(...(parameters as unknown[]));
        } catch (error) {
          const { name, code = name, message } = error as Error & { code?: string };
          return { error: `${code}: ${message}` };
        }
      },
      [name, given] as const,
    );

  const claimsIn = async (token: unknown) =>
    verifyPoolToken(fixture.engine.engine, { token: String(token), poolArns: [fixture.poolArn] });

  it.each(['identity-js', 'amplify'])(
    '%s signs up, confirms, signs in, refreshes, resets and signs out',
    async (library) => {
      const page = await open(listed.origin, library);
      const username = `user-of-${library}`;
      const email = `${library}@example.com`;
      expect(await step(page, 'signUp', { username, password: 'second-2', email })).toBe(
        `${library.charAt(0)}***@e***`,
      );
      expect(await step(page, 'confirm', username, 'wrong')).toEqual({
        error: expect.stringMatching(/^CodeMismatchException: Invalid verification code provided/),
      });
      expect(await step(page, 'confirm', username, lastCode(fixture, username))).toBeUndefined();
      expect(await step(page, 'signIn', username, 'wrong-2')).toEqual({
        error: 'NotAuthorizedException: Incorrect username or password.',
      });
      const first = await claimsIn(await step(page, 'signIn', username, 'second-2'));
      expect(first).toMatchObject({ token_use: 'id', email, email_verified: true });
      const second = await claimsIn(await step(page, 'refresh'));
      expect(second).toMatchObject({ sub: first.sub, auth_time: first.auth_time });
      expect(second.jti).not.toBe(first.jti);
      expect(await step(page, 'signOut')).toBe(true);
      expect(await step(page, 'forgot', username)).toBe(`${library.charAt(0)}***@e***`);
      expect(await step(page, 'reset', username, lastCode(fixture, username), 'third-3')).toBeUndefined();
      expect(await claimsIn(await step(page, 'signIn', username, 'third-3'))).toMatchObject({ sub: first.sub });
    },
  );

  it.each(['identity-js', 'amplify'])(
    '%s is kept out on a page of an origin that nobody registered',
    async (library) => {
      const page = await open(stranger.origin, library);
      const given = { username: `stranger-${library}`, password: 'second-2', email: 's@example.com' };
      expect(await step(page, 'signUp', given)).toEqual({ error: expect.stringMatching(/network/i) });
      await expect(
        fixture.cognito.adminGetUser({ UserPoolId: fixture.poolId, Username: given.username }),
      ).rejects.toMatchObject({ name: 'UserNotFoundException' });
    },
  );

  it('oidc-client-ts signs in on the hosted pages, reads who it is, refreshes and revokes', async () => {
    const { cognito, poolId: UserPoolId } = fixture;
    const UserAttributes = [{ Name: 'email', Value: 'testuser@example.com' }];
    await cognito.adminUpdateUserAttributes({ UserPoolId, Username: 'testuser', UserAttributes });
    const page = await open(listed.origin, 'oidc');
    // The page is gone before the call has answered.
    await Promise.all([
      page.waitForURL(`${fixture.engine.endpoint}/**`),
      page.evaluate(() => (globalThis as unknown as Oidc).library.begin()).catch(() => undefined),
    ]);
    await page.getByLabel('Username').fill('testuser');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${listed.origin}/oidc?*`);
    await startIn(page);
    const { first, email, renewed } = await page.evaluate(() => (globalThis as unknown as Oidc).library.end());
    expect(email).toBe('testuser@example.com');
    expect(await claimsIn(renewed)).toMatchObject({ sub: (await claimsIn(first)).sub });
    expect(renewed).not.toBe(first);
    expect(await page.evaluate(() => (globalThis as unknown as Oidc).library.leave())).toBe(true);
  });

  it('openid-client signs a server’s user in by the code grant with PKCE', async () => {
    const issuer = new URL(`${fixture.engine.endpoint}/${fixture.poolId}`);
    const options = { execute: [client.allowInsecureRequests] };
    const server = await client.discovery(issuer, fixture.clientId, undefined, client.None(), options);
    const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(server, {
      redirect_uri: `${listed.origin}/oidc`,
      scope: 'openid email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const person = openBrowser();
    const { location: form = '' } = await person.get(url.href);
    const { location: back = '' } = await submitLogin(person, form);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const tokens = await client.authorizationCodeGrant(server, new URL(back), checks);
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(server, tokens.access_token, sub)).toMatchObject({ username: 'testuser' });
    const renewed = await client.refreshTokenGrant(server, tokens.refresh_token ?? '');
    expect(renewed.claims()?.sub).toBe(sub);
    await client.tokenRevocation(server, tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(server, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
