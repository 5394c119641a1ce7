import { lockedForMs } from '../cognito/attempts.ts';
import { isUsername } from '../cognito/constraints.ts';
import { isRecoveredByAdminOnly } from '../cognito/delivery.ts';
import type { ClientRecord, UserRecord } from '../cognito/records.ts';
import { attemptName } from '../cognito/sign-in.ts';
import { allowsSignUp } from '../cognito/sign-up.ts';
import { findUser } from '../cognito/users.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import type { AwsError } from '../service.ts';
import { type AuthorizeRequest, checkAuthorize, finishAuthorize, hasPages, Refused } from './authorize.ts';
import { beginBrowserSession, csrf, isOwnForm } from './browser-session.ts';
import type { Link } from './elements.ts';
import { form, html, type Visit } from './exchange.ts';
import { loginPage, messagePage } from './pages-html.ts';

interface Attempt {
  asked: AuthorizeRequest;
  /** See `possibleName`. */
  username: string;
  form: URLSearchParams;
}

export const actionOf = ({ request }: Visit, path: string) => `${request.basePath}${path}?${request.query}`;

/** Sign-in names are addresses in some pools. */
export function nameField({ pool }: Visit): { nameLabel: string; nameType: string } {
  const names = pool.settings.UsernameAttributes ?? [];
  if (names.length === 1 && names[0] === 'email') return { nameLabel: 'E-mail address', nameType: 'email' };
  if (names.length === 1 && names[0] === 'phone_number') return { nameLabel: 'Phone number', nameType: 'tel' };
  return { nameLabel: names.length > 1 ? 'E-mail address or phone number' : 'Username', nameType: 'text' };
}

/** The checked request of a page. Throws Refused, where the domain has no pages too. */
export function checkVisit(engine: Engine, visit: Visit): AuthorizeRequest {
  const asked = checkAuthorize(visit);
  if (hasPages(engine, visit.pool, asked.client)) return asked;
  const detail = 'The domain uses version 2 of the pages, which needs CreateManagedLoginBranding for this client.';
  const message = 'Please contact an administrator.';
  throw new Refused(html(400, messagePage({ title: 'Login pages unavailable', message, detail })));
}

const linkTexts = {
  '/forgotPassword': 'Forgot your password?',
  '/signup': 'Create an account',
  '/login': 'Back to sign-in',
} as const;

/** Links to the pages that this pool has. */
export function linksOf(visit: Visit, paths: readonly (keyof typeof linkTexts)[]): Link[] {
  const isThere = (path: string) =>
    path === '/signup' ? allowsSignUp(visit.pool) : path !== '/forgotPassword' || !isRecoveredByAdminOnly(visit.pool);
  return paths.filter(isThere).map((path) => ({ href: actionOf(visit, path), text: linkTexts[path] }));
}

export function showLogin(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; status?: number; error?: string; notice?: string; username?: string },
): PlainResponse {
  const { asked, status = 200, error, notice, username = '' } = given;
  const guard = csrf(engine, visit.request);
  const body = loginPage({
    action: actionOf(visit, '/login'),
    csrf: guard.token,
    error,
    notice,
    links: linksOf(visit, ['/forgotPassword', '/signup']),
    poolName: visit.pool.name,
    clientName: asked.client.ClientName,
    username,
    ...nameField(visit),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** A name as it was sent; empty where nobody can be called so. */
export const possibleName = (text: string | null | undefined): string => (text && isUsername(text) ? text : '');

/** The checked form of a POST, or the login page once more. */
export function checkForm(engine: Engine, visit: Visit): Attempt | PlainResponse {
  const asked = checkAuthorize(visit);
  const sent = form(visit.request);
  if (!sent || !isOwnForm(engine, visit.request, sent))
    return showLogin(engine, visit, {
      asked,
      status: 403,
      error: 'This page has been open for too long. Please sign in again.',
    });
  return { asked, username: possibleName(sent.get('username')), form: sent };
}

export async function admit(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; user: UserRecord },
): Promise<PlainResponse> {
  const { authTimeS, cookie } = await beginBrowserSession(engine, visit, given.user);
  return finishAuthorize(engine, visit.pool, { ...given, authTimeS, cookies: [cookie] });
}

/** The refusal, and how long the name is locked, whether or not there is such a user. */
export function withWait(
  engine: Engine,
  { pool }: Visit,
  { error, username }: { error: AwsError; username: string },
): string {
  const lockedMs =
    error.details.waitMs ?? lockedForMs(engine, attemptName(pool, username, findUser(engine, pool, username)));
  const seconds = Math.ceil(lockedMs / 1000);
  if (seconds === 0) return error.message;
  const minutes = Math.ceil(seconds / 60);
  const wait = seconds > 120 ? `${minutes} minutes` : `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return `${error.message.replace(/\.$/, '')}. Try again in ${wait}.`;
}

/** A client to whom nobody's existence is told, in words or in time: on the pages none is, whatever its setting for programs. */
export const discreet = ({ pool }: Visit, { client }: { client: ClientRecord }) => ({
  pool,
  client: { ...client, PreventUserExistenceErrors: 'ENABLED' as const },
});
