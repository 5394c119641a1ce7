import type { IncomingMessage } from 'node:http';

/** Who may knock: nobody but this machine's programs, and no web page. */

/** Whether a Host header names this machine: against DNS rebinding, where a page's own name leads to loopback. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return name === '127.0.0.1' || name === 'localhost' || name === '[::1]' || name.endsWith('.localhost');
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
