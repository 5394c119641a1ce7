import { once } from 'node:events';
import { createServer } from 'node:http';
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
 * answered by itself. `answer`: the status of CONNECT; `password`: USER:PASSWORD to ask for.
 */
export async function startProxy(
  to: { securePort: number },
  { answer = 200, password }: { answer?: number; password?: string } = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const isKnown = (given: string | undefined) =>
    password === undefined || given === `Basic ${Buffer.from(password).toString('base64')}`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(`${request.headers.host} by ${request.headers['proxy-authorization'] ?? 'anybody'}`);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const status = isKnown(request.headers['proxy-authorization']) ? answer : 407;
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      return;
    }
    const behind = connect(to.securePort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(behind).pipe(socket);
    });
    sockets.add(behind);
    for (const end of [socket, behind]) end.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
