import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../own-member.ts';
import { AwsError } from '../service.ts';

type Json = Record<string, unknown>;

/** What a member's text is turned into; all others stay text. */
const numbers = new Set([
  'timeoutInMillis',
  'authorizerResultTtlInSeconds',
  'minimumCompressionSize',
  'throttlingBurstLimit',
  'throttlingRateLimit',
  'cacheTtlInSeconds',
]);
const booleans = new Set([
  'tracingEnabled',
  'apiKeyRequired',
  'disableExecuteApiEndpoint',
  'cacheClusterEnabled',
  'validateRequestBody',
  'validateRequestParameters',
  'dataTraceEnabled',
  'metricsEnabled',
  'cachingEnabled',
  'cacheDataEncrypted',
  'requireAuthorizationForCacheControl',
]);
const lists = new Set(['providerARNs', 'binaryMediaTypes', 'authorizationScopes', 'cacheKeyParameters', 'types']);

/**
 * What may be patched, `*` standing for any name. Source: API Gateway API reference, "Patch operations"; `/type` of an
 * authorizer is missing there, and taken all the same.
 */
export const patchable = {
  account: ['/cloudwatchRoleArn'],
  authorizer: [
    '/authType',
    '/authorizerCredentials',
    '/authorizerResultTtlInSeconds',
    '/authorizerUri',
    '/identitySource',
    '/identityValidationExpression',
    '/name',
    '/providerARNs',
    '/providerARNs/*',
    '/type',
  ],
  deployment: ['/description'],
  integration: [
    '/cacheKeyParameters',
    '/cacheKeyParameters/*',
    '/cacheNamespace',
    '/connectionId',
    '/connectionType',
    '/contentHandling',
    '/credentials',
    '/httpMethod',
    '/passthroughBehavior',
    '/requestParameters/*',
    '/requestTemplates/*',
    '/timeoutInMillis',
    '/tlsConfig/insecureSkipVerification',
    '/uri',
  ],
  integrationResponse: ['/contentHandling', '/responseParameters/*', '/responseTemplates/*', '/selectionPattern'],
  method: [
    '/apiKeyRequired',
    '/authorizationScopes',
    '/authorizationScopes/*',
    '/authorizationType',
    '/authorizerId',
    '/operationName',
    '/requestModels/*',
    '/requestParameters/*',
    '/requestValidatorId',
  ],
  methodResponse: ['/responseModels/*', '/responseParameters/*'],
  resource: ['/parentId', '/pathPart'],
  restApi: [
    '/apiKeySource',
    '/binaryMediaTypes',
    '/binaryMediaTypes/*',
    '/description',
    '/disableExecuteApiEndpoint',
    '/endpointConfiguration/ipAddressType',
    '/endpointConfiguration/types',
    '/endpointConfiguration/types/*',
    '/minimumCompressionSize',
    '/name',
    '/policy',
    '/version',
  ],
  stage: [
    '/accessLogSettings',
    '/accessLogSettings/*',
    '/cacheClusterEnabled',
    '/cacheClusterSize',
    '/canarySettings',
    '/canarySettings/*',
    '/canarySettings/stageVariableOverrides/*',
    '/clientCertificateId',
    '/deploymentId',
    '/description',
    '/documentationVersion',
    '/methodSettings/*',
    '/methodSettings/*/*',
    '/tracingEnabled',
    '/variables/*',
  ],
} as const;

/**
 * API Gateway's patch operations: JSON-pointer-like paths (`~1` for a slash), values always text.
 * Answers a changed copy. Throws AwsError BadRequestException.
 */
export function applyPatch<Target extends object>(
  target: Target,
  operations: PatchOperation[] | undefined,
  paths: readonly string[],
): Target {
  const copy = structuredClone(target) as Json;
  for (const operation of operations ?? []) applyOne(copy, operation, paths);
  // The members keep their kinds: text, number, boolean, list or map.
  return copy as Target;
}

