import { lockedForMs } from '../cognito/attempts.ts';
import { missingAttributes, schemaOf } from '../cognito/attributes.ts';
import type { UserRecord } from '../cognito/records.ts';
import { openSession, readSession, spendSession } from '../cognito/sessions.ts';
import { attemptName, chooseNewPassword, signIn } from '../cognito/sign-in.ts';
import { findUser, hasAttribute } from '../cognito/users.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import { type AuthorizeRequest, checkAuthorize, finishAuthorize, hasPages } from './authorize.ts';
import { beginBrowserSession, browserUser, csrf, isOwnForm } from './browser-session.ts';
import { form, html, single, type Visit } from './exchange.ts';
import { loginPage, messagePage, newPasswordPage } from './pages-html.ts';

interface Attempt {
  asked: AuthorizeRequest;
  form: URLSearchParams;
}

const actionOf = ({ request }: Visit, path: string) => `${request.basePath}${path}?${request.query}`;

/** Sign-in names are addresses in some pools. */
function nameField({ pool }: Visit): { nameLabel: string; nameType: string } {
  const names = pool.settings.UsernameAttributes ?? [];
  if (names.length === 1 && names[0] === 'email') return { nameLabel: 'E-mail address', nameType: 'email' };
  if (names.length === 1 && names[0] === 'phone_number') return { nameLabel: 'Phone number', nameType: 'tel' };
  return { nameLabel: names.length > 1 ? 'E-mail address or phone number' : 'Username', nameType: 'text' };
}

function showLogin(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; status?: number; error?: string; username?: string },
): PlainResponse {
  const { asked, status = 200, error, username = '' } = given;
  const guard = csrf(engine, visit.request);
  const body = loginPage({
    action: actionOf(visit, '/login'),
    csrf: guard.token,
    error,
    poolName: visit.pool.name,
    clientName: asked.client.ClientName,
    username,
    ...nameField(visit),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** GET `/login`. */
export async function showLoginPage(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const asked = checkAuthorize(visit);
  if (!hasPages(engine, visit.pool, asked.client))
    return html(
      400,
      messagePage({
        title: 'Login pages unavailable',
        message: 'Please contact an administrator.',
        detail: 'The domain uses version 2 of the pages, which needs CreateManagedLoginBranding for this client.',
      }),
    );
  const known = asked.prompt === 'login' ? undefined : browserUser(engine, visit.pool, visit.request);
  if (known) return finishAuthorize(engine, visit.pool, { asked, ...known });
  return showLogin(engine, visit, { asked, username: single(visit.query, 'login_hint') ?? '' });
}

/** The checked form of a POST, or the login page once more. */
function checkForm(engine: Engine, visit: Visit): Attempt | PlainResponse {
  const asked = checkAuthorize(visit);
  const sent = form(visit.request);
  if (!sent || !isOwnForm(engine, visit.request, sent))
    return showLogin(engine, visit, {
      asked,
      status: 403,
      error: 'This page was open for too long. Please sign in again.',
    });
  return { asked, form: sent };
}

async function admit(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; user: UserRecord },
): Promise<PlainResponse> {
  const { authTimeS, cookie } = await beginBrowserSession(engine, visit, given.user);
  return finishAuthorize(engine, visit.pool, { ...given, authTimeS, cookies: [cookie] });
}

/** The refusal, and how long the name is locked, whether or not there is such a user. */
function withWait(engine: Engine, { pool }: Visit, { error, username }: { error: AwsError; username: string }): string {
  const lockedMs = lockedForMs(engine, attemptName(pool, username, findUser(engine, pool, username)));
  const seconds = Math.ceil(lockedMs / 1000);
  if (seconds === 0) return error.message;
  return `${error.message.replace(/\.$/, '')}. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}

/** POST `/login`. */
export async function submitLogin(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, form: sent } = attempt;
  const [username, password] = [sent.get('username') ?? '', sent.get('password') ?? ''];
  if (username === '' || password === '' || username.length > 128 || password.length > 256)
    return showLogin(engine, visit, { asked, status: 400, error: 'Enter your username and password.' });
  try {
    // Whether a name exists stays unsaid here, in words and in time, whatever the client's setting for programs.
    const client = { ...asked.client, PreventUserExistenceErrors: 'ENABLED' as const };
    const user = await signIn(engine, { pool: visit.pool, client }, { username, password });
    if (user.status === 'FORCE_CHANGE_PASSWORD') return showNewPassword(engine, visit, { asked, user });
    return await admit(engine, visit, { asked, user });
  } catch (error) {
    if (error instanceof AwsError)
      return showLogin(engine, visit, {
        asked,
        status: 401,
        error: withWait(engine, visit, { error, username }),
        username,
      });
    throw error;
  }
}

const purpose = 'hosted-new-password';

/** Why a new password was not taken; where it was an attribute's fault, which one. */
type Refusal = Pick<AwsError, 'message'> & Partial<Pick<AwsError, 'details'>>;

function showNewPassword(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; user: UserRecord; error?: Refusal; sent?: URLSearchParams },
): PlainResponse {
  const { asked, user, error, sent } = given;
  const { pool } = visit;
  const bound = { pool, client: asked.client, username: user.username, user };
  const guard = csrf(engine, visit.request);
  const body = newPasswordPage({
    action: actionOf(visit, '/changePassword'),
    csrf: guard.token,
    error: error?.message,
    refused: error?.details?.attribute,
    poolName: pool.name,
    clientName: asked.client.ClientName,
    username: user.username,
    // Each showing gives the person the whole time again.
    session: openSession(engine, purpose, { ...bound, state: {} }),
    policy: pool.settings.Policies?.PasswordPolicy ?? {},
    missing: missingAttributes(pool, hasAttribute(user)).flatMap((name) => schemaOf(pool, name) ?? []),
    values: (name) => sent?.get(name) ?? undefined,
  });
  return html(error === undefined ? 200 : 400, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** POST `/changePassword`: the answer to the page that asks for a new password. */
export async function submitNewPassword(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, form: sent } = attempt;
  const { pool } = visit;
  const username = sent.get('username') ?? '';
  const user = username === '' ? undefined : findUser(engine, pool, username);
  try {
    const bound = { pool, client: asked.client, username, user, session: sent.get('session') ?? '' };
    const session = readSession(engine, purpose, bound);
    if (!user?.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    const password = sent.get('new_password') ?? '';
    if (password !== sent.get('confirm_password'))
      return showNewPassword(engine, visit, { asked, user, sent, error: { message: 'The two passwords differ.' } });
    const attributes = missingAttributes(pool, hasAttribute(user)).map((name) => ({
      Name: name,
      Value: sent.get(`userAttributes.${name}`) ?? '',
    }));
    spendSession(engine, session);
    try {
      const confirmed = await chooseNewPassword(engine, pool, { user, password, attributes, client: asked.client });
      return await admit(engine, visit, { asked, user: confirmed });
    } catch (error) {
      if (error instanceof AwsError && error.code !== 'NotAuthorizedException')
        return showNewPassword(engine, visit, { asked, user, sent, error });
      throw error;
    }
  } catch (error) {
    if (error instanceof AwsError)
      return showLogin(engine, visit, { asked, status: 401, error: 'Your sign-in has ended. Please sign in again.' });
    throw error;
  }
}
