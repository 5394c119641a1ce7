import { createHash, randomBytes } from 'node:crypto';
import { send } from '../../endpoint/http.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { DynopsError, usageError } from '../../errors.ts';
import type { Tokens } from '../../home/stack-files.ts';
import { hostedSignInPorts, loopbackCallbacks } from '../../stack/loopback-callbacks.ts';
import type { Context } from '../command.ts';
import type { HostedSignInOptions } from '../session.ts';
import { audienceOf, claimsOf } from '../token-claims.ts';
import { openBrowser } from './browser.ts';
import { listenForCallback } from './callback.ts';

/** What one authorization code flow with PKCE (RFC 7636) keeps to itself until its end. */
interface Flow {
  env: Context['env'];
  domainUrl: string;
  clientId: string;
  state: string;
  nonce: string;
  verifier: string;
}

/** `expected`: the user who has to sign in; anybody where it is undefined. */
type HostedPages = HostedSignInOptions & { expected: string | undefined };

/** Where the browser was sent, and with what. */
interface Redirect {
  redirectUri: string;
  parameters: URLSearchParams;
}

/**
 * Signs in on the user pool's hosted pages: whatever the pool asks there (a new password, attributes, a second factor)
 * is between the pages and the user. Throws DynopsError, exit status 4, when they refuse.
 */
export async function signInOnHostedPages(
  context: Context,
  { clientId, domainUrl }: { clientId: string; domainUrl: string | null },
  options: HostedPages,
): Promise<Tokens> {
  if (domainUrl === null) {
    const why = (await context.choice()).kind === 'endpoint' ? ', or the endpoint serves no pages' : '';
    throw refused({ code: 'NoDomain' }, `There is no page to sign in on: the user pool has no domain${why}.`);
  }
  const random = (): string => randomBytes(32).toString('base64url');
  const flow: Flow = { env: context.env, domainUrl, clientId, state: random(), nonce: random(), verifier: random() };
  const { expected } = options;
  if (options.paste) return complete(flow, await pastedRedirect(context, flow, expected), expected);
  return signInByCallback(context, flow, options);
}

/** The tokens for a redirect. Throws DynopsError where they are refused, of another sign-in, or of another user than `expected`. */
async function complete(flow: Flow, redirect: Redirect, expected: string | undefined): Promise<Tokens> {
  const tokens = await exchange(flow, redirect);
  const claims = claimsOf(tokens.idToken);
  if (claims === undefined || audienceOf(claims) !== flow.clientId || claims.payload.nonce !== flow.nonce) {
    throw refused({ code: 'ForeignToken' }, 'The hosted pages answered with a token that belongs to another sign-in.');
  }
  const username = String(claims.payload['cognito:username'] ?? '');
  if (expected !== undefined && expected.toLowerCase() !== username.toLowerCase()) {
    throw refused({ code: 'OtherUser' }, `${username} signed in, not ${expected}.`);
  }
  return tokens;
}

async function signInByCallback(context: Context, flow: Flow, options: HostedPages): Promise<Tokens> {
  const { ui, env, signal } = context;
  const callback = await listenForCallback(hostedSignInPorts, flow.state);
  if (callback === undefined) {
    throw new DynopsError({
      code: 'NoFreePort',
      message: `The ports ${hostedSignInPorts.join(', ')} are taken, so the browser could not return to this command.`,
    });
  }
  try {
    const { redirectUri, arrived } = callback;
    const url = authorizeUrl(flow, redirectUri, options.expected);
    const opened = options.browser && (await openBrowser(url, env));
    ui.warn(
      `${opened ? 'The browser opens this page; sign in there:' : 'Open this page in a browser on this machine, and sign in:'}\n${url}`,
    );
    const parameters = await Promise.race([arrived, abortion(signal)]);
    let isSignedIn = false;
    try {
      const tokens = await complete(flow, { redirectUri, parameters }, options.expected);
      isSignedIn = true;
      return tokens;
    } finally {
      // Not before: the code may be refused, or be another user's.
      await callback.answer(isSignedIn);
    }
  } finally {
    callback.close();
  }
}

async function pastedRedirect({ ui }: Context, flow: Flow, expected: string | undefined): Promise<Redirect> {
  const [redirectUri = ''] = loopbackCallbacks;
  ui.warn(
    `Open this page in any browser, and sign in:\n${authorizeUrl(flow, redirectUri, expected)}\n` +
      'At the end the browser is sent to an address that it cannot open. Copy that address.',
  );
  const pasted = (ui.interactive ? await ui.ask('The address') : await ui.readStdin()).trim();
  if (!URL.canParse(pasted)) throw usageError('The pasted text is not a URL.', `It begins with ${redirectUri}?code=…`);
  const { searchParams: parameters } = new URL(pasted);
  if (parameters.get('state') !== flow.state) {
    throw refused({ code: 'ForeignRedirect' }, 'The address is of another sign-in than this one.');
  }
  return { redirectUri, parameters };
}

function authorizeUrl(flow: Flow, redirectUri: string, expected: string | undefined): string {
  const { domainUrl, clientId, state, nonce, verifier } = flow;
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email phone profile aws.cognito.signin.user.admin',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    // The browser may still be signed in as somebody else.
    ...(expected !== undefined && { prompt: 'login', login_hint: expected }),
  });
  return `${domainUrl}/oauth2/authorize?${parameters}`;
}

async function exchange(flow: Flow, { redirectUri, parameters }: Redirect): Promise<Tokens> {
  const code = parameters.get('code');
  if (code === null) {
    const problem = parameters.get('error');
    const reason = parameters.get('error_description') ?? problem ?? 'no code came back';
    throw refused(
      problem === null ? { code: 'NoCode' } : { foreignCode: problem },
      `The hosted pages refused the sign-in: ${reason}.`,
    );
  }
  const answer = await send({
    method: 'POST',
    url: `${flow.domainUrl}/oauth2/token`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: flow.clientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: flow.verifier,
    }).toString(),
    timeoutMs: 30_000,
    env: flow.env,
  });
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken, error } = membersOf(answer.body);
  if (answer.status === 200 && idToken !== undefined && accessToken !== undefined) {
    return { idToken, accessToken, refreshToken: refreshToken ?? null };
  }
  const problem = error ?? `status ${answer.status}`;
  throw refused({ foreignCode: problem }, `The token endpoint refused the code: ${problem}.`, 'Run the command again.');
}

/** The texts in a JSON object; none in anything else that may have answered. */
function membersOf(body: Buffer): Record<string, string | undefined> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const entries = Object.entries(value ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function refused(name: { code: ErrorCode } | { foreignCode: string }, message: string, hint?: string): DynopsError {
  return new DynopsError({ ...('code' in name ? name : { ...name, kind: 'credentials' }), message, hint });
}
