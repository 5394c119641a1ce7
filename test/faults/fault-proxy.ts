import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What can go wrong with one AWS call. */
export const faultKinds = [
  'throttled once',
  'throttled ten times',
  'answered 500',
  'reset before the call',
  'answer dropped after the call',
  'killed before the call',
  'killed after the call',
] as const;
/** The last is no matter of AWS: a network's sign-in page. */
export type FaultKind = (typeof faultKinds)[number] | 'answered by a page';

/** The nth call (from 0) of an operation, as `iam.CreateRole`. */
export interface Fault {
  operation: string;
  nth: number;
  kind: FaultKind;
}

export interface SeenCall {
  operation: string;
  nth: number;
  mutating: boolean;
}

export interface FaultProxy {
  endpoint: string;
  /** Every call that arrived, in order, faulted ones included. */
  seen: SeenCall[];
  /** True once the fault has happened. */
  struck(): boolean;
  close(): Promise<void>;
}

/**
 * A loopback proxy between a client and an AWS-compatible endpoint that makes one fault happen.
 * "Killed" is what AWS sees of a killed process: from that moment on, nothing more arrives. `onKill` is told of it.
 */
export async function startFaultProxy(
  upstream: string,
  options: { fault?: Fault | undefined; onKill?: () => void } = {},
): Promise<FaultProxy> {
  const { fault, onKill = () => undefined } = options;
  const agent = new Agent({ keepAlive: true });
  const seen: SeenCall[] = [];
  const counts = new Map<string, number>();
  let dead = false;
  let struck = false;

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => outgoing.destroy());
    incoming.on('end', () => serve(incoming, outgoing, Buffer.concat(chunks)));
  });

  function serve(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): void {
    const call = identify(incoming, body);
    const nth = counts.get(call.operation) ?? 0;
    counts.set(call.operation, nth + 1);
    seen.push({ ...call, nth });
    if (dead) {
      incoming.socket.destroy();
      return;
    }
    const hit = fault && call.operation === fault.operation ? faultAt(fault, nth) : undefined;
    if (hit) struck = true;
    switch (hit) {
      case undefined:
        pass(incoming, outgoing, body);
        return;
      case 'throttled once':
      case 'throttled ten times':
        throttle(call.operation, outgoing);
        return;
      case 'answered 500':
        outgoing.writeHead(500, { 'content-type': 'application/json', 'x-amzn-errortype': 'InternalFailure' });
        outgoing.end('{"__type":"InternalFailure","message":"fault injected"}');
        return;
      case 'answered by a page':
        outgoing.writeHead(200, { 'content-type': 'text/html' });
        outgoing.end('<html>Welcome to the hotel</html>');
        return;
      case 'reset before the call':
        incoming.socket.destroy();
        return;
      case 'answer dropped after the call':
        pass(incoming, outgoing, body, () => undefined);
        return;
      case 'killed before the call':
        dead = true;
        onKill();
        incoming.socket.destroy();
        return;
      case 'killed after the call':
        dead = true;
        // Who is told closes the proxy, and with it the call that has not arrived yet.
        pass(incoming, outgoing, body, onKill);
        return;
    }
  }

  /** With `onDrop` the answer is dropped: called once the call has been made, before its connection is reset. */
  function pass(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, onDrop?: () => void): void {
    const target = new URL(upstream);
    const drop = () => {
      onDrop?.();
      incoming.socket.destroy();
    };
    const onward = forward(
      {
        agent,
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (response) => {
        if (onDrop) {
          response.resume();
          response.on('end', drop);
          return;
        }
        outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(outgoing);
      },
    );
    onward.on('error', drop);
    onward.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    struck: () => struck,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        agent.destroy();
        server.closeAllConnections();
      }),
  };
}

function faultAt(fault: Fault, nth: number): FaultKind | undefined {
  const length = fault.kind === 'throttled ten times' ? 10 : 1;
  return nth >= fault.nth && nth < fault.nth + length ? fault.kind : undefined;
}

function throttle(operation: string, outgoing: ServerResponse): void {
  if (operation.startsWith('iam.') || operation.startsWith('sts.')) {
    outgoing.writeHead(400, { 'content-type': 'text/xml' });
    outgoing.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>fault</RequestId></ErrorResponse>',
    );
    return;
  }
  const rest = operation.startsWith('apigateway.') || operation.startsWith('lambda.');
  const code = rest ? 'TooManyRequestsException' : 'ThrottlingException';
  outgoing.writeHead(rest ? 429 : 400, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
  outgoing.end(JSON.stringify({ __type: code, message: 'Rate exceeded' }));
}

/** `service.Operation`; for the REST services the method and path with ids replaced, which serves as well as a name. */
function identify(incoming: IncomingMessage, body: Buffer): { operation: string; mutating: boolean } {
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    return named(service.replace(/_.*/, '').toLowerCase(), operation);
  }
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1];
  if (scope === 'iam' || scope === 'sts') {
    return named(scope, new URLSearchParams(body.toString()).get('Action') ?? '');
  }
  const path = decodeURIComponent((incoming.url ?? '').split('?')[0] ?? '')
    .replace(/\/restapis\/[^/]+/, '/restapis/{api}')
    .replace(/\/(resources|authorizers|deployments)\/[^/]+/, '/$1/{id}')
    .replace(/\/tags\/.*/, '/tags/{arn}');
  return {
    operation: `${scope ?? 'data-plane'}.${incoming.method} ${path}`,
    mutating: scope !== undefined && incoming.method !== 'GET',
  };
}

function named(service: string, operation: string): { operation: string; mutating: boolean } {
  const reads = /^(Get|List|Describe|Lookup|Scan|Query|InitiateAuth|AdminGet|Filter)/;
  return { operation: `${service}.${operation}`, mutating: !reads.test(operation) };
}
