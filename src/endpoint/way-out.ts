import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  type ClientRequestArgs,
  Agent as HttpAgent,
  IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely, rootCertificates } from 'node:tls';
import type { Environment } from '../environment.ts';
import { DynopsError, reasonOf, usageError } from '../errors.ts';
import { connectionReason } from './on-the-way.ts';
import { proxyFor, type WebProxy } from './proxy.ts';

/*
 * How requests leave this machine: through the proxy that the environment names, trusting the authorities that it names.
 * Apart from `proxy.ts`, as TLS takes longer to load than a call to the embedded engine to be answered.
 */

/** For node's clients, and the SDK's: they look for the proxy anew for each host. */
export function agentsFor(
  env: Environment,
  { keepAlive = true } = {},
): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const ca = authorities(env);
  // As many connections as the SDK's own agents have.
  const kept = { keepAlive, maxSockets: 50 };
  return {
    httpAgent: new ForwardingAgent(env, { ...kept, ca }),
    httpsAgent: new TunnellingAgent(env, { ...kept, ...(ca && { ca }) }),
  };
}

/**
 * The authorities to trust where AWS_CA_BUNDLE names more than Node's own, in PEM; undefined where it does not.
 * NODE_EXTRA_CA_CERTS, which Node reads itself, is in them, as they take the place of what Node would trust.
 */
export function authorities(env: Environment): string[] | undefined {
  const { AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS } = env;
  if (!AWS_CA_BUNDLE) return undefined;
  const files = { AWS_CA_BUNDLE, ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }) };
  const given = Object.entries(files).map(([variable, file]) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw usageError(
        `${variable}: ${file} cannot be read: ${reasonOf(cause)}.`,
        `Correct it, or run \`unset ${variable}\`.`,
      );
    }
  });
  return [...rootCertificates, ...given];
}

const connectMs = 10_000;

/**
 * A connection through a proxy, by CONNECT (RFC 9110, 9.3.6), on which nothing has been sent. Rejects with `ProxyFailed`,
 * which names the proxy.
 */
export function openTunnel(
  proxy: WebProxy,
  to: { host: string; port: number; ca?: string[] | undefined },
): Promise<Socket> {
  const { protocol, hostname, port } = proxy.url;
  const request = protocol === 'https:' ? requestHttps : requestHttp;
  const path = `${isIP(to.host) === 6 ? `[${to.host}]` : to.host}:${to.port}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path,
      headers: { Host: path, ...proxyHeaders(proxy) },
      agent: false,
      ...(to.ca && { ca: to.ca }),
    });
    const late = setTimeout(() => asked.destroy(new Error(`no answer within ${connectMs / 1000} s`)), connectMs);
    asked.on('close', () => clearTimeout(late));
    asked.on('connect', (response, socket: Socket, head) => {
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        return reject(refusedBy(proxy, path, `${statusCode} ${response.statusMessage}`.trim()));
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.on('error', (cause) => reject(unreachable(proxy, cause)));
    asked.end();
  });
}

/** For https: the same, with TLS inside the tunnel. */
class TunnellingAgent extends HttpsAgent {
  readonly #env: Environment;

  constructor(env: Environment, options: ConstructorParameters<typeof HttpsAgent>[0]) {
    super(options);
    this.#env = env;
  }

  override createConnection(options: RequestOptions, callback?: Connected): Duplex | null | undefined {
    const { host, port } = addressOf(options, 443);
    const proxy = proxyFor(`https://${urlHost(host)}:${port}`, this.#env);
    if (proxy === undefined) return super.createConnection(options, callback);
    const ca = this.options.ca as string[] | undefined;
    openTunnel(proxy, { host, port, ca }).then(
      (socket) => {
        const secured = super.createConnection({ ...options, socket } as RequestOptions);
        // Told first of what goes wrong behind the proxy, before who reports it.
        secured?.on('error', (error) => Object.assign(error, { proxy: `${proxy.shown} (${proxy.variable})` }));
        if (secured) callback?.(null, secured);
      },
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  }
}

interface Trusted {
  ca: string[] | undefined;
}

type Connected = (error: Error | null, stream: Duplex) => void;

// Node's agents all have it, and tell of it neither in their documentation nor in their types.
const { addRequest } = HttpAgent.prototype as unknown as {
  addRequest(this: HttpAgent, request: ClientRequest, options: ClientRequestArgs): void;
};

