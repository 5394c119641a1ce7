import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundConnections, connectionBudget } from '../../../src/local/http/connections.ts';

const most = 20;

describe('a server with bounded connections', () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    server = createServer(async (incoming, response) => {
      const body = await text(incoming).catch(() => '');
      // Held until its client asks for the end, so that it is under way meanwhile.
      if (incoming.url === '/held') server.once('released', () => response.end('held'));
      else response.end(body);
    });
    boundConnections(server, most);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(content = ''): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(content);
    return socket;
  }
  function post(path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (answer) => {
        text(answer).then(resolve, reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const count = () => new Promise<number>((resolve) => server.getConnections((_error, number) => resolve(number)));

  it.each([
    ['silent', ''],
    ['half a head', 'POST / HTTP/1.1\r\nHost: x\r\n'],
    ['half a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf'],
    ['half a chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
    ['one answered before', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok'],
  ])('answers others whatever number of connections is %s', async (_case, content) => {
    const held = post('/held', 'x');
    for (let number = 0; number < 5 * most; number += 1) await open(content);
    await expect(post('/', 'answered')).resolves.toBe('answered');
    await expect.poll(count).toBeLessThanOrEqual(most);
    server.emit('released');
    // What was under way was left alone.
    await expect(held).resolves.toBe('held');
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    '\0\0\0\0',
  ])('closes both ways what is malformed, though the client keeps its own end open: %j', async (content) => {
    const socket = await open(content);
    socket.resume();
    await expect.poll(count).toBe(0);
  });
});

describe('the number of connections', () => {
  it('leaves half of the descriptors to everything else', () => {
    expect(connectionBudget()).toBeGreaterThanOrEqual(100);
    expect(connectionBudget()).toBeLessThanOrEqual(4_096);
  });
});
