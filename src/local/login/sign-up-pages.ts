import { missingAttributes, schemaOf } from '../cognito/attributes.ts';
import { isConfirmedByLink } from '../cognito/confirmation-link.ts';
import type { UserRecord } from '../cognito/records.ts';
import { openSession, readSession, spendSession } from '../cognito/sessions.ts';
import { allowsSignUp, confirmSignUp, resendSignUpCode, signUp } from '../cognito/sign-up.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import type { AuthorizeRequest } from './authorize.ts';
import { csrf } from './browser-session.ts';
import { html, single, type Visit } from './exchange.ts';
import {
  actionOf,
  admit,
  checkForm,
  checkVisit,
  discreet,
  linksOf,
  nameField,
  possibleName,
  showLogin,
  withWait,
} from './login-form.ts';
import { messagePage } from './pages-html.ts';
import { confirmedPage, confirmPage, signUpPage } from './sign-up-html.ts';

/** What a new user is asked for: what the pool requires, and what it verifies, beside the name. */
function askedAttributes({ pool }: Visit): string[] {
  const name = pool.settings.UsernameAttributes?.length === 1 ? pool.settings.UsernameAttributes[0] : undefined;
  const required = missingAttributes(pool, (attribute) => attribute === name);
  const verified = pool.settings.AutoVerifiedAttributes?.filter((attribute) => attribute !== name) ?? [];
  return [...new Set<string>([...verified, ...required])];
}

