import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Report } from '../cli/dynops.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : ' (skipped: needs chromium)';

const source = `
const headers = { 'access-control-allow-origin': process.env.CORS_ORIGINS };
export const handler = async ({ httpMethod, path }) => {
  if (path === '/fails') throw new Error('on purpose');
  return { statusCode: path === '/wrong' ? 500 : 200, headers, body: httpMethod + ' ' + path };
};
`;

async function startPages(): Promise<{ origin: string; server: Server }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>An application</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

describe.skipIf(missing !== '')(`a page of one’s own and a service of one’s own, in Chromium${missing}`, () => {
  let dynops: Installation;
  let browser: Browser;
  let listed: Awaited<ReturnType<typeof startPages>>;
  let stranger: Awaited<ReturnType<typeof startPages>>;
  let stack: Report;
  let page: Page;

  beforeAll(async () => {
    [dynops, listed, stranger] = await Promise.all([install(), startPages(), startPages()]);
    const cwd = join(dynops.home, 'app');
    await mkdir(cwd);
    await writeFile(join(cwd, 'pages.mjs'), source);
    const service = {
      stack: 'pages',
      functions: { pages: { entry: 'pages.mjs' } },
      routes: { 'PUT /notes': 'pages', 'GET /wrong': 'pages', 'GET /fails': 'pages' },
      cors: [listed.origin],
      callbackUrls: [`${listed.origin}/`, `${stranger.origin}/`],
    };
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
    stack = await dynops.json<Report>(['up'], { cwd, env: { DYNOPS_PASSWORD: 'secret-1' } });
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    for (const pages of [listed, stranger]) {
      pages?.server.closeAllConnections();
      pages?.server.close();
    }
    await dynops?.remove();
  });

  /** Signs in on the hosted pages as an application does, by the code grant with PKCE; the page exchanges the code. */
  async function signIn(origin: string): Promise<string> {
    page = await (await browser.newContext()).newPage();
    const verifier = randomBytes(32).toString('base64url');
    const asked = new URLSearchParams({
      client_id: stack.clientId ?? '',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${origin}/`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    await page.goto(`${stack.domainUrl}/oauth2/authorize?${asked}`);
    await page.getByLabel('Username').fill(stack.username ?? '');
    await page.getByLabel('Password', { exact: true }).fill('secret-1');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${origin}/?*`);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: stack.clientId ?? '',
      redirect_uri: `${origin}/`,
      code: new URL(page.url()).searchParams.get('code') ?? '',
      code_verifier: verifier,
    });
    const exchange = async ([url = '', form = '']: string[]) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(url, { method: 'POST', headers, body: form });
      const { id_token: idToken } = (await answer.json()) as { id_token: string };
      return idToken;
    };
    return page.evaluate(exchange, [`${stack.domainUrl}/oauth2/token`, body.toString()]);
  }

  /** What the page can read of an answer: status and body, or that it may not. */
  function ask(method: string, path: string, token?: string): Promise<string> {
    const request = { url: `${stack.apiUrl}${path}`, method, token };
    return page.evaluate(async (asked) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (asked.token) headers.authorization = asked.token;
      try {
        const answer = await fetch(asked.url, { method: asked.method, headers });
        return `${answer.status} ${await answer.text()}`;
      } catch (error) {
        return (error as Error).message;
      }
    }, request);
  }

  it('signs in with PKCE, calls routes, and reads answers and refusals', async () => {
    const token = await signIn(listed.origin);
    expect(await ask('PUT', '/notes', token)).toBe('200 PUT /notes');
    expect(await ask('PUT', '/notes')).toMatch(/^401 .*Unauthorized/);
    expect(await ask('GET', '/wrong', token)).toBe('500 GET /wrong');
    expect(await ask('GET', '/fails', token)).toMatch(/^502 .*Internal server error/);
  });

  it('lets a page of another origin read none of them', async () => {
    const token = await signIn(stranger.origin);
    expect(token).toMatch(/^eyJ/);
    for (const [method, path, given] of [
      ['PUT', '/notes', token],
      ['PUT', '/notes', undefined],
      ['GET', '/wrong', token],
      ['GET', '/fails', token],
    ] as const) {
      expect(await ask(method, path, given)).toBe('Failed to fetch');
    }
  });
});
