import type { Outputs } from '../home/stack-files.ts';
import { openApi } from './api.ts';
import type { Context } from './command.ts';
import { standingApi, standingStack } from './outputs.ts';
import type { Session } from './session.ts';
import { obtainTokens } from './sign-in.ts';

/** What every command that talks to the API shares. */
export function openSession(context: Context): Session {
  return {
    standing: () => standingStack(context),
    standingApi: () => standingApi(context),
    tokens: async (options = {}) => {
      const needed = options.hosted && ((outputs: Outputs) => outputs.domainUrl !== null);
      return obtainTokens(context, await standingStack(context, needed), options);
    },
    api: (by) => openApi(context, by),
  };
}
