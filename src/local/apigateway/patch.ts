import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { AwsError } from '../service.ts';

type Json = Record<string, unknown>;

type Kind = 'text' | 'number' | 'boolean' | 'list';

/**
 * What may be patched: `/name` can be replaced; `/authorizerId?`, and an entry of a map as `/variables/*`, added and
 * removed too. Lists are named without their items.
 */
export type Patchable = Record<string, Kind>;

interface Change {
  op: PatchOperation['op'];
  keys: string[];
  value: string | undefined;
}

/**
 * API Gateway's patch operations: JSON-pointer-like paths (`~1` for a slash), values always text.
 * Answers a changed copy. Throws AwsError BadRequestException.
 */
export function applyPatch<Target extends object>(
  target: Target,
  patchable: Patchable,
  operations: PatchOperation[] | undefined,
): Target {
  const copy = structuredClone(target) as Json;
  for (const { op, path = '', value } of operations ?? []) {
    const keys = path.split('/').slice(1).map(decodeKey);
    const list = Object.keys(patchable).find((name) => patchable[name] === 'list' && `${path}/`.startsWith(`${name}/`));
    if (list === undefined) patchMember(copy, patchable, { op, path, keys, value });
    else patchList(copy, { op, keys, value }, list.split('/').length - 1);
  }
  // The members keep their kinds: text, number, boolean, list or map.
  return copy as Target;
}

/** Whether a patch changes a member, or anything inside of it. */
export function touches(operations: PatchOperation[] | undefined, member: string): boolean {
  return (operations ?? []).some(({ path }) => path?.startsWith(member));
}

function patchMember(target: Json, patchable: Patchable, change: Change & { path: string }): void {
  const { op, path, keys, value } = change;
  const entry = `/${keys.slice(0, -1).map(encodeKey).join('/')}/*`.replace('//', '/');
  const setting = /^\/methodSettings\/[^/]+\/(\w+)$/.exec(path)?.[1];
  const kind =
    patchable[path] ?? patchable[`${path}?`] ?? patchable[entry] ?? patchable[`/methodSettings/*/${setting}`];
  if (!kind || !path.startsWith('/')) throw invalid(`Invalid patch path ${path}`);
  const optional = patchable[path] === undefined;
  const parent = parentOf(target, keys.slice(0, -1));
  const last = keys.at(-1) ?? '';
  if (op === 'replace' || (op === 'add' && optional)) define(parent, last, convert(kind, last, value ?? ''));
  else if (op === 'remove' && optional) delete parent[last];
  else throw invalid('Invalid patch operation specified. Must be one of: [replace]');
}

/** Sets an own member, whatever it is called. */
const define = (parent: Json, name: string, value: unknown) =>
  Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true });

/** Lists are changed by value: `add /providerARNs V`, `remove /providerARNs V`, `replace /types/OLD NEW`, or `/types/0`. */
function patchList(target: Json, { op, keys, value }: Change, depth: number): void {
  const parent = parentOf(target, keys.slice(0, depth - 1));
  const name = keys[depth - 1] ?? '';
  const list = Array.isArray(parent[name]) ? (parent[name] as string[]) : [];
  const named = keys.length > depth ? keys.slice(depth).join('/') : undefined;
  const old = named !== undefined && /^\d+$/.test(named) ? list[Number(named)] : named;
  const gone = op === 'remove' ? (old ?? value) : old;
  const kept = op === 'replace' && old === undefined ? [] : list.filter((item) => item !== gone);
  const added = op === 'remove' ? undefined : op === 'add' ? (old ?? value) : value;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') throw invalid(`Invalid patch operation ${op}`);
  parent[name] = added === undefined || kept.includes(added) ? kept : [...kept, added];
}

/** The map that holds what a path names; made where it is missing. */
function parentOf(target: Json, keys: string[]): Json {
  let here = target;
  for (const key of keys) {
    const next = Object.hasOwn(here, key) ? here[key] : undefined;
    if (typeof next === 'object' && next !== null) here = next as Json;
    else {
      const made: Json = {};
      define(here, key, made);
      here = made;
    }
  }
  return here;
}

const decodeKey = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

const encodeKey = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function convert(kind: Kind, name: string, value: string): unknown {
  if (kind === 'boolean') return value.toLowerCase() === 'true';
  if (kind === 'text') return value;
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) throw invalid(`Invalid value ${value} for ${name}`);
  return number;
}

const invalid = (message: string) => new AwsError('BadRequestException', message);

/** Paths of stage patches that set one method's settings, as `/~1things/POST/throttling/rateLimit` or `/*\/*\/logging/loglevel`. */
const settingNames: Record<string, string> = {
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

/** The same, once they are turned into ordinary ones. */
export const patchableSettings: Patchable = {
  '/methodSettings/*': 'text',
  '/methodSettings/*/metricsEnabled': 'boolean',
  '/methodSettings/*/loggingLevel': 'text',
  '/methodSettings/*/dataTraceEnabled': 'boolean',
  '/methodSettings/*/throttlingBurstLimit': 'number',
  '/methodSettings/*/throttlingRateLimit': 'number',
  '/methodSettings/*/cachingEnabled': 'boolean',
  '/methodSettings/*/cacheTtlInSeconds': 'number',
  '/methodSettings/*/cacheDataEncrypted': 'boolean',
  '/methodSettings/*/requireAuthorizationForCacheControl': 'boolean',
  '/methodSettings/*/unauthorizedCacheControlHeaderStrategy': 'text',
};

/** Turns those of a stage's patches into ordinary ones on `/methodSettings`. */
export function expandMethodSettings(operations: PatchOperation[] | undefined): PatchOperation[] {
  return (operations ?? []).map((operation) => {
    const { path = '' } = operation;
    if (path.startsWith('/methodSettings')) throw invalid(`Invalid patch path ${path}`);
    const [, resource = '', method = '', ...rest] = path.split('/');
    const setting = settingNames[rest.join('/')];
    // `remove /things/POST` takes away all settings of a method; stage variables have paths of two keys too.
    const ofMethod = rest.length === 0 && /^(\*|[A-Z]+)$/.test(method) && resource !== 'variables';
    const removed = operation.op === 'remove' && ofMethod;
    if (setting === undefined && !removed) return operation;
    // The setting's own key keeps the `~1` of deeper paths, as `a~1b/POST`.
    const key = `${resource.replace(/^~1/, '').replaceAll('~', '~0')}~1${method}`;
    return { ...operation, path: `/methodSettings/${key}${removed ? '' : `/${setting}`}` };
  });
}
