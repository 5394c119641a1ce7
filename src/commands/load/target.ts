import { type FunctionSettings, readFunctionSettings } from '../../aws/function-settings.ts';
import type { Outputs } from '../../home/stack-files.ts';
import type { Context } from '../../session/command.ts';
import { explainRefusal } from '../../session/refusal.ts';
import { stackNames } from '../../stack/names.ts';

/** The stack's API, found to answer, and a token that stays good. */
export interface LoadTarget {
  outputs: Outputs;
  function: FunctionSettings;
  /** The token of the next request. */
  token: () => string | undefined;
  /** Stops looking after the token. */
  close(): void;
}

/** Sign-in hands out a kept token while it has a minute left, so this is soon enough. */
const tokenCheckMs = 20_000;

/** Calls the API once: a load is started only at one that answers, with a token that it takes. */
export async function openLoadTarget(context: Context): Promise<LoadTarget> {
  // First, because opening the target may start the engine anew, at another address.
  const settings = await readFunctionSettings(await context.aws(), stackNames(await context.stack()).function);
  const session = await context.session();
  const api = await session.api({ auth: true });
  const { response, body, token: firstToken, outputs } = await api.post('{"operation":"ping"}');
  if (response.status === 401 || response.status === 403) {
    throw explainRefusal(response.status, {
      token: firstToken,
      outputs,
      nowMs: context.clock(),
      message: body,
      requestId: undefined,
    });
  }
  let token = firstToken;
  let failedBefore = false;
  const refresh = async () => {
    try {
      token = (await session.tokens()).idToken;
      failedBefore = false;
    } catch (error) {
      // The requests that it is refused for are counted; what went wrong is said once.
      if (!failedBefore) context.ui.warn(`The token could not be renewed: ${String(error)}`);
      failedBefore = true;
    }
  };
  const timer = setInterval(() => void refresh(), tokenCheckMs);
  return { outputs, function: settings, token: () => token, close: () => clearInterval(timer) };
}
