import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askEngine, type EngineRecord } from '../../src/endpoint/engine.ts';
import { send } from '../../src/endpoint/http.ts';
import { endless } from '../endless.ts';

/** Begins an answer as the path says, and sends a byte of it now and then for ever. */
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('data', (request) => {
    socket.write(`HTTP/1.1 200 OK\r\n${request.includes('/body') ? 'Content-Length: 100000\r\n\r\n' : 'X-More: '}`);
    const dripping = setInterval(() => socket.write('a'), 10);
    socket.on('close', () => clearInterval(dripping));
  });
});
const sockets = new Set<Socket>();
let endpoint: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it.each(['/headers', '/body'])('an answer that never ends is given up when the time is up: %s', async (path) => {
  const asked = send({ method: 'GET', url: `${endpoint}${path}`, timeoutMs: 300 });
  await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  const engine: EngineRecord = { pid: 4711, port: 1, endpoint, version: '1', scale: 0, startedAtMs: 0 };
  const told = askEngine(engine, { method: 'GET', path, timeoutMs: 300 });
  await expect(told).rejects.toMatchObject({ code: 'EngineSilent', message: expect.stringContaining('4711') });
});

it('an answer that is larger than any is read no further', async () => {
  const flood = createHttpServer(endless).listen(0, '127.0.0.1');
  await once(flood, 'listening');
  const { port } = flood.address() as AddressInfo;
  const asked = send({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeoutMs: 60_000 });
  const message = `127.0.0.1:${port}: the answer is larger than 64 MB.`;
  await expect(asked).rejects.toMatchObject({ code: 'UnreadableAnswer', message });
  // It is told that nobody listens any more.
  await once(flood.close(), 'close');
});
