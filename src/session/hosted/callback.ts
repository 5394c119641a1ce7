import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Callback {
  redirectUri: string;
  /** The query parameters of the first redirect that carries the state. */
  arrived: Promise<URLSearchParams>;
  /** Answers the browser, which waits since it arrived. */
  answer(isSignedIn: boolean): Promise<void>;
  close(): void;
}

/**
 * Listens on loopback for the browser to come back, on the first port that is free on both loopback addresses, since a
 * browser may take either for `localhost`. undefined when none is.
 */
export async function listenForCallback(ports: readonly number[], state: string): Promise<Callback | undefined> {
  let resolveArrived: (parameters: URLSearchParams) => void = () => undefined;
  const arrived = new Promise<URLSearchParams>((resolve) => {
    resolveArrived = resolve;
  });
  const waiting: ServerResponse[] = [];
  for (const port of ports) {
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      const parameters = parametersOf(request, { port, state });
      if (parameters === undefined) {
        void answer(response, 404, 'This is not the page that dynops waits for.');
        return;
      }
      waiting.push(response);
      resolveArrived(parameters);
    };
    const servers = await listenOnLoopback(port, serve);
    if (servers === undefined) continue;
    return {
      redirectUri: `http://localhost:${port}/callback`,
      arrived,
      answer: async (isSignedIn) => {
        const text = isSignedIn ? 'Signed in. You can close this page.' : 'Signing in failed; the terminal says why.';
        await Promise.all(waiting.map((response) => answer(response, 200, text)));
      },
      close: () => {
        for (const server of servers) {
          server.close();
          server.closeIdleConnections();
        }
      },
    };
  }
  return undefined;
}

async function listenOnLoopback(
  port: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server[] | undefined> {
  const servers: Server[] = [];
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer({ requestTimeout: 10_000, keepAliveTimeout: 1 }, serve);
    const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen(port, host, () => resolve(undefined));
    });
    if (problem === undefined) servers.push(server);
    // A machine without IPv6 has no such address, and no browser that would use it.
    else if (problem.code !== 'EADDRNOTAVAIL' && problem.code !== 'EAFNOSUPPORT') {
      for (const other of servers) other.close();
      return undefined;
    }
  }
  return servers.length === 0 ? undefined : servers;
}

/** undefined for what is not the redirect that is waited for: another page's request, or one with another state. */
function parametersOf(
  { method, url = '', headers }: IncomingMessage,
  expected: { port: number; state: string },
): URLSearchParams | undefined {
  if (method !== 'GET' || headers.host !== `localhost:${expected.port}`) return undefined;
  // Any program on this machine, and any page in the browser, may ask for `//`.
  const base = 'http://localhost';
  if (!URL.canParse(url, base)) return undefined;
  const { pathname, searchParams } = new URL(url, base);
  return pathname === '/callback' && searchParams.get('state') === expected.state ? searchParams : undefined;
}

/** Resolves once the browser has the answer, or is gone. */
async function answer(response: ServerResponse, status: number, text: string): Promise<void> {
  if (response.closed) return;
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    Connection: 'close',
  });
  response.end(`<!doctype html><html lang="en"><title>dynops</title><p>${text}</p></html>\n`);
  await closed;
}
