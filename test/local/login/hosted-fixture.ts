import { createHash, randomBytes } from 'node:crypto';
import type {
  CreateUserPoolClientCommandInput,
  CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { type PoolFixture, password, startPool } from '../cognito/pool-fixture.ts';
import { type Answer, type Browser, hiddenFields, openBrowser } from './browser.ts';

export const callback = 'https://app.example.com/callback';

export interface HostedFixture extends PoolFixture {
  /** The hosted domain, without a trailing slash. */
  base: string;
  /** A page's URL with the usual parameters; undefined leaves one out. */
  url(path: string, change?: Record<string, string | undefined>): string;
}

export async function startHosted(
  options: {
    pool?: Partial<CreateUserPoolCommandInput>;
    client?: Partial<CreateUserPoolClientCommandInput>;
    slowPasswords?: boolean;
  } = {},
): Promise<HostedFixture> {
  const fixture = await startPool({
    ...options,
    client: {
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code', 'implicit'],
      AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
      CallbackURLs: [callback, 'http://127.0.0.1:8976/callback'],
      LogoutURLs: ['https://app.example.com/bye'],
      SupportedIdentityProviders: ['COGNITO'],
      ...options.client,
    },
  });
  await fixture.cognito.createUserPoolDomain({ UserPoolId: fixture.poolId, Domain: 'sign-in' });
  const base = `${fixture.engine.endpoint}/_aws/cognito-domain/sign-in`;
  const usual = { client_id: fixture.clientId, response_type: 'code', redirect_uri: callback, scope: 'openid email' };
  return {
    ...fixture,
    base,
    url(path, change = {}) {
      const given = Object.entries({ ...usual, ...change }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      return `${base}${path}?${new URLSearchParams(given)}`;
    },
  };
}

/** Fills the login form in; the answer is a redirect to the client, or a page. */
export async function submitLogin(
  browser: Browser,
  loginUrl: string,
  credentials: { username?: string; password?: string } = {},
): Promise<Answer> {
  const page = await browser.get(loginUrl);
  return browser.post(loginUrl, {
    ...hiddenFields(page.text),
    username: credentials.username ?? 'testuser',
    password: credentials.password ?? password,
  });
}

/** A code for `testuser`, as the client's callback receives it. */
export async function obtainCode(
  hosted: HostedFixture,
  change: Record<string, string | undefined> = {},
): Promise<string> {
  const { location } = await submitLogin(openBrowser(), hosted.url('/login', change));
  return new URL(location ?? 'about:blank').searchParams.get('code') ?? '';
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export async function postToken(
  hosted: HostedFixture,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const answer = await openBrowser().post(`${hosted.base}/oauth2/token`, form, headers);
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) };
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
