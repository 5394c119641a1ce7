import { openApi } from './api.ts';
import type { Context } from './command.ts';
import { standingStack } from './outputs.ts';
import type { Session } from './session.ts';
import { obtainTokens } from './sign-in.ts';

/** What every command that talks to the API shares. */
export function openSession(context: Context): Session {
  return {
    standing: () => standingStack(context),
    tokens: async (options = {}) => obtainTokens(context, await standingStack(context), options),
    api: (by) => openApi(context, by),
  };
}
