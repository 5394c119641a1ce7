import { isObject } from '../../is-object.ts';
import type { RequestSpec } from '../../measure/load/scenario.ts';
import { noRoute, operationRoute, routeOf } from '../../service/routes.ts';
import type { Route } from '../../stack/service.ts';
import { headerProblem } from './headers.ts';
import { samplePath } from './target-text.ts';

/** Where a collection's requests may go. */
export interface CollectionPlace {
  /** The stage's URL. */
  baseUrl: string;
  routes: readonly Route[];
}

/** How far values of Postman's variables may lie inside one another; they may also name themselves. */
const deepestVariable = 10;

export function isCollection(document: unknown): document is Record<string, unknown> {
  return isObject(document) && Array.isArray(document.item);
}

/**
 * The requests of a Postman collection (v2) in its own order, folders flattened: method, path, query, headers and raw body. The
 * token is the load's own. Throws a RangeError that says what is wrong, also for a request to anywhere but the stack's own API.
 */
export function readCollection(collection: Record<string, unknown>, place: CollectionPlace): RequestSpec[] {
  const values = new Map(
    listOf(collection.variable).map((variable) => [String(variable.key), String(variable.value ?? '')]),
  );
  const fillOnce = (text: string) =>
    text.replace(/\{\{([^{}$]+)\}\}/g, (all, name: string) => values.get(name.trim()) ?? all);
  const fill = (text: string) => Array.from({ length: deepestVariable }).reduce<string>(fillOnce, text);
  return flatten(listOf(collection.item)).map((item) => specOf(item, { ...place, fill }));
}

function specOf(
  item: Record<string, unknown>,
  { baseUrl, routes, fill }: CollectionPlace & { fill: (text: string) => string },
): RequestSpec {
  const name = String(item.name ?? 'request');
  const request = isObject(item.request) ? item.request : {};
  const address = fill(addressOf(request.url));
  const [, place = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(address) ?? [];
  const path = ownPath(place, new URL(baseUrl), operationRoute(routes)?.path ?? '/');
  if (path === undefined) {
    throw new RangeError(`"${name}" goes to ${address}; a load is sent only to the stack's own API, ${baseUrl}.`);
  }
  const asked = { method: String(request.method ?? 'GET').toUpperCase(), path };
  const route = routeOf(routes, { ...asked, path: samplePath(path) });
  if (!route) {
    const { message, right } = noRoute(routes, asked);
    throw new RangeError(`"${name}": ${message} of the stack's own API. ${right}`);
  }
  const body = isObject(request.body) ? request.body.raw : undefined;
  if (typeof body !== 'string' && (request.body !== undefined || route.integration === 'direct')) {
    throw new RangeError(`"${name}" has no raw body.`);
  }
  const headers = listOf(request.header).filter(
    ({ key, disabled }) =>
      disabled !== true && String(key).toLowerCase() !== 'authorization' && headerProblem(String(key)) === undefined,
  );
  return {
    name,
    method: asked.method,
    target: `${path}${query}`,
    headers: Object.fromEntries(headers.map(({ key, value }) => [String(key), fill(String(value ?? ''))])),
    body: typeof body === 'string' ? fill(body) : undefined,
  };
}

function flatten(items: Record<string, unknown>[]): Record<string, unknown>[] {
  return items.flatMap((item) => (Array.isArray(item.item) ? flatten(listOf(item.item)) : [item]));
}

/** Postman keeps an address whole, in parts, or both; `:name` in its path is a variable of its own. */
function addressOf(url: unknown): string {
  if (!isObject(url)) return String(url ?? '');
  const own = new Map(listOf(url.variable).map(({ key, value }) => [String(key), String(value ?? '')]));
  const filled = (path: string) => path.replace(/(?<=\/):([\w-]+)/g, (all, name: string) => own.get(name) ?? all);
  if (typeof url.raw === 'string') return filled(url.raw);
  const joined = (parts: unknown, by: string) => (Array.isArray(parts) ? parts.join(by) : String(parts ?? ''));
  const scheme = url.protocol === undefined ? '' : `${String(url.protocol)}://`;
  const port = url.port === undefined ? '' : `:${String(url.port)}`;
  const path = joined(url.path, '/').replace(/^(?=[^/])/, '/');
  const query = listOf(url.query).map(({ key, value }) => `${String(key)}=${String(value ?? '')}`);
  return `${scheme}${joined(url.host, '.')}${port}${filled(path)}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/**
 * An address's path from the stage on; undefined: it is another's. A variable that stays open is the reader's own environment: it
 * stands for this stack's address (`whole` is its path there), or for its beginning.
 */
function ownPath(address: string, base: URL, whole: string): string | undefined {
  const basePath = base.pathname.replace(/\/$/, '');
  const [open, rest = ''] = /^\{\{[^{}]+\}\}(?=$|\/)(.*)$/s.exec(address) ?? [];
  if (open === undefined && !URL.canParse(address)) return undefined;
  // As it is written: a URL would encode the braces of variables.
  const path = open === undefined ? address.replace(/^[a-z]+:\/\/[^/]*/i, '') : rest;
  if (open === undefined && new URL(address).host !== base.host) return undefined;
  if (path.split('/').some((part) => /^\.{1,2}$/.test(part))) return undefined;
  const parts = basePath.split('/').slice(1);
  const beginnings = open === undefined ? [basePath] : parts.map((_, from) => `/${parts.slice(from).join('/')}`);
  const beginning = beginnings.find((one) => path === one || path.startsWith(`${one}/`));
  if (open === undefined && beginning === undefined) return undefined;
  const own = path.slice(beginning?.length ?? 0).replace(/\/$/, '');
  return own === '' ? whole : own;
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
