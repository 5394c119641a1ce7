import type { SignedIn } from '../aws/sign-in.ts';
import type { ResourceType } from '../resource-types.ts';
import type { StackEvent, StackReport } from '../stack/types.ts';
import type { Context } from './command.ts';
import { keepOutputs } from './outputs.ts';
import { choosePassword } from './password.ts';
import { proveSignIn, trySignIn } from './prove-sign-in.ts';
import { consentToPython } from './python-consent.ts';
import { type StackRequest, stackRequest } from './service.ts';
import type { StandingStack } from './session.ts';
import type { SettingOptions } from './stack-settings.ts';

export interface BringUpOptions {
  settings: SettingOptions;
  onEvent: (event: StackEvent) => void;
  adopt?: boolean;
  replace?: ResourceType[];
  /** Tables that left the service and are to be removed. */
  removeTables?: string[];
  passwordStdin?: boolean;
  /** Makes the functions' code, where the caller keeps what makes it. */
  code?: StackRequest['code'];
}

/** Creates or repairs the whole stack as the working folder describes it, and keeps its addresses. */
export async function bringUp(
  context: Context,
  options: BringUpOptions,
): Promise<{ report: StackReport; kept: Omit<StandingStack, 'fromCache'>; request: StackRequest }> {
  const { settings, onEvent, adopt = false, replace = [], removeTables = [], passwordStdin = false, code } = options;
  const request = await stackRequest(context, settings);
  await consentToPython(context, request.service);
  const [aws, { up }] = await Promise.all([context.aws(), import('../stack/stack.ts')]);
  let chosen = context.env.DYNOPS_PASSWORD || undefined;
  let tried: Promise<SignedIn | undefined> | undefined;
  const report = await up(aws, {
    ...request,
    ...(code && { code }),
    signal: context.signal,
    onEvent,
    password: async () => {
      chosen = await choosePassword(context, { account: aws.accountId, fromStdin: passwordStdin });
      return chosen;
    },
    onSignIn(who) {
      if (chosen !== undefined) tried = trySignIn(aws, { ...who, password: chosen });
    },
    adopt,
    replace,
    removeTables,
  });
  const kept = await keepOutputs(context, report);
  const isNew = report.resources.some(({ type, action }) => type === 'user' && action !== 'unchanged');
  await proveSignIn(context, kept, { given: chosen, isNew, tried: await tried });
  return { report, kept, request };
}
