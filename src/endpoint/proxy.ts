import { BlockList, isIP } from 'node:net';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';

/** The proxy that stands between this machine and an address. */
export interface WebProxy {
  url: URL;
  /** The environment variable that names it. */
  variable: string;
  /** Its address without user name and password. */
  shown: string;
}

/**
 * The proxy for an address, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, the lower-case spelling first as in curl; never one
 * for loopback. Throws a usage error for a variable that holds no http or https URL.
 */
export function proxyFor(address: string | URL, env: Environment): WebProxy | undefined {
  const { protocol, hostname, port } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = [name.toLowerCase(), name].find((spelling) => env[spelling]);
  if (variable === undefined || isLoopback(host)) return undefined;
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter(Boolean);
  const number = Number(port) || (protocol === 'https:' ? 443 : 80);
  if (exceptions.some((exception) => excepts(exception.toLowerCase(), { host, port: number }))) return undefined;
  const value = env[variable] ?? '';
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    // The value is not shown: it may hold a password.
    throw usageError(
      `${variable} must be an http or https URL.`,
      `For example ${variable}=http://proxy.example.com:3128.`,
    );
  }
  return { url, variable, shown: url.origin };
}

/** Of an https address on this machine, too, somebody has to vouch for the server. */
export function leavesMachine(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** As curl and the AWS CLI read NO_PROXY: a domain stands for its hosts too; `*`, a port, an address and a network are known. */
function excepts(exception: string, to: { host: string; port: number }): boolean {
  if (exception === '*') return true;
  const [, network, bits] = /^([\da-f.:]+)\/(\d+)$/.exec(exception) ?? [];
  if (network !== undefined) return contains({ network, bits: Number(bits) }, to.host);
  const [, named = exception, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(exception) ?? [];
  if (port !== undefined && Number(port) !== to.port) return false;
  const domain = named.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return domain !== '' && (to.host === domain || (isIP(to.host) === 0 && to.host.endsWith(`.${domain}`)));
}

function contains({ network, bits }: { network: string; bits: number }, host: string): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || isIP(host) !== isIP(network) || bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
