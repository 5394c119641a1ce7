import type {
  APIGateway,
  CreateRestApiCommandInput,
  DeleteRestApiCommandInput,
  GetAccountCommandInput,
  GetApiKeysCommandInput,
  GetRestApiCommandInput,
  GetRestApisCommandInput,
  GetTagsCommandInput,
  GetUsagePlansCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateAccountCommandInput,
  UpdateRestApiCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import { trusts } from '../iam/policy.ts';
import { findRole } from '../iam/roles.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags } from '../tags.ts';
import { defaultModels } from './models.ts';
import { applyPatch, type Patchable, touches } from './patch.ts';
import {
  type ApiRecord,
  accountOf,
  apisOf,
  newId,
  pageOf,
  refuseUnserved,
  requireApi,
  saveApi,
  tagRules,
} from './records.ts';

async function createRestApi(input: CreateRestApiCommandInput, { engine, region }: Call) {
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
    ipAddressType:
      input.endpointConfiguration?.ipAddressType ??
      (input.endpointConfiguration?.types?.includes('PRIVATE') ? 'dualstack' : 'ipv4'),
    apiKeySource: input.apiKeySource ?? 'HEADER',
    ...(input.minimumCompressionSize !== undefined && { minimumCompressionSize: input.minimumCompressionSize }),
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    ...(input.policy !== undefined && { policy: input.policy }),
    tags: addTags({}, input.tags, tagRules),
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
  refuseUnserved({
    'cloning APIs (cloneFrom)': input.cloneFrom,
    'security policies of APIs (securityPolicy)': input.securityPolicy,
    'access modes of APIs (endpointAccessMode)': input.endpointAccessMode,
    [vpcEndpoints]: input.endpointConfiguration?.vpcEndpointIds?.length,
  });
  await saveApi(engine, api);
  return withoutNoTags(describeApi(api));
}

const vpcEndpoints = 'VPC endpoints (endpointConfiguration.vpcEndpointIds)';

/** In words recorded in 2024 and 2025: localstack `apigateway/test_apigateway_api`, TestApiGatewayApiRestApi. */
function checkApi(api: ApiRecord): void {
  const { name, description, policy, endpointTypes, apiKeySource } = api;
  const { ipAddressType = 'ipv4', minimumCompressionSize = 0 } = api;
  if (!name) throw new AwsError('BadRequestException', 'Name cannot be empty');
  if (description === '') throw new AwsError('BadRequestException', 'Description cannot be an empty string');
  if (!(minimumCompressionSize >= 0 && minimumCompressionSize <= 10_485_760)) {
    throw new AwsError('BadRequestException', 'Invalid minimum compression size, must be between 0 and 10485760');
  }
  if (ipAddressType !== 'ipv4' && ipAddressType !== 'dualstack') {
    throw new AwsError('BadRequestException', 'ipAddressType must be either ipv4 or dualstack.');
  }
  // A patch can say anything; in which words AWS refuses it is unconfirmed.
  if (!['HEADER', 'AUTHORIZER'].includes(apiKeySource)) {
    throw new AwsError('BadRequestException', 'Invalid apiKeySource specified. Valid options are HEADER,AUTHORIZER');
  }
  const [type, ...more] = endpointTypes;
  if (type === undefined) {
    const message = 'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.';
    throw new AwsError('BadRequestException', message);
  }
  if (more.length > 0) {
    throw new AwsError('BadRequestException', 'Cannot create an api with multiple Endpoint Types.');
  }
  if (!['EDGE', 'REGIONAL', 'PRIVATE'].includes(type)) {
    const message = 'Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE';
    throw new AwsError('BadRequestException', message);
  }
  if (type === 'PRIVATE' && ipAddressType === 'ipv4') {
    throw new AwsError('BadRequestException', 'Only dualstack ipAddressType is supported for Private APIs.');
  }
  refuseUnserved({
    'resource policies of APIs (policy)': policy,
    'APIs inside a VPC (endpointConfiguration.types PRIVATE)': type === 'PRIVATE',
  });
}

const patchableApi: Patchable = {
  kinds: {
    '/name': 'text',
    '/description?': 'text',
    '/version?': 'text',
    '/policy?': 'text',
    '/apiKeySource': 'text',
    '/disableExecuteApiEndpoint': 'boolean',
    '/minimumCompressionSize': 'optional number',
    '/binaryMediaTypes': 'named list',
    '/endpointConfiguration/types': 'list',
    '/endpointConfiguration/ipAddressType': 'text',
  },
};

function getRestApi(input: GetRestApiCommandInput, { engine, region }: Call) {
  return describeApi(requireApi(engine, region, input.restApiId));
}

function getRestApis(input: GetRestApisCommandInput, { engine, region }: Call) {
  const apis = apisOf(engine)
    .values()
    .filter((api) => api.region === region);
  const { items, ...page } = pageOf(apis, ({ id }) => id, input);
  return { items: items.map((api) => withoutNoTags(describeApi(api))), ...page };
}

async function updateRestApi(input: UpdateRestApiCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  refuseUnserved({ [vpcEndpoints]: touches(input.patchOperations, '/endpointConfiguration/vpcEndpointIds') });
  const { endpointConfiguration, ...changed } = applyPatch(
    { ...api, endpointConfiguration: describeEndpoint(api) },
    patchableApi,
    input.patchOperations,
  );
  const { types: endpointTypes, ipAddressType } = endpointConfiguration;
  const updated = { ...changed, endpointTypes, ipAddressType };
  checkApi(updated);
  await saveApi(engine, updated);
  return describeApi(updated);
}

async function deleteRestApi(input: DeleteRestApiCommandInput, { engine, region }: Call) {
  await apisOf(engine).delete(requireApi(engine, region, input.restApiId).id);
}

function describeEndpoint({ endpointTypes: types, ipAddressType = 'ipv4' }: ApiRecord) {
  return { types, ipAddressType };
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
    endpointConfiguration: describeEndpoint(api),
    policy: api.policy || undefined,
    tags: api.tags,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    rootResourceId: api.rootId,
  };
}

