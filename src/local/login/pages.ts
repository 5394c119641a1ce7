import { ownMember } from '../../own-member.ts';
import { findPoolByDomain } from '../cognito/domains.ts';
import { callbackOrigins } from '../cognito/page-origins.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { authorize, errorPageUrl, Refused } from './authorize.ts';
import { endBrowserSession } from './browser-session.ts';
import { header, html, json, type LoginRequest, ownOrigin, redirect, single, type Visit } from './exchange.ts';
import { showLoginPage, submitLogin, submitNewPassword } from './login.ts';
import { messagePage } from './pages-html.ts';
import { showForgotPage, submitForgot, submitReset } from './recovery-pages.ts';
import { confirmByLink, showSignUpPage, submitConfirm, submitResend, submitSignUp } from './sign-up-pages.ts';
import { serveRevoke, serveToken } from './token-endpoint.ts';
import { serveUserInfo } from './user-info.ts';

type Handler = (engine: Engine, visit: Visit) => Promise<PlainResponse> | PlainResponse;

/** GET `/logout`: ends the browser's session, then the client's logout_uri or the login page anew (DG cognito, logout endpoint). */
async function logout(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const { query, pool, request } = visit;
  const cookies = [await endBrowserSession(engine, request)];
  const client = pool.clients.find(({ ClientId }) => ClientId === single(query, 'client_id'));
  if (!client) return redirect(`${request.basePath}/error?error=Client+does+not+exist`, cookies);
  if (query.has('redirect_uri')) return redirect(`${request.basePath}/login?${request.query}`, cookies);
  const target = client.LogoutURLs?.find((url) => url === single(query, 'logout_uri'));
  if (target !== undefined) return redirect(target, cookies);
  return redirect(errorPageUrl(visit, 'redirect_mismatch', single(query, 'logout_uri')), cookies);
}

/** What each error of the error page means; other texts, which anybody can put in a link, are not shown. */
const errorDetails = new Map([
  [
    'redirect_mismatch',
    "The redirect_uri (or logout_uri) is not, character for character, one of the app client's callback (or logout) URLs.",
  ],
  ['Client does not exist', 'The client_id does not belong to an app client of this user pool.'],
  ['Client is not enabled for OAuth2.0 flows', 'The app client needs AllowedOAuthFlowsUserPoolClient.'],
  [
    'Login option is not available. Please try another one',
    'The app client needs COGNITO among its SupportedIdentityProviders.',
  ],
]);

function showError(_engine: Engine, { query }: Visit): PlainResponse {
  const error = query.get('error') ?? '';
  const detail = errorDetails.get(error);
  const refused = error === 'redirect_mismatch' ? single(query, 'redirect_uri') : undefined;
  return html(
    400,
    messagePage({
      title: 'Something is wrong with this link',
      message: detail === undefined ? 'An error was encountered with the requested page.' : error,
      ...(detail !== undefined && { detail }),
      ...(refused !== undefined && { refused }),
    }),
  );
}

const routes = new Map<string, Record<string, Handler>>([
  ['/login', { GET: showLoginPage, POST: submitLogin }],
  ['/changePassword', { POST: submitNewPassword }],
  ['/signup', { GET: showSignUpPage, POST: submitSignUp }],
  ['/confirm', { POST: submitConfirm }],
  ['/confirmUser', { GET: confirmByLink }],
  ['/resendcode', { POST: submitResend }],
  ['/forgotPassword', { GET: showForgotPage, POST: submitForgot }],
  ['/confirmForgotPassword', { POST: submitReset }],
  ['/oauth2/authorize', { GET: authorize }],
  ['/oauth2/token', { POST: serveToken }],
  ['/oauth2/revoke', { POST: serveRevoke }],
  ['/oauth2/userInfo', { GET: serveUserInfo, POST: serveUserInfo }],
  ['/logout', { GET: logout }],
  ['/error', { GET: showError }],
]);

/** The endpoints that a web application calls by script. */
const forScripts = ['/oauth2/token', '/oauth2/revoke', '/oauth2/userInfo'];

const maxBodyBytes = 64 * 1024;

/** False for what a browser marks as a frame, an image or a script's request: only whole pages may use the browser's session. */
function isVisit(request: LoginRequest): boolean {
  return (header(request, 'sec-fetch-dest') ?? 'document') === 'document';
}

function notFound(status: number, title: string, message: string): PlainResponse {
  return html(status, messagePage({ title, message }));
}

/**
 * Serves a hosted domain: sign-in pages and OAuth endpoints, as `{prefix}.auth.{region}.amazoncognito.com` does.
 * Web pages of other origins may call the OAuth endpoints by script only from an origin of a registered callback URL.
 */
export async function serveLogin(engine: Engine, request: LoginRequest): Promise<PlainResponse> {
  const pool = findPoolByDomain(engine, request.domainPrefix);
  if (!pool) return notFound(404, 'No such domain', 'This sign-in domain does not exist, or is not active yet.');
  const route = routes.get(request.path);
  if (!route) return notFound(404, 'Page not found', 'This sign-in domain has no such page.');
  const visit: Visit = { request, pool, query: new URLSearchParams(request.query) };
  const isForScripts = forScripts.includes(request.path);
  if (!isForScripts && !isVisit(request))
    return notFound(403, 'Not allowed', 'The sign-in pages cannot be embedded in another page.');
  const origin = header(request, 'origin');
  const isForeign = origin !== undefined && origin !== ownOrigin(request);
  if (isForScripts && isForeign && !callbackOrigins(pool.clients).includes(origin))
    return json(403, {
      error: 'invalid_request',
      error_description: 'The origin is not one of a registered callback URL.',
    });
  const response = await answer(engine, visit, route);
  return isForScripts && isForeign ? readableBy(response, origin) : response;
}

async function answer(engine: Engine, visit: Visit, route: Record<string, Handler>): Promise<PlainResponse> {
  const { request } = visit;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (request.body.length > maxBodyBytes) return notFound(413, 'Too large', 'The request is too large.');
  if (method === 'OPTIONS' && forScripts.includes(request.path)) return preflight(route);
  const handler = ownMember(route, method);
  if (!handler) {
    const refused = notFound(405, 'Method not allowed', `This page does not accept ${method} requests.`);
    return { ...refused, headers: [...refused.headers, ['allow', Object.keys(route).join(', ')]] };
  }
  try {
    return await handler(engine, visit);
  } catch (error) {
    if (error instanceof Refused) return error.response;
    throw error;
  }
}

function preflight(route: Record<string, Handler>): PlainResponse {
  return {
    status: 204,
    headers: [
      ['access-control-allow-methods', Object.keys(route).join(', ')],
      ['access-control-allow-headers', 'authorization, content-type, x-amz-user-agent'],
      ['access-control-max-age', '600'],
    ],
    body: '',
  };
}

function readableBy(response: PlainResponse, origin: string): PlainResponse {
  return {
    ...response,
    headers: [...response.headers, ['access-control-allow-origin', origin], ['vary', 'origin']],
  };
}
