import { createHash } from 'node:crypto';
import type { PoolRecord } from '../cognito/records.ts';
import type { PlainResponse } from '../http/messages.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** One request to a hosted domain, as the engine's door hands it over. */
export interface LoginRequest {
  method: string;
  /** After the domain's base, as `/oauth2/authorize`. */
  path: string;
  /** Raw, without `?`. */
  query: string;
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  domainPrefix: string;
  /** What stands before `path` in the URL: `/_aws/cognito-domain/{prefix}`, or nothing where the host names the domain. */
  basePath: string;
}

/** A request to one pool's pages. */
export interface Visit {
  request: LoginRequest;
  pool: PoolRecord;
  query: URLSearchParams;
}

export function header(request: LoginRequest, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

export function cookie(request: LoginRequest, name: string): string | undefined {
  const pairs = request.headers
    .filter(([key]) => key.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(/;[ \t]*/));
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** The form of a POST; undefined when the body is something else. */
export function form(request: LoginRequest): URLSearchParams | undefined {
  const type = header(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' ? new URLSearchParams(request.body.toString('utf8')) : undefined;
}

/** The value of a parameter given once; RFC 6749 §3.1 forbids repeating one. */
export function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export const isRepeated = (parameters: URLSearchParams, name: string): boolean => parameters.getAll(name).length > 1;

/** `http://host` as the browser names this server. */
export const ownOrigin = (request: LoginRequest): string => `http://${header(request, 'host') ?? ''}`;

const hashSource = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const sources = `style-src ${hashSource(style)}; script-src ${hashSource(script)}`;

/**
 * Chromium checks `form-action` against every redirect that follows a form, so the sign-in form must be allowed to end at the
 * client's callback, and a callback on this machine to send the browser on to another port.
 */
function formTargets(callback: string | undefined): string {
  if (callback === undefined) return "'self'";
  const { origin, protocol } = new URL(callback);
  // A policy cannot name every host (IPv6, odd characters) and knows no custom schemes' hosts.
  const target = /^https?:\/\/[\w.-]+(:\d+)?$/.test(origin) ? origin : protocol;
  return `'self' ${target} http://localhost:* http://127.0.0.1:*`;
}

const guards: [string, string][] = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  // `no-referrer` would make browsers send `Origin: null` with our own form.
  ['referrer-policy', 'same-origin'],
  ['x-frame-options', 'DENY'],
];

export function html(
  status: number,
  body: string,
  options: { callback?: string | undefined; cookies?: string[] } = {},
): PlainResponse {
  const policy = `default-src 'none'; ${sources}; form-action ${formTargets(options.callback)}; frame-ancestors 'none'; base-uri 'none'`;
  return {
    status,
    headers: [
      ['content-type', 'text/html; charset=utf-8'],
      ['content-security-policy', policy],
      ...guards,
      ...cookieHeaders(options.cookies),
    ],
    body,
  };
}

export function redirect(location: string, cookies?: string[]): PlainResponse {
  return { status: 302, headers: [['location', location], ...guards, ...cookieHeaders(cookies)], body: '' };
}

/** A response without content says no content type either (RFC 9110 §8.3). */
export function empty(status: number): PlainResponse {
  return { status, headers: [['pragma', 'no-cache'], ...guards], body: '' };
}

export function json(status: number, value: object, headers: [string, string][] = []): PlainResponse {
  return {
    status,
    headers: [['content-type', 'application/json;charset=UTF-8'], ['pragma', 'no-cache'], ...guards, ...headers],
    body: JSON.stringify(value),
  };
}

const cookieHeaders = (cookies: string[] = []): [string, string][] => cookies.map((value) => ['set-cookie', value]);

/** Cookies are kept to the domain's own path: other programs on this machine share the host name. */
export function setCookie(request: LoginRequest, cookie: { name: string; value: string; maxAgeS: number }): string {
  const { name, value, maxAgeS } = cookie;
  return `${name}=${value}; Path=${request.basePath || '/'}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`;
}
