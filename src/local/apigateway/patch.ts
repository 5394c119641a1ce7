import type { PatchOperation } from '@aws-sdk/client-api-gateway';
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
 * API Gateway's patch operations: JSON-pointer-like paths (`~1` for a slash), values always text.
 * Answers a changed copy. Throws AwsError BadRequestException.
 */
export function applyPatch<Target extends object>(target: Target, operations: PatchOperation[] | undefined): Target {
  const copy = structuredClone(target) as Json;
  for (const operation of operations ?? []) applyOne(copy, operation);
  // The members keep their kinds: text, number, boolean, list or map.
  return copy as Target;
}

function applyOne(target: Json, { op, path = '', value, from }: PatchOperation): void {
  const keys = path.split('/').slice(1).map(decodeKey);
  const last = keys.at(-1);
  if (!path.startsWith('/') || last === undefined || keys.some((key) => key === '__proto__' || key === 'constructor')) {
    throw invalid(`Invalid patch path ${path}`);
  }
  const listAt = keys.findIndex((key) => lists.has(key));
  if (listAt >= 0) {
    patchList(parentOf(target, keys.slice(0, listAt)), { name: keys[listAt] ?? '', old: keys[listAt + 1], op, value });
    return;
  }
  const parent = parentOf(target, keys.slice(0, -1));
  switch (op) {
    case 'add':
    case 'replace':
      parent[last] = convert(last, value ?? '');
      return;
    case 'remove':
      delete parent[last];
      return;
    case 'copy':
      parent[last] = structuredClone(
        parentOf(target, (from ?? '').split('/').slice(1, -1))[(from ?? '').split('/').at(-1) ?? ''],
      );
      return;
    default:
      throw invalid(`Invalid patch operation ${op}`);
  }
}

/** Lists are changed by value: `add /providerARNs V`, `remove /providerARNs V`, `replace /types/OLD NEW`. */
function patchList(
  parent: Json,
  change: { name: string; old: string | undefined; op: PatchOperation['op']; value: string | undefined },
): void {
  const { name, old, op, value } = change;
  const list = Array.isArray(parent[name]) ? (parent[name] as string[]) : [];
  const gone = op === 'remove' ? (old ?? value) : old;
  const kept = op === 'replace' && old === undefined ? [] : list.filter((item) => item !== gone);
  const added = op === 'remove' ? undefined : op === 'add' ? (old ?? value) : value;
  parent[name] = added === undefined || kept.includes(added) ? kept : [...kept, added];
}

function parentOf(target: Json, keys: string[]): Json {
  let here = target;
  for (const key of keys) {
    const next = Object.hasOwn(here, key) ? here[key] : undefined;
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
    const setting = methodSettings[rest.join('/')];
    const removed = operation.op === 'remove' && rest.length === 0 && method !== '' && /^(~1|\*)/.test(resource);
    if (setting === undefined && !removed) return operation;
    // The setting's own key keeps the `~1` of deeper paths, as `a~1b/POST`.
    const key = `${resource.replace(/^~1/, '').replaceAll('~', '~0')}~1${method}`;
    return { ...operation, path: `/methodSettings/${key}${removed ? '' : `/${setting}`}` };
  });
}
