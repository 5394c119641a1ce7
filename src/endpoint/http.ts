import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import type { LookupFunction } from 'node:net';
import { boundedBytes } from '../bounded.ts';
import type { Environment } from '../environment.ts';
import { DynopsError } from '../errors.ts';
import { leavesMachine } from './proxy.ts';

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Says of proxies and authorities; left out for what never leaves this machine. */
  env?: Environment;
}

export interface HttpResponse {
  status: number;
  statusText: string;
  /** As received: order and spelling kept. */
  headers: [name: string, value: string][];
  body: Buffer;
}

/** API Gateway's answers end at 10 MB, AWS's other ones before that. */
export const mostAnswerBytes = 64 * 1024 * 1024;
export const tooLarge = 'the answer is larger than 64 MB';

/**
 * One request on its own connection, by node's own client: it loads in a few milliseconds, the SDK in many.
 * Rejects with node's error (`ECONNREFUSED`, `ENOTFOUND`…), with `ProxyFailed`, with `UnreadableAnswer` where the answer is larger than any, or
 * with a TimeoutError where the whole of it has not come after `timeoutMs`.
 */
export async function send({ method, url, headers = {}, body, timeoutMs, env }: HttpRequest): Promise<HttpResponse> {
  const isSecure = url.startsWith('https:');
  // TLS takes longer to load than a call to the embedded engine to be answered.
  const request = isSecure ? (await import('node:https')).request : requestHttp;
  const agents =
    env && leavesMachine(url) ? (await import('./way-out.ts')).agentsFor(env, { keepAlive: false }) : undefined;
  const agent = isSecure ? agents?.httpsAgent : agents?.httpAgent;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
      request(url, { method, headers: { ...headers, ...length }, agent: agent ?? false, lookup: lookupHost, signal })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const raw = response.rawHeaders;
    return {
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      headers: raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [])),
      body: await boundedBytes(response, { mostBytes: mostAnswerBytes, tooLong: () => unreadable(url) }),
    };
  } catch (error) {
    // Node tells of it in different ways before and after the headers have come.
    throw signal.aborted ? signal.reason : error;
  }
}

function unreadable(url: string): DynopsError {
  const { host, origin } = new URL(url);
  return new DynopsError({ code: 'UnreadableAnswer', message: `${host}: ${tooLarge}.`, facts: { endpoint: origin } });
}

/** Names below localhost are this machine's, whatever a name server says of them (https://www.rfc-editor.org/rfc/rfc6761#section-6.3). */
export const lookupHost: LookupFunction = (name, options, callback) =>
  lookup(name.endsWith('.localhost') ? 'localhost' : name, options, callback);

/** A response header's first value, by any spelling of its name. */
export function header(response: HttpResponse, name: string): string | undefined {
  return response.headers.find(([given]) => given.toLowerCase() === name)?.[1];
}
