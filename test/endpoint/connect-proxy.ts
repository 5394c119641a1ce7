import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  url: string;
  port: number;
  /** What it was asked for, in order: `CONNECT host:port`, `GET http://host/path`. */
  asked: string[];
  close(): void;
}

/**
 * A proxy on loopback. Whatever host it is asked for, it leads to this machine: CONNECT to `securePort`, plain requests are
 * answered by itself. `answer`: the status of CONNECT; `password`: USER:PASSWORD to ask for; `tls`: it is spoken to by https.
 */
export async function startProxy(
  to: { securePort: number },
  { answer = 200, password, tls }: { answer?: number; password?: string; tls?: { key: string; cert: string } } = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const isKnown = (given: string | undefined) =>
    password === undefined || given === `Basic ${Buffer.from(password).toString('base64')}`;
  const answerPlain: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isKnown(request.headers['proxy-authorization'])) {
      response.writeHead(407, 'Refused').end('<html>');
      return;
    }
    response.end(`${request.headers.host} by ${request.headers['proxy-authorization'] ?? 'anybody'}`);
  };
  const server = tls ? createSecureServer(tls, answerPlain) : createServer(answerPlain);
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const status = isKnown(request.headers['proxy-authorization']) ? answer : 407;
    if (status > 299) {
      socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      return;
    }
    const behind = connect(to.securePort, '127.0.0.1', () => {
      socket.write(`HTTP/1.1 ${status} Connection established\r\n\r\n`);
      socket.pipe(behind).pipe(socket);
    });
    sockets.add(behind);
    for (const end of [socket, behind]) end.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    asked,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
