import type {
  CreateResourceCommandInput,
  CreateRestApiCommandInput,
  DeleteResourceCommandInput,
  DeleteRestApiCommandInput,
  GetAccountCommandInput,
  GetApiKeysCommandInput,
  GetResourceCommandInput,
  GetResourcesCommandInput,
  GetRestApiCommandInput,
  GetRestApisCommandInput,
  GetTagsCommandInput,
  GetUsagePlansCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateAccountCommandInput,
  UpdateResourceCommandInput,
  UpdateRestApiCommandInput,
} from '@aws-sdk/client-api-gateway';
import type { Engine } from '../engine.ts';
import { AwsError, type Call } from '../service.ts';
import { defaultModels } from './models.ts';
import { applyPatch, type Patchable } from './patch.ts';
import {
  type ApiRecord,
  apisOf,
  newId,
  pageOf,
  type ResourceRecord,
  refuseBeyond,
  refuseUnserved,
  requireApi,
  requireResource,
  saveApi,
} from './records.ts';

async function createRestApi(input: CreateRestApiCommandInput, { engine, region }: Call) {
  refuseUnserved({ 'cloning APIs (cloneFrom)': input.cloneFrom });
  const rootId = newId();
  const api: ApiRecord = {
    id: newId(),
    region,
    name: input.name ?? '',
    ...(input.description !== undefined && { description: input.description }),
    ...(input.version !== undefined && { version: input.version }),
    createdAtMs: engine.clock(),
    rootId,
    endpointTypes: input.endpointConfiguration?.types ?? ['EDGE'],
    apiKeySource: input.apiKeySource ?? 'HEADER',
    ...(input.minimumCompressionSize !== undefined && { minimumCompressionSize: input.minimumCompressionSize }),
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    ...(input.policy !== undefined && { policy: input.policy }),
    tags: { ...input.tags },
    binaryMediaTypes: input.binaryMediaTypes ?? [],
    models: defaultModels(),
    resources: { [rootId]: { id: rootId, path: '/', methods: {} } },
    authorizers: {},
    gatewayResponses: {},
    validators: {},
    deployments: {},
    stages: {},
  };
  checkApi(api);
  await saveApi(engine, api);
  return describeApi(api);
}

function checkApi({ name, policy, endpointTypes }: ApiRecord): void {
  if (!name) throw new AwsError('BadRequestException', 'Name cannot be empty');
  refuseUnserved({ 'resource policies of APIs (policy)': policy });
  const [type = '', ...more] = endpointTypes;
  if (more.length === 0 && ['EDGE', 'REGIONAL', 'PRIVATE'].includes(type)) return;
  throw new AwsError('BadRequestException', `Invalid endpoint types specified: ${endpointTypes.join(', ')}`);
}

const patchableApi: Patchable = {
  '/name': 'text',
  '/description': 'text',
  '/version': 'text',
  '/policy?': 'text',
  '/apiKeySource': 'text',
  '/disableExecuteApiEndpoint': 'boolean',
  '/minimumCompressionSize?': 'number',
  '/binaryMediaTypes': 'list',
  '/endpointConfiguration/types': 'list',
};

function getRestApi(input: GetRestApiCommandInput, { engine, region }: Call) {
  return describeApi(requireApi(engine, region, input.restApiId));
}

function getRestApis(input: GetRestApisCommandInput, { engine, region }: Call) {
  const apis = apisOf(engine)
    .values()
    .filter((api) => api.region === region);
  const { items, ...page } = pageOf(apis, input);
  return { items: items.map(describeApi), ...page };
}

async function updateRestApi(input: UpdateRestApiCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { endpointConfiguration, ...changed } = applyPatch(
    { ...api, endpointConfiguration: { types: api.endpointTypes } },
    patchableApi,
    input.patchOperations,
  );
  const updated = { ...changed, endpointTypes: endpointConfiguration.types };
  checkApi(updated);
  await saveApi(engine, updated);
  return describeApi(updated);
}

async function deleteRestApi(input: DeleteRestApiCommandInput, { engine, region }: Call) {
  await apisOf(engine).delete(requireApi(engine, region, input.restApiId).id);
}

function describeApi(api: ApiRecord) {
  return {
    id: api.id,
    name: api.name,
    description: api.description,
    version: api.version,
    createdDate: new Date(Math.floor(api.createdAtMs / 1000) * 1000),
    binaryMediaTypes: api.binaryMediaTypes.length > 0 ? api.binaryMediaTypes : undefined,
    minimumCompressionSize: api.minimumCompressionSize,
    apiKeySource: api.apiKeySource,
    endpointConfiguration: { types: api.endpointTypes, ipAddressType: 'ipv4' },
    policy: api.policy || undefined,
    tags: api.tags,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    rootResourceId: api.rootId,
    apiStatus: 'AVAILABLE',
  };
}

function describeResource(resource: ResourceRecord, options: { methods: boolean }) {
  const { id, parentId, pathPart, path, methods } = resource;
  const names = Object.keys(methods);
  const resourceMethods = options.methods ? methods : Object.fromEntries(names.map((name) => [name, {}]));
  return { id, parentId, pathPart, path, ...(names.length > 0 && { resourceMethods }) };
}