/** For http: the proxy is asked for the whole address (RFC 9112, 3.2.2). */
class ForwardingAgent extends HttpAgent {
  readonly #env: Environment;
  readonly #ca: string[] | undefined;

  constructor(env: Environment, { ca, ...options }: ConstructorParameters<typeof HttpAgent>[0] & Trusted) {
    super(options);
    this.#env = env;
    this.#ca = ca;
  }

  addRequest(request: ClientRequest, options: ClientRequestArgs): void {
    const { proxy, host, port } = this.#way(options);
    if (proxy !== undefined) {
      const authority = `${urlHost(host)}${port === 80 ? '' : `:${port}`}`;
      request.path = `http://${authority}${request.path}`;
      for (const [name, value] of Object.entries(proxyHeaders(proxy))) request.setHeader(name, value);
      request.prependListener('error', (cause) =>
        Object.assign(cause, { proxy: `${proxy.shown} (${proxy.variable})` }),
      );
      refuse407(request, (answer) => refusedBy(proxy, authority, answer));
    }
    addRequest.call(this, request, options);
  }

  override createConnection(options: ClientRequestArgs, callback?: Connected): Duplex | null | undefined {
    const { proxy } = this.#way(options);
    if (proxy === undefined) return super.createConnection(options, callback);
    reach(proxy, this.#ca).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(unreachable(proxy, error), undefined as never),
    );
    return undefined;
  }

  #way(options: ClientRequestArgs): { proxy: WebProxy | undefined; host: string; port: number } {
    const to = addressOf(options, 80);
    return { ...to, proxy: proxyFor(`http://${urlHost(to.host)}:${to.port}`, this.#env) };
  }
}

/** A connection to the proxy itself, with TLS where its address says so. */
function reach({ url }: WebProxy, ca: string[] | undefined): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const to = { host, port: Number(url.port) || (isSecure ? 443 : 80) };
  const socket = isSecure
    ? connectSecurely({ ...to, ...(isIP(host) === 0 && { servername: host }), ...(ca && { ca }) })
    : connect(to);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error(`no answer within ${connectMs / 1000} s`)), connectMs);
    const failed = (cause: Error) => {
      clearTimeout(late);
      reject(cause);
    };
    socket.once('error', failed);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(late);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

/** Only proxies answer 407: the request fails by it, before anybody takes the answer for the server's. */
function refuse407(request: ClientRequest, refusal: (answer: string) => DynopsError): void {
  const { emit } = request;
  request.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const [response] = values;
    if (event !== 'response' || !(response instanceof IncomingMessage) || response.statusCode !== 407) {
      return emit.call(request, event, ...values);
    }
    request.destroy(refusal(`407 ${response.statusMessage}`.trim()));
    return true;
  };
}

function addressOf({ host, hostname, port }: ClientRequestArgs, usual: number): { host: string; port: number } {
  return { host: (host ?? hostname ?? 'localhost').replace(/^\[|\]$/g, ''), port: Number(port ?? usual) };
}

const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

function proxyHeaders({ url }: WebProxy): Record<string, string> {
  const { username, password } = url;
  if (username === '' && password === '') return {};
  const pair = `${unescaped(username)}:${unescaped(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A percent sign that begins no escape stands for itself, as with curl: passwords are often pasted as they are. */
const unescaped = (text: string): string => {
  const bytes = text.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

function unreachable({ shown, variable }: WebProxy, cause: Error): DynopsError {
  return new DynopsError({
    code: 'ProxyFailed',
    message: `The proxy ${shown} (${variable}) cannot be reached: ${connectionReason(cause) || ('code' in cause && cause.code)}.`,
    hint: `Correct ${variable}, or list the hosts that need no proxy in NO_PROXY.`,
    cause,
  });
}

function refusedBy({ shown, variable }: WebProxy, to: string, answer: string): DynopsError {
  const wantsPassword = answer.startsWith('407');
  return new DynopsError({
    code: wantsPassword ? 'ProxyPasswordNeeded' : 'ProxyFailed',
    message: `The proxy ${shown} (${variable}) refused a connection to ${to}: ${answer}.`,
    hint: wantsPassword
      ? `Give it a user name and password: ${variable}=http://USER:PASSWORD@${shown.replace(/^https?:\/\//, '')}.`
      : `Ask who runs the proxy to allow ${to}, or list the host in NO_PROXY where it needs no proxy.`,
  });
}