function applyOne(target: Json, { op, path = '', value, from }: PatchOperation, paths: readonly string[]): void {
  const keys = keysOf(path);
  const last = keys.at(-1);
  const isPatchable = paths.some((allowed) => fits(keysOf(allowed), keys));
  if (!path.startsWith('/') || !isPatchable || last === undefined || keys.includes('__proto__')) {
    throw invalid(
      `Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${paths.map((allowed) => allowed.replaceAll('*', '{name}')).join(', ')}]`,
    );
  }
  const listAt = keys.findIndex((key) => lists.has(key));
  if (listAt >= 0) {
    patchList(parentOf(target, keys.slice(0, listAt)), { name: keys[listAt] ?? '', old: keys[listAt + 1], op, value });
    return;
  }
  const parent = parentOf(target, keys.slice(0, -1));
  if (op === 'remove') {
    delete parent[last];
    return;
  }
  if (op !== 'add' && op !== 'replace' && op !== 'copy') throw invalid(`Invalid patch operation ${op}`);
  const put = op === 'copy' ? textAt(target, from ?? '') : value;
  if (put === undefined) throw invalid(`Invalid patch operation: no value for ${path}`);
  if (typeof ownMember(parent, last) === 'object') throw invalid(`Invalid patch path ${path}: it has members`);
  parent[last] = convert(last, put);
}

const keysOf = (path: string) => path.split('/').slice(1).map(decodeKey);

const fits = (allowed: readonly string[], keys: readonly string[]) =>
  allowed.length === keys.length && allowed.every((key, index) => key === '*' || key === keys[index]);

function textAt(target: Json, path: string): string {
  let here: unknown = target;
  for (const key of keysOf(path))
    here = typeof here === 'object' && here !== null ? ownMember(here as Json, key) : undefined;
  if (here === undefined || typeof here === 'object') throw invalid(`Invalid patch path ${path}`);
  return String(here);
}

/** Lists are changed by value: `add /providerARNs V`, `remove /providerARNs V`, `replace /types/OLD NEW`. */
function patchList(
  parent: Json,
  change: { name: string; old: string | undefined; op: PatchOperation['op']; value: string | undefined },
): void {
  const { name, old, op, value } = change;
  const before = ownMember(parent, name);
  const list = Array.isArray(before) ? (before as string[]) : [];
  const gone = op === 'remove' ? (old ?? value) : old;
  const kept = op === 'replace' && old === undefined ? [] : list.filter((item) => item !== gone);
  const added = op === 'remove' ? undefined : op === 'add' ? (old ?? value) : value;
  parent[name] = added === undefined || kept.includes(added) ? kept : [...kept, added];
}

function parentOf(target: Json, keys: string[]): Json {
  let here = target;
  for (const key of keys) {
    const next = ownMember(here, key);
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) here = next as Json;
    else if (next === undefined) {
      const made: Json = {};
      here[key] = made;
      here = made;
    } else throw invalid(`Invalid patch path: ${key} has no members`);
  }
  return here;
}

const decodeKey = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

function convert(name: string, value: string): unknown {
  if (booleans.has(name)) return value.toLowerCase() === 'true';
  if (!numbers.has(name)) return value;
  const number = Number(value);
  if (Number.isNaN(number)) throw invalid(`Invalid value ${value} for ${name}`);
  return number;
}

const invalid = (message: string) => new AwsError('BadRequestException', message);

/** Paths of stage patches that set one method's settings, as `/~1things/POST/throttling/rateLimit` or `/*\/*\/logging/loglevel`. */
const methodSettings: Record<string, string> = {
  'metrics/enabled': 'metricsEnabled',
  'logging/loglevel': 'loggingLevel',
  'logging/dataTrace': 'dataTraceEnabled',
  'throttling/burstLimit': 'throttlingBurstLimit',
  'throttling/rateLimit': 'throttlingRateLimit',
  'caching/enabled': 'cachingEnabled',
  'caching/ttlInSeconds': 'cacheTtlInSeconds',
  'caching/dataEncrypted': 'cacheDataEncrypted',
  'caching/requireAuthorizationForCacheControl': 'requireAuthorizationForCacheControl',
  'caching/unauthorizedCacheControlHeaderStrategy': 'unauthorizedCacheControlHeaderStrategy',
};

/** Turns those of a stage's patches into ordinary ones on `/methodSettings`. */
export function expandMethodSettings(operations: PatchOperation[] | undefined): PatchOperation[] {
  return (operations ?? []).map((operation) => {
    const [, resource = '', method = '', ...rest] = (operation.path ?? '').split('/');
    const setting = ownMember(methodSettings, rest.join('/'));
    const removed = operation.op === 'remove' && rest.length === 0 && method !== '' && /^(~1|\*)/.test(resource);
    if (setting === undefined && !removed) return operation;
    const key = `${decodeKey(resource).replace(/^\//, '').replaceAll('/', '~1')}~1${method}`;
    return { ...operation, path: `/methodSettings/${key}${removed ? '' : `/${setting}`}` };
  });
}