function showSignUp(
  engine: Engine,
  visit: Visit,
  given: {
    asked: AuthorizeRequest;
    status?: number;
    error?: string;
    refused?: string | undefined;
    sent?: URLSearchParams;
  },
): PlainResponse {
  const { asked, status = 200, error, refused, sent } = given;
  const { pool } = visit;
  const guard = csrf(engine, visit.request);
  const body = signUpPage({
    action: actionOf(visit, '/signup'),
    csrf: guard.token,
    error,
    refused,
    poolName: pool.name,
    clientName: asked.client.ClientName,
    ...nameField(visit),
    policy: pool.settings.Policies?.PasswordPolicy ?? {},
    attributes: askedAttributes(visit).flatMap((name) => schemaOf(pool, name) ?? []),
    values: (name) => sent?.get(name) ?? (name === 'username' ? single(visit.query, 'login_hint') : undefined),
    links: linksOf(visit, ['/login']),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

const closed = () =>
  html(
    403,
    messagePage({
      title: 'Sign-up is not available',
      message: 'SignUp is not permitted for this user pool',
      detail: 'The user pool has AllowAdminCreateUserOnly: only administrators create users.',
    }),
  );

/** GET `/signup`. */
export function showSignUpPage(engine: Engine, visit: Visit): PlainResponse {
  const asked = checkVisit(engine, visit);
  return allowsSignUp(visit.pool) ? showSignUp(engine, visit, { asked }) : closed();
}

/** POST `/signup`. */
export async function submitSignUp(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username, form: sent } = attempt;
  const { pool } = visit;
  if (!allowsSignUp(pool)) return closed();
  const again = (error: string, refused?: string) =>
    showSignUp(engine, visit, { asked, status: 400, error, refused, sent });
  const password = sent.get('new_password') ?? '';
  if (username === '') return again('Enter a name of at most 128 characters, without spaces.', 'username');
  if (password !== sent.get('confirm_password')) return again('The two passwords differ.');
  const attributes = askedAttributes(visit).flatMap((name) => {
    const value = sent.get(`userAttributes.${name}`) ?? '';
    return value === '' ? [] : [{ Name: name, Value: value }];
  });
  try {
    const { user, delivery } = await signUp(engine, { pool, client: asked.client }, { username, password, attributes });
    if (!delivery)
      return showLogin(engine, visit, {
        asked,
        notice: 'Your account was created. An administrator has to confirm it before you can sign in.',
      });
    return showConfirm(engine, visit, { asked, username, notice: sentTo(delivery, visit), user });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const isName = error.code === 'UsernameExistsException' || /^Username/.test(error.message);
    return again(error.message, isName ? 'username' : error.details.attribute);
  }
}

const sentTo = ({ Destination }: { Destination?: string | undefined }, { pool }: Visit) =>
  isConfirmedByLink(pool)
    ? `A link was sent to ${Destination}. Open it to confirm your account.`
    : `A code was sent to ${Destination}.`;

const purpose = 'hosted-sign-up';

/** `user`: who has just chosen the password here, and need not enter it again. */
export function showConfirm(
  engine: Engine,
  visit: Visit,
  given: {
    asked: AuthorizeRequest;
    username: string;
    notice: string;
    user?: UserRecord;
    session?: string | undefined;
    status?: number;
    error?: string;
  },
): PlainResponse {
  const { asked, username, notice, user, status = 200, error } = given;
  const { pool } = visit;
  const bound = { pool, client: asked.client, username: user?.username ?? username, user };
  const guard = csrf(engine, visit.request);
  const body = confirmPage({
    action: actionOf(visit, '/confirm'),
    resendAction: actionOf(visit, '/resendcode'),
    csrf: guard.token,
    error,
    poolName: pool.name,
    clientName: asked.client.ClientName,
    username,
    session: user ? openSession(engine, purpose, { ...bound, state: {} }) : given.session,
    notice,
    isByLink: isConfirmedByLink(pool),
    links: linksOf(visit, ['/login']),
  });
  return html(status, body, { callback: asked.redirectUri, cookies: [guard.cookie] });
}

/** POST `/confirm`: confirms, and signs in who has just signed up in this browser. */
export async function submitConfirm(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username, form: sent } = attempt;
  const session = sent.get('session') ?? undefined;
  try {
    const code = sent.get('code') ?? '';
    const user = await confirmSignUp(engine, discreet(visit, asked), { username, code });
    if (isOwnSignUp(engine, visit, { asked, user, session })) return await admit(engine, visit, { asked, user });
    return showLogin(engine, visit, { asked, username, notice: 'Your account is confirmed. Please sign in.' });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // The same for every name: this must not tell who exists.
    const notice = 'Enter the code that was sent to you.';
    const problem = withWait(engine, visit, { error, username });
    return showConfirm(engine, visit, { asked, username, session, notice, status: 400, error: problem });
  }
}

/** GET `/confirmUser`: where the link of a mail leads. */
export async function confirmByLink(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const { pool, query, request } = visit;
  const [username, code] = [possibleName(single(query, 'user_name')), single(query, 'confirmation_code') ?? ''];
  const client = pool.clients.find(({ ClientId }) => ClientId === single(query, 'client_id'));
  const refused = (message: string) =>
    html(400, messagePage({ title: 'This link cannot confirm an account', message }));
  if (!client) return refused('The link does not name an app client of this user pool.');
  // Mail programs look at links before anybody opens them.
  if (request.method === 'HEAD') return html(200, '');
  try {
    await confirmSignUp(engine, discreet(visit, { client }), { username, code });
    return html(200, confirmedPage(pool.name));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return refused(error.message);
  }
}

/** The session is good for minutes, and spent by this. */
function isOwnSignUp(
  engine: Engine,
  { pool }: Visit,
  given: { asked: AuthorizeRequest; user: UserRecord; session: string | undefined },
): boolean {
  const { asked, user, session } = given;
  if (session === undefined || !user.enabled) return false;
  const bound = { pool, client: asked.client, username: user.username, user };
  try {
    spendSession(engine, readSession(engine, purpose, { ...bound, session }));
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

/** POST `/resendcode`. */
export async function submitResend(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const attempt = checkForm(engine, visit);
  if ('status' in attempt) return attempt;
  const { asked, username, form: sent } = attempt;
  const session = sent.get('session') ?? undefined;
  const show = { asked, username, session };
  try {
    const delivery = await resendSignUpCode(engine, discreet(visit, asked), username);
    return showConfirm(engine, visit, { ...show, notice: sentTo(delivery, visit) });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const problem = withWait(engine, visit, { error, username });
    return showConfirm(engine, visit, { ...show, notice: 'No new code was sent.', status: 400, error: problem });
  }
}
