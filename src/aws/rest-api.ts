import {
  APIGatewayClient,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteResourceCommand,
  DeleteRestApiCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  type RestApi,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { answerLost, ignoreMissing } from './errors.ts';
import { differences, type OnWait, type Resource, sorted, type Tagged, type Tagging, type Tags } from './resource.ts';
import { waitFor } from './wait.ts';

export interface DesiredApi {
  name: string;
  /** `/orders/{id}`; those above them come with them. */
  paths: string[];
  /** Those that are to go, with the methods that they have. */
  formerPaths: string[];
  /** Names of REST APIs are not unique: ours are the ones with this `dynops:stack`. */
  tags: Tags;
  /** Take an API of the same name that nobody's tag claims, when there is just one. */
  adopt: boolean;
}

export interface ActualApi extends Tagged {
  apiId: string;
  name: string;
  endpointType: string;
  /** False: its own address answers nobody. */
  reachable: boolean;
  /** What of these types comes in reaches a function as Base64. */
  binaryMediaTypes: string[];
  /** Path → id; the root is `/`. */
  resources: Record<string, string>;
  /** Ids of further APIs with our tag, from creates whose answer was lost or that met another command's. */
  duplicates: string[];
}

const listedMs = 30_000;
/** The largest page that AWS gives. */
const limit = 500;

async function read(aws: Aws, desired: DesiredApi): Promise<ActualApi | undefined> {
  const all: RestApi[] = [];
  let position: string | undefined;
  do {
    const page = await aws.call(APIGatewayClient, new GetRestApisCommand({ limit, ...(position && { position }) }));
    all.push(...(page.items ?? []));
    position = page.position;
  } while (position);
  const stack = desired.tags['dynops:stack'];
  const ours = all.filter(({ tags }) => tags?.['dynops:stack'] === stack).sort(byAge);
  const unclaimed = all.filter(({ name, tags }) => name === desired.name && tags?.['dynops:stack'] === undefined);
  const adopted = desired.adopt && unclaimed.length === 1 ? unclaimed[0] : undefined;
  const found = ours[0] ?? adopted;
  if (!found?.id) return undefined;
  const resources = await readResources(aws, found.id);
  if (!resources) return undefined;
  return {
    id: `arn:${aws.partition}:apigateway:${aws.region}::/restapis/${found.id}`,
    apiId: found.id,
    name: found.name ?? '',
    tags: found.tags ?? {},
    endpointType: found.endpointConfiguration?.types?.[0] ?? '',
    reachable: !found.disableExecuteApiEndpoint,
    binaryMediaTypes: sorted(found.binaryMediaTypes),
    resources: Object.fromEntries(resources.map(({ path = '', id = '' }) => [path, id])),
    duplicates: ours.slice(1).map(({ id = '' }) => id),
  };
}

/** Every command must choose the same one: the oldest, then the smallest id. */
function byAge(a: RestApi, b: RestApi): number {
  const age = (a.createdDate?.getTime() ?? 0) - (b.createdDate?.getTime() ?? 0);
  return age || ((a.id ?? '') < (b.id ?? '') ? -1 : 1);
}

/** undefined: the API was deleted in between. */
async function readResources(aws: Aws, restApiId: string) {
  const resources = [];
  let position: string | undefined;
  do {
    const page = await aws
      .call(APIGatewayClient, new GetResourcesCommand({ restApiId, limit, ...(position && { position }) }))
      .catch(ignoreMissing);
    if (!page) return undefined;
    resources.push(...(page.items ?? []));
    position = page.position;
  } while (position);
  return resources;
}

function compare(desired: DesiredApi, actual: ActualApi): Change[] {
  const wanted = {
    name: desired.name,
    endpointType: 'REGIONAL',
    reachable: true,
    binaryMediaTypes: [],
    duplicates: [],
  };
  const paths = [...desired.paths, ...desired.formerPaths].filter((path) => Object.hasOwn(actual.resources, path));
  return differences({ ...wanted, paths: desired.paths }, { ...actual, paths });
}

export const apiDescription = 'DynamoDB operations over HTTP, made by dynops';

async function create(aws: Aws, desired: DesiredApi, onWait: OnWait): Promise<ActualApi> {
  const made = await aws.call(
    APIGatewayClient,
    new CreateRestApiCommand({
      name: desired.name,
      description: apiDescription,
      endpointConfiguration: { types: ['REGIONAL'] },
      tags: desired.tags,
    }),
    { once: true },
  );
  if (!made.id || !made.rootResourceId) {
    throw answerLost('API Gateway CreateRestApi: the answer has no id in it.');
  }
  // Another command may have made one at the same moment; both must go on with the same, so all are listed meanwhile.
  const [resources, actual] = await Promise.all([
    createPaths(aws, { apiId: made.id, paths: desired.paths, resources: { '/': made.rootResourceId } }),
    waitFor(aws, {
      reason: `the new API ${desired.name} is not listed yet`,
      limitMs: listedMs,
      onWait,
      ask: () => read(aws, desired),
    }),
  ]);
  return update(aws, { desired, actual: actual.apiId === made.id ? { ...actual, resources } : actual });
}

async function update(aws: Aws, change: { desired: DesiredApi; actual: ActualApi }): Promise<ActualApi> {
  const { desired, actual } = change;
  const restApiId = actual.apiId;
  const patchOperations = [];
  if (actual.name !== desired.name)
    patchOperations.push({ op: 'replace' as const, path: '/name', value: desired.name });
  if (actual.endpointType !== 'REGIONAL') {
    const path = `/endpointConfiguration/types/${actual.endpointType}`;
    patchOperations.push({ op: 'replace' as const, path, value: 'REGIONAL' });
  }
  if (!actual.reachable) {
    patchOperations.push({ op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'false' });
  }
  for (const type of actual.binaryMediaTypes) {
    const path = `/binaryMediaTypes/${type.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    patchOperations.push({ op: 'remove' as const, path });
  }
  if (patchOperations.length > 0) {
    await aws.call(APIGatewayClient, new UpdateRestApiCommand({ restApiId, patchOperations }));
  }
  const resources = await createPaths(aws, { ...actual, paths: desired.paths });
  for (const path of desired.formerPaths.filter((former) => Object.hasOwn(resources, former))) {
    const command = new DeleteResourceCommand({ restApiId, resourceId: resources[path] });
    await aws.call(APIGatewayClient, command).catch(ignoreMissing);
    delete resources[path];
  }
  for (const id of actual.duplicates) await deleteApi(aws, id);
  const { name } = desired;
  return {
    ...actual,
    name,
    endpointType: 'REGIONAL',
    reachable: true,
    binaryMediaTypes: [],
    resources,
    duplicates: [],
  };
}

/** Makes those of the paths that are not there, from the root down. Answers all. */
async function createPaths(
  aws: Aws,
  { apiId: restApiId, paths, resources }: { apiId: string; paths: string[]; resources: Record<string, string> },
): Promise<Record<string, string>> {
  const all = { ...resources };
  for (const path of paths) {
    let parent = '/';
    for (const pathPart of path.split('/').filter(Boolean)) {
      const child = `${parent === '/' ? '' : parent}/${pathPart}`;
      const input = { restApiId, parentId: all[parent], pathPart };
      all[child] ??= (await aws.call(APIGatewayClient, new CreateResourceCommand(input), { once: true })).id ?? '';
      parent = child;
    }
  }
  return all;
}

async function remove(aws: Aws, actual: ActualApi): Promise<void> {
  for (const id of [actual.apiId, ...actual.duplicates]) await deleteApi(aws, id);
}

async function deleteApi(aws: Aws, restApiId: string): Promise<void> {
  await aws.call(APIGatewayClient, new DeleteRestApiCommand({ restApiId })).catch(ignoreMissing);
}

const tagging: Tagging<ActualApi> = {
  set: (aws, { id }, tags) => aws.call(APIGatewayClient, new TagResourceCommand({ resourceArn: id, tags })),
  remove: (aws, { id }, keys) =>
    aws.call(APIGatewayClient, new UntagResourceCommand({ resourceArn: id, tagKeys: keys })),
};

export const restApi: Resource<DesiredApi, ActualApi> = { read, compare, create, update, remove, tagging };
