import { findBaseUrl } from '../aws/api-address.ts';
import { findDomainUrl } from '../aws/sign-in-address.ts';
import { apiId } from './definitions/api.ts';
import { authorizerId } from './definitions/authorizer.ts';
import { clientId } from './definitions/client.ts';
import { domainId } from './definitions/domain.ts';
import { poolId } from './definitions/pool.ts';
import { stageId } from './definitions/stage.ts';
import { userId } from './definitions/user.ts';
import { readAll } from './read.ts';
import { note, type Run } from './run.ts';
import { entryPath } from './service.ts';
import type { StackSummary } from './types.ts';

/** What not every endpoint serves. */
export type Address = 'api' | 'pages';

/** What a report says in addition to its resources. `shows`: the addresses that it is about, whose lack is noted. */
export async function summarize(run: Run, shows: readonly Address[] = ['api', 'pages']): Promise<StackSummary> {
  const { aws, known } = run;
  const apiUrl = await apiUrlOf(run, shows.includes('api'));
  const pages = await pagesOf(run, shows.includes('pages'));
  return {
    target: aws.targetKind,
    stack: known.stack,
    account: aws.accountId,
    region: aws.region,
    apiUrl,
    userPoolId: known.actual(poolId)?.poolId ?? null,
    clientId: known.actual(clientId)?.clientId ?? null,
    ...pages,
    username: known.actual(userId)?.username ?? null,
  };
}

/** What stands, by the ids that AWS gave; nothing is compared, and no address asked for. null: not made. */
export async function idsOf(
  run: Run,
): Promise<Record<'userPoolId' | 'username' | 'apiId' | 'authorizerId', string | null>> {
  await readAll(run);
  const { known } = run;
  return {
    userPoolId: known.actual(poolId)?.poolId ?? null,
    username: known.actual(userId)?.username ?? null,
    apiId: known.actual(apiId)?.apiId ?? null,
    authorizerId: known.actual(authorizerId)?.authorizerId ?? null,
  };
}

/** Where the API is called; null: not made, not deployed, or not served. */
async function apiUrlOf(run: Run, isNoted: boolean): Promise<string | null> {
  const { aws, known } = run;
  const { routes } = known.service;
  const [api, stage] = [known.actual(apiId), known.actual(stageId)];
  if (!api || !stage || !routes.some(({ path }) => api.resources[path] !== undefined)) return null;
  if (run.baseUrl === undefined) run.baseUrl = await findBaseUrl(aws, { id: api.apiId, stage: stage.name });
  if (run.baseUrl !== null) return `${run.baseUrl}${entryPath(known.service)}`;
  if (isNoted)
    note(run, `The endpoint ${aws.endpoint} serves no APIs: the resources exist, but there is no URL to call.`);
  return null;
}

/** Where users sign in; null: not made, or not served. The page returns to the first callback, as the console's "View login page" does. */
async function pagesOf(run: Run, isNoted: boolean): Promise<Pick<StackSummary, 'domainUrl' | 'signInUrl'>> {
  const { aws, known } = run;
  const [client, domain] = [known.actual(clientId), known.actual(domainId)];
  const [callback] = known.settings().callbackUrls;
  if (!domain) return { domainUrl: null, signInUrl: null };
  const login = new URLSearchParams({
    ...(client && { client_id: client.clientId }),
    response_type: 'code',
    scope: 'openid email profile',
    ...(callback !== undefined && { redirect_uri: callback }),
  }).toString();
  const domainUrl = await findDomainUrl(aws, domain.prefix, login);
  if (domainUrl === null && isNoted) {
    note(run, `The endpoint ${aws.endpoint} serves no sign-in pages: users can sign in only by password.`);
  }
  const hasPage = domainUrl !== null && client && callback !== undefined;
  return { domainUrl, signInUrl: hasPage ? `${domainUrl}/login?${login}` : null };
}