/** That an API has no tags is told where it is read or changed alone. Recorded: test_list_and_delete_apis. */
function withoutNoTags<Described extends { tags: Record<string, string> }>({ tags, ...described }: Described) {
  return { ...described, ...(Object.keys(tags).length > 0 && { tags }) };
}

/** Tags of an API, or of one of its stages, by ARN. */
function taggedBy(engine: Engine, region: string, arn: string | undefined) {
  const match = /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+::\/restapis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(arn ?? '');
  if (!match) throw new AwsError('NotFoundException', 'Invalid ARN specified in the request');
  const api = requireApi(engine, region, match[1]);
  const stageName = match[2];
  const stage = ownMember(api.stages, stageName);
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
  await tagged.save(addTags(tagged.tags, input.tags, tagRules));
}

async function untagResource(input: UntagResourceCommandInput, { engine, region }: Call) {
  const tagged = taggedBy(engine, region, input.resourceArn);
  const kept = Object.entries(tagged.tags).filter(([key]) => !input.tagKeys?.includes(key));
  await tagged.save(Object.fromEntries(kept));
}

function getAccount(_input: GetAccountCommandInput, { engine, region }: Call) {
  return {
    ...accountOf(engine).get(region),
    throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  };
}

async function updateAccount(input: UpdateAccountCommandInput, call: Call) {
  const { engine, region } = call;
  const accounts = accountOf(engine);
  const kinds = { '/cloudwatchRoleArn?': 'text' } as const;
  const account = applyPatch(accounts.get(region) ?? {}, { kinds }, input.patchOperations);
  // Terraform takes the role away by an empty one.
  if (account.cloudwatchRoleArn) checkLogRole(engine, account.cloudwatchRoleArn);
  await accounts.put(region, account);
  return getAccount({}, call);
}

/** Source: docs/aws-facts.md#fact-11-29. Whether the role may write is looked at here when there is something to write. */
function checkLogRole(engine: Engine, arn: string): void {
  const role = findRole(engine, arn);
  const caller = { service: 'apigateway.amazonaws.com' };
  if (role && !engine.simulation.lasts('iam.role-assumable', role.assumableAtMs) && trusts(role.trustPolicy, caller))
    return;
  throw new AwsError(
    'BadRequestException',
    'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
  );
}

const noApiKeys = (input: GetApiKeysCommandInput) => pageOf([], String, input);
const noUsagePlans = (input: GetUsagePlansCommandInput) => pageOf([], String, input);

export const apiOperations = {
  CreateRestApi: createRestApi,
  DeleteRestApi: deleteRestApi,
  GetAccount: getAccount,
  GetApiKeys: noApiKeys,
  GetRestApi: getRestApi,
  GetRestApis: getRestApis,
  GetTags: getTags,
  GetUsagePlans: noUsagePlans,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAccount: updateAccount,
  UpdateRestApi: updateRestApi,
} satisfies Operations<APIGateway>;
