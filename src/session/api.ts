import { type HttpResponse, header, send } from '../endpoint/http.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import type { Outputs } from '../home/stack-files.ts';
import type { Context, GlobalOptions } from './command.ts';
import { hasSignIn, readStandingStack, type StandingStack, standingStack } from './outputs.ts';
import { ownCommand } from './own-command.ts';
import { obtainTokens } from './sign-in.ts';

/** One answer of the API, and what was sent to get it. */
export interface Exchange {
  response: HttpResponse;
  /** The response body as text. */
  body: string;
  token: string | undefined;
  outputs: Outputs;
}

export interface Api {
  post(body: string): Promise<Exchange>;
}

// API Gateway ends an integration after 29 s.
const answerTimeoutMs = 35_000;

/**
 * The stack's API, with the token attached where somebody can sign in. Addresses come from the cache, so nothing but the call itself is sent;
 * when the answer says that the API is not there, they are read anew and the call is made once more.
 */
export async function openApi(context: Context, { auth }: { auth: boolean }): Promise<Api> {
  let standing = await standingStack(context);
  if (auth && !hasSignIn(standing.outputs)) {
    context.ui.note('Called without a token: the stack has no user pool, app client or user yet.');
  }
  return {
    post: async (body) => {
      context.signal.throwIfAborted();
      const first = await attempt(context, { standing, auth, body });
      if (!standing.fromCache || !isGone(first)) return answered(first, context.options);
      standing = await readStandingStack(context);
      return answered(await attempt(context, { standing, auth, body }), context.options);
    },
  };
}

type Attempt = Exchange | { unreachable: Error; url: string };

async function attempt(
  context: Context,
  { standing, auth, body }: { standing: StandingStack; auth: boolean; body: string },
): Promise<Attempt> {
  const { outputs } = standing;
  const token = auth && hasSignIn(outputs) ? (await obtainTokens(context, standing, {})).idToken : undefined;
  try {
    const response = await send({
      method: 'POST',
      url: outputs.apiUrl,
      headers: { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: token }) },
      body,
      timeoutMs: answerTimeoutMs,
    });
    return { response, body: response.body.toString('utf8'), token, outputs };
  } catch (error) {
    return { unreachable: error instanceof Error ? error : new Error(String(error)), url: outputs.apiUrl };
  }
}

/** An unknown API id, stage or path is answered 403 with one of these, and an unknown host not at all. */
function isGone(tried: Attempt): boolean {
  if ('unreachable' in tried)
    return 'code' in tried.unreachable && unreachableCodes.includes(String(tried.unreachable.code));
  return tried.response.status === 403 && /"(?:Missing Authentication Token|Forbidden)"/.test(tried.body);
}

/** No connection came about, so nothing was sent, and sending it elsewhere repeats nothing. */
const unreachableCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH'];

function answered(tried: Attempt, options: GlobalOptions): Exchange {
  if (!('unreachable' in tried)) return tried;
  const { unreachable, url } = tried;
  const timedOut = unreachable.name === 'AbortError' || unreachable.name === 'TimeoutError';
  throw new DynopsError({
    ...(timedOut || !('code' in unreachable)
      ? { code: timedOut ? 'Timeout' : 'Unreachable' }
      : { foreignCode: String(unreachable.code) }),
    message: timedOut
      ? `${new URL(url).host} did not answer within ${answerTimeoutMs / 1000} s.`
      : `${new URL(url).host} cannot be reached: ${unreachable.message}.`,
    hint:
      'code' in unreachable && unreachableCodes.includes(String(unreachable.code))
        ? `Run ${ownCommand(options)('doctor')} to see what is wrong.`
        : 'It may have been carried out all the same: look before you send it again.',
    exitStatus: ExitStatus.failed,
    cause: unreachable,
  });
}

export function requestId(response: HttpResponse): string | undefined {
  return header(response, 'x-amzn-requestid');
}
