import { randomBytes } from 'node:crypto';
import type {
  ApiKeySourceType,
  Authorizer,
  EndpointType,
  GatewayResponse,
  IpAddressType,
  Method,
  Model,
  RequestValidator,
  Stage,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import { pageOf as anyPageOf } from '../paging.ts';
import { AwsError } from '../service.ts';
import { maxTags, type TagRules } from '../tags.ts';

/** A record holds what AWS answers, so that describing it is handing it out; times are kept as numbers. */
export interface ResourceRecord {
  id: string;
  parentId?: string;
  pathPart?: string;
  path: string;
  methods: Record<string, Method>;
}

/** All that a deployment freezes. */
export interface Definition {
  resources: Record<string, ResourceRecord>;
  authorizers: Record<string, Authorizer>;
  gatewayResponses: Record<string, GatewayResponse>;
  validators: Record<string, RequestValidator>;
  /** undefined: deployed when bodies were not validated. */
  models?: Record<string, Model>;
  binaryMediaTypes: string[];
  /** undefined: nothing is compressed. */
  minimumCompressionSize?: number;
}

export interface DeploymentRecord {
  id: string;
  description?: string;
  createdAtMs: number;
  definition: Definition;
}

export interface StageRecord extends Omit<Stage, 'createdDate' | 'lastUpdatedDate'> {
  stageName: string;
  deploymentId: string;
  createdAtMs: number;
  updatedAtMs: number;
  /** Before, the data plane does not know of the stage's last move. */
  readyAtMs: number;
}

export interface ApiRecord extends Definition {
  id: string;
  region: string;
  name: string;
  description?: string;
  version?: string;
  createdAtMs: number;
  rootId: string;
  endpointTypes: EndpointType[];
  /** `ipv4` where none was said. */
  ipAddressType?: IpAddressType;
  apiKeySource: ApiKeySourceType;
  disableExecuteApiEndpoint: boolean;
  policy?: string;
  tags: Record<string, string>;
  models: Record<string, Model>;
  deployments: Record<string, DeploymentRecord>;
  stages: Record<string, StageRecord>;
}

export const apisOf = (engine: Engine) => engine.store.collection<ApiRecord>('apigateway/apis');

/** Of a region. */
export interface AccountRecord {
  cloudwatchRoleArn?: string;
}

export const accountOf = (engine: Engine) => engine.store.collection<AccountRecord>('apigateway/account');

/** Ids of APIs are unique over all regions: the data plane knows them by nothing else. */
export const findApi = (engine: Engine, id: string) => apisOf(engine).get(id);

export const saveApi = (engine: Engine, api: ApiRecord) => apisOf(engine).put(api.id, api);

/** Throws AwsError NotFoundException. */
export function requireApi(engine: Engine, region: string, id: string | undefined): ApiRecord {
  const message = `Invalid API identifier specified ${engine.accountId}:${id}`;
  return requireApiOr(new AwsError('NotFoundException', message), engine, { region, id });
}

/** As `requireApi`, for the operations that AWS refuses in other words. `refusal` is thrown. */
export function requireApiOr(refusal: AwsError, engine: Engine, api: { region: string; id: string | undefined }) {
  const found = findApi(engine, api.id ?? '');
  if (found?.region === api.region) return found;
  throw refusal;
}

export function requireResource(api: ApiRecord, id: string | undefined): ResourceRecord {
  const resource = ownMember(api.resources, id);
  if (!resource) throw new AwsError('NotFoundException', 'Invalid Resource identifier specified');
  return resource;
}

export const noMethod = 'Invalid Method identifier specified';

export function requireMethod(resource: ResourceRecord, httpMethod: string | undefined): Method {
  const method = ownMember(resource.methods, httpMethod);
  if (!method) throw new AwsError('NotFoundException', noMethod);
  return method;
}

/** Ten letters and digits, as AWS's. */
export function newId(length = 10): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(length)].map((byte) => letters[byte % 36]).join('');
}

/** A copy of the record with a method put in. */
export function withMethod(api: ApiRecord, resource: ResourceRecord, method: Method): ApiRecord {
  const methods = { ...resource.methods, [method.httpMethod ?? '']: method };
  return { ...api, resources: { ...api.resources, [resource.id]: { ...resource, methods } } };
}

export function without<Value>(record: Record<string, Value>, key: string | undefined): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** One page of a list: `position` says where the next begins. */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  { position, limit = 25 }: { position?: string | undefined; limit?: number | undefined },
): { items: Item[]; position?: string } {
  if (limit < 1) throw new AwsError('BadRequestException', `Invalid limit specified: ${limit}`);
  const { items, next } = anyPageOf(all, (item) => keyOf(item) ?? '', {
    limit: Math.min(500, limit),
    token: position,
    invalidToken: () => new AwsError('BadRequestException', 'Invalid position specified'),
  });
  return { items, ...(next !== undefined && { position: next }) };
}

/** Source: API Gateway developer guide, `limits`. */
export function refuseBeyond(limit: number, existing: object, what: string): void {
  if (Object.keys(existing).length < limit) return;
  throw new AwsError(
    'LimitExceededException',
    `Maximum number of ${what} for this API has been reached. Please contact AWS if you need additional ${what}.`,
  );
}

export const tagRules: TagRules = {
  anyCharacter: true,
  refuse({ part, rule }) {
    const length = part === 'key' ? '1 to 128' : 'at most 256';
    const message =
      rule === 'reserved'
        ? "Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)"
        : `Invalid tag ${part}. Tag ${part}s must be ${length} characters long`;
    return new AwsError('BadRequestException', message);
  },
  tooMany: () => new AwsError('LimitExceededException', `The maximum number of tags for a resource is ${maxTags}`),
};

/** What AWS would do and the data plane here does not is refused where it is asked for. */
export function refuseUnserved(wanted: Record<string, unknown>): void {
  const [name] = Object.entries(wanted).find(([, asked]) => asked) ?? [];
  if (name !== undefined) throw new AwsError('BadRequestException', `This endpoint does not serve ${name}.`);
}

/** Throws AwsError NotFoundException. */
export function requireDeployment(api: ApiRecord, id: string | undefined): DeploymentRecord {
  const found = ownMember(api.deployments, id);
  if (!found) throw new AwsError('NotFoundException', 'Invalid Deployment identifier specified');
  return found;
}
