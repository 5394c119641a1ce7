import { isRecoveredByAdminOnly } from '../cognito/delivery.ts';
import { confirmForgotPassword, forgotPassword } from '../cognito/recovery.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import type { AuthorizeRequest } from './authorize.ts';
import { csrf } from './browser-session.ts';
import { html, single, type Visit } from './exchange.ts';
import { actionOf, checkForm, checkVisit, discreet, linksOf, nameField, showLogin, withWait } from './login-form.ts';
import { forgotPage, resetPage } from './sign-up-html.ts';

function showForgot(
  engine: Engine,
  visit: Visit,
  given: { asked: AuthorizeRequest; username: string; status?: number; error?: string },
): PlainResponse {
  const { asked, username, status = 200, error } = given;
  const guard = csrf(engine, visit.request);
  const body = forgotPage({
    action: actionOf(visit, '/forgotPassword'),
    csrf: guard.token,
    error,
    poolName: visit.pool.name,
    clientName: asked.client.ClientName,
    username,
    ...nameField(visit),
    links: linksOf(visit, ['/login']),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** GET `/forgotPassword`. */
export function showForgotPage(engine: Engine, visit: Visit): PlainResponse {
  const asked = checkVisit(engine, visit);
  const error = isRecoveredByAdminOnly(visit.pool) ? { error: 'Contact administrator to reset password.' } : {};
  return showForgot(engine, visit, { asked, username: single(visit.query, 'login_hint') ?? '', ...error });
}

/** POST `/forgotPassword`: the same answer for every name. */
export async function submitForgot(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username } = attempt;
  if (username === '')
    return showForgot(engine, visit, { asked, username: '', status: 400, error: 'Enter your name.' });
  try {
    const { Destination } = await forgotPassword(engine, discreet(visit, asked), username);
    const notice = `If that account exists and can receive codes, one was sent to ${Destination}.`;
    return showReset(engine, visit, { asked, username, notice });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const problem = withWait(engine, visit, { error, username });
    return showForgot(engine, visit, { asked, username, status: 400, error: problem });
  }
}

export function showReset(
  engine: Engine,
  visit: Visit,
  given: {
    asked: AuthorizeRequest;
    username: string;
    notice: string;
    status?: number;
    error?: string;
    isPasswordRefused?: boolean;
  },
): PlainResponse {
  const { asked, username, notice, status = 200, error, isPasswordRefused = false } = given;
  const { pool } = visit;
  const guard = csrf(engine, visit.request);
  const body = resetPage({
    action: actionOf(visit, '/confirmForgotPassword'),
    csrf: guard.token,
    error,
    poolName: pool.name,
    clientName: asked.client.ClientName,
    username,
    notice,
    policy: pool.settings.Policies?.PasswordPolicy ?? {},
    isPasswordRefused,
    links: linksOf(visit, ['/forgotPassword', '/login']),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** POST `/confirmForgotPassword`. */
export async function submitReset(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username, form: sent } = attempt;
  const password = sent.get('new_password') ?? '';
  const notice = 'Enter the code that was sent to you.';
  const again = (error: string, isPasswordRefused: boolean) =>
    showReset(engine, visit, { asked, username, notice, status: 400, error, isPasswordRefused });
  if (password !== sent.get('confirm_password')) return again('The two passwords differ.', true);
  try {
    const code = sent.get('code') ?? '';
    await confirmForgotPassword(engine, discreet(visit, asked), { username, code, password });
    return showLogin(engine, visit, { asked, username, notice: 'Your password was changed. Please sign in.' });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const isPasswordRefused = /^(InvalidPassword|PasswordHistory|InvalidParameter)/.test(error.code);
    return again(withWait(engine, visit, { error, username }), isPasswordRefused);
  }
}
