import { stageUrl } from '../aws/api-address.ts';
import { engineState, silentEngine } from '../endpoint/engine.ts';
import { header, send as sendOver } from '../endpoint/http.ts';
import { connectionReason, isUntrusted, throughProxy, untrustedAdvice } from '../endpoint/on-the-way.ts';
import { DynopsError } from '../errors.ts';
import type { Context, GlobalOptions } from './command.ts';
import { hasSignIn, readStandingApi, standingApi } from './outputs.ts';
import { ownCommand } from './own-command.ts';
import type { Api, ApiRequest, Exchange, StandingApi } from './session.ts';
import { obtainTokens } from './sign-in.ts';

// API Gateway ends an integration after 29 s.
const answerTimeoutMs = 35_000;

/**
 * The stack's API, with the token attached where somebody can sign in. Addresses come from the cache, so nothing but the call itself is sent;
 * when the answer says that the API is not there, they are read again and the call is repeated once.
 */
export async function openApi(context: Context, by: { auth: boolean; username?: string | undefined }): Promise<Api> {
  const { auth } = by;
  let standing = await standingApi(context);
  if (auth && !hasSignIn(standing.outputs)) {
    context.ui.note('Called without a token: the stack has no user pool, app client or user yet.');
  }
  async function send(request: ApiRequest): Promise<Exchange> {
    context.signal.throwIfAborted();
    const first = await attempt(context, { ...by, standing, request });
    if (!standing.fromCache || !isGone(first)) return answered(first, context.options);
    standing = await readStandingApi(context);
    return answered(await attempt(context, { ...by, standing, request }), context.options);
  }
  return { send, post: (body) => send({ method: 'POST', headers: jsonContent, body }) };
}

const jsonContent = { 'Content-Type': 'application/json' };

type Attempt = Exchange | { unreachable: Error; url: string };

async function attempt(
  context: Context,
  what: { standing: StandingApi; auth: boolean; username?: string | undefined; request: ApiRequest },
): Promise<Attempt> {
  const { standing, auth, username, request } = what;
  const { outputs } = standing;
  const token = auth && hasSignIn(outputs) ? (await obtainTokens(context, standing, { username })).idToken : undefined;
  const { method, path, query, headers, body } = request;
  const url = `${path === undefined ? outputs.apiUrl : `${stageUrl(outputs.apiUrl)}${path}`}${query ? `?${query}` : ''}`;
  try {
    const response = await sendOver({
      method,
      url,
      headers: { ...(token !== undefined && { Authorization: token }), ...headers },
      ...(body !== undefined && { body }),
      timeoutMs: answerTimeoutMs,
      env: context.env,
    });
    const requestId = header(response, 'x-amzn-requestid');
    return { response, body: response.body.toString('utf8'), requestId, token, outputs };
  } catch (error) {
    // A proxy that is in the way: nothing was sent, and nothing was found out about the API.
    if (error instanceof DynopsError) throw error;
    if (isTimeout(error) && (await context.choice()).kind === 'local') {
      const state = await engineState(context.home);
      if (state.kind === 'silent') throw silentEngine(state.pid);
    }
    return { unreachable: error instanceof Error ? error : new Error(String(error)), url: outputs.apiUrl };
  }
}

/** An unknown API id, stage or path is answered 403 with one of these, and an unknown host not at all. */
function isGone(tried: Attempt): boolean {
  if ('unreachable' in tried)
    return 'code' in tried.unreachable && unreachableCodes.includes(String(tried.unreachable.code));
  return tried.response.status === 403 && /"(?:Missing Authentication Token|Forbidden)"/.test(tried.body);
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

/** No connection came about, so nothing was sent, and sending it elsewhere repeats nothing. */
const unreachableCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH'];

/** The server's certificate is not its own or out of date: nothing was sent either. */
const isUnidentified = (code: string) => code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT_');

function answered(tried: Attempt, options: GlobalOptions): Exchange {
  if (!('unreachable' in tried)) return tried;
  const { unreachable, url } = tried;
  const timedOut = isTimeout(unreachable);
  const code = 'code' in unreachable ? String(unreachable.code) : '';
  throw new DynopsError({
    ...(timedOut || !('code' in unreachable)
      ? { code: timedOut ? 'AnswerLost' : 'Unreachable' }
      : { foreignCode: String(unreachable.code), kind: 'unreachable' }),
    message: timedOut
      ? `${new URL(url).host} did not answer within ${answerTimeoutMs / 1000} s.`
      : `${new URL(url).host} cannot be reached${throughProxy(unreachable)}: ${connectionReason(unreachable)}.`,
    hint: isUntrusted(unreachable)
      ? untrustedAdvice
      : unreachableCodes.includes(code) || isUnidentified(code)
        ? `Run ${ownCommand(options)('doctor')} to see what is wrong.`
        : 'It may have been carried out all the same: check before you send it again.',
    cause: unreachable,
  });
}
