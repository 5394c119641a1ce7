import type {
  APIGateway,
  CreateResourceCommandInput,
  DeleteResourceCommandInput,
  GetResourceCommandInput,
  GetResourcesCommandInput,
  UpdateResourceCommandInput,
} from '@aws-sdk/client-api-gateway';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { applyPatch, type Patchable, touches } from './patch.ts';
import {
  type ApiRecord,
  newId,
  pageOf,
  type ResourceRecord,
  refuseBeyond,
  requireApi,
  requireResource,
  saveApi,
} from './records.ts';

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
  if (parent.pathPart?.endsWith('+}')) {
    throw new AwsError(
      'BadRequestException',
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    );
  }
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

/** Recorded (2024): localstack `apigateway/test_apigateway_api` test_create_proxy_resource_validation. */
function refuseSibling(api: ApiRecord, wanted: { parentId: string; pathPart: string; id?: string }): void {
  const siblings = Object.values(api.resources).filter(
    ({ id, parentId }) => parentId === wanted.parentId && id !== wanted.id,
  );
  if (siblings.some(({ pathPart }) => pathPart === wanted.pathPart)) {
    throw new AwsError(
      'ConflictException',
      `Another resource with the same parent already has this name: ${wanted.pathPart}`,
    );
  }
  const variable = siblings.find(({ pathPart }) => pathPart?.startsWith('{'));
  if (!variable || !wanted.pathPart.startsWith('{')) return;
  throw new AwsError(
    'BadRequestException',
    `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
  );
}

function getResource(input: GetResourceCommandInput, { engine, region }: Call) {
  const resource = requireResource(requireApi(engine, region, input.restApiId), input.resourceId);
  return describeResource(resource, { methods: input.embed?.includes('methods') ?? false });
}

function getResources(input: GetResourcesCommandInput, { engine, region }: Call) {
  const { items, ...page } = pageOf(
    Object.values(requireApi(engine, region, input.restApiId).resources),
    ({ id }) => id,
    input,
  );
  const methods = input.embed?.includes('methods') ?? false;
  return { items: items.map((resource) => describeResource(resource, { methods })), ...page };
}

const patchableResource: Patchable = { kinds: { '/parentId': 'text', '/pathPart': 'text' }, refusals: 'listed' };

async function updateResource(input: UpdateResourceCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const before = requireResource(api, input.resourceId);
  const changed = applyPatch(before, patchableResource, input.patchOperations);
  for (const member of before.id === api.rootId ? (['pathPart', 'parentId'] as const) : []) {
    if (!touches(input.patchOperations, `/${member}`)) continue;
    throw new AwsError('BadRequestException', `Root resource cannot update its ${member}.`);
  }
  const parent = requireResource(api, changed.parentId);
  if (`${parent.path}/`.startsWith(`${before.path}/`)) {
    throw new AwsError('BadRequestException', 'Resources cannot be cyclical.');
  }
  const pathPart = changed.pathPart ?? '';
  checkPathPart(pathPart);
  if (pathPart !== before.pathPart || changed.parentId !== before.parentId) {
    refuseSibling(api, { parentId: parent.id, pathPart, id: before.id });
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

export const resourceOperations = {
  CreateResource: createResource,
  DeleteResource: deleteResource,
  GetResource: getResource,
  GetResources: getResources,
  UpdateResource: updateResource,
} satisfies Operations<APIGateway>;
