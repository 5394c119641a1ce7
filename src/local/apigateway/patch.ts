import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import { AwsError } from '../service.ts';
import { readNumber } from '../wire/numbers.ts';

type Json = Record<string, unknown>;

type Kind = 'text' | 'number' | 'fraction' | 'optional number' | 'boolean' | 'list' | 'named list';

export interface Patchable {
  /**
   * `/name` can be replaced, `/description?` removed too, an entry of a map as `/variables/*` also added. Lists are named
   * without their items; those of a named list can be told in the path alone. Numbers are whole but for a
   * `fraction`. `optional number`: without a value it is taken away, and NaN for what is no number is refused by the operation.
   */
  kinds: Record<string, Kind>;
  /** Maps of which only entries that are there can be replaced or removed, and what is said of others (404). */
  missing?: Record<string, string>;
  /** How AWS refuses what cannot be patched, which differs: by the operation unless said. */
  refusals?: 'by path' | 'listed';
  /** What is said of a path that is not known at all. */
  unknown?: (path: string) => string;
}

interface Change {
  op: PatchOperation['op'];
  path: string | undefined;
  keys: string[];
  value: string | undefined;
}

/**
 * API Gateway's patch operations: JSON-pointer-like paths (`~1` for a slash), values always text.
 * Answers a changed copy. Throws AwsError BadRequestException, NotFoundException.
 */
export function applyPatch<Target extends object>(
  target: Target,
  patchable: Patchable,
  operations: PatchOperation[] | undefined,
): Target {
  const { kinds } = patchable;
  const copy = structuredClone(target) as Json;
  /** As sets for as long as they are patched, so that each change takes as long whatever was added before. */
  const lists = new Map<string, Set<string>>();
  for (const { op, path, value } of operations ?? []) {
    const keys = (path ?? '').split('/').slice(1).map(decodeKey);
    const list = Object.keys(kinds).find((name) => kinds[name]?.endsWith('list') && `${path}/`.startsWith(`${name}/`));
    const change = { op, path, keys, value };
    if (list === undefined) patchMember(copy, patchable, change);
    else {
      const items = lists.get(list) ?? new Set(placeOf(copy, list).list);
      lists.set(list, items);
      patchList(items, change, { depth: list.split('/').length - 1, named: kinds[list] === 'named list' });
    }
  }
  for (const [list, items] of lists) placeOf(copy, list).set([...items]);
  // The members keep their kinds: text, number, boolean, list or map.
  return copy as Target;
}

/** Whether a patch changes a member, or anything inside of it. */
export function touches(operations: PatchOperation[] | undefined, member: string): boolean {
  return (operations ?? []).some(({ path }) => path?.startsWith(member));
}

function patchMember(target: Json, patchable: Patchable, change: Change): void {
  const { kinds, missing = {} } = patchable;
  const { op, path = '', keys, value } = change;
  const [map = '', ...inner] = keys;
  const entry = `/${keys.slice(0, -1).map(encodeKey).join('/')}/*`.replace('//', '/');
  const setting = /^\/methodSettings\/[^/]+\/(\w+)$/.exec(path)?.[1];
  const kind = kinds[path] ?? kinds[`${path}?`] ?? kinds[entry] ?? kinds[`/methodSettings/*/${setting}`];
  const isEntry = kinds[entry] !== undefined;
  const allowed = ['replace', ...(isEntry ? ['add', 'remove'] : kinds[`${path}?`] ? ['remove'] : [])];
  if (!kind || !path.startsWith('/') || !allowed.includes(op ?? '')) throw refusal(patchable, change, Boolean(kind));
  const parent = parentOf(target, keys.slice(0, -1));
  const last = keys.at(-1) ?? '';
  if (isEntry && op !== 'add' && missing[map] !== undefined && !Object.hasOwn(parent, last)) {
    throw new AwsError('NotFoundException', missing[map]);
  }
  const converted = op === 'remove' ? undefined : convert(kind, last, value ?? '');
  if (converted !== undefined) define(parent, last, converted);
  else {
    delete parent[last];
    // A map without entries is not told; a stage's settings are.
    if (isEntry && inner.length === 1 && map !== 'methodSettings' && Object.keys(parent).length === 0)
      delete target[map];
  }
}

