import { APIGatewayClient, GetRestApisCommand, GetStagesCommand, type RestApi } from '@aws-sdk/client-api-gateway';
import { findBaseUrl } from './api-address.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';

/** A stack that has an API, as its tags tell. */
export interface StackEntry {
  name: string;
  apiId: string;
  /** Of the API; null where nothing is deployed. */
  stage: string | null;
  /** The stage's base URL; null where it is served nowhere. */
  apiUrl: string | null;
  createdAt: string | null;
}

/** The largest page that AWS gives. */
const limit = 500;

/** Every stack of this account and region that has an API, by name. Throws DynopsError. */
export async function readStacks(aws: Aws): Promise<StackEntry[]> {
  const owned = new Map<string, RestApi>();
  let position: string | undefined;
  do {
    const page = await aws.call(APIGatewayClient, new GetRestApisCommand({ limit, ...(position && { position }) }));
    for (const api of page.items ?? []) {
      const stack = api.tags?.['dynops:stack'];
      const known = stack === undefined ? undefined : owned.get(stack);
      // Of two that a lost answer left, the older one is the stack's.
      if (stack !== undefined && !(known && ageOf(known) <= ageOf(api))) owned.set(stack, api);
    }
    position = page.position;
  } while (position);
  const names = [...owned.keys()].sort();
  return Promise.all(names.map((name) => entryOf(aws, name, owned.get(name) ?? {})));
}

const ageOf = ({ createdDate }: RestApi) => createdDate?.getTime() ?? 0;

async function entryOf(aws: Aws, name: string, { id = '', createdDate }: RestApi): Promise<StackEntry> {
  const found = await aws.call(APIGatewayClient, new GetStagesCommand({ restApiId: id })).catch(ignoreMissing);
  const [stage] = found?.item ?? [];
  return {
    name,
    apiId: id,
    stage: stage?.stageName ?? null,
    apiUrl: stage?.stageName === undefined ? null : await findBaseUrl(aws, { id, stage: stage.stageName }),
    createdAt: createdDate?.toISOString() ?? null,
  };
}
