import type { IncomingMessage } from 'node:http';

/** Who may knock: nobody but this machine's programs, and no web page. */

/** Whether a Host header names this machine: against DNS rebinding, where a page's own name leads to loopback. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return /^(127\.0\.0\.1|\[::1\]|([a-z0-9.-]+\.)?localhost)(:\d{1,5})?$/i.test(host);
}

/**
 * Whether something in between may have read another request here than this server does: one for another of two hosts, or with
 * another end of the body. Source: RFC 9112 §3.2 and §6.1.
 */
export function isAmbiguous(request: IncomingMessage): boolean {
  const hosts = countHeaders(request, 'host');
  const coding = request.headers['transfer-encoding'];
  const isUnsure = coding !== undefined && (coding.toLowerCase() !== 'chunked' || request.httpVersion === '1.0');
  return hosts > 1 || isUnsure;
}

/** How often a header was sent; `name` in lower case. */
export function countHeaders({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) count += 1;
  }
  return count;
}

/**
 * Whether a browser sends this on behalf of a page. AWS's APIs are called by programs, so any page is a foreign one:
 * browsers mark each such request with `Origin`, `Sec-Fetch-*` or both, and pages cannot take the marks off.
 */
export function isFromWebPage(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  return origin !== undefined || (site !== undefined && site !== 'none');
}
