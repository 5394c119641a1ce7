import { recordedEngine } from '../endpoint/engine.ts';
import { DynopsError } from '../errors.ts';
import { knownAccount, type Outputs, rememberAccount, stackFiles, type TokenSubject } from '../home/stack-files.ts';
import type { ResourceType } from '../resource-types.ts';
import type { StackStatus, StackSummary } from '../stack/types.ts';
import { placeOf } from './announce.ts';
import type { Context } from './command.ts';
import type { StandingApi, StandingStack } from './session.ts';
import { stackSettings } from './stack-settings.ts';

/** From the cache when it is there, else read by SDK calls. Throws `StackAbsent` when there is nothing of the stack. */
export async function standingStack(
  context: Context,
  needed: (outputs: Outputs) => boolean = () => true,
): Promise<StandingStack> {
  const cached = await cachedStack(context);
  if (cached !== undefined && needed(cached.outputs)) return cached;
  const { kept, summary } = await readAndKeep(context);
  if (!isBegun(summary)) throw absent(summary);
  return kept;
}

/** The same of a stack whose API can be called. Throws `StackAbsent` or `ApiNotServed` where it cannot. */
export async function standingApi(context: Context): Promise<StandingApi> {
  const cached = await cachedStack(context);
  return (cached && withApi(cached)) ?? readStandingApi(context);
}

async function cachedStack(context: Context): Promise<StandingStack | undefined> {
  const [choice, stack, account] = await Promise.all([context.choice(), context.stack(), accountIfKnown(context)]);
  if (account === undefined) return undefined;
  const files = stackFiles(context.home, { choice, account, stack });
  const outputs = await files.readOutputs();
  if (outputs === undefined || !hasSignIn(outputs)) return undefined;
  return { outputs: choice.kind === 'local' ? await atEngine(context, outputs) : outputs, files, fromCache: true };
}

function withApi({ outputs, ...standing }: StandingStack): StandingApi | undefined {
  const { apiUrl } = outputs;
  return apiUrl === null ? undefined : { ...standing, outputs: { ...outputs, apiUrl } };
}

/** The engine may have another port than when the addresses were kept, and what has its old one now is not to be asked. */
async function atEngine(context: Context, outputs: Outputs): Promise<Outputs> {
  const endpoint = (await recordedEngine(context.home))?.endpoint ?? (await context.target()).endpoint;
  const moved = (url: string | null) => url && `${endpoint}${new URL(url).pathname}`;
  return { ...outputs, apiUrl: moved(outputs.apiUrl), domainUrl: moved(outputs.domainUrl) };
}

/** The state of the stack, as AWS reports it. */
export async function readStatus(context: Context): Promise<StackStatus> {
  const [{ status }, aws, settings, service] = await Promise.all([
    import('../stack/stack.ts'),
    context.aws(),
    stackSettings(context, {}),
    context.service({ values: false }),
  ]);
  return status(aws, { settings, service, onEvent: () => undefined, signal: context.signal });
}

/** Asks AWS where the API is called, and keeps the answer. */
export async function readStandingApi(context: Context): Promise<StandingApi> {
  const { kept, summary } = await readAndKeep(context);
  const standing = withApi(kept);
  if (standing !== undefined) return standing;
  const stands = (wanted: ResourceType) =>
    summary.resources.some(({ type, state }) => type === wanted && state !== 'absent');
  throw stands('method') && stands('stage') ? await notServed(context, summary) : absent(summary);
}

async function readAndKeep(context: Context): Promise<{ kept: StandingStack; summary: StackStatus }> {
  const summary = await readStatus(context);
  return { kept: { ...(await keepOutputs(context, summary)), fromCache: false }, summary };
}

const isBegun = ({ resources }: StackStatus) => resources.some(({ state }) => state !== 'absent');

function absent(summary: StackStatus): DynopsError {
  const begun = isBegun(summary);
  return new DynopsError({
    code: 'StackAbsent',
    message: `Stack "${summary.stack}" ${begun ? 'has no deployed API yet' : 'does not exist'} in ${placeOf(summary)}.`,
    facts: { begun },
  });
}

async function notServed(context: Context, { stack }: StackSummary): Promise<DynopsError> {
  const { endpointUrl } = await context.choice();
  return new DynopsError({
    code: 'ApiNotServed',
    message: `Stack "${stack}" exists, but ${endpointUrl} serves no APIs: there is no URL to call.`,
  });
}

/** Keeps a stack's addresses for `call` and `token`; forgets them when there are none any more. */
export async function keepOutputs(context: Context, summary: StackSummary): Promise<Omit<StandingStack, 'fromCache'>> {
  const { account, apiUrl, userPoolId, clientId, domainUrl, username } = summary;
  const choice = await context.choice();
  const files = stackFiles(context.home, { choice, account, stack: summary.stack });
  const outputs = { account, apiUrl, userPoolId, clientId, domainUrl, username };
  if (apiUrl === null && userPoolId === null) await files.forget({ keepPassword: true });
  else await Promise.all([files.writeOutputs(outputs), rememberAccount(context.home, choice, account)]);
  return { outputs, files };
}

/** Made step by step, a stack may have an API before anybody can sign in to it. */
export function hasSignIn(outputs: Outputs): outputs is Outputs & TokenSubject {
  return outputs.userPoolId !== null && outputs.clientId !== null && outputs.username !== null;
}

/** Who signs in where; the stack's own user unless another is named. Throws `StackAbsent` where nobody can. */
export function tokenSubject(outputs: Outputs, username = outputs.username): TokenSubject {
  const { userPoolId, clientId } = outputs;
  if (userPoolId !== null && clientId !== null && username !== null) return { userPoolId, clientId, username };
  throw new DynopsError({
    code: 'StackAbsent',
    message: 'Nobody can sign in yet: the stack has no user pool, app client or user.',
    facts: { step: 'user' },
  });
}

async function accountIfKnown(context: Context): Promise<string | undefined> {
  return knownAccount(context.home, await context.choice());
}