function refusal({ kinds, refusals, unknown }: Patchable, { op, path }: Change, isKnown: boolean): AwsError {
  if (refusals === 'listed') {
    const known = Object.keys(kinds).map((name) => name.replace('?', ''));
    const rest = op === 'replace' ? `Must be one of: [${known.join(', ')}]` : 'Please choose supported operations';
    return invalid(`Invalid patch path  '${path}' specified for op '${op}'. ${rest}`);
  }
  if (isKnown && refusals !== 'by path') return invalid('Invalid patch operation specified. Must be one of: [replace]');
  return invalid(unknown?.(path ?? '') ?? `Invalid patch path ${path ?? null}`);
}

/** Sets an own member, whatever it is called. */
const define = (parent: Json, name: string, value: unknown) =>
  Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true });

/** Lists are changed by value: `add /providerARNs V`, `remove /providerARNs V`, `replace /types/OLD NEW`, or `/types/0`. */
function patchList(list: Set<string>, { op, path, keys, value }: Change, of: { depth: number; named: boolean }): void {
  const { depth, named: byName } = of;
  const named = keys.length > depth ? keys.slice(depth).join('/') : undefined;
  if (byName && named === undefined) throw invalid(`Invalid patch path ${path}`);
  const old = named !== undefined && /^\d+$/.test(named) && !byName ? [...list][Number(named)] : named;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    throw invalid("Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
  }
  if (op === 'replace' && old === undefined) list.clear();
  const gone = op === 'remove' ? (old ?? value) : old;
  if (gone !== undefined) list.delete(gone);
  const added = op === 'remove' ? undefined : op === 'add' ? (old ?? value) : value;
  if (added !== undefined) list.add(added);
}

/** The list that a kind names. */
function placeOf(target: Json, path: string) {
  const keys = path.split('/').slice(1);
  const name = keys.pop() ?? '';
  const parent = parentOf(target, keys);
  const list = parent[name];
  return {
    list: Array.isArray(list) ? (list as string[]) : [],
    set: (items: string[]) => define(parent, name, items),
  };
}

/** The map that holds what a path names; made where it is missing. */
function parentOf(target: Json, keys: string[]): Json {
  let here = target;
  for (const key of keys) {
    const next = ownMember(here, key);
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
  const number = readNumber(value, kind === 'fraction' ? 'Double' : 'Integer');
  if (kind === 'optional number') return value.trim() === '' ? undefined : (number ?? Number.NaN);
  if (number === undefined || !Number.isFinite(number)) throw invalid(`Invalid value ${value} for ${name}`);
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
export const patchableSettings: Patchable['kinds'] = {
  '/methodSettings/*': 'text',
  '/methodSettings/*/metricsEnabled': 'boolean',
  '/methodSettings/*/loggingLevel': 'text',
  '/methodSettings/*/dataTraceEnabled': 'boolean',
  '/methodSettings/*/throttlingBurstLimit': 'number',
  '/methodSettings/*/throttlingRateLimit': 'fraction',
  '/methodSettings/*/cachingEnabled': 'boolean',
  '/methodSettings/*/cacheTtlInSeconds': 'number',
  '/methodSettings/*/cacheDataEncrypted': 'boolean',
  '/methodSettings/*/requireAuthorizationForCacheControl': 'boolean',
  '/methodSettings/*/unauthorizedCacheControlHeaderStrategy': 'text',
};

/** Turns those of a stage's patches into ordinary ones on `/methodSettings`. */
export function expandMethodSettings(
  operations: PatchOperation[] | undefined,
  settings: Record<string, unknown> = {},
): PatchOperation[] {
  return (operations ?? []).map((operation) => {
    const { path = '' } = operation;
    if (path.startsWith('/methodSettings')) throw invalid(`Invalid patch path ${path}`);
    const [, resource = '', method = '', ...rest] = path.split('/');
    const setting = settingNames[rest.join('/')];
    // `remove /things/POST` takes away all settings of a method; stage variables have paths of two keys too.
    const removed = operation.op === 'remove' && rest.length === 0 && method !== '' && resource !== 'variables';
    if (setting === undefined && !removed) return operation;
    // The setting's own key keeps the `~1` of deeper paths, as `a~1b/POST`.
    const name = `${resource.replace(/^~1/, '')}/${method}`;
    if (removed && !Object.hasOwn(settings, name)) {
      // Recorded: localstack `apigateway/test_apigateway_api` test_stage_access_log_settings_validation.
      throw invalid(`Cannot remove method setting ${name} because there is no method setting for this method `);
    }
    return { ...operation, path: `/methodSettings/${encodeKey(name)}${removed ? '' : `/${setting}`}` };
  });
}
