import { missingAttributes, schemaOf } from '../cognito/attributes.ts';
import type { UserRecord } from '../cognito/records.ts';
import { openSession, readSession, spendSession } from '../cognito/sessions.ts';
import { chooseNewPassword, signIn } from '../cognito/sign-in.ts';
import { findUser, hasAttribute } from '../cognito/users.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import { type AuthorizeRequest, finishAuthorize } from './authorize.ts';
import { browserUser, csrf } from './browser-session.ts';
import { html, single, type Visit } from './exchange.ts';
import { actionOf, admit, checkForm, checkVisit, discreet, showLogin, withWait } from './login-form.ts';
import { newPasswordPage } from './pages-html.ts';
import { showReset } from './recovery-pages.ts';
import { showConfirm } from './sign-up-pages.ts';

/** GET `/login`. */
export async function showLoginPage(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const asked = checkVisit(engine, visit);
  const known = asked.prompt === 'login' ? undefined : browserUser(engine, visit.pool, visit.request);
  if (known) return finishAuthorize(engine, visit.pool, { asked, ...known });
  return showLogin(engine, visit, { asked, username: single(visit.query, 'login_hint') ?? '' });
}

/** POST `/login`. */
export async function submitLogin(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username, form: sent } = attempt;
  const password = sent.get('password') ?? '';
  if (username === '' || password === '' || password.length > 256)
    return showLogin(engine, visit, { asked, status: 400, error: 'Enter your username and password.' });
  try {
    const user = await signIn(engine, discreet(visit, asked), { username, password });
    if (user.status === 'FORCE_CHANGE_PASSWORD') return showNewPassword(engine, visit, { asked, user });
    return await admit(engine, visit, { asked, user });
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UserNotConfirmedException')
      return showConfirm(engine, visit, { asked, username, notice: 'Your account is not confirmed yet.' });
    if (error instanceof AwsError && error.code === 'PasswordResetRequiredException')
      return showReset(engine, visit, { asked, username, notice: 'You have to choose a new password.' });
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
  const { asked, username, form: sent } = attempt;
  const { pool } = visit;
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