async function createResource(input: CreateResourceCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  refuseBeyond(300, api.resources, 'resources');
  const parent = requireResource(api, input.parentId);
  const pathPart = input.pathPart ?? '';
  checkPathPart(pathPart);
  refuseSibling(api, { parentId: parent.id, pathPart });
  const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`;
  const resource: ResourceRecord = { id: newId(6), parentId: parent.id, pathPart, path, methods: {} };
  await saveApi(engine, { ...api, resources: { ...api.resources, [resource.id]: resource } });
  return describeResource(resource, { methods: true });
}

function checkPathPart(pathPart: string): void {
  if (/^(?:[\w.:~!$&'()*+,;=@-]+|\{[\w.:-]+\+?\})$/.test(pathPart)) return;
  throw new AwsError(
    'BadRequestException',
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
  );
}

function refuseSibling(api: ApiRecord, wanted: { parentId: string; pathPart: string }): void {
  const taken = Object.values(api.resources).some(
    ({ parentId, pathPart }) => parentId === wanted.parentId && pathPart === wanted.pathPart,
  );
  if (!taken) return;
  throw new AwsError(
    'ConflictException',
    `Another resource with the same parent already has this name: ${wanted.pathPart}`,
  );
}

function getResource(input: GetResourceCommandInput, { engine, region }: Call) {
  const resource = requireResource(requireApi(engine, region, input.restApiId), input.resourceId);
  return describeResource(resource, { methods: input.embed?.includes('methods') ?? false });
}

function getResources(input: GetResourcesCommandInput, { engine, region }: Call) {
  const { items, ...page } = pageOf(Object.values(requireApi(engine, region, input.restApiId).resources), input);
  const methods = input.embed?.includes('methods') ?? false;
  return { items: items.map((resource) => describeResource(resource, { methods })), ...page };
}

async function updateResource(input: UpdateResourceCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const before = requireResource(api, input.resourceId);
  const changed = applyPatch(before, { '/pathPart': 'text', '/parentId': 'text' }, input.patchOperations);
  const parent = requireResource(api, changed.parentId);
  if (`${parent.path}/`.startsWith(`${before.path}/`)) {
    throw new AwsError('BadRequestException', 'A resource cannot be moved below itself');
  }
  const pathPart = changed.pathPart ?? '';
  checkPathPart(pathPart);
  if (pathPart !== before.pathPart || changed.parentId !== before.parentId) {
    refuseSibling(api, { parentId: parent.id, pathPart });
  }
  const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`;
  const resources = Object.values(api.resources).map((resource): [string, ResourceRecord] => {
    if (resource.id === before.id) return [resource.id, { ...changed, path }];
    if (!resource.path.startsWith(`${before.path}/`)) return [resource.id, resource];
    return [resource.id, { ...resource, path: path + resource.path.slice(before.path.length) }];
  });
  await saveApi(engine, { ...api, resources: Object.fromEntries(resources) });
  return describeResource({ ...changed, path }, { methods: true });
}

async function deleteResource(input: DeleteResourceCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { id, path } = requireResource(api, input.resourceId);
  if (id === api.rootId) throw new AwsError('BadRequestException', 'Root resource cannot be deleted');
  const kept = Object.entries(api.resources).filter(([key, other]) => key !== id && !other.path.startsWith(`${path}/`));
  await saveApi(engine, { ...api, resources: Object.fromEntries(kept) });
}

/** Tags of an API, or of one of its stages, by ARN. */
function taggedBy(engine: Engine, region: string, arn: string | undefined) {
  const match = /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+::\/restapis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(arn ?? '');
  if (!match) throw new AwsError('NotFoundException', 'Invalid ARN specified in the request');
  const api = requireApi(engine, region, match[1]);
  const stageName = match[2];
  const stage = stageName === undefined ? undefined : api.stages[stageName];
  if (stageName !== undefined && !stage) throw new AwsError('NotFoundException', 'Invalid stage identifier specified');
  return {
    tags: (stage ? stage.tags : api.tags) ?? {},
    save: (tags: Record<string, string>) =>
      saveApi(
        engine,
        stage ? { ...api, stages: { ...api.stages, [stage.stageName]: { ...stage, tags } } } : { ...api, tags },
      ),
  };
}

function getTags(input: GetTagsCommandInput, { engine, region }: Call) {
  return { tags: taggedBy(engine, region, input.resourceArn).tags };
}

async function tagResource(input: TagResourceCommandInput, { engine, region }: Call) {
  const tagged = taggedBy(engine, region, input.resourceArn);
  await tagged.save({ ...tagged.tags, ...input.tags });
}

async function untagResource(input: UntagResourceCommandInput, { engine, region }: Call) {
  const tagged = taggedBy(engine, region, input.resourceArn);
  const kept = Object.entries(tagged.tags).filter(([key]) => !input.tagKeys?.includes(key));
  await tagged.save(Object.fromEntries(kept));
}

interface AccountRecord {
  cloudwatchRoleArn?: string;
}

const accountOf = (engine: Engine) => engine.store.collection<AccountRecord>('apigateway/account');

function getAccount(_input: GetAccountCommandInput, { engine, region }: Call) {
  return {
    ...accountOf(engine).get(region),
    throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  };
}

async function updateAccount(input: UpdateAccountCommandInput, call: Call) {
  const accounts = accountOf(call.engine);
  await accounts.put(
    call.region,
    applyPatch(accounts.get(call.region) ?? {}, { '/cloudwatchRoleArn?': 'text' }, input.patchOperations),
  );
  return getAccount({}, call);
}

const noApiKeys = (_input: GetApiKeysCommandInput) => ({ items: [] });
const noUsagePlans = (_input: GetUsagePlansCommandInput) => ({ items: [] });

export const apiOperations = {
  CreateResource: createResource,
  CreateRestApi: createRestApi,
  DeleteResource: deleteResource,
  DeleteRestApi: deleteRestApi,
  GetAccount: getAccount,
  GetApiKeys: noApiKeys,
  GetResource: getResource,
  GetResources: getResources,
  GetRestApi: getRestApi,
  GetRestApis: getRestApis,
  GetTags: getTags,
  GetUsagePlans: noUsagePlans,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAccount: updateAccount,
  UpdateResource: updateResource,
  UpdateRestApi: updateRestApi,
};
