import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { version } from '../../version.ts';
import type { Engine } from '../engine.ts';
import { lazy } from '../lazy.ts';
import { type Arrival, arrival, record } from './arrival.ts';
import { serveApi, shown } from './aws-api.ts';
import { type Bodies, createBodies, RequestAborted } from './bodies.ts';
import { boundConnections, connectionBudget } from './connections.ts';
import { isAmbiguous, isFromWebPage, isLoopbackHost } from './host-guard.ts';
import type { PlainRequest, PlainResponse } from './messages.ts';
import { ownersAnswer } from './owner.ts';
import { isPageCall, maxPageCallBytes, servePageCall } from './page-calls.ts';
import { dataPlaneOf, type Place } from './places.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { createSigningKeys, type Secret, type SigningKeys } from './signature.ts';

/** A 50 MB zip in base64, inside JSON. The data plane has its own, smaller limit. */
const maxApiBodyBytes = 75 * 1024 * 1024;
/** Larger answers are not worth copying once more. */
const maxTextBytes = 64 * 1024;
/** API Gateway refuses more than 10 MB with an answer of its own; a little more is read so that it can. */
const maxDataPlaneBodyBytes = 10 * 1024 * 1024 + 1;
/** Of all requests together: some of the largest, at the same time. */
const maxHeldBytes = 320 * 1024 * 1024;

export interface ServerOptions {
  /** Resolves when the engine is open. */
  engine: () => Promise<Engine>;
  credentials: Secret;
  log: (line: string) => void;
}

/** The engine's one HTTP server: AWS's APIs, the deployed APIs, the hosted sign-in pages and key sets. */
export function createEngineServer(options: ServerOptions): Server {
  const parts = {
    signingKey: createSigningKeys(),
    requests: createRequestLog(),
    bodies: createBodies(maxHeldBytes),
  };
  const server = createServer(
    {
      maxHeaderSize: 64 * 1024,
      // Ample over loopback, even for the largest zip; who sends slower than that holds connections.
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const arrived = arrival(request);
      serve({ request, response }, arrived, { options, ...parts })
        .then((answer) => {
          record(parts.requests, arrived, answer);
          send(request, response, answer);
        })
        .catch((error: unknown) => {
          if (error instanceof RequestAborted) return;
          options.log(`failed to serve ${request.method}: ${error instanceof Error ? error.stack : String(error)}`);
          send(request, response, plainError(500, 'internal failure'));
        });
    },
  );
  // The rest Node would drop unseen, a second Authorization header among it; the size has its limit above.
  server.maxHeadersCount = 0;
  boundConnections(server, connectionBudget());
  return server;
}

async function serve(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  arrived: Arrival,
  by: { options: ServerOptions; signingKey: SigningKeys; requests: RequestLog; bodies: Bodies },
): Promise<PlainResponse> {
  const { options, requests, bodies, ...parts } = by;
  const readBody = (maxBytes: number) => bodies.read(request, response, maxBytes);
  const engine = await options.engine();
  const { host } = request.headers;
  if (isAmbiguous(request)) return closing(plainError(400, 'the request can be read in more than one way'));
  if (!isLoopbackHost(host)) return plainError(403, 'this endpoint answers only to loopback names');
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? '' : url.slice(at + 1);

  const place = dataPlaneOf(host ?? '', path);
  if (place) {
    const body = await readBody(maxDataPlaneBodyBytes);
    Object.assign(arrived, { kind: place.kind === 'execute-api' ? 'api' : 'page', requestBody: body });
    if (place.kind === 'execute-api') arrived.path = query === '' ? place.path : `${place.path}?${query}`;
    return serveDataPlane(engine, place, plain(request, { path: place.path, query, body }));
  }
  if (request.method === 'GET' && path === '/_dynops/health') {
    return json(200, { status: 'running', version, pid: process.pid });
  }
  if (request.method === 'GET' && path.includes('/.well-known/')) {
    const { serveDiscovery } = await import('../cognito/discovery.ts');
    const found = serveDiscovery(engine, path);
    if (found) return found;
  }
  const { credentials } = options;
  if (isFromWebPage(request)) {
    if (!isPageCall(request, path)) return plainError(403, 'requests from web pages are refused');
    return servePageCall(engine, request, async () => {
      const body = await readBody(maxPageCallBytes);
      Object.assign(arrived, { kind: 'aws', requestBody: body });
      return { body, answer: () => serveApi({ engine, credentials, ...parts }, { request, path, query, body }) };
    });
  }
  const { secretAccessKey } = credentials;
  const asked = { method: request.method ?? '', path, authorization: request.headers.authorization };
  const owned = await ownersAnswer(asked, { engine, requests, query, secretAccessKey });
  if (owned) return owned;
  if (request.method === 'GET' && path === '/_dynops/confinement') {
    return json(200, { functions: (await engine.functions.confines()) ? 'namespaces' : 'none' });
  }
  if (request.method === 'GET' && path.startsWith('/_dynops/')) {
    const { serveCode } = await import('../lambda/code-download.ts');
    const found = await serveCode(engine, { path, query });
    if (found) return found;
  }
  const body = await readBody(maxApiBodyBytes);
  if (body.length > maxApiBodyBytes) return plainError(413, 'the request is too large');
  Object.assign(arrived, { kind: 'aws', requestBody: body });
  return serveApi({ engine, credentials, ...parts }, { request, path, query, body });
}

/** Loaded when first asked for: asking the loader again costs as much as all else that a request needs. */
const dataPlanes = {
  executeApi: lazy(() => import('../execute-api/execute.ts')),
  login: lazy(() => import('../login/pages.ts')),
};

async function serveDataPlane(engine: Engine, place: Place, request: PlainRequest): Promise<PlainResponse> {
  if (place.kind === 'execute-api') {
    const { execute } = await dataPlanes.executeApi();
    return execute(engine, Object.assign(request, { apiId: place.apiId, stage: place.stage }));
  }
  const { serveLogin } = await dataPlanes.login();
  const watch = engine.watchRecords();
  const { domainPrefix, basePath } = place;
  return shown(serveLogin(engine, { ...request, domainPrefix, basePath }), watch);
}

/** As they arrived: Node's own `headersDistinct` fails on one called `constructor` (seen on 20.19.0). */
function headerPairs(request: IncomingMessage): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

function plain(request: IncomingMessage, parts: { path: string; query: string; body: Buffer }): PlainRequest {
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  return { method: request.method ?? 'GET', ...parts, headers: headerPairs(request), sourceIp };
}

function send(request: IncomingMessage, response: ServerResponse, answer: PlainResponse): void {
  if (response.destroyed) return;
  // What was not read would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const headers: string[] = [];
  for (const [name, value] of answer.headers) headers.push(name, value);
  headers.push('content-length', String(body.length));
  response.writeHead(answer.status, headers);
  if (request.method === 'HEAD') response.end();
  // Node writes a text together with the head, and bytes apart from it; each Latin-1 character is one of the bytes.
  else if (body.length <= maxTextBytes) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

const json = (status: number, value: unknown): PlainResponse => ({
  status,
  headers: [['content-type', 'application/json']],
  body: JSON.stringify(value),
});

const closing = (answer: PlainResponse): PlainResponse => ({
  ...answer,
  headers: [...answer.headers, ['connection', 'close']],
});

const plainError = (status: number, message: string) => json(status, { message });
